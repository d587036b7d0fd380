# scenarios.py: two programs and the same data, in both directions.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each function takes the class of a foreign client and returns (names of its results, function of a
swarm). "Seeds" and "downloads" say what the foreign client does."""

from . import samples
from .process import wait_until
from .samples import compare
from .tap import Failure

TIMEOUT_S = 60
KIB = 1024
PIECE_LENGTHS = [(16 * KIB) << i for i in range(11)]


def piece_text(length):
    return f"{length // KIB} KiB" if length < KIB * KIB else f"{length // KIB // KIB} MiB"


def download_from(swarm, kind, torrents, folder):
    """The foreign client has the data; ours starts with what is in @folder, and leaves when done."""
    seed = swarm.start(kind)
    for torrent in torrents:
        seed.add(torrent, swarm.data)
    seed.wait_complete(torrents, TIMEOUT_S)
    swarm.tracker.wait_for(torrents, (1, 0))
    ours = swarm.start_ours(folder, torrents, ["--exit-when-done"])
    ours.wait_left(2 * TIMEOUT_S)
    return seed


def upload_to(swarm, kind, torrents, folder):
    """Ours has the data; the foreign client starts with what is in @folder."""
    ours = swarm.start_ours(swarm.data, torrents)
    ours.wait_complete(torrents, TIMEOUT_S)
    swarm.tracker.wait_for(torrents, (1, 0))
    leecher = swarm.start(kind)
    for torrent in torrents:
        leecher.add(torrent, folder)
    leecher.wait_complete(torrents, 2 * TIMEOUT_S)
    leecher.stop()
    ours.leave()


def compare_each(swarm, names, torrents, folder, empty_files=True):
    for name, torrent in zip(names, torrents):
        swarm.block.check(name, compare, torrent.sample, swarm.data, folder, empty_files)


def make_odd_samples():
    return [samples.odd(f"odd {piece_text(length)}", length) for length in PIECE_LENGTHS]


def seeds_odd(kind):
    names = [f"seeds odd files in pieces of {piece_text(length)}" for length in PIECE_LENGTHS]

    def run(swarm):
        torrents = swarm.share(make_odd_samples())
        folder = swarm.folder("downloads")
        download_from(swarm, kind, torrents, folder)
        compare_each(swarm, names, torrents, folder)
    return names, run


def downloads_odd(kind):
    names = [f"downloads odd files in pieces of {piece_text(length)}" for length in PIECE_LENGTHS]

    def run(swarm):
        torrents = swarm.share(make_odd_samples())
        folder = swarm.folder("downloads")
        upload_to(swarm, kind, torrents, folder)
        compare_each(swarm, names, torrents, folder, kind.makes_empty_files)
    return names, run


def seeds_crowd(kind):
    names = ["seeds 20,000 small files"]

    def run(swarm):
        torrents = swarm.share([samples.crowd("crowd")])
        folder = swarm.folder("downloads")
        download_from(swarm, kind, torrents, folder)
        compare_each(swarm, names, torrents, folder)
    return names, run


def downloads_crowd(kind):
    names = ["downloads 20,000 small files"]

    def run(swarm):
        torrents = swarm.share([samples.crowd("crowd")])
        folder = swarm.folder("downloads")
        upload_to(swarm, kind, torrents, folder)
        compare_each(swarm, names, torrents, folder, kind.makes_empty_files)
    return names, run


def seeds_vast(kind):
    """The leecher finds a file of zeros, which is right but for some pieces."""
    names = ["seeds a sparse file of 5 GiB"]

    def run(swarm):
        torrents = swarm.share([samples.vast("vast")])
        folder = swarm.folder("downloads")
        torrents[0].sample.make_hole(folder)
        download_from(swarm, kind, torrents, folder)
        compare_each(swarm, names, torrents, folder)
    return names, run


def downloads_vast(kind):
    names = ["downloads a sparse file of 5 GiB"]

    def run(swarm):
        torrents = swarm.share([samples.vast("vast")])
        folder = swarm.folder("downloads")
        torrents[0].sample.make_hole(folder)
        upload_to(swarm, kind, torrents, folder)
        compare_each(swarm, names, torrents, folder)
    return names, run


def _expect_both_moving(ours, torrents):
    """Both torrents have begun and neither is done: they share the one peer."""
    def both():
        states = [ours.find(torrent) for torrent in torrents]
        if any(state is not None and state["complete"] for state in states):
            raise Failure("one torrent was complete before the other had begun: "
                          + ", ".join(ours.describe(torrent) for torrent in torrents))
        return all(state is not None and 0 < state["done"] and state["peers"] == 1
                   for state in states)

    def explain():
        return ", ".join(ours.describe(torrent) for torrent in torrents)
    wait_until("both torrents move", TIMEOUT_S, both, explain)


def seeds_two(kind):
    """Two torrents at once from one peer, slowly enough that both are seen to move."""
    names = ["seeds two torrents to one peer at a time", "the first of two torrents",
             "the second of two torrents"]

    def run(swarm):
        torrents = swarm.share([samples.plain(f"{name}.bin", 64 * KIB, 12_000_001)
                                for name in ("first", "second")])
        folder = swarm.folder("downloads")
        seed = swarm.start(kind)
        for torrent in torrents:
            seed.add(torrent, swarm.data)
        seed.wait_complete(torrents, TIMEOUT_S)
        swarm.tracker.wait_for(torrents, (1, 0))
        ours = swarm.start_ours(folder, torrents, ["--exit-when-done", "--limit-down", "4096"])
        swarm.block.check(names[0], _expect_both_moving, ours, torrents)
        ours.wait_left(2 * TIMEOUT_S)
        compare_each(swarm, names[1:], torrents, folder)
    return names, run
