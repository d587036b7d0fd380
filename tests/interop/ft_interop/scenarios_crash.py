# scenarios_crash.py: programs that are killed in mid-download.
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGKILL leaves no time to save: what counts is what was on the disk and in the state before."""

import functools

from . import samples
from .process import wait_until
from .samples import compare
from .tap import Failure

TIMEOUT_S = 60
KIB = 1024
SIZE = 40_000_003
PIECE_LENGTH = 256 * KIB
SLOWLY = ["--limit-down", "8192"]
STEPS = (0.15, 0.4, 0.7)


def _look(peer, torrent):
    """(nullable): what it says of @torrent; before it has looked at its files it has nothing to say"""
    status = peer.find(torrent)
    if status is None or status["state"] not in ("downloading", "seeding"):
        return None
    return status


def _wait_for_share(peer, torrent, share):
    def reached():
        status = _look(peer, torrent)
        if status is None:
            return None
        if status["complete"]:
            raise Failure(f"complete before {share:.0%} was seen")
        return status["done"] >= share * torrent.sample.size and status["done"]
    return wait_until(f"{share:.0%} downloaded", TIMEOUT_S, reached,
                      lambda: peer.describe(torrent))


def _expect_kept(status, before):
    if status["done"] < before:
        raise Failure(f"{before} bytes were done when it was killed, {status['done']} after the next start")


def _expect_no_waste(first, last):
    """What was there was not asked for again. @first, @last: status of one run"""
    came = last["downloaded"] - first["downloaded"]
    missing = first["size"] - first["done"]
    if came > missing:
        raise Failure(f"{missing} bytes were missing, {came} came")


def _start_seed(swarm, kind, torrents):
    seed = swarm.start(kind)
    for torrent in torrents:
        seed.add(torrent, swarm.data)
    seed.wait_complete(torrents, TIMEOUT_S)
    return seed


def we_are_killed(kind, steps):
    """Killed when each of @steps, shares of the whole, is there; each run is given only its state."""
    seed_name = kind.__name__
    names = [f"{seed_name} seeds, we are killed at {share:.0%} and keep what we had"
             for share in steps]
    names += [f"{seed_name} seeds, we were killed, and the bytes are right",
              f"{seed_name} seeds, we were killed, and nothing is asked for twice"]

    def run(swarm):
        torrents = swarm.share([samples.plain("killed.bin", PIECE_LENGTH, SIZE)])
        torrent = torrents[0]
        folder = swarm.folder("downloads")
        _start_seed(swarm, kind, torrents)
        swarm.tracker.wait_for(torrents, (1, 0))
        ours = swarm.start_ours(folder, torrents, SLOWLY)
        for name, share in zip(names, steps):
            before = _wait_for_share(ours, torrent, share)
            ours.kill()
            ours = swarm.start_ours(folder, (), SLOWLY, again=ours)
            first = wait_until("it has looked at its files", TIMEOUT_S, functools.partial(_look, ours, torrent),
                               ours.tail)
            swarm.block.check(name, _expect_kept, first, before)
        ours.wait_complete(torrents, TIMEOUT_S)
        last = ours.find(torrent)
        ours.leave()
        swarm.block.check(names[-2], compare, torrent.sample, swarm.data, folder)
        swarm.block.check(names[-1], _expect_no_waste, first, last)
    return names, run


def seed_is_killed(kind):
    """The only seed goes without a word and comes back with another address."""
    names = ["the seed is killed and another goes on"]

    def run(swarm):
        torrents = swarm.share([samples.plain("orphan.bin", PIECE_LENGTH, SIZE)])
        folder = swarm.folder("downloads")
        seed = _start_seed(swarm, kind, torrents)
        swarm.tracker.wait_for(torrents, (1, 0))
        ours = swarm.start_ours(folder, torrents, SLOWLY)
        _wait_for_share(ours, torrents[0], 0.3)
        seed.kill()
        _start_seed(swarm, kind, torrents)
        ours.wait_complete(torrents, 2 * TIMEOUT_S)
        ours.leave()
        swarm.block.check(names[0], compare, torrents[0].sample, swarm.data, folder)
    return names, run


def all_together(kinds):
    """Nobody has a second seed: what the leechers have, they have from each other too."""
    names = [f"together: {kind.__name__}" for kind in kinds] + ["together: ours"]

    def run(swarm):
        torrents = swarm.share([samples.odd("together", 1024 * KIB),
                                samples.odd("together too", 32 * KIB)])
        seed = swarm.start_ours(swarm.data, torrents, ["--limit-up", "8192"])
        seed.wait_complete(torrents, TIMEOUT_S)
        folder = swarm.folder("ours-downloads")
        leecher = swarm.start_ours(folder, torrents)
        others = []
        for kind in kinds:
            other = swarm.start(kind)
            others.append(other)
            for torrent in torrents:
                other.add(torrent, swarm.folder(kind.__name__))
        for other in [*others, leecher]:
            other.wait_complete(torrents, 2 * TIMEOUT_S)
        for name, kind, other in zip(names, kinds, others):
            other.stop()
            for torrent in torrents:
                compare(torrent.sample, swarm.data, swarm.folder(kind.__name__),
                        kind.makes_empty_files)
            swarm.block.passed(name)
        leecher.leave()
        seed.leave()
        for torrent in torrents:
            compare(torrent.sample, swarm.data, folder)
        swarm.block.passed(names[-1])
    return names, run
