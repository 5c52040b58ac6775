"""Plain text: the whole file is the source text, so that undoing the edits and encoding again gives the file's bytes."""

from __future__ import annotations

from pipeline.config import InputConfig
from pipeline.parsers.source import Reading, Source

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "text", 1


def recognise(source: Source) -> str:
    """Everything that could be decoded is text."""
    return "no mark-up"


def read(source: Source, config: InputConfig) -> Reading:
    """The text as it is; its first line may be the title."""
    return Reading(source.text, title_in_text=True)
