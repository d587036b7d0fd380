# The parts of bench.py.
# SPDX-License-Identifier: GPL-3.0-or-later
