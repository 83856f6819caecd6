import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("0.0.0.0", 5000))
print("waiting for a client")
data, client = sock.recvfrom(4096)
sock.connect(client)
print("connected to", client)
while True:
    sock.send(data)
    data = sock.recv(4096)
    print(data)
