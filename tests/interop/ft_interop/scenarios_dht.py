# scenarios_dht.py: peers that no tracker knows, found in a DHT that others made.
# SPDX-License-Identifier: GPL-3.0-or-later
"""The DHT consists of libtorrent's nodes; links name nothing but the hash."""

import time

from . import samples
from .aria2 import Aria2
from .crowd import Crowd
from .process import wait_until
from .rasterbar import Rasterbar
from .samples import compare
from .transmission import Transmission

MIB = 1 << 20
N_NODES = 24
N_NODES_OF_SWARM = 50
# Clients wait before they look and before they tell: Transmission for a minute and more.
TIMEOUT_S = 240
# The aim is 5 s, and 2 s when a link names a peer; a wait has room for a machine that is busy.
PAYLOAD_S = 30

WHAT = {False: "a torrent without a tracker", True: "a link without a tracker"}


def _start_peer(swarm, kind, crowd):
    """A client that uses the DHT of @crowd and finds peers by nothing else."""
    return swarm.start(kind, dht=crowd.entry(1))


def _ours_options(crowd):
    return ["--dht-routers", crowd.entry(0), "--no-lsd", "--no-pex", "--no-port-mapping"]


def _share(swarm, name, size=4 * MIB + 12_345):
    """A torrent without a tracker."""
    sample = samples.plain(name, 16384, size)
    sample.make(swarm.data)
    return swarm.make_torrent(sample, [])


def _downloads(kind, by_link):
    name = f"{kind.__name__} seeds, we download {WHAT[by_link]}"

    def run(swarm):
        torrent = _share(swarm, f"from {kind.__name__}.bin")
        folder = swarm.folder("downloads")
        crowd = swarm.start(Crowd, n_nodes=N_NODES)
        seed = _start_peer(swarm, kind, crowd)
        seed.add(torrent, swarm.data)
        seed.wait_complete([torrent], TIMEOUT_S)
        ours = swarm.start_ours(folder, options=_ours_options(crowd))
        if by_link:
            ours.add_link(torrent.link(), folder)
        else:
            ours.add(torrent, folder)
        ours.wait_complete([torrent], TIMEOUT_S)
        swarm.block.check(name, compare, torrent.sample, swarm.data, folder)
    return [name], run


def _seeds(kind, by_link):
    name = f"we seed, {kind.__name__} downloads {WHAT[by_link]}"

    def run(swarm):
        torrent = _share(swarm, f"to {kind.__name__}.bin")
        folder = swarm.folder("downloads")
        crowd = swarm.start(Crowd, n_nodes=N_NODES)
        ours = swarm.start_ours(swarm.data, [torrent], _ours_options(crowd))
        ours.wait_complete([torrent], TIMEOUT_S)
        leech = _start_peer(swarm, kind, crowd)
        if by_link:
            leech.add_link(torrent, folder)
        else:
            leech.add(torrent, folder)
        leech.wait_complete([torrent], TIMEOUT_S)
        swarm.block.check(name, compare, torrent.sample, swarm.data, folder)
    return [name], run


def _measure(ours, torrent, link, folder):
    """Seconds from the command to the first piece."""
    began = time.monotonic()
    ours.add_link(link, folder)

    def flows():
        status = ours.find(torrent)
        return status is not None and status["done"] > 0
    wait_until("the first piece", PAYLOAD_S, flows, lambda: ours.describe(torrent))
    return time.monotonic() - began


def _first_payload():
    names = ["a link in a DHT of 50, by a program that has just started: first piece",
             "a link in a DHT of 50 that is known: first piece", "a link that names a peer: first piece"]

    def run(swarm):
        torrents = [_share(swarm, f"fast {i}.bin", 64 * MIB) for i in range(3)]
        folder = swarm.folder("downloads")
        crowd = swarm.start(Crowd, n_nodes=N_NODES_OF_SWARM)
        seed = _start_peer(swarm, Rasterbar, crowd)
        for torrent in torrents:
            seed.add(torrent, swarm.data)
        seed.wait_complete(torrents, TIMEOUT_S)
        crowd.wait_told(len(torrents), TIMEOUT_S)
        ours = swarm.start_ours(folder, options=[*_ours_options(crowd), "--limit-down", "4096"])
        links = [torrents[0].link(), torrents[1].link(),
                 torrents[2].link([f"{seed.node.address}:6881"])]
        for name, torrent, link, aim in zip(names, torrents, links, (5, 5, 2)):
            spent = _measure(ours, torrent, link, folder)
            swarm.note(f"{spent:.1f} s (aim: less than {aim} s)")
            swarm.block.passed(name)
    return names, run


def make_all():
    pairs = [(Rasterbar, False), (Rasterbar, True), (Transmission, True), (Aria2, True)]
    return [_first_payload(), *(scenario(kind, by_link) for kind, by_link in pairs
                                for scenario in (_downloads, _seeds))]
