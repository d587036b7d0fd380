#!/usr/bin/env python3
# bench.py: measures FriendTorrent beside other programs on this machine.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the measurements of ft_bench one after another and writes what they found. It judges nothing."""

import argparse
import json
import os
import pathlib
import re
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))

# pylint: disable=wrong-import-position
from ft_bench import report  # noqa: E402
from ft_bench.measurement import Context, run_isolated  # noqa: E402
from ft_bench.registry import MEASUREMENTS  # noqa: E402
from ft_bench.say import say  # noqa: E402

# What three runs of everything take on a quiet machine like that of docs/benchmarks.md.
WHOLE_MINUTES = 18
NAMES = [measurement.name for measurement in MEASUREMENTS]


def split_names(text):
    return [name for name in text.split(",") if name]


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="build-aux/bench", description=__doc__,
        epilog=f"With three runs all takes about {WHOLE_MINUTES} minutes on two quiet processors, the quick form two.")
    parser.add_argument("build", type=pathlib.Path, metavar="BUILD",
                        help="build folder; build-aux/bench makes it and puts it here")
    parser.add_argument("--only", type=split_names, metavar="NAME,…", default=NAMES,
                        help=f"of {', '.join(NAMES)}; in FILEs of before the others are kept")
    parser.add_argument("--programs", type=split_names, metavar="NAME,…",
                        help="beside ours and libtorrent only these")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="of each program")
    parser.add_argument("--quick", action="store_true", help="only show that it works: small, one run")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/dev/shm"),
                        help="has room for 4 GiB; in memory, so that no disk is measured")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures there, after each measurement")
    parser.add_argument("--document", type=pathlib.Path, metavar="FILE",
                        help="write the tables there, between the marks, after each measurement")
    arguments = parser.parse_args()
    for name in arguments.only:
        if name not in NAMES:
            parser.error(f"there is no measurement “{name}”: there are {', '.join(NAMES)}")
    return arguments


def find_buildtype(build):
    """How the program was compiled."""
    path = build / "meson-info" / "intro-buildoptions.json"
    options = json.loads(path.read_text()) if path.exists() else []
    return next((option["value"] for option in options if option["name"] == "buildtype"), "unknown")


def measure(measurement, context, folder):
    """Returns what came out, as JSON."""
    machine = report.describe_machine()
    say(f"{measurement.name}: load before {machine['load_before']:g}"
        + (": the machine is busy" if report.is_busy(machine) else ""))
    outcome = run_isolated(measurement, context, folder)
    if outcome["reason"]:
        say(f"  not measured: {outcome['reason']}")
    return {"name": measurement.name, "title": measurement.title, "text": measurement.text,
            "date": machine["date"], "load_before": machine["load_before"], "runs": context.runs,
            "quick": context.quick, **outcome}


def read_kept(path):
    """What the file @path (nullable) has of measurements before this run."""
    if path is None or not path.exists():
        return []
    return json.loads(path.read_text()).get("measurements", [])


def merge(kept, measured):
    """What was measured, and what was @kept of the others."""
    by_name = {one["name"]: one for one in kept + measured}
    return [by_name[name] for name in NAMES if name in by_name]


def name_command():
    """As whoever wants to repeat it would type it."""
    words = ["build-aux/bench", *sys.argv[2:]]
    return " ".join(re.sub(rf"^{re.escape(os.getcwd())}/", "", word) for word in words)


def write(arguments, figures):
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    if arguments.document is not None:
        report.put_section(arguments.document, report.make_document(figures))


def list_programs(context):
    """What is measured, as names with versions; says what is not."""
    found, reasons = context.programs()
    for name, reason in reasons:
        say(f"{name} is left out: {reason}")
    return [f"{program.name} {program.version}" for program in found]


def main():
    arguments = parse_arguments()
    # So that what runs is ended and folders in memory are removed.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    build = arguments.build.resolve()
    context = Context(build, build / "src" / "console" / "friendtorrent-console",
                      1 if arguments.quick else arguments.runs, arguments.quick, arguments.programs)
    figures = {"command": name_command(), "machine": report.describe_machine(), "buildtype": find_buildtype(build),
               "programs": list_programs(context)}
    kept, measured = read_kept(arguments.json), []
    for measurement in MEASUREMENTS:
        if measurement.name in arguments.only:
            measured.append(measure(measurement, context, arguments.folder))
            figures["measurements"] = merge(kept, measured)
            write(arguments, figures)
    print(report.make_document(figures))
    return 1 if any(one["failed"] for one in measured) else 0


def run():
    try:
        return main()
    except KeyboardInterrupt:
        say("interrupted")
        return 128 + signal.SIGINT


sys.exit(run())
