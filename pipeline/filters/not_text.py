"""Removes items that are no text: pictures, videos, audio, packages, events, planning items, style sheets, scripts, fonts."""

from __future__ import annotations

from pipeline.config import FilterConfig
from pipeline.filters._measured import Measured
from pipeline.records import Verdict

NAME, VERSION = "not_text", 1

TYPES = frozenset(
    (
        "picture",
        "photo",
        "image",
        "video",
        "audio",
        "graphic",
        "animated",
        "composite",
        "package",
        "event",
        "planning",
        "planningitem",
        "concept",
        "data",
        "stylesheet",
        "script",
        "font",
        "robots",
    )
)
"""Item types of ninjs, NewsML-G2 (`ninat:` and `nature:`) and AP that carry no story of their own, and what a crawl brings beside pages."""


def measure(measured: Measured) -> str | None:
    """The item type as delivered, without its scheme, in small letters."""
    kind = measured.repaired.metadata.item_type
    return kind.rsplit(":", 1)[-1].rsplit("/", 1)[-1].strip().lower() if kind else None


def judge(value: str | None, config: FilterConfig) -> Verdict | None:
    """Remove what is known to be no text; an unknown type is kept."""
    return Verdict(NAME, f"the item is of type {value}, not text") if value in TYPES else None
