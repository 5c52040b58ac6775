"""What a filter may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.records import RepairedDocument


@dataclass(frozen=True, slots=True)
class Measured:
    """A repaired document with its signals and its score."""

    repaired: RepairedDocument
    signals: Mapping[str, float | None]
    mt_score: float
