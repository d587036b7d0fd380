# scenarios_magnet.py: magnet links whose details come from programs that nobody here wrote, and go to them.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links with a tracker or a peer in them; those with neither are in scenarios_dht.py. The details of so many files
have several blocks."""

import time

from . import samples
from .network import HUB_ADDRESS
from .samples import compare
from .small_tracker import PORT
from .tap import Failure

TIMEOUT_S = 120
N_FILES = 1500
TRACKER = f"http://{HUB_ADDRESS}:{PORT}/announce"
# There is no other way to find each other.
OURS = ["--no-dht", "--no-lsd", "--no-pex", "--no-port-mapping"]


def _share(swarm, name):
    sample = samples.crowd(name, N_FILES)
    sample.make(swarm.data)
    swarm.start_small_tracker()
    return swarm.make_torrent(sample, [TRACKER])


def _expect_not_a_seed(swarm, address):
    """Of a link nobody knows how much is left, but it is not nothing."""
    first = next(entry for entry in swarm.tracker.announces() if entry["address"] == address)
    if first["left"] == 0:
        raise Failure(f"the first announce of a link says that nothing is left: {first}")


def _downloads(kind):
    names = [f"{kind.__name__} seeds, we download a link with a tracker",
             f"{kind.__name__} seeds, we download a link with a peer"]

    def run(swarm):
        torrent = _share(swarm, f"from {kind.__name__}")
        seed = swarm.start(kind)
        seed.add(torrent, swarm.data)
        seed.wait_complete([torrent], TIMEOUT_S)
        links = [torrent.link(trackers=[TRACKER]), torrent.link(peers=[f"{seed.node.address}:{_port(kind)}"])]
        swarm.tracker.wait_for(seed.node.address, TIMEOUT_S)
        for i, name in enumerate(names):
            folder = swarm.folder(f"downloads-{i}")
            ours = swarm.start_ours(folder, options=OURS)
            began = time.monotonic()
            ours.add_link(links[i], folder)
            ours.wait_complete([torrent], TIMEOUT_S)
            swarm.note(f"{time.monotonic() - began:.1f} s from link to all")
            if i == 0:
                _expect_not_a_seed(swarm, ours.node.address)
            swarm.block.check(name, compare, torrent.sample, swarm.data, folder, kind.makes_empty_files)
            ours.leave()
    return names, run


def _port(kind):
    return 51413 if kind.__name__ == "Transmission" else 6881


def _seeds(kind):
    names = [f"we seed, {kind.__name__} downloads a link with a tracker"]

    def run(swarm):
        torrent = _share(swarm, f"to {kind.__name__}")
        folder = swarm.folder("downloads")
        ours = swarm.start_ours(swarm.data, [torrent], OURS)
        ours.wait_complete([torrent], TIMEOUT_S)
        swarm.tracker.wait_for(ours.node.address, TIMEOUT_S)
        leech = swarm.start(kind)
        leech.add_link(torrent, folder, torrent.link(trackers=[TRACKER]))
        leech.wait_complete([torrent], TIMEOUT_S)
        swarm.block.check(names[0], compare, torrent.sample, swarm.data, folder, kind.makes_empty_files)
    return names, run


def make_all(kinds):
    return [scenario(kind) for kind in kinds for scenario in (_downloads, _seeds)]
