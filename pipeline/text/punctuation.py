"""Punctuation that stands alone after a finished sentence, or apart from the word it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text.damage import Damage, Paragraphs, language_list

__all__ = ["find_orphans", "find_spaced_marks"]

_SPACES = " \u00a0\u2009\u202f"
# A full stop after a finished sentence at the end of a paragraph. What stands before the first stop must be a word or a closing
# mark, so that neither `. . .` nor `...` is touched.
_ORPHAN = re.compile(rf"(?<=[\w%°)\]”’»\"'])([.!?…][\"”’»)\]]{{0,2}})[{_SPACES}]{{1,3}}\.(?=[{_SPACES}]*$)", re.MULTILINE)
_DOUBLED = re.compile(rf"(?<=[\w%°)\]”’»\"'])\.\.(?=[\"”’»)\]]{{0,2}}[{_SPACES}]*$)", re.MULTILINE)
_SPACED = re.compile(rf"(?<=[\w%°)\]”’»\"'])[{_SPACES}]{{1,3}}[,.;:!?](?=[\s\"”’»\]]|$)")


def find_orphans(text: str) -> Iterator[Damage]:
    """Yield one deletion per full stop that stands alone, or doubled, after a finished sentence at a paragraph's end.

    >>> [d[:3] for d in find_orphans("It left the port. .\\nWait...\\nIt rose by 3 percent..")]
    [(17, 19, ''), (49, 50, '')]
    >>> list(find_orphans("And then . . .\\nWhat?!\\nThe U.S."))
    []
    """
    if " ." in text or "\u00a0." in text or "\u202f." in text:
        for match in _ORPHAN.finditer(text):
            yield Damage(match.end(1), match.end(), "", "a lone full stop after a finished sentence at the paragraph's end")
    if ".." in text:
        for match in _DOUBLED.finditer(text):
            yield Damage(match.start() + 1, match.end(), "", "two full stops at the paragraph's end, which is no ellipsis")


def find_spaced_marks(text: str, language: str | None) -> Iterator[Damage]:
    """Yield one deletion per run of spaces before punctuation in a language that has none there.

    Lines that are no prose are left alone: a table may set its colons apart.

    >>> [d[:3] for d in find_spaced_marks("The ferry , which is old , sank at once in the harbour .", "en")]
    [(9, 10, ''), (24, 25, ''), (54, 55, '')]
    >>> list(find_spaced_marks("Vraiment ? Oui, il a gagné 3 : 2 contre les autres équipes !", "fr"))
    []
    """
    marks = _tight_marks(language)
    if not any(f" {mark}" in text or f"\u00a0{mark}" in text for mark in marks):
        return
    lines = Paragraphs(text)
    for match in _SPACED.finditer(text):
        at = match.end() - 1
        if text[at] in marks and lines.is_sentence(at) and _fits(text, match.start(), at):
            yield Damage(match.start(), at, "", f"no space before {text[at]} in this language")


def _tight_marks(language: str | None) -> str:
    if language in language_list("spacing", "tight"):
        return ",.;:!?"
    return ",." if language in language_list("spacing", "comma_and_stop") else ""


def _fits(text: str, start: int, at: int) -> bool:
    left, mark, right = text[start - 1], text[at], text[at + 1 : at + 3]
    if mark == ",":
        return True
    if mark == ".":
        # Lower case after it: a stop that interrupts a sentence, or part of a name; more than one reading.
        return not right or right[0] == "\n" or (right[0] in _SPACES and right[1:2].isupper()) or right[0] in '”’»"'
    if mark in ";:":
        return left.isalpha() and left.islower() and right[:1] in (" ", "\u00a0")
    ends = not right or right[0] in '\n”’»"' or (right[0] in _SPACES and (right[1:2].isupper() or right[1:2] in '“‘«"'))
    return (left.isalnum() or left in '”’»)"') and ends
