import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("192.168.0.17", 5000))
print("my server is running")
while True:
    data, addr = sock.recvfrom(4096)
    sock.sendto(data, addr)
