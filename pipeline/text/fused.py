"""Words that lost the space between them, confirmed by the document itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase

from pipeline.text.damage import Damage, language_list, remembered
from pipeline.text.shape import outline

__all__ = ["HUMPS", "find_fused_words"]

HUMPS = tuple(small + capital for small in ascii_lowercase for capital in ascii_uppercase)
"""Strings of which a text with two fused words has one."""

# Not part of a handle, a tag, an address or a path.
_HUMPED = re.compile(r"(?<![\w@#/.&=_-])(?:(?:[A-Z][a-z]+){2,5}|[a-z]{2,}[A-Z][a-z]+)(?![\w@/&=_]|[.-]\w)")
_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"[A-Z][a-z]+|[a-z]+")
_ACRONYM = re.compile(r" \(([A-Z]{2,6})\)")


@remembered
def find_fused_words(text: str) -> Iterator[Damage]:
    """Yield one insertion per lost space inside a word with inner capitals, where the document confirms the split.

    It does so by an acronym in brackets right behind that is the initials of the parts, or by the same words standing
    apart elsewhere. A form that occurs more than once, or more often than its parts, is a name (AstraZeneca, YouTube).

    >>> [d[:3] for d in find_fused_words("The HarbourPost (HP) said so.")]
    [(11, 11, ' ')]
    >>> [d[:3] for d in find_fused_words("The LakeTower fell. Lake Tower was old.")]
    [(8, 8, ' ')]
    >>> list(find_fused_words("YouTube and AstraZeneca (AZ) agreed. AstraZeneca fell."))
    []
    """
    if b"aA" not in outline(text):
        return
    names = language_list("names", "camel")
    found = [match for match in _HUMPED.finditer(text) if match[0] not in names]
    if not found:
        return
    times = Counter(match[0] for match in found)
    pairs = frozenset(pairwise(_WORD.findall(text)))
    for match in found:
        if times[match[0]] == 1:
            humps = _HUMP.findall(match[0])
            why = _confirm(text, match.end(), humps, pairs)
            if why:
                for index in range(1, len(humps)):
                    at = match.start() + len("".join(humps[:index]))
                    yield Damage(at, at, " ", why)


def _confirm(text: str, end: int, humps: list[str], pairs: frozenset[tuple[str, str]]) -> str | None:
    acronym = _ACRONYM.match(text, end)
    if acronym and humps[0][0].isupper() and acronym[1] == "".join(hump[0] for hump in humps):
        return f"({acronym[1]}) are the initials of the parts"
    if all(pair in pairs for pair in pairwise(humps)) and " ".join(humps) in text:
        return f"“{' '.join(humps)}” stands elsewhere in the document"
    return None
