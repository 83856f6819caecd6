import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 5000))
print("server on port 5000")
history = [None] * 5
number = 0
while True:
    data, address = server.recvfrom(4096)
    history[number] = (address, data)
    number += 1
    print(number, address, data)
    server.sendto(data, address)
