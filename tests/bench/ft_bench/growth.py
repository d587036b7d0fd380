# growth.py: how costs grow with torrents, peers and pieces.
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one decision costs is counted by bench-growth, without network and disk; what torrents cost is that of
the whole program (start.py)."""

import subprocess

from ft_interop.network import Network
from ft_interop.tap import Failure

from .measurement import Measurement
from .start import Saved, start_ours
from .table import LESS, OURS, Column

TORRENTS, QUICK_TORRENTS = (100, 1000, 10000), (10, 100)
LIMIT_S = 150
# As bench-growth names them: title, unit of a row, whether a decision is about all of them.
KINDS = {
    "announce": ("Announces: the next of all torrents is asked and waits anew", "torrents", False),
    "choke": ("A round of the choker over all peers of a torrent", "peers", True),
    "candidate": ("Whom to connect to next, of all addresses that are known of a torrent", "addresses", False),
    "pick-by-peers": ("Picking a block of 10,000 pieces, by peers", "peers", False),
    "pick-by-pieces": ("Picking a block, by pieces", "pieces", False),
    "pick-in-order": ("Picking a block when pieces are wanted in order, by pieces", "pieces", False),
}


def run_decisions(context):
    """Returns {kind: [(n, ns, instructions, bytes)]}."""
    told = subprocess.run([context.tool("bench-growth")], capture_output=True, text=True, check=False, timeout=LIMIT_S)
    if told.returncode != 0:
        raise Failure(f"bench-growth: {told.stderr.strip()}")
    found = {}
    for line in told.stdout.splitlines():
        kind, n, *figures = line.split("\t")
        found.setdefault(kind, []).append((int(n), *map(float, figures)))
    return found


def add_decision_table(context, kind, measured):
    title, unit, per_item = KINDS[kind]
    columns = [Column("ns", "CPU ns a decision", 0, LESS), Column("instructions", "instructions a decision", 0, LESS)]
    if per_item:
        columns.append(Column("share", f"ns ÷ {unit}", 1, LESS))
    columns.append(Column("bytes", f"bytes ÷ {unit}", 1, LESS))
    table = context.make_table(columns, title)
    for n, ns, instructions, size in measured:
        row = table.add_row(f"{n:,} {unit}", OURS)
        figures = {"ns": ns} | ({"share": ns / n} if per_item else {})
        figures |= {"instructions": instructions} if instructions > 0 else {}
        row.add(figures | ({"bytes": size} if size > 0 else {}))
    table.columns = [column for column in columns if any(column.key in row.figures for row in table.rows)]


def measure_torrents(context):
    network = Network()
    node = network.add("node")
    table = context.make_table(
        [Column("cpu", "CPU s until listed", 3, LESS), Column("cpu_each", "ms ÷ torrents", 3, LESS),
         Column("memory", "MiB at rest", 1, LESS), Column("memory_each", "KiB ÷ torrents", 1, LESS),
         Column("idle", "% CPU idle", 2, LESS), Column("idle_each", "µs a second ÷ torrents", 1, LESS)],
        "The whole program: start, memory and the tick of a second, by torrents")

    def measure(n):
        figures = start_ours(context, node, Saved(context, n, ""))
        return {"cpu": figures["cpu"], "cpu_each": figures["cpu"] / n * 1e3,
                "memory": figures["memory"], "memory_each": figures["memory"] * 1024 / n,
                "idle": figures["idle"], "idle_each": figures["idle"] / 100 / n * 1e6}
    context.take_turns(table, [(table.add_row(f"{n:,} torrents", OURS), lambda n=n: measure(n))
                               for n in (QUICK_TORRENTS if context.quick else TORRENTS)], LIMIT_S, repeat_s=0)
    table.notes.append("What the program needs without any torrent is part of the first rows. They have no trackers: what"
                       " announces cost is above.")


class Growth(Measurement):
    """Cost, and cost divided by the work."""

    name = "growth"
    title = "How costs grow"
    text = ("Costs are to grow no faster than the work: what is divided by it stays flat. Time a decision also grows as"
            " what is decided on no longer fits the caches of the processor; instructions are the work alone.")

    def run(self, context):
        measure_torrents(context)
        for kind, measured in run_decisions(context).items():
            add_decision_table(context, kind, measured)
