"""Polls how far a run is while Beam blocks the main thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipeline.progressing import ProgressLog, read_progress
from pipeline.report.progress import Progress
from pipeline.transforms.compare import tasks
from pipeline.transforms.memory import give_back
from pipeline.transforms.strip import COUNT_TASKS

__all__ = ["follow"]


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stage by the name that workers log it under, and how a person reads it."""

    key: str
    name: str
    step: str = ""
    unit: str = "documents"


_STAGES = (
    _Stage("read", "Read and repair", "parts"),
    _Stage("count", "Count lines", "tasks"),
    _Stage("strip", "Strip lines", "shards"),
    _Stage("band", "Find candidates", "tasks"),
    _Stage("verify", "Verify", unit="pairs"),
    _Stage("elect", "Elect"),
    _Stage("passages", "Find passages"),
    _Stage("align", "Align passages"),
    _Stage("place", "Place passages"),
    _Stage("publish", "Publish", "shards"),
    _Stage("commit", "Commit"),
)
"""In the order in which a run comes to them."""


@contextmanager
def follow(log: ProgressLog, splits: int, on_progress: Callable[[Progress], None] | None, started: float) -> Iterator[None]:
    """Call `on_progress` about twice a second while the block runs, and keep the driver small meanwhile."""
    stop = threading.Event()

    def tell() -> None:
        if on_progress is not None and log.folder is not None:
            on_progress(_reading(log.folder, splits, started))

    def poll() -> None:
        while not stop.wait(0.5):
            give_back()  # the driver holds what is grouped, and lets go of it phase by phase
            tell()

    thread = threading.Thread(target=poll, name="copydesk-progress", daemon=True)
    tell()
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        tell()


def _reading(folder: str, splits: int, started: float) -> Progress:
    done = read_progress(folder)
    reached = [stage for stage in _STAGES if stage.key in done]
    stage = reached[-1] if reached else _STAGES[0]
    units, documents = done.get(stage.key, (0, 0))
    resumed = done.get("resumed", (0, 0))[0]
    shards = max(1, done.get("shards", (0, 0))[0])
    totals = {"read": splits - resumed or None, "band": max(units, len(tasks())), "count": COUNT_TASKS, "strip": shards, "publish": shards}
    seconds = time.monotonic() - started
    return Progress(stage.name, units, totals.get(stage.key), documents, seconds, stage.step, stage.unit, resumed)
