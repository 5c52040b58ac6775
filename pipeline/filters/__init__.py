"""Filters: what removes a document. One filter a module; each measures and judges in two functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pipeline.config import FilterConfig
from pipeline.filters import canceled, empty_text, kill_notice, language, not_text, quality, translated, withheld
from pipeline.filters._measured import Measured
from pipeline.filters.quality import check
from pipeline.records import RepairedDocument, Verdict

__all__ = ["FILTERS", "Filter", "Measured", "check", "judge"]


class Filter(Protocol):
    """A filter, usually a module: `measure` reads one value, `judge` holds it against the configuration."""

    @property
    def NAME(self) -> str: ...  # noqa: N802

    @property
    def VERSION(self) -> int: ...  # noqa: N802

    def measure(self, measured: Measured) -> Any: ...

    def judge(self, value: Any, config: FilterConfig) -> Verdict | None: ...


FILTERS: tuple[Filter, ...] = (
    not_text,  # what is no text is not looked at further
    kill_notice,  # before canceled: a notice is no document, whatever its status says
    canceled,
    withheld,
    empty_text,  # before language, which cannot be known of nothing
    language,
    translated,
    quality,  # last: the filters above give the plainer reasons
)
"""In the order in which they are asked; the first verdict stands."""


def judge(repaired: RepairedDocument, signals: Mapping[str, float | None], mt_score: float, config: FilterConfig) -> Verdict | None:
    """The verdict of the first filter that removes the document, or None where it is kept."""
    measured = Measured(repaired, signals, mt_score)
    for entry in FILTERS:
        if entry.NAME not in config.disabled:
            verdict = entry.judge(entry.measure(measured), config)
            if verdict is not None:
                return verdict
    return None
