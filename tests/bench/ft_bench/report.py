# report.py: figures as JSON and as tables.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Medians with the smallest and the largest. Nothing is judged here."""

import datetime
import os
import pathlib
import platform
import re
import statistics

MIB = 1 << 20
GIB = 1 << 30
BEGIN = "<!-- what follows is written by build-aux/bench -->"
END = "<!-- what comes before is written by build-aux/bench -->"
FLAGS = ("sha_ni", "avx2", "avx512f")


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


def _spread(values, digits):
    middle = statistics.median(values)
    return (f"{middle:.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"
            if len(values) > 1 else f"{middle:.{digits}f}")


def _row(program, costs, size):
    rates = [size / cost.wall_s / MIB for cost in costs]
    cpu = [cost.cpu_s * GIB / size for cost in costs]
    peak = [cost.peak_bytes / MIB for cost in costs]
    anonymous = [cost.anonymous_bytes / MIB for cost in costs]
    return (f"| {program.name} {program.version} | {_spread(rates, 0)} | {_spread(cpu, 2)} "
            f"| {_spread(peak, 0)} | {_spread(anonymous, 0)} |")


def make_table(results, size):
    """@results: [(program, [Cost])]"""
    lines = ["| program | MiB/s | CPU seconds per GiB | peak memory, MiB | of it anonymous, MiB |",
             "|---|---|---|---|---|"]
    for program, costs in results:
        if costs:
            lines.append(_row(program, costs, size))
        else:
            lines.append(f"| {program.name} {program.version} | did not finish | | | |")
    return "\n".join(lines)


def make_section(command, machine, runs, size, leechers, seeds):
    """What stands between BEGIN and END."""
    facts = (f"{machine['date']}, {machine['cpu']}, {machine['cores']} cores"
             f" ({', '.join(machine['flags'])}), {machine['memory_gib']} GiB,"
             f" Linux {machine['kernel']}, load before {machine['load_before']}")
    parts = [f"    {command}", f"{facts}. {size / GIB:g} GiB, runs of each: {runs}; median (smallest–largest)."]
    if leechers:
        parts += ["### As leecher of a libtorrent seed", make_table(leechers, size)]
    if seeds:
        parts += ["### As seed of a libtorrent leecher", make_table(seeds, size)]
    return "\n\n".join(parts)


def put_section(path, section):
    """Replaces what is between BEGIN and END in the file @path."""
    text = path.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path}: lacks a line {BEGIN!r} or {END!r}")
    path.write_text(f"{before}{BEGIN}\n\n{section}\n\n{END}{after}")


def as_json(command, machine, size, leechers, seeds):
    def each(results):
        return [{"program": program.name, "version": program.version,
                 "runs": [{key: round(value, 3) for key, value in vars(cost).items()}
                          for cost in costs]} for program, costs in results]
    return {"command": command, "machine": machine, "size_bytes": size,
            "leechers": each(leechers), "seeds": each(seeds)}
