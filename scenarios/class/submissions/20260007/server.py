import socket

HOST = "0.0.0.0"
PORT = 5000

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind((HOST, PORT))
    print("waiting on port", PORT)
    count = 0
    while True:
        message, client = sock.recvfrom(4096)
        count += 1
        if count % 5 == 0:
            print("packet loss!", client)
            continue
        print(client, "->", message)
        sock.sendto(message, client)
