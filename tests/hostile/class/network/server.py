# Tries to get something out: names, the Internet, the host, other labs. It has ten seconds and uses threads.
import os
import socket
import struct
import threading


def say(line):
    os.write(1, line.encode() + b"\n")


def told(what, attempt):
    try:
        attempt()
        say(what + " REACHED")
    except OSError:
        say(what + " refused")


def tcp(address, port, family=socket.AF_INET):
    peer = socket.socket(family, socket.SOCK_STREAM)
    peer.settimeout(3)
    peer.connect((address, port))


def udp(address, port, data=b"exfiltrated"):
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.settimeout(2)
    peer.sendto(data, (address, port))
    peer.recvfrom(1000)


QUERY = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + b"\7example\3org\0\0\1\0\1"
own = [line.split() for line in open("/proc/net/route")][1:]
subnet = struct.unpack("<I", bytes.fromhex(own[-1][1]))[0]
gateway = socket.inet_ntoa(struct.pack(">I", subnet + 1))
targets = [("gateway", gateway), ("internet", "192.0.2.1"), ("metadata", "169.254.169.254"), ("docker", "172.17.0.1"),
           ("private", "10.0.0.1"), ("link-local", "169.254.1.1")]
attempts = [("names", lambda: socket.getaddrinfo("example.org", 80)),
            ("names of the host", lambda: socket.gethostbyname("host.docker.internal")),
            ("ipv6", lambda: tcp("2001:db8::1", 80, socket.AF_INET6)),
            ("ipv6 link-local", lambda: tcp("fe80::1%eth0", 80, socket.AF_INET6))]
for name, address in targets:
    attempts += [(name + " http", lambda a=address: tcp(a, 80)), (name + " ssh", lambda a=address: tcp(a, 22)),
                 (name + " docker", lambda a=address: tcp(a, 2375)), (name + " dns", lambda a=address: udp(a, 53, QUERY))]
running = [threading.Thread(target=told, args=attempt) for attempt in attempts]
for thread in running:
    thread.start()
# Other students' labs run at this moment, somewhere in 198.18.0.0/15: sent to all of them, from one socket.
everywhere = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
everywhere.setblocking(False)
for other in range(0xC6120000, 0xC6140000, 16):
    if abs(other - subnet) >= 16:
        try:
            everywhere.sendto(b"exfiltrated", (socket.inet_ntoa(struct.pack(">I", other + 2)), 5000))
        except OSError:
            pass
everywhere.settimeout(2)
told("other labs", lambda: everywhere.recvfrom(1000))
for thread in running:
    thread.join()
say("done")
