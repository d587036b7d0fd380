# scenarios_strangers.py: thousands connect, to a leecher and to its seed, and none of them becomes a peer.
# SPDX-License-Identifier: GPL-3.0-or-later
"""An honest download goes on beside them. FT_TEST_LONG in the environment: 5,000 of them, else 1,000."""

import os
import time

from . import samples
from .held import Peak, read_cpu
from .samples import compare
from .strangers import Strangers
from .tap import Failure

NUMBER = 5000 if os.environ.get("FT_TEST_LONG") else 1000
MIB = 1 << 20
SIZE = 24 * MIB
RATE_KIB = 6144  # so that it takes a while
TIMEOUT_S = 120
FEW_STRANGERS = 200
WATCH_S = 3
# Half-open ones of bt-limits.h, files, databases and listeners are some 300 at most, whatever comes.
MAX_DESCRIPTORS = 300
MAX_MEMORY = 64 * MIB


def _expect_bounded(peaks):
    for name, peak in peaks:
        if peak.descriptors > MAX_DESCRIPTORS:
            raise Failure(f"the {name} had {peak.descriptors} descriptors open")
        if peak.memory > MAX_MEMORY:
            raise Failure(f"the {name} had {peak.memory} bytes")


def _expect_closed(strangers, targets):
    counts = strangers.count()
    if counts["open"] > targets * MAX_DESCRIPTORS or counts["closed"] < NUMBER // 2:
        raise Failure(f"strangers: {counts}")


def _beside():
    names = [f"{NUMBER} strangers: a download goes on beside them",
             f"{NUMBER} strangers: descriptors and memory are bounded",
             f"{NUMBER} strangers: they are closed"]

    def run(swarm):
        torrents = swarm.share([samples.plain("crowded", MIB // 4, SIZE)])
        seed = swarm.start_ours(swarm.data, torrents)
        seed.wait_complete(torrents, TIMEOUT_S)
        folder = swarm.folder("downloads")
        ours = swarm.start_ours(folder, options=["--limit-down", str(RATE_KIB)])
        strangers = Strangers(swarm.network, swarm.home / "strangers", NUMBER, torrents[0],
                              [ours.node, seed.node])
        try:
            with Peak(ours.pid) as our_peak, Peak(seed.pid) as seed_peak:
                strangers.wait_there(TIMEOUT_S)
                # The leecher comes to the seed as one of them.
                ours.add(torrents[0], folder)
                ours.wait_complete(torrents, TIMEOUT_S)
            swarm.block.check(names[0], compare, torrents[0].sample, swarm.data, folder)
            peaks = [("leecher", our_peak), ("seed", seed_peak)]
            swarm.block.check(names[1], _expect_bounded, peaks)
            swarm.block.check(names[2], _expect_closed, strangers, len(peaks))
            swarm.note(f"{strangers.count()}; " + "; ".join(
                f"{name}: {peak.descriptors} descriptors, {peak.memory / MIB:.0f} MiB" for name, peak in peaks))
        finally:
            strangers.kill()
    return names, run


def _expect_idle(pid):
    """Whoever cannot be let in must not keep it awake."""
    before_s = read_cpu(pid)
    time.sleep(WATCH_S)
    if read_cpu(pid) - before_s > WATCH_S / 2:
        raise Failure(f"{read_cpu(pid) - before_s:.1f} s of processor time in {WATCH_S} s")


def _expect_told(ours, number):
    if not any(f"only {number} open files" in log.read_text() for log in ours.home.glob("*.log")):
        raise Failure("it does not say so")


def _expect_all(swarm, torrents, folder):
    for torrent in torrents:
        compare(torrent.sample, swarm.data, folder)


def _few_descriptors(number):
    names = [f"{number} descriptors: torrents of many files are downloaded beside strangers",
             f"{number} descriptors: it says that they are few", f"{number} descriptors: it does not spin",
             f"{number} descriptors: it goes on with what comes later"]

    def run(swarm):
        made = [samples.Sample(f"small {i}", 16384, [(f"{j}.bin", 7000 * j + i) for j in range(12)]) for i in range(24)]
        torrents = swarm.share(made)
        seed = swarm.start_ours(swarm.data, torrents)
        seed.wait_complete(torrents, TIMEOUT_S)
        folder = swarm.folder("downloads")
        ours = swarm.start_ours(folder, wrapper=["prlimit", f"--nofile={number}:{number}"])
        strangers = Strangers(swarm.network, swarm.home / "strangers", FEW_STRANGERS, torrents[0], [ours.node])
        try:
            strangers.wait_there(TIMEOUT_S)
            swarm.block.check(names[2], _expect_idle, ours.pid)
            for torrent in torrents[:-1]:
                ours.add(torrent, folder)
            ours.wait_complete(torrents[:-1], TIMEOUT_S)
            swarm.block.check(names[0], _expect_all, swarm, torrents[:-1], folder)
            swarm.block.check(names[1], _expect_told, ours, number)
        finally:
            strangers.kill()
        ours.add(torrents[-1], folder)
        ours.wait_complete(torrents, TIMEOUT_S)
        swarm.block.check(names[3], _expect_all, swarm, torrents[-1:], folder)
        ours.leave()
    return names, run


def make_all():
    return [_beside(), _few_descriptors(128)]
