# measurement.py: what a measurement is, and running one without harm to the others.
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to add one: a module of this folder with a subclass of Measurement, and a line in registry.py.
Its run() makes tables (table.py), fills rows, and returns the tables. It raises Skip where it cannot run,
which is told in the document; it never makes up a figure. The bytes that arrived are compared each time
(ft_interop.samples.compare). Everything it starts is ended by its id, through ft_interop.process or
meter.Run; it runs in a process of its own, so that it may make namespaces (ft_interop.network.Network) and
leave them, and what it started dies with it."""

import dataclasses
import json
import multiprocessing
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import traceback

from ft_interop.network import die_with_parent
from ft_interop.tap import Failure, Skip

from . import programs
from .say import say
from .table import OURS

MIB = 1 << 20
SLOW_S = 20
END_S = 10


@dataclasses.dataclass
class Context:
    """What a measurement may use. @build: the build folder; @program: friendtorrent-console of it; @work:
    a folder in memory, its own; @quick: only show that it works; @only_programs: (nullable): names"""
    build: pathlib.Path
    program: pathlib.Path
    work: pathlib.Path
    runs: int
    quick: bool
    only_programs: list = None

    def tool(self, name):
        """A program of tests/bench."""
        path = self.build / "tests" / "bench" / name
        if not path.exists():
            raise Skip(f"{name} was not built")
        return path

    def programs(self):
        """The programs that are here (programs.py), ours first, and why the others are not."""
        return programs.find_all(self.program, self.only_programs)

    def make_folder(self, prefix):
        return pathlib.Path(tempfile.mkdtemp(prefix=f"{prefix}-", dir=self.work))

    def take_turns(self, table, todo, slow_s=SLOW_S):
        """Fills rows run by run, so that what else the machine does meets all of them.
        @todo: [(Row, function that returns figures by the key of the column)]; @slow_s: whoever takes
        longer than this for one run is not asked to repeat it"""
        slow = set()
        for i in range(self.runs):
            for row, function in todo:
                if row.name in slow or (row.reason is not None and not row.figures):
                    continue
                begin = time.monotonic()
                self._measure_once(table, row, function, i)
                if time.monotonic() - begin > slow_s:
                    slow.add(row.name)
        if slow and self.runs > 1:
            table.notes.append(f"Measured once, since one run takes longer than {slow_s} s:"
                               f" {', '.join(sorted(slow))}.")

    def _measure_once(self, table, row, function, i):
        try:
            row.add(function())
        except (Failure, Skip, OSError, subprocess.SubprocessError) as error:
            row.reason = f"run {i + 1}: {error}".splitlines()[0][:200]
            say(f"  {row.name}: run {i + 1}: {error}")
            return
        figures = ", ".join(f"{row.figures[column.key][-1]:.{column.digits}f} {column.title}"
                            for column in table.columns if row.figures.get(column.key))
        say(f"  {row.name}: {figures}")


class Measurement:
    """@name: for --only; @title: of its section; @text: what is measured, in Markdown; @limit_s: the
    longest that it may take"""

    name = None
    title = None
    text = ""
    limit_s = 600

    def run(self, context):
        """Returns [Table]; raises Skip or Failure."""
        raise NotImplementedError


def _run_inside(measurement, context, path):
    """In a process of its own. Writes what came out to the file @path."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent()
    outcome = {"tables": [], "reason": None, "failed": False}
    try:
        tables = measurement.run(context)
        outcome["tables"] = [table.as_json() for table in tables]
        outcome["failed"] = any(row.role == OURS and row.reason for table in tables for row in table.rows)
    except Skip as skip:
        outcome["reason"] = str(skip)
    except Exception as error:  # pylint: disable=broad-except
        traceback.print_exc()
        outcome |= {"reason": f"failed: {error}".splitlines()[0], "failed": True}
    path.write_text(json.dumps(outcome))


def _wait(child, path, limit_s):
    child.join(limit_s)
    if child.is_alive():
        return {"tables": [], "reason": f"failed: not within {limit_s} s", "failed": True}
    if not path.exists():
        return {"tables": [], "reason": f"failed: ended with {child.exitcode}", "failed": True}
    return json.loads(path.read_text())


def run_isolated(measurement, context, folder):
    """Returns what came out, as JSON. @folder: has room"""
    outer = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=folder))
    try:
        context = dataclasses.replace(context, work=outer / "work")
        context.work.mkdir()
        path = outer / "outcome.json"
        begin = time.monotonic()
        child = multiprocessing.get_context("fork").Process(
            target=_run_inside, args=(measurement, context, path))
        child.start()
        try:
            outcome = _wait(child, path, measurement.limit_s)
        finally:
            child.kill()
            child.join(END_S)
        return outcome | {"seconds": round(time.monotonic() - begin, 1)}
    finally:
        shutil.rmtree(outer, ignore_errors=True)
