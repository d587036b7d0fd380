# process.py: a program in a namespace, and waiting with a bound.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs are ended by their process id only, and at the latest with the test."""

import os
import pwd
import signal
import subprocess
import time

from .tap import Failure

POLL_S = 0.05


def wait_until(what, timeout_s, predicate, explain=None, poll_s=POLL_S):
    """Asks @predicate until it is true; @explain tells how far it came. Returns what it said."""
    deadline = time.monotonic() + timeout_s
    while True:
        result = predicate()
        if result:
            return result
        if time.monotonic() > deadline:
            state = f": {explain()}" if explain else ""
            raise Failure(f"{what}: not within {timeout_s} s{state}")
        time.sleep(poll_s)


class Process:
    """One run of a program. @user: (nullable): who it runs as"""

    def __init__(self, node, argv, home, stdin=None, stdout=None, user=None):
        account = pwd.getpwnam(user) if user else None
        self.name = os.path.basename(argv[0])
        self.log = home / f"{self.name}.log"
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                       "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}
        for key in ("G_DEBUG", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if key in os.environ:
                environment[key] = os.environ[key]
        with open(self.log, "ab") as log:
            self._child = subprocess.Popen(
                argv, cwd=home, env=environment, stdin=stdin or subprocess.DEVNULL,
                stdout=stdout or log, stderr=log,
                preexec_fn=lambda: node.enter_in_child(account))

    @property
    def pid(self):
        return self._child.pid

    @property
    def stdin(self):
        return self._child.stdin

    @property
    def stdout(self):
        return self._child.stdout

    def status(self):
        """(nullable): None while it runs."""
        return self._child.poll()

    def expect_alive(self):
        if self.status() is not None:
            raise Failure(f"{self.name} ended by itself with {self.status()}\n{self.tail()}")

    def wait(self, timeout_s):
        """Waits for its end and returns the exit status."""
        try:
            return self._child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} did not end within {timeout_s} s\n{self.tail()}") from None

    def kill(self):
        if self.status() is None:
            self._child.kill()
            self._child.wait()

    def stop(self, number=signal.SIGTERM, timeout_s=20):
        """Asks it to end and gives it time to write what it holds. Returns the exit status."""
        if self.status() is None:
            self._child.send_signal(number)
            try:
                self._child.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
                raise Failure(f"{self.name} did not end within {timeout_s} s after being asked to\n"
                              f"{self.tail()}") from None
        return self.status()

    def tail(self, n_lines=25):
        """The end of what it wrote, for a report."""
        text = self.log.read_text(errors="replace").splitlines()[-n_lines:]
        return "\n".join(f"{self.name}| {line[:300]}" for line in text)
