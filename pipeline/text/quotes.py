"""Double quotation marks that face the wrong way, or stand apart from what they quote."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text.damage import Damage, language_list, paragraph_at

__all__ = ["find_quote_faults"]

_SPACES = " \u00a0\u2009\u202f"
_OPEN, _CLOSE = "“", "”"
# Cheap tests for a place that may be wrong; most texts have none and are done. Each begins with a literal, which is fast to find.
_SUSPECT = re.compile(
    "“(?=[\\s\u00a0,;:!?)\\]]|\\.(?![.\\d])|$)|”(?<=[\\s\u00a0]”)|”(?<=\\A”)|”(?=[^\\W\\d_])(?<=[(\\[]”)|“(?<=[^\\W\\d_]“)"
)
_CLOSERS = ",;:!?)]"


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
    if (_OPEN not in text and _CLOSE not in text) or language not in language_list("quotes", "curly_pair") or "„" in text:
        return
    done = -1
    for match in _SUSPECT.finditer(text):
        if match.start() < done:
            continue
        start, end = paragraph_at(text, match.start())
        yield from _examine(text, start, end, language)
        done = end


def _examine(text: str, start: int, end: int, language: str | None) -> Iterator[Damage]:
    marks = [at for at in range(start, end) if text[at] in "“”"]
    forced = [_direction(text, at, start, end) for at in marks]
    wanted = [text[at] if side is None else side for at, side in zip(marks, forced, strict=True)]
    if wanted == [text[at] for at in marks]:
        if _balanced(wanted, goes_on=False):
            yield from _spacing(text, marks, wanted, start, end)
        return
    if not _balanced(wanted, goes_on=_goes_on(text, end)):
        return
    for at, side in zip(marks, wanted, strict=True):
        if text[at] != side:
            yield _turn(text, at, side, start, end, language)


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
    return text[end:].lstrip("\n" + _SPACES).startswith(_OPEN) if end < len(text) else False


def _turn(text: str, at: int, side: str, start: int, end: int, language: str | None) -> Damage:
    first, last = at, at + 1
    if side == _CLOSE:
        while first > start and text[first - 1] in _SPACES:
            first -= 1
        moves_comma = (
            language in language_list("quotes", "comma_inside") and text[first - 1 : first] == "." and text[last : last + 1] == ","
        )
        if first < at and moves_comma:
            return Damage(first - 1, last + 1, "," + side, "the mark closes the open quotation; it faced the other way")
        return Damage(first, last, side, "the mark closes the open quotation; it faced the other way")
    while last < end and text[last] in _SPACES:
        last += 1
    return Damage(first, last, side, "the mark opens a quotation that is closed later; it faced the other way")


def _spacing(text: str, marks: list[int], wanted: list[str], start: int, end: int) -> Iterator[Damage]:
    """Spaces between a mark and what it quotes, in a paragraph whose marks are right."""
    for at, side in zip(marks, wanted, strict=True):
        first = last = at
        if side == _CLOSE:
            while first > start and text[first - 1] in _SPACES:
                first -= 1
        else:
            last = first = at + 1
            while last < end and text[last] in _SPACES:
                last += 1
        if first < last:
            yield Damage(first, last, "", "a space between a quotation mark and what it quotes")
