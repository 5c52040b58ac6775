"""Removes documents that their publisher holds back."""

from __future__ import annotations

from pipeline.config import FilterConfig
from pipeline.filters._measured import Measured
from pipeline.records import Verdict

NAME, VERSION = "withheld", 1


def measure(measured: Measured) -> str | None:
    """The publication status."""
    return measured.repaired.metadata.pubstatus


def judge(value: str | None, config: FilterConfig) -> Verdict | None:
    """Remove a document whose status is withheld."""
    return Verdict(NAME, "the publisher withholds this document") if value == "withheld" else None
