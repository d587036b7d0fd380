# scenarios_strangers.py: thousands connect, to a leecher and to its seed, and none of them becomes a peer.
# SPDX-License-Identifier: GPL-3.0-or-later
"""An honest download goes on beside them. FT_TEST_LONG in the environment: 5,000 of them, else 1,000."""

import os

from . import samples
from .held import Peak
from .samples import compare
from .strangers import Strangers
from .tap import Failure

NUMBER = 5000 if os.environ.get("FT_TEST_LONG") else 1000
MIB = 1 << 20
SIZE = 24 * MIB
RATE_KIB = 6144  # so that it takes a while
TIMEOUT_S = 120
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


def make_all():
    return [_beside()]
