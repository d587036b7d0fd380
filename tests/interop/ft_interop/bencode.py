# bencode.py: reads and writes bencode, independently of the program that is tested.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values are int, bytes, list and dict with keys of bytes; str is written as UTF-8."""


def encode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l%se" % b"".join(encode(item) for item in value)
    pairs = sorted((key.encode() if isinstance(key, str) else key, item)
                   for key, item in value.items())
    return b"d%se" % b"".join(encode(key) + encode(item) for key, item in pairs)


def _decode(data, at):
    kind = data[at:at + 1]
    if kind == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1:end]), end + 1
    if kind in (b"l", b"d"):
        items = []
        at += 1
        while data[at:at + 1] != b"e":
            item, at = _decode(data, at)
            items.append(item)
        if kind == b"d":
            return dict(zip(items[::2], items[1::2])), at + 1
        return items, at + 1
    colon = data.index(b":", at)
    end = colon + 1 + int(data[at:colon])
    return data[colon + 1:end], end


def decode(data):
    value, end = _decode(data, 0)
    if end != len(data):
        raise ValueError(f"{len(data) - end} bytes too many")
    return value
