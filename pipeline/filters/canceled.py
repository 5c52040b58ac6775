"""Removes documents that their publisher has withdrawn."""

from __future__ import annotations

from pipeline.config import FilterConfig
from pipeline.filters._measured import Measured
from pipeline.records import Verdict

NAME, VERSION = "canceled", 1


def measure(measured: Measured) -> str | None:
    """The publication status."""
    return measured.repaired.metadata.pubstatus


def judge(value: str | None, config: FilterConfig) -> Verdict | None:
    """Remove a document whose status is canceled."""
    return Verdict(NAME, "the publisher canceled this document") if value == "canceled" else None
