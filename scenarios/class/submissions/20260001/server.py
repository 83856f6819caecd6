import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 5000

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sock.bind(("0.0.0.0", port))
print(f"UDP echo server on 0.0.0.0:{port}")
try:
    while True:
        data, peer = sock.recvfrom(4096)
        print(f"{peer[0]}:{peer[1]} -> {data.decode('utf-8', 'replace')}")
        sock.sendto(data, peer)
except KeyboardInterrupt:
    print("bye")
finally:
    sock.close()
