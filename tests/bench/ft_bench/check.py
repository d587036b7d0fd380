# check.py: how fast each program checks a finished torrent anew.
# SPDX-License-Identifier: GPL-3.0-or-later

from ft_interop import torrent
from ft_interop.network import Network

from .checkers import BY_NAME
from .measurement import Measurement
from .table import PEER, Target
from .transfers import add_rows, as_figures, make_columns, make_sample


class Check(Measurement):
    """All programs check the same files."""

    name = "check"
    title = "Full check"
    text = ("1 GiB in four files in pieces of 256 KiB, complete and in the page cache, checked once more at the"
            " user's order: the time is from the order until the program says that it has checked. aria2"
            " checks only at its start, which counts too.")

    def run(self, context):
        found, reasons = context.programs()
        table = context.make_table(make_columns(rate=Target(1.8, PEER)))
        rows = add_rows(table, found, reasons)
        network = Network()
        node = network.add("checker")
        sample = make_sample(context)
        data = context.make_folder("data")
        sample.make(data)
        # rTorrent takes no torrent without a tracker; nobody is there.
        made = torrent.make(sample, data, context.work, [f"http://{network.hub.address}:1/announce"])
        def measure(program):
            home = context.make_folder("checker")
            checker = BY_NAME[program.name](program, node, home, made, data)
            try:
                return checker.check()
            finally:
                checker.kill()
        context.take_turns(table, [
            (row, lambda program=program: as_figures(measure(program), sample.size))
            for row, program in rows])
