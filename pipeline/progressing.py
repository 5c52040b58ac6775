"""How far a run is, told by its workers in small append-only files that the driver polls.

Beam's local runners report metrics only when a run is over, so each worker process appends one line per finished piece of work to a
file of its own; the driver adds them up. The files lie in the run's working folder and have no part in the output.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ProgressLog", "read_progress"]


@dataclass(frozen=True, slots=True)
class ProgressLog:
    """Writes progress; does nothing where `folder` is None (workers on other machines)."""

    folder: str | None

    def add(self, stage: str, units: int = 1, documents: int = 0) -> None:
        """Say that `units` more of a stage are done, and `documents` more documents went through it."""
        if self.folder is not None:
            with (Path(self.folder) / f"{os.getpid()}.log").open("a", encoding="ascii") as file:
                file.write(f"{stage} {units} {documents}\n")


def read_progress(folder: str) -> dict[str, tuple[int, int]]:
    """Stage -> (units done, documents), over all workers."""
    totals: dict[str, tuple[int, int]] = {}
    for path in sorted(Path(folder).glob("*.log")):
        for line in path.read_text(encoding="ascii").splitlines():
            parts = line.split()
            if len(parts) == 3:  # a line may be half written at this moment
                units, documents = totals.get(parts[0], (0, 0))
                totals[parts[0]] = (units + int(parts[1]), documents + int(parts[2]))
    return totals
