# Writes hundreds of megabytes without a line end, NULs among them, and listens without answering.
import os
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 5000))
noise = (b"A" * 65535 + b"\0") * 16
while True:
    os.write(1, noise)
    os.write(2, noise)
