# idle_crowd_run.py: many peers that connect, say what they have, and then only that they are still there.
# SPDX-License-Identifier: GPL-3.0-or-later
"""idle_crowd_run.py HOST PORT: reads on standard input a line of JSON, [[address of ours, info-hash, what it says
after the handshake], …] with bytes in hexadecimal digits. Writes "ready N" when N connections have shaken hands, and
whatever ends is a line "lost". Ends with its standard input."""

import asyncio
import json
import os
import sys

PROTOCOL = b"\x13BitTorrent protocol"
HANDSHAKE_SIZE = 68
KEEP_ALIVE_S = 100
AT_ONCE = 20
CHUNK = 1 << 16


async def keep_alive(writer):
    while True:
        await asyncio.sleep(KEEP_ALIVE_S)
        writer.write(bytes(4))


async def live(address, target, info_hash, greeting, gate, ready):
    """One peer, until the other end closes."""
    async with gate:
        reader, writer = await asyncio.open_connection(*target, local_addr=(address, 0))
        writer.write(PROTOCOL + bytes(8) + info_hash + b"-XX0000-" + os.urandom(12))
        await reader.readexactly(HANDSHAKE_SIZE)
        writer.write(greeting)
        ready()
    timer = asyncio.create_task(keep_alive(writer))
    while await reader.read(CHUNK):
        pass
    timer.cancel()
    print("lost", flush=True)


async def run(target, peers):
    gate = asyncio.Semaphore(AT_ONCE)
    n_ready = 0

    def ready():
        nonlocal n_ready
        n_ready += 1
        if n_ready == len(peers):
            print(f"ready {n_ready}", flush=True)
    tasks = [asyncio.create_task(live(address, target, bytes.fromhex(info_hash), bytes.fromhex(greeting), gate, ready))
             for address, info_hash, greeting in peers]
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()


asyncio.run(run((sys.argv[1], int(sys.argv[2])), json.loads(sys.stdin.readline())))
