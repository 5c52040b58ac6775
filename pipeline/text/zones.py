"""Head, body and tail of a document, counted in prose paragraphs so that long lists of labels do not move the borders."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pipeline.text.lines import Line, split_lines

__all__ = ["Zones", "edge_lines", "edge_text", "find_zones"]

_TAIL_PARAGRAPHS = 3
"""Prose paragraphs at the end that may be a disclaimer, a biography or a notice; the gold documents have one, wire copies up to three."""


_STANDFIRST = 250
"""Longest standfirst in code points; leads of the gold documents have 150 to 250, standfirsts of the samples up to 180."""


class Zones(NamedTuple):
    """Borders of a document as numbers of lines (see `Line`).

    Attributes:
        first_prose: first paragraph of the story, a standfirst left out; -1 where there is no prose.
        last_prose: last line that reads as prose, or -1.
        tail: the first line of the tail zone: the last few prose paragraphs and everything after them.
        size: lines in all.
    """

    first_prose: int
    last_prose: int
    tail: int
    size: int

    def in_head(self, index: int) -> bool:
        """Up to and including the first prose paragraph; everything where there is no prose."""
        return index <= self.first_prose or self.first_prose < 0

    def before_prose(self, index: int) -> bool:
        """Before the first prose paragraph."""
        return index < self.first_prose or self.first_prose < 0

    def in_tail(self, index: int) -> bool:
        """In the last prose paragraphs or after them."""
        return index >= self.tail

    def after_prose(self, index: int) -> bool:
        """After the last prose paragraph."""
        return index > self.last_prose

    def name(self, index: int) -> str:
        """``head``, ``tail`` or ``body``; what is before the first prose is head even in a short text."""
        if self.before_prose(index):
            return "head"
        if self.in_tail(index):
            return "tail"
        return "head" if self.in_head(index) else "body"


@lru_cache(maxsize=8)
def find_zones(text: str) -> Zones:
    """The zones of a text.

    >>> find_zones("Title\\nBy Ana Ruiz\\nThe ferry left the port at noon with all hands on board.\\nBack to top")
    Zones(first_prose=2, last_prose=2, tail=3, size=4)
    """
    lines = split_lines(text)
    prose = [line.number for line in lines if line.prose]
    if not prose:
        return Zones(-1, -1, 0, len(lines))
    # At most half of the prose may be tail: in a text of two paragraphs the second may be a notice, the first is the story.
    depth = min(_TAIL_PARAGRAPHS, len(prose) // 2)
    tail = prose[-depth] if depth else prose[-1] + 1
    return Zones(_story_start(lines, prose), prose[-1], tail, len(lines))


def _story_start(lines: tuple[Line, ...], prose: list[int]) -> int:
    """The first paragraph of the story: a standfirst may stand before it, with names, times and pictures in between.

    A sentence is taken for a standfirst where it stands among the first four lines, two lines or more that are no prose follow it,
    and then prose after prose. A paragraph before one sub-heading is not.
    """
    first = prose[0]
    if len(prose) >= 3 and first <= 3 and prose[1] - first >= 3 and prose[2] == prose[1] + 1 and len(lines[first].text) <= _STANDFIRST:
        return prose[1]
    return first


@lru_cache(maxsize=8)
def edge_lines(text: str) -> tuple[Line, ...]:
    """The lines outside the body zone: those before the first prose, the first prose, and the tail.

    >>> [line.text for line in edge_lines("Title\\n" + "The ferry left the port at noon with all hands on board.\\n" * 8 + "Home")][::4]
    ['Title', 'The ferry left the port at noon with all hands on board.']
    """
    zones = find_zones(text)
    return tuple(line for line in split_lines(text) if line.number <= zones.first_prose or line.number >= zones.tail)


@lru_cache(maxsize=8)
def edge_text(text: str) -> str:
    """The edge lines in the form of `flatten`, one a line: what rules of the head and tail search before they look at each line."""
    return "\n".join(line.flat for line in edge_lines(text))
