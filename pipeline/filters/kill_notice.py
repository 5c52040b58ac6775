"""Removes kill notices: they tell editors to withdraw a story and are no story."""

from __future__ import annotations

from pipeline.config import FilterConfig
from pipeline.filters._measured import Measured
from pipeline.records import Verdict

NAME, VERSION = "kill_notice", 1


def measure(measured: Measured) -> str | None:
    """The version marker."""
    return measured.repaired.metadata.version_marker


def judge(value: str | None, config: FilterConfig) -> Verdict | None:
    """Remove a document whose marker is KILL."""
    return Verdict(NAME, "a notice that withdraws a story") if value == "KILL" else None
