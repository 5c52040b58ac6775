"""Removes documents with next to no words. A four-word alert is news, so the limit is one word unless it is set."""

from __future__ import annotations

from pipeline.config import FilterConfig
from pipeline.filters._measured import Measured
from pipeline.records import Verdict
from pipeline.text.words import count_words

NAME, VERSION = "empty_text", 1


def measure(measured: Measured) -> float:
    """Words of the clean text; every character of an unspaced script counts as one."""
    known = measured.signals.get("rps_doc_word_count")
    return float(count_words(measured.repaired.text) if known is None else known)


def judge(value: float, config: FilterConfig) -> Verdict | None:
    """Remove a document with fewer words than `min_words`."""
    if value >= config.min_words:
        return None
    return Verdict(NAME, f"{value:g} words, fewer than {config.min_words}", value, float(config.min_words))
