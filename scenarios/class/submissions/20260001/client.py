import socket
import sys

server = (sys.argv[1], int(sys.argv[2]))

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 0))
sock.settimeout(2)
print("local endpoint: %s:%d" % sock.getsockname())
while True:
    text = input("> ")
    if text == "":
        break
    sock.sendto(text.encode("utf-8"), server)
    try:
        data, peer = sock.recvfrom(4096)
        print(f"{peer[0]}:{peer[1]} -> {data.decode('utf-8')}")
    except socket.timeout:
        print("no echo received (timeout)")
sock.close()
