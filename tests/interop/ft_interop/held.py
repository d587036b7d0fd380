# held.py: what a program holds, as the kernel counts it.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptors and memory, sampled while something else goes on."""

import os
import pathlib
import threading
import time

POLL_S = 0.1
CPU_CLOCK = 2  # as clock_getcpuclockid() makes it


def count_descriptors(pid):
    """0 when it has ended."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def read_memory(pid, key="RssAnon"):
    """A line of /proc/PID/status in bytes; 0 when it has ended."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == key:
                return int(value.split()[0]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def read_cpu(pid):
    """Seconds of all threads since the start, user and system; /proc would say it in hundredths."""
    return time.clock_gettime(~pid << 3 | CPU_CLOCK)


class Peak:
    """The most that a program held while this was used as a context."""

    def __init__(self, pid):
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.descriptors = 0
        self.memory = 0

    def _watch(self):
        while not self._over.wait(POLL_S):
            self.descriptors = max(self.descriptors, count_descriptors(self._pid))
            self.memory = max(self.memory, read_memory(self._pid))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
