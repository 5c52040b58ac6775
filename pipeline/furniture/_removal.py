"""Edits that take whole lines out and leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.records import Edit
from pipeline.text.lines import Line

__all__ = ["Removal", "remove_lines"]


class Removal(NamedTuple):
    """Lines first..last (inclusive indexes) that go as one piece, with the two kinds of evidence for it."""

    first: int
    last: int
    kind: str
    evidence: str
    certainty: str = "certain"


def remove_lines(text: str, lines: tuple[Line, ...], removals: Iterable[Removal], rule: str, version: int) -> Iterator[Edit]:
    """Yield one deletion per removal, each with its line break; blank lines around it stay for the layout rule.

    Nothing is removed where nothing would be left: a document of labels only is not ours to empty. Where the last line of the text
    goes, the break before it goes too, so that the text does not end in one. Removals may come in any order; of two that overlap
    the first wins.

    >>> from pipeline.text.lines import split_lines
    >>> text = "Story.\\n\\nBack to top"
    >>> [(e.start, e.end) for e in remove_lines(text, split_lines(text), [Removal(1, 1, "navigation_label", "zone + formula")], "demo", 1)]
    [(6, 19)]
    """
    taken: set[int] = set()
    chosen: list[Removal] = []
    for removal in removals:
        span = range(removal.first, removal.last + 1)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append(removal)
    if len(taken) >= len(lines):
        return
    for removal in sorted(chosen):
        start, end = lines[removal.first].start, lines[removal.last].after
        if removal.last == len(lines) - 1 and removal.first > 0 and removal.first - 1 not in taken:
            start = lines[removal.first - 1].end
        yield Edit(start, end, text[start:end], "", removal.kind, rule, version, removal.certainty, removal.evidence)
