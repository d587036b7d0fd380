# scenarios_tracker.py: what opentracker knows of us, and we of it.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Over each protocol: the life of a download as the tracker counts it, and its refusals."""

from . import samples
from .process import wait_until
from .samples import compare
from .tap import Failure
from .tracker import announce_url

TIMEOUT_S = 60
KIB = 1024
DEAD_PORT = 9


def _expect(condition, text):
    if not condition:
        raise Failure(text)


def lifetime(protocol):
    """started, completed and stopped, told apart by what the tracker counts."""
    names = [f"{protocol}: started counts as a leecher", f"{protocol}: peers are found",
             f"{protocol}: completed counts as a download", f"{protocol}: our trackers say so too",
             f"{protocol}: stopped counts no more"]

    def run(swarm):
        torrents = swarm.share([samples.odd("odd", 64 * KIB)],
                               [announce_url(swarm.network, protocol)])
        torrent = torrents[0]
        tracker = swarm.tracker
        leecher_folder = swarm.folder("downloads")
        leecher = swarm.start_ours(leecher_folder, torrents)
        swarm.block.check(names[0], tracker.wait_for, torrents, (0, 1))
        seed = swarm.start_ours(swarm.data, torrents)
        leecher.wait_complete(torrents, TIMEOUT_S)
        swarm.block.check(names[1], compare, torrent.sample, swarm.data, leecher_folder)
        tracker.wait_for(torrents, (2, 0))
        swarm.block.check(names[2], tracker.expect, torrent, (2, 0, 1))
        row = leecher.trackers(torrent)[0]
        swarm.block.check(names[3], _expect, row["state"] == "working"
                          and row["next"] > row["last"], str(row))
        leecher.leave()
        seed.leave()
        swarm.block.check(names[4], tracker.expect, torrent, (0, 0, 1))
    return names, run


def refused():
    """A torrent that the tracker does not serve: its words reach the user. (Over UDP opentracker
    answers such an announce with half a packet.)"""
    names = ["a refusal is shown"]

    def run(swarm):
        torrents = swarm.share([samples.plain("served", 16 * KIB, 100_000)],
                               [announce_url(swarm.network, "http")])
        stranger = samples.plain("stranger", 16 * KIB, 100_000)
        stranger.make(swarm.data)
        other = swarm.make_torrent(stranger, [announce_url(swarm.network, "http")])
        ours = swarm.start_ours(swarm.folder("downloads"), [*torrents, other])

        def is_refused():
            rows = ours.trackers(other)
            return rows and rows[0]["state"] == "failing" and rows[0]["message"]
        text = wait_until("the refusal", TIMEOUT_S, is_refused,
                          lambda: str(ours.trackers(other)))
        swarm.block.check(names[0], _expect, "not authorized" in text, f"message: {text!r}")
        ours.leave()
    return names, run


def second_tier(protocol):
    """The first tracker is not there; the next tier is asked."""
    names = [f"{protocol}: the second tier after a dead first"]

    def run(swarm):
        dead = f"{protocol}://{swarm.network.hub.address}:{DEAD_PORT}/announce"
        torrents = swarm.share([samples.odd("odd", 64 * KIB)],
                               [dead, announce_url(swarm.network, protocol)])
        folder = swarm.folder("downloads")
        seed = swarm.start_ours(swarm.data, torrents)
        swarm.tracker.wait_for(torrents, (1, 0))
        leecher = swarm.start_ours(folder, torrents, ["--exit-when-done"])
        leecher.wait_left(TIMEOUT_S)
        swarm.block.check(names[0], compare, torrents[0].sample, swarm.data, folder)
        seed.leave()
    return names, run


def make_all():
    return [lifetime("http"), lifetime("udp"), refused(), second_tier("http"), second_tier("udp")]
