# small_files.py: a torrent of very many small files, downloaded and checked.
# SPDX-License-Identifier: GPL-3.0-or-later

from ft_interop import samples

from .checkers import BY_NAME
from .measurement import MIB, Measurement
from .table import LESS, Column
from .transfers import add_rows, find_partner, make_pair

N_FILES, QUICK_N_FILES = 100_000, 2_000
FILES_PER_FOLDER = 500
PIECE_LENGTH = 1 << 16
LIMIT_S, REPEAT_S = 60, 60


def make_sample(n_files):
    """Of 1 to 1,024 bytes each; none is empty, since some programs leave those out."""
    files = [(f"shelf {i // FILES_PER_FOLDER:03}/book {i:06}", 1 + i * 7919 % 1024) for i in range(n_files)]
    return samples.Sample("library", PIECE_LENGTH, files)


def make_columns():
    return [Column("wall", "seconds", 1, LESS), Column("cpu", "CPU s", 1, LESS),
            Column("peak", "peak MiB", 0, LESS), Column("anonymous", "anonymous MiB", 0, LESS)]


def as_figures(cost):
    return {"wall": cost.wall_s, "cpu": cost.cpu_s, "peak": cost.peak_bytes / MIB,
            "anonymous": cost.anonymous_bytes / MIB}


class SmallFiles(Measurement):
    """Each program in turn, from one libtorrent seed."""

    name = "small-files"
    title = f"A torrent of {N_FILES:,} small files"
    text = (f"{N_FILES:,} files of up to 1 KiB, 49 MiB in all, in pieces of {PIECE_LENGTH >> 10} KiB: downloaded from"
            " a libtorrent seed, from the start of the program to its end, and compared byte for byte; then checked"
            f" anew. Whoever takes more than {LIMIT_S} s is stopped.")

    def run(self, context):
        found, reasons = context.programs()
        pair = make_pair(context, make_sample(QUICK_N_FILES if context.quick else N_FILES))
        downloads = context.make_table(make_columns(), "Download")
        seed = pair.start_seed(find_partner(found))
        try:
            context.take_turns(downloads, [
                (row, lambda program=program: as_figures(pair.leech(program)))
                for row, program in add_rows(downloads, found, reasons)], LIMIT_S, REPEAT_S)
        finally:
            seed.kill()
        checks = context.make_table(make_columns(), "Full check")
        context.take_turns(checks, [
            (row, lambda program=program: as_figures(pair.check(BY_NAME[program.name], program)))
            for row, program in add_rows(checks, found, reasons)], LIMIT_S, REPEAT_S)
