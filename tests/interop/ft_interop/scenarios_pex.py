# scenarios_pex.py: peers that only one other peer could tell of each other.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tracker tells two leechers of a seed and of nobody else; the seed gives so little that they stay what they are.
When they are connected to each other, the seed has told them (BEP 11)."""

from . import samples
from .network import HUB_ADDRESS
from .process import wait_until
from .small_tracker import PORT

KIB = 1024
SIZE = 32 << 20
# Of Transmission each message is 90 s after the last, and so is the first.
TIMEOUT_S = 240
# There is no other way to find each other.
OURS = ["--no-dht", "--no-lsd", "--no-port-mapping"]


def _start(swarm, kind, node, folder, torrent, limit):
    """@kind: None is ours. @limit: of ours, an option"""
    if kind is None:
        return swarm.start_ours(folder, [torrent], [*OURS, limit, "20"], node=node)
    settings = {"pex_enabled": True} if kind.__name__ == "Transmission" else {}
    peer = swarm.start(kind, node=node, **settings)
    peer.add(torrent, folder)
    return peer


class _Party:
    """A seed that tells, and two leechers that are to meet."""

    def __init__(self, swarm, torrent, nodes, kinds, number):
        self._torrent = torrent
        self._nodes = nodes
        self._peers = [_start(swarm, kinds[0], nodes[0], swarm.data, torrent, "--limit-up")]
        swarm.tracker.wait_for(nodes[0].address, 60, event="started", hash=torrent.hex)
        for i, kind in enumerate(kinds[1:]):
            folder = swarm.folder(f"downloads-{number}-{i}")
            self._peers.append(_start(swarm, kind, nodes[1 + i], folder, torrent, "--limit-down"))

    def _have_met(self):
        return (self._nodes[2].address in self._peers[1].addresses(self._torrent)
                or self._nodes[1].address in self._peers[2].addresses(self._torrent))

    def wait(self):
        def explain():
            return "\n".join(f"{peer.node.address}: {peer.addresses(self._torrent)}" for peer in self._peers)
        wait_until("the leechers meet", TIMEOUT_S, self._have_met, explain)


def _meet(parties):
    """@parties: name -> classes of the seed and the two leechers; all at one time"""
    names = [f"two leechers are told of each other by {name}" for name in parties]

    def run(swarm):
        nodes = [[swarm.network.add(f"{i}-{role}") for role in ("seed", "one", "other")] for i in range(len(parties))]
        told = {node.address: [seed.address] for seed, *leechers in nodes for node in leechers}
        swarm.start_small_tracker(told)
        started = []
        for i, kinds in enumerate(parties.values()):
            sample = samples.plain(f"data-{i}", 64 * KIB, SIZE)
            sample.make(swarm.data)
            torrent = swarm.make_torrent(sample, [f"http://{HUB_ADDRESS}:{PORT}/announce"])
            started.append(_Party(swarm, torrent, nodes[i], kinds, i))
        for name, party in zip(names, started):
            party.wait()
            swarm.block.passed(name)
    return names, run


def make_all(rasterbar, transmission):
    return [_meet({"us, who are all": (None, None, None),
                   "us, both strangers": (None, rasterbar, transmission)}),
            _meet({"libtorrent": (rasterbar, None, None),
                   "Transmission": (transmission, None, None)})]
