"""Where two versions of a text differ. Any result turns the first into the second; small spans are an aim, not a promise."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["changed_spans", "trim"]

_WINDOW = 24  # how far apart, in characters, the two versions are followed until they agree again
_BLOCK = 64
_ANCHOR = 4  # that many equal characters count as agreement

Change = tuple[int, int, str]
"""start and end in the first version, and what stands there in the second."""

_PIECE = re.compile(r"[^ \n]+|[ \n]+")


def changed_spans(before: str, after: str) -> Iterator[Change]:
    """Yield changes that turn `before` into `after`, in order and without overlap. Linear in the length of the texts.

    >>> list(changed_spans("a donâ€™t b", "a don’t b"))
    [(5, 8, '’')]
    >>> list(changed_spans("Tom&amp;Jerry &lt; 3", "Tom&Jerry < 3"))
    [(4, 8, ''), (14, 18, '<')]
    """
    if before == after:
        return
    left, right = _PIECE.findall(before), _PIECE.findall(after)
    if len(left) == len(right) and all((a[0] in " \n") == (b[0] in " \n") for a, b in zip(left, right, strict=True)):
        position = 0
        for old, new in zip(left, right, strict=True):
            if old != new:
                yield from _follow(old, new, position)
            position += len(old)
    else:
        yield from _follow(before, after, 0)


def trim(before: str, after: str) -> tuple[int, int, int]:
    """Length of the common prefix, and the ends of both middles once the common suffix is cut off.

    >>> trim("abXc", "abYYc")
    (2, 3, 4)
    """
    prefix = _common(before, after)
    old_end, new_end = len(before), len(after)
    while old_end > prefix and new_end > prefix and before[old_end - 1] == after[new_end - 1]:
        old_end -= 1
        new_end -= 1
    return prefix, old_end, new_end


def _common(a: str, b: str) -> int:
    """Length of the common prefix; whole blocks are compared first, since long equal stretches are the rule."""
    limit, at = min(len(a), len(b)), 0
    while at + _BLOCK <= limit and a[at : at + _BLOCK] == b[at : at + _BLOCK]:
        at += _BLOCK
    while at < limit and a[at] == b[at]:
        at += 1
    return at


def _follow(before: str, after: str, offset: int) -> Iterator[Change]:
    """Walk both versions; at each difference look for the nearest place where they agree again."""
    i, old_end, new_end = trim(before, after)
    j = i
    while i < old_end or j < new_end:
        old, new = _agreement(before, i, old_end, after, j, new_end) or (old_end - i, new_end - j)
        yield offset + i, offset + i + old, after[j : j + new]
        i, j = i + old, j + new
        while i < old_end and j < new_end and before[i] == after[j]:
            i, j = i + 1, j + 1


def _agreement(before: str, i: int, old_end: int, after: str, j: int, new_end: int) -> tuple[int, int] | None:
    """The smallest (characters to skip in `before`, in `after`) after which at least `_ANCHOR` characters agree."""
    most_old, most_new = min(_WINDOW, old_end - i - _ANCHOR), min(_WINDOW, new_end - j - _ANCHOR)
    if most_old < 0 or most_new < 0:
        return None
    for total in range(1, most_old + most_new + 1):
        for new in range(max(0, total - most_old), min(total, most_new) + 1):
            at = i + total - new
            if after.startswith(before[at : at + _ANCHOR], j + new):
                return total - new, new
    return None
