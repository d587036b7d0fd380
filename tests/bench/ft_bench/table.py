# table.py: figures of one measurement, as a table that can be written as JSON and read again.
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row is a program (or a size, or an ideal), a column is a quantity with its unit and, where there is
one, a target. A cell holds one figure for each run. What could not be measured says why."""

import dataclasses
import statistics

MORE, LESS = "more", "less"
OURS, PEER, REFERENCE = "ours", "peer", "reference"


@dataclasses.dataclass
class Target:
    """What ours should reach. @against: PEER: @value times the best of the peers; REFERENCE: @value times
    the row that is the reference (an ideal, or iperf3); None: @value itself, in the column's unit"""
    value: float
    against: str = None


@dataclasses.dataclass
class Column:
    """@title: with the unit; @better: MORE or LESS, None where neither is; @digits: after the point"""
    key: str
    title: str
    digits: int = 0
    better: str = None
    target: Target = None


@dataclasses.dataclass
class Row:
    """@role: OURS, PEER or REFERENCE; @figures: by the key of the column, a figure for each run;
    @reason: (nullable): why figures are missing"""
    name: str
    role: str = OURS
    figures: dict = dataclasses.field(default_factory=dict)
    reason: str = None

    def add(self, figures):
        """One run. @figures: by the key of the column"""
        for key, value in figures.items():
            self.figures.setdefault(key, []).append(value)

    def n_runs(self):
        return max((len(values) for values in self.figures.values()), default=0)

    def median(self, key):
        """(nullable)"""
        values = self.figures.get(key)
        return statistics.median(values) if values else None


@dataclasses.dataclass
class Table:
    """@title: (nullable): when the measurement has several; @notes: sentences that stand below.
    Targets are about the last row of ours."""
    columns: list
    rows: list = dataclasses.field(default_factory=list)
    title: str = None
    notes: list = dataclasses.field(default_factory=list)

    def add_row(self, name, role=OURS, reason=None):
        self.rows.append(Row(name, role, reason=reason))
        return self.rows[-1]

    def ours(self, key):
        """(nullable): the median that targets are about"""
        medians = [row.median(key) for row in self.rows if row.role == OURS]
        return medians[-1] if medians else None

    def best(self, column, role=PEER):
        """(nullable): (row, median) of the best of a role in a column"""
        found = [(row, row.median(column.key)) for row in self.rows
                 if row.role == role and row.median(column.key) is not None]
        if not found or column.better is None:
            return None
        choose = max if column.better == MORE else min
        return choose(found, key=lambda pair: pair[1])

    def as_json(self):
        return dataclasses.asdict(self)


def table_from_json(data):
    columns = [Column(**{**column, "target": Target(**column["target"]) if column["target"] else None})
               for column in data["columns"]]
    return Table(columns, [Row(**row) for row in data["rows"]], data["title"], data["notes"])
