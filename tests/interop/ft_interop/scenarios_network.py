# scenarios_network.py: the network becomes another one while something is downloaded.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links go down and come up, addresses and interfaces are replaced; it goes on by itself."""

import time

from . import samples
from .process import wait_until
from .samples import compare

MIB = 1 << 20
RATE_KIB = 3072
SIZE = 64 * MIB
# It is meant to take less than 10 s; on a machine that is busy with other things it may be more.
RECOVERY_S = 40
DOWN_S = 3
COMPLETE_S = 120


def _link_down_and_up(node):
    node.set_link("down")
    time.sleep(DOWN_S)
    node.set_link("up")
    node.add_route()


def _other_address(node):
    node.readdress("10.77.0.200")


def _cable_pulled(node):
    """So long that TCP by itself would try again much later."""
    node.set_plug("down")
    time.sleep(4 * DOWN_S)
    node.set_plug("up")


def _other_interface(node):
    node.cut_wire()
    time.sleep(DOWN_S)
    node.lay_wire()


CHANGES = {
    "a link goes down and up": _link_down_and_up,
    "the address is another one": _other_address,
    "a cable is pulled for a while": _cable_pulled,
    "an interface is made anew": _other_interface,
}


def _goes_on(change, seed, start_seed):
    """@start_seed (swarm, torrents): starts somebody who has it all and gives it slowly"""
    names = [f"from {seed}: goes on when {change}", f"from {seed}: complete when {change}"]

    def run(swarm):
        torrents = swarm.share([samples.plain("slow", MIB // 4, SIZE)])
        start_seed(swarm, torrents)
        folder = swarm.folder("downloads")
        ours = swarm.start_ours(folder, torrents, ["--limit-down", str(RATE_KIB)], bound=False)

        def done():
            status = ours.find(torrents[0])
            return status["done"] if status else 0

        def explain():
            return f"{ours.describe(torrents[0])}\n{ours.tail()}"
        wait_until("the download begins", RECOVERY_S, lambda: done() > 4 * MIB, explain)
        CHANGES[change](ours.node)
        before = done()
        began = time.monotonic()
        wait_until("it goes on", RECOVERY_S, lambda: done() > before + MIB, explain)
        swarm.note(f"{change}: went on after {time.monotonic() - began:.1f} s")
        swarm.block.passed(names[0])
        ours.wait_complete(torrents, COMPLETE_S)
        swarm.block.check(names[1], compare, torrents[0].sample, swarm.data, folder)
        ours.leave()
    return names, run


def _start_ours(swarm, torrents):
    swarm.start_ours(swarm.data, torrents, bound=False)
    swarm.tracker.wait_for(torrents, (1, None))


def _start_foreign(kind):
    def start(swarm, torrents):
        seed = swarm.start(kind)
        for torrent in torrents:
            seed.add(torrent, swarm.data)
        swarm.tracker.wait_for(torrents, (1, None))
    return start


def make_all(foreign, whole):
    """@foreign: the classes of clients that seed too, by turns"""
    tests = [_goes_on(change, "ours", _start_ours) for change in CHANGES]
    for i, change in enumerate(CHANGES):
        for kind in foreign if whole else [foreign[i % len(foreign)]]:
            tests.append(_goes_on(change, kind.__name__, _start_foreign(kind)))
    return tests
