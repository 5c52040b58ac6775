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

_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]$")


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per line break inside a paragraph of a hard-wrapped document, nothing in any other.

    A blank line and an indented line begin a paragraph. A hyphen at a line's end goes where the joined word stands
    elsewhere in the document; else hyphen and break become a hyphen.
    """
    lines = text.split("\n")
    if len(lines) < _LEAST_LINES or not is_wrapped(lines):
        return
    lowered = text.lower()
    position = 0
    for line, following in pairwise(lines):
        end = position + len(line)
        if _continues(line, following):
            yield _join(text, lowered, position, end, following)
        position = end + 1


def is_wrapped(lines: list[str]) -> bool:
    """Whether line lengths show that a machine broke the lines at a fixed width.

    Within paragraphs, nearly every line must be so long that the first word of the next would not have fitted, and
    some paragraph must have such a line in its middle.

    >>> is_wrapped(["A short line.", "Another one.", "A third."] * 4)
    False
    """
    width = max(map(len, lines))
    if width not in _WIDTH:
        return False
    pairs = [(a.rstrip(), b) for a, b in pairwise(lines) if a.strip() and b.strip() and not b[0].isspace()]
    if len(pairs) < _LEAST_LINES - 2:
        return False
    full = sum(len(a) + 1 + len(b.split(None, 1)[0]) > width for a, b in pairs)
    unfinished = sum(a[-1:].isalnum() or a[-1:] in ",-" for a, _ in pairs)
    return full >= _FULL_SHARE * len(pairs) and unfinished * 2 > len(pairs)


def _continues(line: str, following: str) -> bool:
    return bool(line.strip()) and bool(following.strip()) and not following[0].isspace() and len(line.rstrip()) >= _WIDTH.start // 2


def _join(text: str, lowered: str, position: int, end: int, following: str) -> Edit:
    line = text[position:end].rstrip()
    cut = position + len(line)
    hyphen = _HYPHEN.search(line)
    if hyphen is None:
        return Edit(cut, end + 1, text[cut : end + 1], " ", "hard_wrap", NAME, VERSION, "certain", "line lengths of the whole document")
    first = re.match(r"[^\W\d_]+", following)
    stem = re.search(r"[^\W\d_]+$", line[: hyphen.start()])
    joined = f"{stem[0]}{first[0]}".lower() if stem and first else ""
    whole = hyphen[0] == "\u00ad" or (joined and re.search(rf"\b{re.escape(joined)}\b", lowered) is not None)
    start = cut - 1 if whole else cut
    why = "the joined word stands elsewhere in the document" if whole else "the word keeps its hyphen"
    return Edit(start, end + 1, text[start : end + 1], "", "hyphenation" if whole else "hard_wrap", NAME, VERSION, "certain", why)
