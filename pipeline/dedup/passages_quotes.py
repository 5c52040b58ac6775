"""Which parts of a text are quoted, in any style of quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

__all__ = ["find_quotations", "share_quoted"]

_DOUBLE = '“”„‟«»″＂"「」『』〝〞〟'
_SINGLE = "‘‚‹›'’"
_MARK = re.compile(f"[{_DOUBLE}{_SINGLE}]")
_ONLY_OPENS, _ONLY_CLOSES = "„「『〝", "」』〞〟"
_DOUBLES = re.compile(f"[{_DOUBLE}]")
_CLOSING_SINGLE = re.compile(r"(?<=[^\s\u00a0])[’'‘›](?!\w)")
_LONGEST_SINGLE = 2000
"""Characters between single marks; bounds the search for the second one."""
_PARAGRAPH = re.compile(r"[^\n]+")


def find_quotations(text: str) -> list[tuple[int, int]]:
    """Spans between quotation marks, the marks left out, in order and without overlap.

    A mark opens where nothing is open and closes where something is, so that “…”, „…“, «…», »…«, ”…” and "…" all are pairs; one that stands
    before a word and after a space opens anew. Single marks count only outside of double ones, and only as a pair within a paragraph
    that no apostrophe can be. A quotation that its paragraph does not close goes to the paragraph's end, as where the next goes on quoting.

    >>> text = "“No,” she said. ‘It’s the ferries’ turn,’ he wrote, and „nein“."
    >>> [text[start:end] for start, end in find_quotations(text)]
    ['No,', 'It’s the ferries’ turn,', 'nein']
    """
    return [span for match in _PARAGRAPH.finditer(text) for span in _in_paragraph(text, match.start(), match.end())]


def share_quoted(quotations: Sequence[tuple[int, int]], start: int, end: int) -> float:
    """Share of the span [start, end) that lies within quotations.

    >>> share_quoted([(0, 10), (20, 30)], 5, 25)
    0.5
    """
    inside = sum(max(0, min(end, last) - max(start, first)) for first, last in quotations)
    return inside / max(1, end - start)


def _in_paragraph(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    opened, until = -1, -1
    for match in _MARK.finditer(text, start, end):
        at, mark = match.start(), match[0]
        if at < until:
            continue
        if at == until:
            yield opened, at
            opened = until = -1
            continue
        before = text[at - 1] if at > start else " "
        after = text[at + 1] if at + 1 < end else " "
        if mark in _SINGLE:
            if opened < 0 and _opens_single(mark, before, after) and (closing := _closing_single(text, at, end)) > 0:
                opened, until = at + 1, closing
        elif opened < 0:
            opened = -1 if mark in _ONLY_CLOSES else at + 1
        elif mark in _ONLY_OPENS or (mark not in _ONLY_CLOSES and _is_free(before) and after.isalnum()):
            opened = at + 1  # the mark before it was never closed
        else:
            yield opened, at
            opened = -1
    if opened >= 0:
        yield opened, end


def _opens_single(mark: str, before: str, after: str) -> bool:
    return mark != "›" and _is_free(before) and (after.isalnum() or after in '“"«') and not (mark == "’" and after.isdigit())


def _closing_single(text: str, at: int, end: int) -> int:
    """Place of the mark that closes the single one at `at`, or -1: the first after a comma or full stop, else the last one.

    Double marks may stand between only in the first case, since a single mark without a full stop may well be an apostrophe.
    """
    found = -1
    end = min(end, at + _LONGEST_SINGLE)
    for match in _CLOSING_SINGLE.finditer(text, at + 1, end):
        place = match.start()
        if text[place - 1] in ".,!?…;:":
            return place
        found = place
    return -1 if found > 0 and _DOUBLES.search(text, at, found) else found


def _is_free(character: str) -> bool:
    return character.isspace() or character in "([{—–-…/"
