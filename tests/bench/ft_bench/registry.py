# registry.py: all measurements, in the order of the document.
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line each; see measurement.py."""

from .check import Check
from .growth import Growth
from .idle_peers import IdlePeers
from .slow_link import SlowLink
from .small_files import SmallFiles
from .start import Start
from .swarm import SwarmOfTen
from .transfers import Downloads, OursToOurs, Seeds

MEASUREMENTS = (
    Downloads(),
    Seeds(),
    OursToOurs(),
    Check(),
    SlowLink(),
    SwarmOfTen(),
    IdlePeers(),
    SmallFiles(),
    Start(),
    Growth(),
)
