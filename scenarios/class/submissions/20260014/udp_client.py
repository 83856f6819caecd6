import socket
import sys

ip = sys.argv[1]
port = int(sys.argv[2])
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(2.0)
while True:
    message = input("> ")
    if not message:
        break
    sock.sendto(message.encode("ascii", "replace"), (ip, port))
    try:
        reply, server = sock.recvfrom(1024)
        print(f"{server[0]}:{server[1]} -> {reply.decode()}")
    except TimeoutError:
        print("timeout")
