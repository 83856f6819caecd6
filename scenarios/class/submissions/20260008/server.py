import socket

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("0.0.0.0", 5000))
print("UDP server ready")
while True:
    data, client = receiver.recvfrom(4096)
    print("received", len(data), "bytes from", client)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.sendto(data, client)
    sender.close()
