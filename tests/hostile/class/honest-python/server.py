# What the course asks for. Whatever the others do, this one gets all of its points.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 5000))
while True:
    data, peer = server.recvfrom(65535)
    server.sendto(data, peer)
