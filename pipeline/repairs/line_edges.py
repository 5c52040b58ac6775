"""Deletes white space at the ends of lines, where nobody sees it and patterns trip over it. Indentation stays: it says something."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "line_edges", 1

_CANDIDATES = (" \n", "\t\n", "\u3000\n", "\u00a0\n")


def has_candidates(text: str, context: Context) -> bool:
    """Whether white space of the usual kinds stands before a line break, or any at the end."""
    candidates = _CANDIDATES[:2] if text.isascii() else _CANDIDATES
    return text[-1:].isspace() or any(candidate in text for candidate in candidates)


TRIGGER = Trigger(questions=(has_candidates,))


def find(text: str, context: Context) -> Iterator[Edit]:
    r"""Yield one deletion per run of white space before a line break or the end of the text.

    >>> [(e.start, e.before) for e in find("a \n  b\n\t\nc ", None)]
    [(1, ' '), (7, '\t'), (10, ' ')]
    """
    if any(candidate in text for candidate in _CANDIDATES):
        at = text.find("\n")
        while at >= 0:
            yield from _trailing(text, at)
            at = text.find("\n", at + 1)
    if not text.endswith("\n"):
        yield from _trailing(text, len(text))


def _trailing(text: str, end: int) -> Iterator[Edit]:
    start = end
    while start > 0 and text[start - 1] != "\n" and text[start - 1].isspace():
        start -= 1
    if start < end:
        yield Edit(start, end, text[start:end], "", "layout", NAME, VERSION, "certain", "")
