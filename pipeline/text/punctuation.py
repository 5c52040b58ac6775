"""Punctuation that stands alone after a finished sentence, or apart from the word it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text.damage import Damage, Paragraphs, language_list, occurrences, remembered
from pipeline.text.shape import outline

__all__ = ["ORPHANS", "SPACED_MARKS", "find_orphans", "find_spaced_marks"]

_SPACES = " \u00a0\u2009\u202f"
# What ends a finished sentence: a word or a closing mark before the stop, so that neither `. . .` nor `...` is one.
_FINISHED = re.compile(r"(?<=[\w%°)\]”’»\"'])[.!?…][\"”’»)\]]{0,2}\Z")
_LINE_END = re.compile(rf"[{_SPACES}]*$", re.MULTILINE)
_CLOSED_LINE_END = re.compile(rf"[\"”’»)\]]{{0,2}}[{_SPACES}]*$", re.MULTILINE)
ORPHANS = (*(f"{space}." for space in _SPACES), "..")
"""Strings of which a text with an orphan has one."""

SPACED_MARKS = tuple(space + mark for space in _SPACES for mark in ",.;:!?")
"""Strings of which a text with a spaced mark has one."""

_WORD_END = re.compile(r"[\w%°)\]”’»\"']\Z")


@remembered
def find_orphans(text: str) -> Iterator[Damage]:
    """Yield one deletion per full stop that stands alone, or doubled, after a finished sentence at a paragraph's end.

    >>> [d[:3] for d in find_orphans("It left the port. .\\nWait...\\nIt rose by 3 percent..")]
    [(17, 19, ''), (49, 50, '')]
    >>> list(find_orphans("And then . . .\\nWhat?!\\nThe U.S."))
    []
    """
    kinds = outline(text)
    for space in _spaces_of(text, kinds):
        for at in occurrences(text, f"{space}."):
            start = _before_spaces(text, at)
            if _LINE_END.match(text, at + 2) and _FINISHED.search(text, max(0, start - 4), start):
                yield Damage(start, at + 2, "", "a lone full stop after a finished sentence at the paragraph's end")
    for at in occurrences(text, "..") if b".." in kinds else ():
        if _CLOSED_LINE_END.match(text, at + 2) and _WORD_END.search(text, max(0, at - 1), at):
            yield Damage(at + 1, at + 2, "", "two full stops at the paragraph's end, which is no ellipsis")


@remembered
def find_spaced_marks(text: str, language: str | None) -> Iterator[Damage]:
    """Yield one deletion per run of spaces before punctuation in a language that has none there.

    Lines that are no prose are left alone: a table may set its colons apart.

    >>> [d[:3] for d in find_spaced_marks("The ferry , which is old , sank at once in the harbour .", "en")]
    [(9, 10, ''), (24, 25, ''), (54, 55, '')]
    >>> list(find_spaced_marks("Vraiment ? Oui, il a gagné 3 : 2 contre les autres équipes !", "fr"))
    []
    """
    lines = Paragraphs(text)
    spaces = _spaces_of(text, outline(text))
    if not spaces:
        return
    found = [at + 1 for mark in _tight_marks(language) for space in spaces for at in occurrences(text, f"{space}{mark}")]
    for at in sorted(found):
        start = _before_spaces(text, at - 1)
        if start and _WORD_END.search(text, start - 1, start) and _fits(text, start, at) and lines.is_sentence(at):
            yield Damage(start, at, "", f"no space before {text[at]} in this language")


def _spaces_of(text: str, kinds: bytes) -> str:
    """Kinds of space that some mark of the text may stand behind."""
    plain = " " if b" ." in kinds else ""
    return plain if text.isascii() else plain + "".join(space for space in _SPACES[1:] if space in text)


def _before_spaces(text: str, last: int) -> int:
    """Where the run of at most three spaces that ends at `last` begins."""
    start = last
    while start > 0 and last - start < 2 and text[start - 1] in _SPACES:
        start -= 1
    return start


def _tight_marks(language: str | None) -> str:
    if language in language_list("spacing", "tight"):
        return ",.;:!?"
    return ",." if language in language_list("spacing", "comma_and_stop") else ""


def _fits(text: str, start: int, at: int) -> bool:
    left, mark, right = text[start - 1], text[at], text[at + 1 : at + 3]
    if right and not (right[0].isspace() or right[0] in '"”’»]'):
        return False
    if mark == ",":
        return True
    ends = not right or right[0] in '\n”’»"' or (right[0] in _SPACES and (right[1:2].isupper() or right[1:2] in '“‘«"'))
    if mark == ".":
        # Lower case after it: a stop that interrupts a sentence, or part of a name; more than one reading.
        return ends
    if mark in ";:":
        return left.isalpha() and left.islower() and right[:1] in (" ", "\u00a0")
    return (left.isalnum() or left in '”’»)"') and ends
