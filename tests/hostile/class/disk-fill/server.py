# Fills every folder it may write to, with bytes and with names, and then does its work: that is still what is marked.
import os
import resource
import socket


def fill(folder):
    for number in range(100):
        with open(f"{folder}/fill-{number}", "wb") as file:
            file.write(b"x" * (8 << 20))


def crowd(folder):
    for number in range(100000):
        os.mknod(f"{folder}/name-{number}")


def told(what, attempt, *arguments):
    try:
        attempt(*arguments)
        print(what, "NOT BOUNDED", flush=True)
    except OSError as error:
        print(what, error.strerror, flush=True)


resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
if os.fork() == 0:
    os.abort()  # a core file, if it could
os.wait()
for folder in ("/", "/usr", "/etc", "/submission", "/var/tmp", "/proc", "/sys", "/dev"):
    told("write to " + folder, open, folder + "/fill", "wb")
for folder in ("/tmp", "/work"):
    told("names in " + folder, crowd, folder)
    for name in os.listdir(folder):
        if name.startswith("name-"):
            os.unlink(f"{folder}/{name}")
for folder in ("/tmp", "/dev/shm", "/work"):
    told("bytes in " + folder, fill, folder)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 5000))
while True:
    data, peer = server.recvfrom(65535)
    server.sendto(data, peer)
