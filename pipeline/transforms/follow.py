"""Polls how far a run is while Beam blocks the main thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline.progressing import ProgressLog, read_progress
from pipeline.report.progress import Progress
from pipeline.transforms.compare import tasks
from pipeline.transforms.strip import COUNT_TASKS

__all__ = ["follow"]

_STAGES = ("read", "count", "strip", "band", "verify", "elect", "publish", "commit")
_NAMES = {
    "read": "Read and repair",
    "count": "Count lines",
    "strip": "Strip lines",
    "band": "Find candidates",
    "verify": "Verify pairs",
    "elect": "Elect",
    "publish": "Publish",
    "commit": "Commit",
}


@contextmanager
def follow(log: ProgressLog, splits: int, on_progress: Callable[[Progress], None] | None, started: float) -> Iterator[None]:
    """Call `on_progress` about twice a second while the block runs."""
    if on_progress is None or log.folder is None:
        yield
        return
    folder, stop = log.folder, threading.Event()
    totals: dict[str, int | None] = {"read": splits, "band": len(tasks()), "count": COUNT_TASKS}

    def poll() -> None:
        while not stop.wait(0.5):
            on_progress(_reading(folder, totals, started))

    thread = threading.Thread(target=poll, name="copydesk-progress", daemon=True)
    on_progress(Progress(_NAMES["read"], 0, splits, 0, time.monotonic() - started))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        on_progress(_reading(folder, totals, started))


def _reading(folder: str, totals: dict[str, int | None], started: float) -> Progress:
    done = read_progress(folder)
    reached = [stage for stage in _STAGES if stage in done]
    stage = reached[-1] if reached else "read"
    units, documents = done.get(stage, (0, 0))
    total = totals.get(stage)
    if stage == "publish":
        total = max(units, totals["read"] or 0)
    return Progress(_NAMES[stage], units, total, documents, time.monotonic() - started)
