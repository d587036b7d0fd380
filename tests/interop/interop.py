#!/usr/bin/env python3
# interop.py: runs one group of interoperability tests.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes TAP. FT_INTEROP_KEEP=1 keeps the work folder, with the logs and data of every program."""

import argparse
import pathlib
import signal
import sys

from ft_interop import (scenarios, scenarios_crash, scenarios_dht, scenarios_https,
                        scenarios_ipv6, scenarios_lsd, scenarios_magnet, scenarios_network,
                        scenarios_pex, scenarios_private, scenarios_router,
                        scenarios_strangers, scenarios_tracker)
from ft_interop.aria2 import Aria2
from ft_interop.rasterbar import Rasterbar
from ft_interop.swarm import Lab
from ft_interop.tap import Report, Skip
from ft_interop.transmission import Transmission

ALL_PAIRS = [scenarios.seeds_odd, scenarios.downloads_odd, scenarios.seeds_two,
             scenarios.seeds_crowd, scenarios.downloads_crowd,
             scenarios.seeds_vast, scenarios.downloads_vast]

# With all of it for everybody the tests take twice as long: --all.
PAIRS = {
    Rasterbar: ALL_PAIRS,
    Transmission: [scenarios.seeds_odd, scenarios.downloads_odd, scenarios.seeds_two,
                   scenarios.seeds_crowd, scenarios.downloads_vast],
    Aria2: [scenarios.seeds_odd, scenarios.downloads_odd, scenarios.seeds_two,
            scenarios.downloads_crowd, scenarios.seeds_vast],
}


def make_pairs(kind, whole):
    return [scenario(kind) for scenario in (ALL_PAIRS if whole else PAIRS[kind])]


def make_crashes(whole):
    often = scenarios_crash.STEPS if whole else scenarios_crash.STEPS[1:2]
    return [scenarios_crash.we_are_killed(Rasterbar, scenarios_crash.STEPS),
            scenarios_crash.we_are_killed(Transmission, often),
            scenarios_crash.seed_is_killed(Rasterbar)]


GROUPS = {
    "libtorrent": lambda whole: make_pairs(Rasterbar, whole),
    "transmission": lambda whole: make_pairs(Transmission, whole),
    "aria2": lambda whole: make_pairs(Aria2, whole),
    "opentracker": lambda whole: scenarios_tracker.make_all(),
    "crash": make_crashes,
    "dht": lambda whole: scenarios_dht.make_all(),
    "https": lambda whole: scenarios_https.make_all(),
    "ipv6": lambda whole: scenarios_ipv6.make_all([Rasterbar, Transmission]),
    "lsd": lambda whole: scenarios_lsd.make_all(),
    "magnet": lambda whole: scenarios_magnet.make_all([Rasterbar, Transmission, Aria2]),
    "network": lambda whole: scenarios_network.make_all([Rasterbar, Transmission], whole),
    "pex": lambda whole: scenarios_pex.make_all(Rasterbar, Transmission),
    "private": lambda whole: scenarios_private.make_all(),
    "router": lambda whole: scenarios_router.make_all(),
    "strangers": lambda whole: scenarios_strangers.make_all(),
    "together": lambda whole: [scenarios_crash.all_together([Rasterbar, Transmission, Aria2])],
}


def run_group(report, arguments):
    chosen = [(names, run) for names, run in GROUPS[arguments.group](arguments.all)
              if any(arguments.only in name for name in names)]
    try:
        lab = Lab(report, arguments.program.resolve(), arguments.folder.resolve())
    except Skip as skip:
        for names, _ in chosen:
            for name in names:
                report.skipped(name, str(skip))
        return
    try:
        for names, run in chosen:
            lab.run(names, run)
    finally:
        lab.close()


def main():
    parser = argparse.ArgumentParser(description="Runs one group of interoperability tests.")
    parser.add_argument("group", choices=GROUPS)
    parser.add_argument("program", type=pathlib.Path, help="friendtorrent-console")
    parser.add_argument("folder", type=pathlib.Path, help="has room for some GiB")
    parser.add_argument("--only", default="", metavar="TEXT", help="scenarios with it in a name")
    parser.add_argument("--all", action="store_true", help="every scenario with every client")
    arguments = parser.parse_args()
    report = Report(arguments.group)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    run_group(report, arguments)
    report.end()
    return 1 if report.failed else 0


sys.exit(main())
