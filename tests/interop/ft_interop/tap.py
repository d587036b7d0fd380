# tap.py: results in the Test Anything Protocol, a line as soon as it is known.
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test is called, whether it passed, and why not."""

import sys


class Failure(Exception):
    """The programs did not do what they should."""


class Skip(Exception):
    """Here and now this cannot be tried."""


class Report:
    """Counts and writes results."""

    def __init__(self, prefix):
        self._prefix = prefix
        self._n = 0
        self.failed = False

    def _write(self, line):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def note(self, text):
        """Writes diagnostics, which a reader of TAP passes over."""
        for line in text.splitlines():
            self._write(f"# {line}")

    def passed(self, name):
        self._n += 1
        self._write(f"ok {self._n} {self._prefix}: {name}")

    def not_passed(self, name, reason):
        self._n += 1
        self.failed = True
        self._write(f"not ok {self._n} {self._prefix}: {name}")
        self.note(reason)

    def skipped(self, name, reason):
        self._n += 1
        self._write(f"ok {self._n} {self._prefix}: {name} # SKIP {reason}")

    def end(self):
        self._write(f"1..{self._n}")


class Block:
    """Several results of one scenario: what it never came to say when it failed did not pass."""

    def __init__(self, report, names):
        self._report = report
        self._open = list(names)

    def passed(self, name):
        self._open.remove(name)
        self._report.passed(name)

    def not_passed(self, name, reason):
        self._open.remove(name)
        self._report.not_passed(name, reason)

    def check(self, name, function, *args, **named):
        """Calls @function, which raises Failure if @name did not pass."""
        try:
            function(*args, **named)
        except Failure as failure:
            self.not_passed(name, str(failure))
        else:
            self.passed(name)

    def close(self, reason):
        """Says what is open; @reason: why it did not come to it."""
        while self._open:
            self.not_passed(self._open[0], reason)
            reason = "for the same reason"

    def skip(self, reason):
        while self._open:
            self._report.skipped(self._open.pop(0), reason)
