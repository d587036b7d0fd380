# liar_run.py: a peer that claims to have everything and gives other bytes.
# SPDX-License-Identifier: GPL-3.0-or-later
"""liar_run.py ADDRESS PORT TRACKER HASH:PIECES...: announces itself as a seed of each torrent again and again. Each fifth
that comes gets garbage after the handshake. Ends with its standard input."""

import asyncio
import itertools
import os
import sys
import urllib.parse
import urllib.request

HANDSHAKE_SIZE = 68
ANNOUNCE_S = 20
REQUEST, PIECE, BITFIELD, UNCHOKE = 6, 7, 5, 1
PROTOCOL = b"\x13BitTorrent protocol"
PEER_ID = b"-XX0000-" + os.urandom(12)


def make_message(number, payload=b""):
    return (1 + len(payload)).to_bytes(4, "big") + bytes([number]) + payload


def make_bits(n_pieces):
    return (((1 << n_pieces) - 1) << (-n_pieces % 8)).to_bytes(-(-n_pieces // 8), "big")


async def serve(reader, writer, torrents, turn):
    shake = await reader.readexactly(HANDSHAKE_SIZE)
    info_hash = shake[28:48]
    writer.write(PROTOCOL + bytes(8) + info_hash + PEER_ID)
    if next(turn) % 5 == 4:
        writer.write(os.urandom(4096))
        return
    writer.write(make_message(BITFIELD, make_bits(torrents[info_hash])) + make_message(UNCHOKE))
    while True:
        length = int.from_bytes(await reader.readexactly(4), "big")
        body = await reader.readexactly(length)
        if body[:1] == bytes([REQUEST]):
            writer.write(make_message(PIECE, body[1:9] + os.urandom(int.from_bytes(body[9:13], "big"))))
            await writer.drain()


async def announce(tracker, port, torrents):
    while True:
        for info_hash in torrents:
            query = urllib.parse.urlencode({"info_hash": info_hash, "peer_id": PEER_ID, "port": port, "left": 0,
                                            "uploaded": 0, "downloaded": 0, "compact": 1})
            try:
                await asyncio.to_thread(lambda url: urllib.request.urlopen(url, timeout=10).read(),
                                        f"{tracker}?{query}")
            except OSError:
                pass  # again in a while
        await asyncio.sleep(ANNOUNCE_S)


async def run(address, port, tracker, torrents):
    turn = itertools.count()

    async def visited(reader, writer):
        try:
            await serve(reader, writer, torrents, turn)
        except (OSError, asyncio.IncompleteReadError, KeyError):
            pass  # it was found out
        finally:
            writer.close()
    server = await asyncio.start_server(visited, address, port)
    announcing = asyncio.create_task(announce(tracker, port, torrents))
    await asyncio.to_thread(sys.stdin.read)
    announcing.cancel()
    server.close()


def main():
    address, port, tracker, *named = sys.argv[1:]
    pairs = (one.split(":") for one in named)
    asyncio.run(run(address, int(port), tracker, {bytes.fromhex(key): int(n) for key, n in pairs}))


main()
