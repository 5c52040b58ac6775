"""Removes documents with more evidence of machine translation than is asked for. Off unless the limit is set."""

from __future__ import annotations

from pipeline.config import FilterConfig
from pipeline.filters._measured import Measured
from pipeline.records import Verdict

NAME, VERSION = "translated", 1


def measure(measured: Measured) -> float:
    """The mt_score."""
    return measured.mt_score


def judge(value: float, config: FilterConfig) -> Verdict | None:
    """Remove a document whose score is above `max_mt_score`."""
    if value <= config.max_mt_score:
        return None
    return Verdict(NAME, f"mt_score {value:.3f} above {config.max_mt_score:g}", value, config.max_mt_score)
