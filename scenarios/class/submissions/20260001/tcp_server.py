import socket
import threading


def serve(connection, peer):
    print(f"{peer[0]}:{peer[1]} connected")
    with connection:
        while data := connection.recv(4096):
            connection.sendall(data)
    print(f"{peer[0]}:{peer[1]} closed")


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("0.0.0.0", 5000))
listener.listen()
print("TCP echo server on 0.0.0.0:5000")
while True:
    connection, peer = listener.accept()
    threading.Thread(target=serve, args=(connection, peer), daemon=True).start()
