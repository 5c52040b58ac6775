"""Double quotation marks that face the wrong way, or stand apart from what they quote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pipeline.text.damage import Damage, Paragraphs, language_list, remembered

__all__ = ["find_quote_faults", "find_quote_gaps", "has_suspects"]

_SPACES = " \u00a0\u2009\u202f"
_OPEN, _CLOSE = "“", "”"
# Cheap tests for a mark that may be wrong; most texts have none and are done. Each begins with the mark, which is fast to find.
_SUSPECT_OPEN = re.compile("“(?:(?=[\\s,;:!?)\\]]|\\.(?![.\\d])|$)|(?<=[^\\W\\d_]“))", re.MULTILINE)
_SUSPECT_CLOSE = re.compile("”(?:(?<=\\s”)|(?<=\\A”)|(?=[^\\W\\d_])(?<=[(\\[]”))")
_MARK = re.compile("[“”]")
_CONTINUED = re.compile(rf"[\n{_SPACES}]*“")
_CLOSERS = ",;:!?)]"


@lru_cache(maxsize=2)
def has_suspects(text: str) -> bool:
    """Whether a double quotation mark stands where no language that has them in pairs puts it; without, there is nothing to find.

    >>> has_suspects("“We will go,” he said."), has_suspects("“ We will go,” he said.")
    (False, True)
    """
    return (_OPEN in text and _SUSPECT_OPEN.search(text) is not None) or (_CLOSE in text and _SUSPECT_CLOSE.search(text) is not None)


@remembered
def find_quote_faults(text: str, language: str | None) -> Iterator[Damage]:
    """Yield one change per quotation mark that its neighbours force into the other direction, where that balances the paragraph.

    Nothing is yielded for a language in which “ and ” have other roles, nor in a text that uses „, nor where more than one
    reading is left: a paragraph that opens a quotation and never closes it is right where the next one goes on quoting.

    >>> [d[:3] for d in find_quote_faults("“We will talk. “, Mr. Lo said.", "en")]
    [(13, 17, ',”')]
    >>> [d[:3] for d in find_quote_faults("He called it ”a gift” to all.", "en")]
    [(13, 14, '“')]
    >>> list(find_quote_faults("“We will talk.\\n“We will walk,” he said.", "en"))
    []
    """
    for start, end in _suspects(text, language):
        marks = [match.start() for match in _MARK.finditer(text, start, end)]
        forced = [_direction(text, at, start, end) for at in marks]
        wanted = [side or text[at] for at, side in zip(marks, forced, strict=True)]
        if wanted != [text[at] for at in marks] and _balanced(wanted, goes_on=_goes_on(text, end)):
            turned = [_turn(text, at, side, start, end, language) for at, side in zip(marks, wanted, strict=True) if text[at] != side]
            if all(one.end <= other.start for one, other in pairwise(turned)):
                yield from turned


@remembered
def find_quote_gaps(text: str, language: str | None) -> Iterator[Damage]:
    """Yield one deletion per space between a quotation mark and what it quotes, in a paragraph whose marks are all right.

    >>> [d[:2] for d in find_quote_gaps("They sang “ Harbour Song ” at the end.", "en")]
    [(11, 12), (24, 25)]
    >>> list(find_quote_gaps("Ils chantent “ Le Port ” à la fin.", "fr"))
    []
    """
    if language in language_list("spacing", "comma_and_stop"):
        return
    for start, end in _suspects(text, language):
        marks = [match.start() for match in _MARK.finditer(text, start, end)]
        forced = [_direction(text, at, start, end) for at in marks]
        facing = [text[at] for at in marks]
        if _balanced(facing, goes_on=False) and all(side in (None, text[at]) for at, side in zip(marks, forced, strict=True)):
            reached = start
            for at in marks:
                first, last = _gap(text, at, text[at], start, end)
                if reached <= first < last:
                    reached = last
                    yield Damage(first, last, "", "a space between a quotation mark and what it quotes")


def _suspects(text: str, language: str | None) -> Iterator[tuple[int, int]]:
    """Spans of the paragraphs in which some mark may be wrong."""
    if not has_suspects(text) or language not in language_list("quotes", "curly_pair") or "„" in text:
        return
    lines, done = Paragraphs(text), -1
    for at in sorted(match.start() for pattern in (_SUSPECT_OPEN, _SUSPECT_CLOSE) for match in pattern.finditer(text)):
        if at >= done:
            start, done = lines.span(at)
            yield start, start + len(text[start:done].rstrip())


def _direction(text: str, at: int, start: int, end: int) -> str | None:
    """The direction that the neighbours force, or None where both are possible."""
    left = text[at - 1] if at > start else ""
    right = text[at + 1] if at + 1 < end else ""
    left_free = not left or left in _SPACES
    if right == "." and text[at + 2 : at + 3] not in (".", "") and not text[at + 2].isdigit():
        closing_right = True
    elif right == ".":
        closing_right = at + 2 >= end
    else:
        closing_right = bool(right) and right in _CLOSERS
    if left_free:
        if closing_right and left:
            return _CLOSE
        if not right:
            return _CLOSE if left else None
        return _OPEN if right.isalnum() or right in "‘$£€¥¡¿" else None
    if left in "([{":
        return _OPEN if right.isalnum() else None
    if left.isalnum() or left in ".,!?…’%":
        return _CLOSE if not right or right in _SPACES or closing_right else None
    return None


def _balanced(marks: list[str], *, goes_on: bool) -> bool:
    """Whether the marks open and close in turn. A quotation may stay open where the next paragraph goes on with it."""
    expected = _OPEN
    for mark in marks:
        if mark != expected:
            return False
        expected = _CLOSE if expected == _OPEN else _OPEN
    return expected == _OPEN or goes_on


def _goes_on(text: str, end: int) -> bool:
    return _CONTINUED.match(text, end) is not None


def _gap(text: str, at: int, side: str, start: int, end: int) -> tuple[int, int]:
    """The white space between a mark and what it quotes."""
    first = last = at if side == _CLOSE else at + 1
    if side == _CLOSE:
        while first > start and text[first - 1] in _SPACES:
            first -= 1
    else:
        while last < end and text[last] in _SPACES:
            last += 1
    return first, last


def _turn(text: str, at: int, side: str, start: int, end: int, language: str | None) -> Damage:
    first, last = _gap(text, at, side, start, end)
    if side == _OPEN:
        return Damage(at, last, side, "the mark opens a quotation that is closed later; it faced the other way")
    why = "the mark closes the open quotation; it faced the other way"
    # `. “,` is what `,”` becomes when a sentence is cut at the mark; with `“,` alone the comma's place is the source's own.
    if (
        first < at
        and text[first - 1 : first] == "."
        and text[at + 1 : at + 2] == ","
        and language in language_list("quotes", "comma_inside")
    ):
        return Damage(first - 1, at + 2, "," + side, why)
    return Damage(first, at + 1, side, why)
