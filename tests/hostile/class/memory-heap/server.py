# Takes memory until the kernel says no, and touches all of it.
hoard = []
while True:
    hoard.append(bytearray(b"x" * (4 << 20)))
