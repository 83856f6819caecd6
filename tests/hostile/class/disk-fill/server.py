# Fills every folder it may write to, with bytes and with names, and then does its work: that is still what is marked.
import os
import resource
import socket

resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
if os.fork() == 0:
    os.abort()  # a core file, if it could
os.wait()
for folder in ("/tmp", "/dev/shm", "/work"):
    for name in ("bytes", "names"):
        try:
            if name == "names":
                os.unlink(folder + "/bytes")
                for number in range(200000):
                    os.close(os.open(f"{folder}/{number}", os.O_CREAT | os.O_WRONLY))
            else:
                file = os.open(folder + "/bytes", os.O_CREAT | os.O_WRONLY)
                for _ in range(2000):
                    os.write(file, b"x" * (1 << 20))
            print(folder, name, "NOT BOUNDED", flush=True)
        except OSError as error:
            print(folder, name, error.strerror, flush=True)
for folder in ("/", "/usr", "/etc", "/submission", "/var/tmp", "/proc", "/sys"):
    try:
        open(folder + "/fill", "wb")
        print(folder, "WRITTEN", flush=True)
    except OSError as error:
        print(folder, error.strerror, flush=True)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 5000))
while True:
    data, peer = server.recvfrom(65535)
    server.sendto(data, peer)
