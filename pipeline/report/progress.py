"""How far a run is, and the two ways to show it: a live bar on a terminal, plain lines everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["PLAIN_SECONDS", "Progress", "describe", "follow_live", "follow_plainly"]

_WIDE = 115
"""Columns that the longest of lines takes with its bar."""

PLAIN_SECONDS = 10.0
"""Seconds between two plain lines of one stage: often enough to see that a run is alive, seldom enough for a log."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One reading of a run, taken about twice a second.

    Attributes:
        stage: name of the stage, for example ``Stage`` or ``Verify``.
        done, total: units of work (splits, tasks, parts) of this stage that are finished, and how many there are; None where unknown.
        documents: documents (or what `unit` says) that have come through so far; it never falls within a stage.
        seconds: since the run began.
        step: what `done` and `total` count, for example ``parts``.
        unit: what `documents` counts.
        resumed: parts that an earlier try of this run has staged; they are not among `done` and `total`.
    """

    stage: str
    done: int
    total: int | None
    documents: int
    seconds: float
    step: str = ""
    unit: str = "documents"
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class _Pace:
    """Documents a second and seconds left, measured from the first reading of a stage."""

    rate: float | None
    left: float | None


def describe(now: Progress, first: Progress) -> str:
    """One line about a stage. `first` is the earliest reading of the same stage; rate and time left are counted from there.

    >>> describe(Progress("Verify", 30, 40, 9_000, 14.0), Progress("Verify", 0, 40, 0, 5.0))
    'Verify 30/40, 9,000 documents, 1,000/s, 3 s left'
    >>> describe(Progress("Plan", 0, None, 0, 0.5), Progress("Plan", 0, None, 0, 0.5))
    'Plan'
    >>> now = Progress("Publish", 20, 40, 9_000, 4.0, "shards")
    >>> describe(now, now), describe(Progress("Verify", 1, None, 12_000, 4.0, "", "pairs"), now)
    ('Publish 20 of 40 shards, 9,000 documents', 'Verify, 12,000 pairs')
    """
    pace = _measure(now, first)
    between = " of " if now.step else "/"
    parts = [now.stage if now.total is None else f"{now.stage} {now.done}{between}{now.total} {now.step}".rstrip()]
    if now.documents:
        parts.append(f"{now.documents:,} {now.unit}")
    if pace.rate is not None:
        parts.append(f"{pace.rate:,.0f}/s")
    if pace.left is not None:
        parts.append(f"{_spell(pace.left)} left")
    return ", ".join(parts)


@contextmanager
def follow_plainly(write: Callable[[str], object]) -> Iterator[Callable[[Progress], None]]:
    """Yield a callback that writes a line when the stage changes, and every `PLAIN_SECONDS` of a long stage."""
    first: Progress | None = None
    written = 0.0

    def update(now: Progress) -> None:
        nonlocal first, written
        if first is None or first.stage != now.stage:
            first = now
        elif now.seconds - written < PLAIN_SECONDS:
            return
        written = now.seconds
        write(f"[{now.seconds:6.1f} s] {describe(now, first)}\n")

    yield update


@contextmanager
def follow_live(console: Console) -> Iterator[Callable[[Progress], None]]:
    """Yield a callback that keeps one line of `console` up to date: stage, bar, documents, rate, time left."""
    from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns: list[ProgressColumn] = [SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[words]}")]
    if console.width >= _WIDE:  # in a narrow terminal a bar of two signs would stand where the figures should be
        columns = [*columns[:2], BarColumn(bar_width=28), *columns[2:], TimeElapsedColumn()]
    bar = Bar(*columns, console=console, transient=True)
    first: Progress | None = None
    with bar:
        task = bar.add_task("starting", total=None, words="")

        def update(now: Progress) -> None:
            nonlocal first
            if first is None or first.stage != now.stage:
                first = now
            head, _, words = describe(now, first).partition(", ")
            bar.update(task, description=head, completed=now.done, total=now.total, words=words)

        yield update


def _measure(now: Progress, first: Progress) -> _Pace:
    seconds = now.seconds - first.seconds
    if seconds < 1.0:  # below a second both figures jump about and say nothing
        return _Pace(None, None)
    documents, done = now.documents - first.documents, now.done - first.done
    rate = documents / seconds if documents > 0 else None
    left = seconds * (now.total - now.done) / done if now.total is not None and done > 0 else None
    return _Pace(rate, left)


def _spell(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
