"""Removes documents in languages that are not asked for. Off unless languages are set."""

from __future__ import annotations

from pipeline.config import FilterConfig
from pipeline.filters._measured import Measured
from pipeline.records import Verdict

NAME, VERSION = "language", 1


def measure(measured: Measured) -> str | None:
    """Primary language subtag, or None where the language is not known."""
    tag = measured.repaired.metadata.language
    return tag.split("-")[0].lower() if tag else None


def judge(value: str | None, config: FilterConfig) -> Verdict | None:
    """Remove a document whose language is known and not among `languages`, or not known while `languages` are set."""
    wanted = {entry.split("-")[0].lower() for entry in config.languages}
    if not wanted or value in wanted:
        return None
    return Verdict(NAME, f"language {value or 'unknown'}, wanted {', '.join(sorted(wanted))}")
