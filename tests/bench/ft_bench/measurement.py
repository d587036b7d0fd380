# measurement.py: what a measurement is, and running one without harm to the others.
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to add one: a module of this folder with a subclass of Measurement, and a line in registry.py.
Its run() makes tables (Context.make_table) and fills their rows. It raises Skip where it cannot run, which
is told in the document; it never makes up a figure. The bytes that arrived are compared each time
(ft_interop.samples.compare). Everything it starts is ended by its id, through ft_interop.process or
meter.Run; it runs in a process of its own, so that it may make namespaces (ft_interop.network.Network) and
leave them, and what it started dies with it. What it has found so far is kept when it is stopped."""

import contextlib
import ctypes
import dataclasses
import json
import multiprocessing
import os
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
from .table import OURS, Table

MIB = 1 << 20
# For what does not say otherwise: of one run; of all runs until nothing is repeated.
LIMIT_S, REPEAT_S, SLOW_S = 60, 120, 20
END_S = 10
PR_SET_CHILD_SUBREAPER = 36


@contextlib.contextmanager
def limited(limit_s):
    """Raises Failure in what is done meanwhile when it takes longer. Only for the main thread."""
    def stop(*_):
        raise Failure(f"did not end in {limit_s} s")
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@dataclasses.dataclass
class Context:
    """What a measurement may use. @build: the build folder; @program: friendtorrent-console of it; @work:
    a folder in memory, its own; @quick: only show that it works; @only_programs: (nullable): names;
    @outcome: file with what came out so far"""
    build: pathlib.Path
    program: pathlib.Path
    runs: int
    quick: bool
    only_programs: list = None
    work: pathlib.Path = None
    outcome: pathlib.Path = None
    tables: list = dataclasses.field(default_factory=list)

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

    def make_table(self, columns, title=None):
        """One that will stand in the document."""
        self.tables.append(Table(columns, title=title))
        return self.tables[-1]

    def write_outcome(self, reason=None, failed=False):
        """@reason: (nullable): why it is not whole"""
        failed = failed or any(row.role == OURS and row.reason for table in self.tables for row in table.rows)
        new = self.outcome.with_suffix(".new")
        new.write_text(json.dumps({"tables": [table.as_json() for table in self.tables],
                                   "reason": reason, "failed": failed}))
        new.replace(self.outcome)

    def take_turns(self, table, todo, limit_s=LIMIT_S, repeat_s=REPEAT_S, slow_s=SLOW_S):
        """Fills rows run by run, so that what else the machine does meets all of them.
        @todo: [(Row, function that returns figures by the key of the column)]; @limit_s: one run that
        takes longer is stopped; @slow_s: whoever takes longer than this is not asked to repeat it; @repeat_s: nor is
        anybody after so long, without those"""
        slow = set()
        end = time.monotonic() + repeat_s
        for i in range(self.runs):
            if i > 0 and time.monotonic() > end:
                break
            for row, function in todo:
                if row.name in slow or (row.reason is not None and not row.figures):
                    continue
                begin = time.monotonic()
                self._measure_once(table, row, function, i, limit_s)
                taken = time.monotonic() - begin
                if taken > slow_s:
                    slow.add(row.name)
                    end += taken
        self._note_fewer(table)

    def _note_fewer(self, table):
        for n in range(1, self.runs):
            names = [row.name for row in table.rows if row.n_runs() == n and row.reason is None]
            if names:
                table.notes.append(f"{'One run' if n == 1 else f'{n} runs'} only, since it takes long: {', '.join(names)}.")

    def _measure_once(self, table, row, function, i, limit_s):
        try:
            with limited(limit_s):
                row.add(function())
        except (Failure, Skip, OSError, subprocess.SubprocessError) as error:
            row.reason = f"run {i + 1}: {error}".splitlines()[0][:200]
            say(f"  {row.name}: run {i + 1}: {error}")
        else:
            figures = ", ".join(f"{row.figures[column.key][-1]:.{column.digits}f} {column.title}"
                                for column in table.columns if row.figures.get(column.key))
            say(f"  {row.name}: {figures}")
        self.write_outcome()


class Measurement:
    """@name: for --only; @title: of its section; @text: what is measured, in Markdown; @limit_s: the
    longest that it may take"""

    name = None
    title = None
    text = ""
    limit_s = 400

    def run(self, context):
        """Makes tables; raises Skip or Failure."""
        raise NotImplementedError


def _run_inside(measurement, context):
    """In a process of its own, which whoever interrupts the whole does not reach."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    die_with_parent()
    context.write_outcome()
    try:
        measurement.run(context)
        context.write_outcome()
    except Skip as skip:
        context.write_outcome(str(skip))
    except Exception as error:  # pylint: disable=broad-except
        traceback.print_exc()
        context.write_outcome(f"failed: {error}".splitlines()[0], failed=True)


def _read_outcome(context, stopped):
    """@stopped: (nullable): why it was"""
    outcome = json.loads(context.outcome.read_text()) if context.outcome.exists() else {"tables": []}
    if stopped is None:
        return outcome
    for table in outcome["tables"]:
        for row in table["rows"]:
            if not row["figures"] and row["reason"] is None:
                row["reason"] = stopped
    return outcome | {"reason": f"failed: {stopped}", "failed": True}


def _end_orphans():
    """What a measurement started dies with it, and is this process's to bury. Until then it holds files."""
    deadline = time.monotonic() + END_S
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            time.sleep(0.01)


def _run_child(measurement, context):
    """(nullable): why it did not come to its end"""
    child = multiprocessing.get_context("fork").Process(target=_run_inside, args=(measurement, context))
    child.start()
    try:
        child.join(measurement.limit_s)
        if child.is_alive():
            return f"did not end in {measurement.limit_s} s"
        return None if child.exitcode == 0 else f"ended with {child.exitcode}"
    finally:
        child.kill()
        child.join(END_S)
        _end_orphans()


def run_isolated(measurement, context, folder):
    """Returns what came out, as JSON. @folder: has room"""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    outer = pathlib.Path(tempfile.mkdtemp(prefix="friendtorrent-bench-", dir=folder))
    try:
        context = dataclasses.replace(context, work=outer / "work", outcome=outer / "outcome.json", tables=[])
        context.work.mkdir()
        begin = time.monotonic()
        outcome = _read_outcome(context, _run_child(measurement, context))
        return outcome | {"seconds": round(time.monotonic() - begin, 1)}
    finally:
        shutil.rmtree(outer, ignore_errors=True)
