# scenarios_lsd.py: peers of one local network find each other without a tracker (BEP 14).
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between two of ours over either family, with libtorrent both ways, and private torrents not at all."""

import contextlib
import socket
import struct
import time

from . import samples
from .process import wait_until
from .rasterbar import Rasterbar
from .samples import compare
from .tap import Failure

TIMEOUT_S = 60
KIB = 1024
GROUP, PORT = "239.192.152.143", 6771
ALONE = ["--no-dht", "--no-pex"]
QUIET_S = 4


def _expect(condition, text):
    if not condition:
        raise Failure(text)


@contextlib.contextmanager
def _ear(swarm):
    """What the hub hears. This process lives there."""
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((GROUP, PORT))
    one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                   struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton(swarm.network.hub.address)))
    one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(swarm.network.hub.address))
    one.setblocking(False)
    try:
        yield one
    finally:
        one.close()


def _listen(one, heard):
    """Adds what has come to @heard; returns all of it."""
    with contextlib.suppress(BlockingIOError):
        while True:
            heard.append(one.recvfrom(2000))
    return b"".join(data for data, _ in heard)


def _cut_family(node, family):
    """Leaves the node only the other family, of which there are addresses of the link alone."""
    node.run("ip", f"-{family}", "address", "flush", "dev", "wire")


def between_ours(family):
    names = [f"IPv{family}: ours finds ours"]

    def run(swarm):
        torrents = swarm.make([samples.odd("odd", 64 * KIB)])
        folder = swarm.folder("downloads")
        nodes = [swarm.network.add(f"node-{i}") for i in range(2)]
        for node in nodes:
            _cut_family(node, 4 if family == 6 else 6)
        seed = swarm.start_ours(swarm.data, torrents, ALONE, bound=False, uses=["lsd"], node=nodes[0])
        leecher = swarm.start_ours(folder, torrents, ALONE, bound=False, uses=["lsd"], node=nodes[1])
        leecher.wait_complete(torrents, TIMEOUT_S)
        swarm.block.check(names[0], compare, torrents[0].sample, swarm.data, folder)
        for ours in (seed, leecher):
            ours.leave()
    return names, run


def with_libtorrent():
    names = ["libtorrent finds ours", "ours finds libtorrent"]

    def run(swarm):
        torrents = swarm.make([samples.odd("odd", 64 * KIB), samples.plain("plain", 64 * KIB, 3_000_000)])
        theirs_folder, ours_folder = swarm.folder("theirs"), swarm.folder("ours")
        theirs = swarm.start(Rasterbar, enable_lsd=True)
        ours = swarm.start_ours(ours_folder, [], ALONE, bound=False, uses=["lsd"])
        ours.add(torrents[0], swarm.data)
        theirs.add(torrents[0], theirs_folder)
        theirs.add(torrents[1], swarm.data)
        ours.add(torrents[1], ours_folder)
        theirs.wait_complete(torrents[:1], TIMEOUT_S)
        swarm.block.check(names[0], compare, torrents[0].sample, swarm.data, theirs_folder)
        ours.wait_complete(torrents[1:], TIMEOUT_S)
        swarm.block.check(names[1], compare, torrents[1].sample, swarm.data, ours_folder)
        ours.leave()
    return names, run


def private():
    """Neither told of, nor heard of; and strangers are not heard at all."""
    names = ["a private torrent is not told of", "a private torrent takes nobody from it",
             "off: nothing is told", "what is sent elsewhere is not looked at"]

    def run(swarm):
        public, = swarm.make([samples.plain("public", 64 * KIB, 300_000)])
        secret, = swarm.make([samples.plain("secret", 64 * KIB, 300_000)], private=True)
        with _ear(swarm) as ear:
            heard = []
            ours = swarm.start_ours(swarm.folder("downloads"), [public, secret], ALONE, bound=False, uses=["lsd"])
            wait_until("the public one is told of", TIMEOUT_S,
                       lambda: public.hex.encode() in _listen(ear, heard), ours.tail)
            time.sleep(QUIET_S)
            swarm.block.check(names[0], _expect, secret.hex.encode() not in _listen(ear, heard), str(heard))
            for torrent in (secret, public):
                ear.sendto(f"BT-SEARCH * HTTP/1.1\r\nHost: {GROUP}:{PORT}\r\nPort: 4000\r\n"
                           f"Infohash: {torrent.hex}\r\n\r\n\r\n".encode(), (GROUP, PORT))
            wait_until("a peer of the public one", TIMEOUT_S, lambda: ours.find(public)["known_peers"] == 1,
                       lambda: str(ours.find(public)))
            swarm.block.check(names[1], _expect, ours.find(secret)["known_peers"] == 0, str(ours.find(secret)))
            ours.leave()

            _listen(ear, heard)
            heard.clear()
            ours = swarm.start_ours(swarm.folder("others"), [public], ALONE, bound=False)
            ours.status()
            time.sleep(QUIET_S)
            swarm.block.check(names[2], _expect, not _listen(ear, heard), str(heard))
            ear.sendto(f"BT-SEARCH * HTTP/1.1\r\nPort: 4000\r\nInfohash: {public.hex}\r\n\r\n".encode(),
                       (ours.node.address, PORT))
            time.sleep(1)
            swarm.block.check(names[3], _expect, ours.find(public)["known_peers"] == 0, str(ours.find(public)))
            ours.leave()
    return names, run


def make_all():
    return [between_ours(4), between_ours(6), with_libtorrent(), private()]
