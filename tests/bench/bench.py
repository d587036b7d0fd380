#!/usr/bin/env python3
# bench.py: measures downloads from a seed on this machine, beside other programs.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every program has a network namespace and so an address of its own. The programs take turns, run by
run, so that what else the machine does meets all of them. What was downloaded is compared."""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))

# pylint: disable=wrong-import-position
from ft_bench import programs, report  # noqa: E402
from ft_bench.meter import SeedMeter  # noqa: E402
from ft_bench.tracker import OneSeedTracker  # noqa: E402
from ft_interop import samples, torrent  # noqa: E402
from ft_interop.network import Network  # noqa: E402
from ft_interop.tap import Failure, Skip  # noqa: E402

MIB = 1 << 20
KIB = 1 << 10
N_FILES = 4
DATA_FOLDER = "data"


def say(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    """A network with a seed and a leecher, and a torrent. @work: folder that is its own"""

    def __init__(self, work, size, piece_length, timeout_s):
        self._work = work
        self._timeout_s = timeout_s
        network = Network()
        self._seed_node = network.add("seed")
        self._leecher_node = network.add("leecher")
        self._tracker = OneSeedTracker(network.hub.address, self._seed_node.address)
        files = [(f"part {i}", size // N_FILES) for i in range(N_FILES)]
        self._sample = samples.Sample("load", piece_length, files)
        self._data = work / DATA_FOLDER
        self._data.mkdir()
        self._sample.make(self._data)
        self._torrent = torrent.make(self._sample, self._data, work, [self._tracker.url])

    def _start_seed(self, program):
        home = pathlib.Path(tempfile.mkdtemp(prefix="seed-", dir=self._work))
        peer = program.seed(self._seed_node, home, self._torrent, self._data)
        try:
            peer.wait_complete([self._torrent], self._timeout_s)
        except BaseException:
            peer.kill()
            raise
        return peer

    def _leech(self, program):
        """One download, compared. Returns what the leecher cost."""
        home = pathlib.Path(tempfile.mkdtemp(prefix="leecher-", dir=self._work))
        folder = home / "downloads"
        folder.mkdir()
        try:
            run = program.leech(self._leecher_node, home, self._torrent, folder)
            cost = run.measure(self._timeout_s)
            samples.compare(self._sample, self._data, folder)
            return cost
        finally:
            shutil.rmtree(home)

    def measure_leechers(self, leechers, seed_program, runs):
        """Returns [(program, [Cost])]."""
        results = [(program, []) for program in leechers]
        seed = self._start_seed(seed_program)
        try:
            # The first download finds caches cold that the others find warm.
            self._leech(seed_program)
            for i in range(runs):
                for program, costs in results:
                    self._try(program, f"as leecher, run {i + 1}", costs, self._leech, program)
        finally:
            seed.kill()
        return results

    def _leech_from(self, program, leecher):
        seed = self._start_seed(program)
        try:
            meter = SeedMeter(seed.pid)
            wall_s = self._leech(leecher).wall_s
            return meter.finish(wall_s)
        finally:
            seed.kill()

    def measure_seeds(self, seeds, leecher, runs):
        """Returns [(program, [Cost])]: what the seeds cost."""
        results = [(program, []) for program in seeds]
        for i in range(runs):
            for program, costs in results:
                self._try(program, f"as seed, run {i + 1}", costs,
                          self._leech_from, program, leecher)
        return results

    def _try(self, program, what, costs, function, *args):
        try:
            cost = function(*args)
        except Failure as failure:
            say(f"{program.name} {what}: {failure}")
            return
        costs.append(cost)
        say(f"{program.name} {what}: {self._sample.size / cost.wall_s / MIB:.0f} MiB/s, "
            f"{cost.cpu_s:.2f} CPU s, peak {cost.peak_bytes / MIB:.0f} MiB")

    def close(self):
        self._tracker.stop()


def parse_arguments():
    parser = argparse.ArgumentParser(prog="build-aux/bench", description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path,
                        help="friendtorrent-console; build-aux/bench builds it and puts it here")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="of each program")
    parser.add_argument("--size", type=int, default=1024, metavar="MIB", help="to download")
    parser.add_argument("--piece", type=int, default=256, metavar="KIB", help="length of a piece")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/dev/shm"),
                        help="has room for twice the size; in memory, so that no disk is measured")
    parser.add_argument("--timeout", type=int, default=300, metavar="S", help="of one download")
    parser.add_argument("--only", action="append", metavar="NAME", help="programs of this name")
    parser.add_argument("--as", choices=["leecher", "seed", "both"], default="both", dest="role",
                        help="what each program is; libtorrent is the other side")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--document", type=pathlib.Path, metavar="FILE",
                        help="write the tables there, between the marks")
    return parser.parse_args()


def choose_programs(arguments):
    found, reasons = programs.find_all(arguments.program.resolve())
    for reason in reasons:
        say(reason)
    libtorrent = next((program for program in found if program.name == "libtorrent"), None)
    if libtorrent is None:
        raise Skip("Please install Debian's python3-libtorrent: the other side is libtorrent.")
    chosen = [program for program in found
              if arguments.only is None or program.name.lower() in map(str.lower, arguments.only)]
    return chosen, libtorrent


def measure(arguments):
    """Returns (results as leechers, results as seeds)."""
    chosen, libtorrent = choose_programs(arguments)
    leechers, seeds = [], []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=arguments.folder) as work:
        bench = Bench(pathlib.Path(work), arguments.size * MIB, arguments.piece * KIB,
                      arguments.timeout)
        try:
            if arguments.role in ("leecher", "both"):
                leechers = bench.measure_leechers(chosen, libtorrent, arguments.runs)
            if arguments.role in ("seed", "both"):
                seeds = bench.measure_seeds(chosen, libtorrent, arguments.runs)
        finally:
            bench.close()
    return leechers, seeds


def main():
    arguments = parse_arguments()
    command = " ".join(["build-aux/bench", *sys.argv[2:]])
    machine = report.describe_machine()
    try:
        leechers, seeds = measure(arguments)
    except (Skip, Failure) as error:
        say(str(error))
        return 1
    size = arguments.size * MIB
    section = report.make_section(command, machine, arguments.runs, size, leechers, seeds)
    print(section)
    if arguments.document is not None:
        report.put_section(arguments.document, section)
    if arguments.json is not None:
        figures = report.as_json(command, machine, size, leechers, seeds)
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    complete = all(len(costs) == arguments.runs for _, costs in leechers + seeds)
    return 0 if complete else 1


sys.exit(main())
