# report.py: figures as tables of a document.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Medians with the smallest and the largest, and ratios beside the targets. Nothing is judged here."""

import datetime
import os
import pathlib
import platform
import re
import statistics

from .table import LESS, PEER, table_from_json

GIB = 1 << 30
BEGIN = "<!-- what follows is written by build-aux/bench -->"
END = "<!-- what comes before is written by build-aux/bench -->"
FLAGS = ("sha_ni", "avx2", "avx512f")
# With more than this share of the processors at work before it begins, figures say little.
BUSY_SHARE = 0.25


def describe_machine():
    cpu = pathlib.Path("/proc/cpuinfo").read_text()
    flags = re.search(r"^flags\s*:(.*)$", cpu, re.MULTILINE)
    known = flags[1].split() if flags else []
    model = re.search(r"^model name\s*:\s*(.*)$", cpu, re.MULTILINE)
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "flags": [flag for flag in FLAGS if flag in known],
        "kernel": ".".join(re.findall(r"\d+", platform.release())[:2]),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB),
        "load_before": round(os.getloadavg()[0], 2),
    }


def is_busy(machine):
    return machine["load_before"] > BUSY_SHARE * machine["cores"]


def _spread(values, digits):
    middle = statistics.median(values)
    return (f"{middle:,.{digits}f} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"
            if len(values) > 1 else f"{middle:,.{digits}f}")


def _make_row(table, row):
    if not row.figures:
        return f"| {row.name} | {row.reason or 'nothing'} |" + " |" * (len(table.columns) - 1)
    cells = [_spread(row.figures[column.key], column.digits) if row.figures.get(column.key) else "–"
             for column in table.columns]
    return f"| {row.name} | " + " | ".join(cells) + " |"


def _sign(column):
    return "≤" if column.better == LESS else "≥"


def _compare(table, column, role):
    """(nullable): (ratio, name of what ours is compared with)"""
    best = table.best(column, role)
    ours = table.ours(column.key)
    if best is None or ours is None or best[1] == 0:
        return None
    return ours / best[1], best[0].name


def _is_reached(column, value):
    return value <= column.target.value if column.better == LESS else value >= column.target.value


def describe_target(table, column):
    """Returns (what should be, what is, whether that is reached)."""
    target = column.target
    if target.against is None:
        should = f"{_sign(column)} {target.value:g}"
        value = table.ours(column.key)
        is_now = "not measured" if value is None else f"{value:,.{column.digits}f}"
    else:
        should = f"{_sign(column)} {target.value:g} ×"
        value, name = _compare(table, column, target.against) or (None, None)
        is_now = "not measured" if value is None else f"{value:.2f} × {name}"
    reached = "–" if value is None else "yes" if _is_reached(column, value) else "**no**"
    return should, is_now, reached


def _ratio_cell(table, column):
    if column.target is not None:
        should, is_now, _ = describe_target(table, column)
        return f"{is_now} (target {should})"
    found = _compare(table, column, PEER)
    return "" if found is None else f"{found[0]:.2f} × {found[1]}"


def make_table(table):
    """In Markdown; the last line compares ours with the best of the peers."""
    lines = [f"#### {table.title}\n"] if table.title else []
    lines += ["| | " + " | ".join(column.title for column in table.columns) + " |",
              "|---|" + "---:|" * len(table.columns)]
    lines += [_make_row(table, row) for row in table.rows]
    cells = [_ratio_cell(table, column) for column in table.columns]
    if any(cells):
        lines.append("| *ours ÷ best* | " + " | ".join(cells) + " |")
    lines += [f"\n{note}" for note in table.notes]
    lines += [f"\n{row.name}: {row.reason}" for row in table.rows if row.reason and row.figures]
    return "\n".join(lines)


def _tables(measured):
    return [table_from_json(data) for data in measured["tables"]]


def _make_section(measured):
    parts = [f"### {measured['title']}"]
    if measured["text"]:
        parts.append(measured["text"])
    if measured["reason"]:
        parts.append(f"Not measured: {measured['reason']}.")
    parts += [make_table(table) for table in _tables(measured)]
    facts = ("Quick form, which only shows that it works." if measured["quick"]
             else f"Runs of each: {measured['runs']}.")
    parts.append(f"{facts} It took {measured['seconds']:.0f} s; {measured['date']},"
                 f" load before {measured['load_before']:g}.")
    return "\n\n".join(parts)


def _make_targets(measurements):
    """One line for each target; empty where there is none."""
    lines = []
    for measured in measurements:
        for table in _tables(measured):
            for column in table.columns:
                if column.target is not None:
                    name = f"{measured['title']}, {table.title}" if table.title else measured["title"]
                    cells = (name, column.title, *describe_target(table, column))
                    lines.append(f"| {' | '.join(cells)} |")
    head = ["| measurement | quantity | target | here | reached |", "|---|---|---:|---:|---|"]
    return "\n".join(head + lines) if lines else ""


def make_document(figures):
    """What stands between BEGIN and END. @figures: as in the JSON file"""
    machine = figures["machine"]
    facts = (f"{machine['date']}: {machine['cpu']}, {machine['cores']} cores ({', '.join(machine['flags'])}),"
             f" {machine['memory_gib']} GiB, Linux {machine['kernel']}; {', '.join(figures['programs'])};"
             f" ours built as {figures['buildtype']}")
    seconds = sum(measured["seconds"] for measured in figures["measurements"])
    parts = [f"    {figures['command']}",
             f"{facts}. Median (smallest–largest). All took {seconds / 60:.0f} minutes."]
    if any(is_busy({**machine, **measured}) for measured in figures["measurements"]):
        parts.append("**The machine was busy** when some of it began; see the load at the end of each section.")
    targets = _make_targets(figures["measurements"])
    parts += ["### Targets", targets] if targets else []
    parts += [_make_section(measured) for measured in figures["measurements"]]
    return "\n\n".join(parts)


def put_section(path, section):
    """Replaces what is between BEGIN and END in the file @path, which may be a new one."""
    text = path.read_text() if path.exists() else f"{BEGIN}\n{END}\n"
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path}: lacks a line {BEGIN!r} or {END!r}")
    path.write_text(f"{before}{BEGIN}\n\n{section}\n\n{END}{after}")
