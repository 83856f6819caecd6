#!/usr/bin/env python3
"""Writes the captures in submissions/, as Wireshark on Windows and tcpdump on Linux would have recorded them.

They are checked in; this is how they were made, and how to make others for a class of your own.
"""

import pathlib
import random
import struct

NULL, ETHERNET = 0, 1  # link types of pcap
FOLDER = pathlib.Path(__file__).parent / "submissions"
START = 1_795_000_000_000_000  # microseconds since 1970: November 2026


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp_packet(source, destination, identification, payload):
    """source, destination: ((four bytes), port)"""
    length = 8 + len(payload)
    addresses = bytes(source[0]) + bytes(destination[0])
    ports = struct.pack(">HHH", source[1], destination[1], length)
    udp_sum = checksum(addresses + struct.pack(">BBH", 0, 17, length) + ports + b"\0\0" + payload) or 0xFFFF
    head = struct.pack(">BBHHHBB", 0x45, 0, 20 + length, identification, 0, 64, 17)
    ip_sum = checksum(head + b"\0\0" + addresses)
    return head + struct.pack(">H", ip_sum) + addresses + ports + struct.pack(">H", udp_sum) + payload


def exchange(texts, client, server, seed, answers=True):
    """A person types each text and its echo follows: (microseconds, packet) in order."""
    drawn = random.Random(seed)
    time, identification, packets = START + drawn.randrange(10**9), drawn.randrange(30000), []
    for text in texts:
        time += drawn.randrange(2_000_000, 9_000_000)
        packets.append((time, udp_packet(client, server, identification, text)))
        if answers:
            packets.append((time + drawn.randrange(150, 900), udp_packet(server, client, identification + 1, text)))
        identification += 2
    return packets


def write_pcapng(name, packets, writer):
    """Link type NULL: four bytes of address family, 2, in the byte order of the machine (Npcap's loopback)."""

    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    def option(code, value):
        return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)

    end = struct.pack("<HH", 0, 0)
    file = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(4, writer) + end)
    file += block(1, struct.pack("<HHI", NULL, 0, 262144) + option(2, b"\\Device\\NPF_Loopback") + end)
    for time, packet in packets:
        frame = struct.pack("<I", 2) + packet
        head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(frame), len(frame))
        file += block(6, head + frame)
    (FOLDER / name).write_bytes(file)


def write_pcap(name, packets, client, server):
    file = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, ETHERNET)
    macs = {bytes(address): b"\x02\0" + bytes(address) for address in (client[0], server[0])}
    for time, packet in packets:
        frame = macs[packet[16:20]] + macs[packet[12:16]] + b"\x08\0" + packet
        frame += b"\0" * (60 - len(frame))
        file += struct.pack("<IIII", time // 10**6, time % 10**6, len(frame), len(frame)) + frame
    (FOLDER / name).write_bytes(file)


def main():
    loopback = (127, 0, 0, 1)
    wireshark = b"Dumpcap (Wireshark) 4.2.5"
    texts = ["hello", "컴퓨터공학과 20260001 홍길동", "안녕하세요", "one", "two", "done"]
    hong = exchange([t.encode() for t in texts], (loopback, 51734), (loopback, 5000), seed=1)
    write_pcapng("20260001.pcapng", hong, wireshark)
    # A Korean Windows console sends CP949.
    client, server = ((192, 168, 0, 12), 40112), ((192, 168, 0, 10), 5000)
    kim = exchange([t.encode("cp949") for t in ["정보통신공학과 20260002 김영희", "테스트"]], client, server, seed=2)
    write_pcap("20260002.pcap", kim, client, server)
    # Somebody else's exchange, a day and a bit later.
    write_pcapng("20260006.pcapng", [(time + 93_784_000_000, packet) for time, packet in hong], wireshark)
    # Sent, and never answered: the server was not there.
    kang = exchange(["전자공학과 20260007 강하늘".encode()] * 3, (loopback, 60211), (loopback, 5000), 3, answers=False)
    write_pcapng("20260007.pcapng", kang, wireshark)


if __name__ == "__main__":
    main()
