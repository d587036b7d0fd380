# strangers_run.py: many who connect and never become peers.
# SPDX-License-Identifier: GPL-3.0-or-later
"""strangers_run.py NUMBER NETWORK HASH HOST:PORT...: NUMBER connections, spread over the targets; a fifth of them from
three addresses of NETWORK (two bytes, as in 10.79), the others from one each. In turn they say nothing, a byte now and
then, half a handshake, a handshake for HASH without its end, or what is none. Whoever is closed comes again after a
while. Answers each line on standard input with how many were let in so far, and how many the other side has closed."""

import asyncio
import itertools
import json
import os
import resource
import sys

PROTOCOL = b"\x13BitTorrent protocol"
AGAIN_S = 10
BYTE_S = 3
SPREAD_S = 5  # in which all of them come
FEW = 3
CHUNK = 1 << 16

counts = {"connected": 0, "closed": 0, "open": 0}


def get_address(network, index):
    if index % 5 == 0:
        return f"{network}.0.{1 + index // 5 % FEW}"
    return f"{network}.{1 + index // 250}.{1 + index % 250}"


def make_words(index, info_hash):
    """What it says: pieces, with a pause after each."""
    shake = PROTOCOL + bytes(8) + info_hash + os.urandom(20)
    return ([], [shake[i:i + 1] for i in range(len(shake) - 1)], [shake[:30]], [shake[:60]],
            [os.urandom(200)])[index % 5]


async def talk(writer, words):
    for word in words:
        writer.write(word)
        await asyncio.sleep(BYTE_S)


async def visit(target, address, words):
    """One connection, until the other end closes it."""
    reader, writer = await asyncio.open_connection(*target, local_addr=(address, 0))
    counts["connected"] += 1
    counts["open"] += 1
    talking = asyncio.create_task(talk(writer, words))
    try:
        while await reader.read(CHUNK):
            pass
    finally:
        counts["open"] -= 1
        counts["closed"] += 1
        talking.cancel()
        writer.close()


async def live(index, target, address, info_hash, delay_s):
    await asyncio.sleep(delay_s)
    while True:
        try:
            await visit(target, address, make_words(index, info_hash))
        except OSError:
            pass  # refused, reset, or late: it comes again all the same
        await asyncio.sleep(AGAIN_S)


def answer():
    for _ in sys.stdin:
        print(json.dumps(counts), flush=True)


async def run(number, network, info_hash, targets):
    turn = itertools.cycle(targets)
    tasks = [asyncio.create_task(live(i, next(turn), get_address(network, i), info_hash, SPREAD_S * i / number))
             for i in range(number)]
    await asyncio.to_thread(answer)
    for task in tasks:
        task.cancel()


def main():
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    number, network, info_hash, *targets = sys.argv[1:]
    places = [(host, int(port)) for host, _, port in (target.rpartition(":") for target in targets)]
    asyncio.run(run(int(number), network, bytes.fromhex(info_hash), places))


main()
