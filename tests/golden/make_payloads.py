#!/usr/bin/env python3
"""Writes payloads.json: vectors of the rule in docs/events.md, "Payloads".

Written from the document alone and apart from both implementations, so that a mistake in one shows.
Large payloads are given by length and SHA-256. Usage: make_payloads.py > payloads.json
"""
import hashlib
import json

MASK = (1 << 64) - 1


def splitmix64(state, size):
    out = bytearray()
    while len(out) < size:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        out += (z ^ (z >> 31)).to_bytes(8, "little")
    return bytes(out[:size])


def byte_payload(fill, sizes, seed, client, message):
    size = sizes[(message - 1) % len(sizes)]
    if fill == "zero":
        return bytes(size)
    if fill == "pattern":
        return bytes((i + message) % 251 for i in range(size))
    return splitmix64((seed + client * 0x9E3779B97F4A7C15 + message * 0xD1B54A32D192ED03) & MASK, size)


def text_payload(templates, client, message):
    text, out, i = templates[(message - 1) % len(templates)], "", 0
    while i < len(text):
        for name, value in (("{{", "{"), ("}}", "}"), ("{message}", str(message)), ("{client}", str(client))):
            if text.startswith(name, i):
                out, i = out + value, i + len(name)
                break
        else:
            out, i = out + text[i], i + 1
    return out.encode()


def vector(parameters, client, message, payload):
    entry = dict(parameters, client=client, message=message, length=len(payload))
    if len(payload) <= 128:
        entry["hex"] = payload.hex()
    else:
        entry["sha256"] = hashlib.sha256(payload).hexdigest()
    return entry


def vectors():
    texts = [
        ["hello"],
        ["학과 학번 이름 {message}", "second {client}/{message}", ""],
        ["{{message}} {message} {{{client}}}", "}}{{", "lone { and } and {other}"],
    ]
    for templates in texts:
        for client, message in ((1, 1), (1, 2), (2, 3), (12, 1000), (3, 4)):
            yield vector({"kind": "text", "templates": templates}, client, message,
                         text_payload(templates, client, message))
    for fill in ("zero", "pattern", "random"):
        for sizes in ([16], [0, 1, 7, 8, 9], [1472, 65507], [1048576]):
            for seed in ((1, 42, MASK) if fill == "random" else (1,)):
                for client, message in ((1, 1), (1, 2), (2, 5), (300, 252)):
                    yield vector({"kind": "bytes", "fill": fill, "sizes": sizes, "seed": seed}, client, message,
                                 byte_payload(fill, sizes, seed, client, message))


if __name__ == "__main__":
    print("[\n " + ",\n ".join(json.dumps(entry, ensure_ascii=False) for entry in vectors()) + "\n]")
