# meter.py: what a program costs.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A leecher is measured from its start until it is complete; a seed, which runs on, between two
moments."""

import dataclasses
import os
import pathlib
import subprocess
import time

from ft_interop.held import read_cpu, read_memory
from ft_interop.tap import Failure

POLL_S = 0.01
END_S = 20


@dataclasses.dataclass
class Cost:
    """Of one run. @anonymous_bytes: of the peak, what is not the page cache of mapped files."""
    wall_s: float
    cpu_s: float
    peak_bytes: int
    anonymous_bytes: int


class Run:
    """One run of a leecher. It either leaves when it is complete or makes the file @marker."""

    def __init__(self, node, argv, home, marker=None):
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                       "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}
        self._name = os.path.basename(argv[0])
        self._log = home / "leecher.log"
        self._marker = marker
        self._usage = None
        self._anonymous = 0
        with open(self._log, "wb") as log:
            self._start = time.monotonic()
            # Standard input stays open: at its end some programs leave.
            self._child = subprocess.Popen(argv, cwd=home, env=environment, stdin=subprocess.PIPE,
                                           stdout=log, stderr=log, preexec_fn=node.enter_in_child)

    def _reap(self, flags):
        """Whether it has ended; keeps what it used."""
        if self._usage is None:
            pid, status, usage = os.wait4(self._child.pid, flags)
            if pid != 0:
                self._child.returncode = os.waitstatus_to_exitcode(status)
                self._usage = usage
        return self._usage is not None

    def _is_complete(self):
        if self._reap(os.WNOHANG):
            if self._marker is not None or self._child.returncode != 0:
                raise Failure(f"{self._name} ended with {self._child.returncode}: {self._tail()}")
            return True
        return self._marker is not None and self._marker.exists()

    def _tail(self):
        return " / ".join(self._log.read_text(errors="replace").splitlines()[-5:])

    def _wait_complete(self):
        while not self._is_complete():
            self._anonymous = max(self._anonymous, read_memory(self._child.pid, "RssAnon"))
            time.sleep(POLL_S)
        return time.monotonic() - self._start

    def _end(self):
        if self._reap(os.WNOHANG):
            return
        self._child.terminate()
        deadline = time.monotonic() + END_S
        while not self._reap(os.WNOHANG):
            if time.monotonic() > deadline:
                self._child.kill()
                self._reap(0)
            time.sleep(POLL_S)

    def measure(self):
        """Waits until it is complete and has ended; whoever measures limits the time. Returns its Cost."""
        try:
            wall = self._wait_complete()
        finally:
            self._end()
            self._child.stdin.close()
        cpu = self._usage.ru_utime + self._usage.ru_stime
        return Cost(wall, cpu, self._usage.ru_maxrss * 1024, self._anonymous)


class SeedMeter:
    """Measures a program that runs, from here to @finish."""

    def __init__(self, pid):
        self._pid = pid
        # 5: the peak begins anew.
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
        self._cpu = read_cpu(pid)

    def finish(self, wall_s):
        """@wall_s: how long the download of its leecher took. What is anonymous is what is left."""
        return Cost(wall_s, read_cpu(self._pid) - self._cpu, read_memory(self._pid, "VmHWM"),
                    read_memory(self._pid, "RssAnon"))
