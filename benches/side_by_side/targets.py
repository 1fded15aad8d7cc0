"""The targets of Passerelle's speed, each from figures that were measured side by side."""

import math
from dataclasses import dataclass
from typing import Callable

from .works import OURS

CLEAN = ("import", OURS)
VALIDATE = ("validate only", OURS)
EXPORT = ("export of 20 columns", OURS)
BOOK = ("export from XLSX", OURS)
SFTP = "SFTP upload, 64 MiB, 20 ms"
FTPS = "FTPS upload, 512 MiB, loopback"


@dataclass
class Target:
    what: str
    # The row of the table beside which it stands.
    row: tuple
    # Of the costs by work and program; a KeyError is a figure that was not measured.
    value: Callable
    limit: float
    dream: float
    unit: str = ""

    def is_met(self, value, limit):
        return value >= limit if self.at_least() else value <= limit

    def at_least(self):
        return self.dream > self.limit

    def verdict(self, value):
        if self.is_met(value, self.dream):
            return "dream"
        return "met" if self.is_met(value, self.limit) else "missed"

    def sign(self):
        return "≥" if self.at_least() else "≤"

    def show(self, value):
        if self.unit:
            return f"{value:.0f} {self.unit}"
        return f"1/{1 / value:.3g}" if value <= 0.5 else f"{value:.3g}"


def ratio(quality, ours, theirs):
    return lambda costs: getattr(costs[ours], quality) / getattr(costs[theirs], quality)


def against(what, ours, who, limit, dream, quality="cpu"):
    theirs = (ours[0], who)
    return Target(what, theirs, ratio(quality, ours, theirs), limit, dream)


def beside_clean(what, work, limit, dream):
    return Target(what, (work, OURS), ratio("cpu", (work, OURS), CLEAN), limit, dream)


def growth(costs):
    small, large = (costs[f"import, {of} the rows", OURS] for of in ("a tenth of", "five times"))
    return math.log(large.cpu / small.cpu) / math.log(50)


def faster(what, work, who, limit, dream):
    return Target(what, (work, who), lambda costs: costs[work, who].wall / costs[work, OURS].wall, limit, dream)


TARGETS = [
    against("import: CPU against DuckDB", CLEAN, "DuckDB", 1 / 4, 1 / 8),
    against("import: peak memory against DuckDB", CLEAN, "DuckDB", 1 / 4, 1 / 10, "memory"),
    against("validate only: CPU against `qsv validate`", VALIDATE, "qsv validate", 1 / 6, 1 / 13),
    against("import: CPU against `LC_ALL=C sort`", CLEAN, "LC_ALL=C sort", 1.2, 0.6),
    Target("growth of CPU over 50 times the rows", ("import, five times the rows", OURS), growth, 1.05, 1.0),
    beside_clean("5 % dirty rows: CPU against clean", "import, 5 % dirty", 1.4, 1.15),
    beside_clean("every row bad, an unclosed quote: CPU against clean", "import, every row bad", 4, 2),
    beside_clean("Windows-1252: CPU against UTF-8", "import, Windows-1252", 1.25, 1.1),
    beside_clean("BOM: CPU against none", "import, UTF-8 with BOM", 1.25, 1.1),
    beside_clean("CRLF: CPU against LF", "import, CRLF", 1.25, 1.1),
    Target(
        "10,000 rows: wall", ("import, 10,000 rows", OURS), lambda costs: costs["import, 10,000 rows", OURS].wall * 1000,
        60, 20, "ms",
    ),
    against("export: CPU against DuckDB `COPY`", EXPORT, "DuckDB", 1 / 3, 1 / 5),
    against("export: peak memory against DuckDB `COPY`", EXPORT, "DuckDB", 1 / 8, 1 / 20, "memory"),
    against("export from XLSX: CPU against calamine's cells", BOOK, "calamine, cells alone", 1.4, 1.0),
    faster("SFTP upload over 20 ms: times as fast as `sftp`", SFTP, "sftp", 1.2, 2),
    faster("FTPS upload on loopback: times as fast as `curl`", FTPS, "curl", 1.0, 1.3),
]  # fmt: skip
