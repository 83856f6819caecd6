"""Writes payloads.json: message bytes as docs/events.md ("Payloads") defines them, computed from the document alone."""
import hashlib
import json
import os

MASK = (1 << 64) - 1


def splitmix64(state, words):
    for _ in range(words):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def bytes_of(payload, client, message):
    if "templates" in payload:
        text = payload["templates"][(message - 1) % len(payload["templates"])]
        out, i = "", 0
        while i < len(text):
            for token, value in (("{{", "{"), ("}}", "}"), ("{message}", str(message)), ("{client}", str(client))):
                if text.startswith(token, i):
                    out, i = out + value, i + len(token)
                    break
            else:
                out, i = out + text[i], i + 1
        return out.encode()
    size = payload["sizes"][(message - 1) % len(payload["sizes"])]
    if payload["fill"] == "zero":
        return bytes(size)
    if payload["fill"] == "pattern":
        return bytes((i + message) % 251 for i in range(size))
    state = (payload["seed"] + client * 0x9E3779B97F4A7C15 + message * 0xD1B54A32D192ED03) & MASK
    return b"".join(word.to_bytes(8, "little") for word in splitmix64(state, size // 8 + 1))[:size]


def main():
    text = {"templates": ["컴퓨터공학과 20261234 홍길동 #{message}", "{{{client}}} {{message}}", "plain"]}
    sizes = [0, 1, 7, 8, 9, 1472, 1473, 4096, 65507]
    vectors = []
    for payload in (text, {"sizes": sizes, "fill": "zero"}, {"sizes": sizes, "fill": "pattern"},
                    {"sizes": sizes, "fill": "random", "seed": 1},
                    {"sizes": sizes, "fill": "random", "seed": 18446744073709551615},
                    {"sizes": [1048576], "fill": "random", "seed": 9007199254740991}):
        for client, message in ((1, 1), (1, 2), (1, 3), (2, 5), (10000, 9), (3, 1000000)):
            data = bytes_of(payload, client, message)
            vectors.append({"payload": payload, "client": client, "message": message, "size": len(data),
                            "sha256": hashlib.sha256(data).hexdigest()})
    with open(os.path.join(os.path.dirname(__file__), "payloads.json"), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(v, ensure_ascii=False) for v in vectors) + "\n]\n")


if __name__ == "__main__":
    main()
