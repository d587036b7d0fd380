# scenarios_ipv6.py: a network of IPv6 alone, and one of both families.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trackers over HTTP and UDP, peers in both directions, a binding, and announces by each family."""

from . import samples
from .network import HUB_ADDRESS, HUB_ADDRESS6
from .process import wait_until
from .samples import compare
from .small_tracker import NAME, PORT

# Transmission asks for new peers each half a minute at times.
TIMEOUT_S = 120
KIB = 1024


def _url(protocol, host=f"[{HUB_ADDRESS6}]"):
    return f"{protocol}://{host}:{PORT}/announce"


def _share(swarm, url):
    sample = samples.odd("odd", 64 * KIB)
    sample.make(swarm.data)
    torrent = swarm.make_torrent(sample, [url])
    return torrent, swarm.start_small_tracker()


def _add_node(swarm, name, ipv4=False):
    return swarm.network.add(name, ipv4=ipv4, ipv6=True)


def ours_alone(protocol, bound):
    names = [f"IPv6 alone, {protocol}{', bound' if bound else ''}"]

    def run(swarm):
        torrent, tracker = _share(swarm, _url(protocol))
        nodes = [_add_node(swarm, "seed"), _add_node(swarm, "leecher")]
        swarm.start_ours(swarm.data, [torrent], bound=bound, node=nodes[0])
        tracker.wait_for(nodes[0].address6, TIMEOUT_S, protocol=protocol, event="started")
        folder = swarm.folder("downloads")
        ours = swarm.start_ours(folder, [torrent], ["--exit-when-done"], bound=bound, node=nodes[1])
        ours.wait_left(TIMEOUT_S)
        swarm.block.check(names[0], compare, torrent.sample, swarm.data, folder)
        tracker.wait_for(nodes[1].address6, TIMEOUT_S, event="stopped")
    return names, run


def with_foreign(kind, needs_ipv4):
    """@needs_ipv4: it is driven by that; we have none, so nothing else goes that way"""
    names = [f"IPv6: downloads from {kind.__name__}", f"IPv6: seeds to {kind.__name__}"]

    def run(swarm):
        torrent, tracker = _share(swarm, _url("http"))
        foreign_seed = swarm.start(kind, node=_add_node(swarm, "seed", needs_ipv4))
        foreign_seed.add(torrent, swarm.data)
        tracker.wait_for(foreign_seed.node.address6, TIMEOUT_S, event="started")
        folder = swarm.folder("downloads")
        ours = swarm.start_ours(folder, [torrent], node=_add_node(swarm, "ours"))
        ours.wait_complete([torrent], TIMEOUT_S)
        swarm.block.check(names[0], compare, torrent.sample, swarm.data, folder)
        foreign_seed.stop()
        other_folder = swarm.folder("other")
        leecher = swarm.start(kind, node=_add_node(swarm, "leecher", needs_ipv4))
        leecher.add(torrent, other_folder)
        leecher.wait_complete([torrent], TIMEOUT_S)
        swarm.block.check(names[1], compare, torrent.sample, swarm.data, other_folder,
                          kind.makes_empty_files)
        ours.leave()
    return names, run


def both(protocol):
    """By name, which leads to both addresses of the tracker."""
    names = [f"both families, {protocol}: the tracker is told by each",
             f"both families, {protocol}: peers of each are found",
             f"both families, {protocol}: says goodbye by each"]

    def run(swarm):
        torrent, tracker = _share(swarm, _url(protocol, NAME))
        node = _add_node(swarm, "ours", ipv4=True)
        node.files["/etc/hosts"] = swarm.home / "hosts"
        node.files["/etc/hosts"].write_text(f"127.0.0.1 localhost\n{HUB_ADDRESS} {NAME}\n{HUB_ADDRESS6} {NAME}\n")
        ours = swarm.start_ours(swarm.data, [torrent], bound=False, node=node)
        for address in (node.address, node.address6):
            tracker.wait_for(address, TIMEOUT_S, protocol=protocol, event="started")
        swarm.block.passed(names[0])
        for name, ipv4 in (("four", True), ("six", False)):
            other = swarm.network.add(name, ipv4=ipv4, ipv6=not ipv4)
            other.files = node.files
            folder = swarm.folder(name)
            swarm.start_ours(folder, [torrent], ["--exit-when-done"], bound=False,
                             node=other).wait_left(TIMEOUT_S)
            compare(torrent.sample, swarm.data, folder)
        swarm.block.passed(names[1])
        ours.leave()
        for address in (node.address, node.address6):
            tracker.wait_for(address, TIMEOUT_S, protocol=protocol, event="stopped")
        swarm.block.passed(names[2])
    return names, run


def one_port():
    """Both families are listened on, at one port."""
    names = ["both families have the same port"]

    def run(swarm):
        torrent, _ = _share(swarm, _url("http"))
        node = _add_node(swarm, "ours", ipv4=True)
        swarm.start_ours(swarm.data, [torrent], bound=False, node=node)

        def listens():
            text = node.read("ss", "-Htln", "sport", "=", "6881")
            return "0.0.0.0:6881" in text and "[::]:6881" in text
        wait_until("both are listened on", TIMEOUT_S, listens,
                   lambda: node.read("ss", "-Htln"))
        swarm.block.passed(names[0])
    return names, run


def make_all(foreign):
    tests = [ours_alone("http", False), ours_alone("udp", False), ours_alone("http", True),
             both("http"), both("udp"), one_port()]
    return tests + [with_foreign(kind, kind.__name__ == "Transmission") for kind in foreign]
