# Output for whoever looks at it in a terminal: clears the screen, sets the title and clipboard, asks for answers, turns
# the text around.
import os
import socket

os.write(1, b"\x1b[2J\x1b[H\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b[6n\x1b[c\x1bP$q\x1b\\\x9b31m\x00\x08\x7f\xff\r\n")
os.write(1, "\u202etxt.exe\u2066 \u200f \x1b[8mhidden\x1b[0m\n".encode())
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 5000))
_, peer = server.recvfrom(65535)
server.sendto(b"\x1b]0;owned\x07\x1b[2J wrong", peer)
raise SystemExit("\x1b]0;owned\x07 the end")
