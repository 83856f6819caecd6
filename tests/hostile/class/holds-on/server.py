# Listens, takes what comes and never answers; sleeps through Ctrl+C.
import signal
import socket

signal.signal(signal.SIGINT, signal.SIG_IGN)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 5000))
while True:
    server.recvfrom(65535)
