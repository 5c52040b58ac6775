"""No-break, thin and other fixed spaces between words become U+0020. Where they are correct typography they stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "spaces", 1

_FIXED = "\u00a0\u2000-\u200a\u202f\u205f"
TRIGGER = Trigger(characters="".join(("\u00a0", *map(chr, range(0x2000, 0x200B)), "\u202f", "\u205f")))
_RUN = re.compile(f"(?<! ) *[{_FIXED}][ {_FIXED}]*")
# French sets a space before these marks and after an opening guillemet; in a language that does not, `spaced_punctuation` decides.
_BEFORE = frozenset(";:!?»›%‰€")
_AFTER = frozenset("«‹")
_QUOTES = frozenset("‘’“”\"'")


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per run of white space that has a fixed space in it; the run becomes one U+0020 and is never deleted.

    Left as printed: between digits (10 000), before ; : ! ? » % and after «, and between nested quotation marks.

    >>> [(e.before, e.after) for e in find("one\u00a0two \u00a0three 10\u202f000 oui\u00a0! «\u00a0non\u00a0»", None)]
    [('\\xa0', ' '), ('\\xa0', '')]
    """
    for match in _RUN.finditer(text):
        start, end = match.span()
        left, right = text[start - 1 : start], text[end : end + 1]
        if _is_correct(match[0], left, right):
            continue
        # One ordinary space of the run may stay where it is; the edit covers the rest.
        if match[0][0] == " ":
            yield Edit(start + 1, end, match[0][1:], "", "space", NAME, VERSION, "certain", _describe(match[0]))
        else:
            yield Edit(start, end, match[0], " ", "space", NAME, VERSION, "certain", _describe(match[0]))


def _is_correct(run: str, left: str, right: str) -> bool:
    if len(run) > 1:
        return False
    if right in _BEFORE or left in _AFTER:
        return bool(left and right)
    return (left.isdigit() and right.isdigit()) or (left in _QUOTES and right in _QUOTES and bool(left and right))


def _describe(run: str) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(run) if c != " ")
