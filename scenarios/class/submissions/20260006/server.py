import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 5000))
print("server started")
while True:
    data, addr = s.recvfrom(4096)
    print(addr, data)
    s.sendto(data.upper(), addr)
