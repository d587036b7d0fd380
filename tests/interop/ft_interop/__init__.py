# __init__.py: swarms of our program and of programs nobody here wrote.
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interoperability tests. A Lab holds networks and folders, a Swarm one tracker and its peers."""
