"""The health of a corpus from its commits and manifests: runs, growth, shares, and what is far from the usual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from pipeline.corpus.log import Corpus, Entry
from pipeline.corpus.takedowns import open_run

__all__ = ["Drift", "Status", "find_drift", "read_status"]

USUAL = 14
"""Runs before the newest one that say what is usual: two weeks of nights."""
FAR = 3.0
"""Distances from the median, in scaled median absolute deviations, beyond which a share is drift; the usual choice for outliers."""
SCALE = 1.4826
"""Makes the median absolute deviation of a normal distribution its standard deviation."""
LEAST = 5
"""Earlier runs below which nothing is called usual."""
TOLERANCE = 0.02
"""Shares that differ by less are never drift, however even the runs before were."""

_SHARES = ("documents", "duplicates", "removed", "dead_letters")


@dataclass(frozen=True, slots=True)
class Drift:
    """A figure of the newest run that is far from the usual; `low` and `high` bound the usual."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a corpus. `sizes` are bytes by run_id; `codes` and `filters` are the newest run's counters."""

    entries: tuple[Entry, ...]
    sizes: dict[str, int]
    drifts: tuple[Drift, ...]
    retracted: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    filters: dict[str, int] = field(default_factory=dict)


def read_status(corpus: Corpus, newest: int = 30) -> Status:
    """The state of a corpus; manifests of the `newest` runs only are read."""
    sizes, retracted = {}, {}
    codes: dict[str, int] = {}
    filters: dict[str, int] = {}
    for entry in corpus.entries[-newest:]:
        manifest = open_run(corpus, entry).manifest
        sizes[entry.run_id] = sum(int(file["bytes"]) for file in manifest["files"])
        retracted[entry.run_id] = int(manifest["corpus"]["rows"].get("retractions", 0))
        if entry.kind == "run":
            codes, filters = (dict(manifest["counters"].get(name, {})) for name in ("dead_letters_by_code", "removed_by_filter"))
    return Status(
        corpus.entries,
        sizes,
        tuple(find_drift([entry.books for entry in corpus.entries if entry.kind == "run"])),
        retracted,
        codes,
        filters,
    )


def find_drift(books: Sequence[dict[str, int]]) -> list[Drift]:
    """Figures of the newest run that are far from those of the runs before it.

    >>> usual = [{"records": 100, "documents": 80 + n % 3, "duplicates": 20 - n % 3} for n in range(10)]
    >>> [drift.name for drift in find_drift([*usual, {"records": 100, "documents": 81, "duplicates": 19}])]
    []
    >>> [drift.name for drift in find_drift([*usual, {"records": 10, "documents": 4, "dead_letters": 6}])]
    ['records', 'documents', 'duplicates', 'dead_letters']
    """
    if len(books) <= LEAST:
        return []
    *before, now = books
    before = before[-USUAL:]
    found = []
    for name in ("records", *_SHARES):
        values = [_figure(entry, name) for entry in before]
        middle = median(values)
        spread = FAR * SCALE * median(abs(value - middle) for value in values)
        room = max(spread, TOLERANCE if name != "records" else 0.1 * middle)
        value = _figure(now, name)
        if abs(value - middle) > room:
            found.append(Drift(name, value, max(0.0, middle - room), middle + room))
    return found


def _figure(books: dict[str, int], name: str) -> float:
    """Records as they are, everything else as a share of them."""
    records = books.get("records", 0)
    return float(records) if name == "records" else books.get(name, 0) / max(1, records)
