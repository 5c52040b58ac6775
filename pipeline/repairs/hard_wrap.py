"""Joins the lines of hard-wrapped text, and words hyphenated at line ends, where the whole document shows that it is wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.records import Edit
from pipeline.text.rules import Context

NAME, VERSION = "hard_wrap", 1

_LEAST_LINES = 8
_WIDTH = range(40, 101)
"""Columns that mail, terminals and agencies wrapped at (69 to 80 mostly); narrower is verse or a table, wider is a paragraph a line."""
_FULL_SHARE = 0.7
"""Share of lines inside paragraphs that must be too long to take the next line's first word. Prose wrapped by a machine has all."""

_SOFT = re.compile("(?<=[^\\W\\d_])\u00ad\n(?=[^\\W\\d_])")
_BULLET = re.compile(r"[•▪●◦*–—-] |\d{1,3}[.)] ")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]$")


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per line break inside a paragraph of a hard-wrapped document, nothing in any other.

    A blank line, an indented line and a bullet begin a paragraph. A hyphen at a line's end goes where the joined word
    stands elsewhere in the document, or where the document is seen to hyphenate; else the hyphen stays and the break goes.
    """
    lines = text.split("\n")
    if len(lines) < _LEAST_LINES or not is_wrapped(lines):
        yield from _soft_breaks(text)
        return
    hyphens = _Hyphens(text, lines)
    position = 0
    for line, following in pairwise(lines):
        end = position + len(line)
        if _continues(line, following):
            yield _join(text, position, end, hyphens.fate(line.rstrip(), following))
        position = end + 1


def _soft_breaks(text: str) -> Iterator[Edit]:
    """A soft hyphen at a line's end says by itself that the line was broken inside a word, in whatever document."""
    if "\u00ad\n" in text:
        for match in _SOFT.finditer(text):
            yield Edit(match.start(), match.end(), match[0], "", "hyphenation", NAME, VERSION, "certain", "a soft hyphen at the line's end")


def is_wrapped(lines: list[str]) -> bool:
    """Whether line lengths show that a machine broke the lines at a fixed width.

    Within paragraphs, nearly every line must be so long that the first word of the next would not have fitted, and
    most must stop in the middle of a sentence.

    >>> is_wrapped(["A short line.", "Another one.", "A third."] * 4)
    False
    """
    width = max(map(len, lines))
    if width not in _WIDTH:
        return False
    pairs = [(a.rstrip(), b) for a, b in pairwise(lines) if _continues(a, b)]
    if len(pairs) < _LEAST_LINES - 2:
        return False
    full = sum(len(a) + 1 + len(b.split(None, 1)[0]) > width for a, b in pairs)
    unfinished = sum(a[-1:].isalnum() or a[-1:] in ",-\u00ad" for a, _ in pairs)
    return full >= _FULL_SHARE * len(pairs) and unfinished * 2 > len(pairs)


def _continues(line: str, following: str) -> bool:
    """Whether `following` may go on with the paragraph of `line`."""
    return bool(line.strip()) and bool(following.strip()) and not following[0].isspace() and _BULLET.match(following) is None


class _Hyphens:
    """What the document's own words say about hyphens at line ends."""

    def __init__(self, text: str, lines: list[str]) -> None:
        self._words = frozenset(_WORD.findall(text.lower()))
        fates = [self._evidence(a.rstrip(), b) for a, b in pairwise(lines) if _continues(a, b)]
        self._hyphenates = fates.count("joined") > fates.count("kept")

    def fate(self, line: str, following: str) -> tuple[str, str]:
        """``joined``, ``kept`` or ``none``, and ``certain`` or ``likely``."""
        evidence = self._evidence(line, following)
        if evidence != "unknown":
            return evidence, "certain"
        return ("joined", "likely") if self._hyphenates else ("kept", "likely")

    def _evidence(self, line: str, following: str) -> str:
        hyphen = _HYPHEN.search(line)
        if hyphen is None:
            return "none"
        first, stem = re.match(r"[^\W\d_]+", following), re.search(r"[^\W\d_]+$", line[: hyphen.start()])
        if first is None or stem is None or not first[0][0].islower():
            return "kept"  # a hyphen before a capital or a figure belongs to the compound
        if hyphen[0] == "\u00ad" or self._stands(stem[0] + first[0]):
            return "joined"
        return "kept" if self._stands(f"{stem[0]}-{first[0]}") else "unknown"

    def _stands(self, word: str) -> bool:
        return word.lower() in self._words


def _join(text: str, position: int, end: int, fate: tuple[str, str]) -> Edit:
    what, certainty = fate
    cut = position + len(text[position:end].rstrip())
    if what == "none":
        return Edit(cut, end + 1, text[cut : end + 1], " ", "hard_wrap", NAME, VERSION, "certain", "line lengths of the whole document")
    if what == "joined":
        why = "the document writes the word without the hyphen, or hyphenates at line ends"
        return Edit(cut - 1, end + 1, text[cut - 1 : end + 1], "", "hyphenation", NAME, VERSION, certainty, why)
    return Edit(cut, end + 1, text[cut : end + 1], "", "hard_wrap", NAME, VERSION, certainty, "the hyphen belongs to the compound")
