"""What a pattern cannot do without, so that it is tried only where it can match.

Most texts hold none of a pattern's literal strings, and looking for a string is some fifty times cheaper than running an
expression; most lines do not begin with any character that a pattern can begin with.
"""

from __future__ import annotations

from functools import cache

# The standard library's own parser, so that this reads exactly what `re` runs; under this name since Python 3.11.
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

__all__ = ["first_characters", "required_literals"]

_MOST = 400
"""Above this many literals looking for them costs more than trying the pattern."""


@cache
def required_literals(pattern: str) -> frozenset[str] | None:
    """Strings of which every match of `pattern` holds at least one, or None where there are none such.

    >>> sorted(required_literals(r"colou?r(?:ed|s)"))
    ['colo']
    >>> sorted(required_literals(r"\\b(?:cat|dog) food|fish"))
    [' food', 'fish']
    >>> required_literals(r"[a-z]+x?") is None
    True
    """
    return _literals_of(_parser.parse(pattern, 0))


@cache
def first_characters(pattern: str) -> frozenset[str] | None:
    """Characters of which every match of `pattern` begins with one, or None where it may begin with almost any or be empty.

    >>> sorted(first_characters("(?:by|von)?[ab]c|x")), first_characters("x?")
    (['a', 'b', 'v', 'x'], None)
    """
    firsts, empty = _firsts_of(_parser.parse(pattern, 0))
    return None if empty else firsts


def _literals_of(sequence: Any) -> frozenset[str] | None:
    best: frozenset[str] | None = None
    run = ""
    for code, argument in sequence:
        if code is codes.LITERAL:
            run += chr(argument)
        elif code is not codes.AT:
            best = _better(_better(best, frozenset({run}) if run else None), _literals_of_item(code, argument))
            run = ""
    return _better(best, frozenset({run}) if run else None)


def _literals_of_item(code: Any, argument: Any) -> frozenset[str] | None:
    if code is codes.SUBPATTERN:
        return None if argument[1] & codes.SRE_FLAG_IGNORECASE else _literals_of(argument[3])
    if code is codes.BRANCH:
        parts = [_literals_of(branch) for branch in argument[1]]
        if any(part is None for part in parts):
            return None
        union: frozenset[str] = frozenset().union(*(part for part in parts if part is not None))
        return union if len(union) <= _MOST else None
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT) and argument[0] >= 1:
        return _literals_of(argument[2])
    if code is codes.IN and len(argument) <= 4 and all(kind is codes.LITERAL for kind, _ in argument):
        return frozenset(chr(value) for _, value in argument)
    return None


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The more telling of two: the one whose shortest literal is longer, then the one with fewer."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda literals: (min(map(len, literals)), -len(literals)))


_Firsts = tuple[frozenset[str] | None, bool]
"""Characters that may come first (None: any), and whether the piece may be empty."""


def _firsts_of(sequence: Any) -> _Firsts:
    found: frozenset[str] = frozenset()
    for code, argument in sequence:
        firsts, empty = _firsts_of_item(code, argument)
        if firsts is None:
            return None, False
        found |= firsts
        if not empty:
            return found, False
    return found, True


def _firsts_of_item(code: Any, argument: Any) -> _Firsts:
    if code is codes.LITERAL:
        return frozenset({chr(argument)}), False
    if code in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
        return frozenset(), True
    if code is codes.SUBPATTERN:
        firsts, empty = _firsts_of(argument[3])
        if firsts and argument[1] & codes.SRE_FLAG_IGNORECASE:
            firsts = frozenset(case for char in firsts for case in (char.lower(), char.upper()))
        return firsts, empty
    if code is codes.BRANCH:
        parts = [_firsts_of(branch) for branch in argument[1]]
        if any(part[0] is None for part in parts):
            return None, False
        return frozenset().union(*(part[0] for part in parts if part[0])), any(part[1] for part in parts)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        firsts, empty = _firsts_of(argument[2])
        return firsts, empty or argument[0] == 0
    if code is codes.IN:
        return _characters(argument), False
    return None, False


def _characters(members: Any) -> frozenset[str] | None:
    found: set[str] = set()
    for kind, value in members:
        if kind is codes.LITERAL:
            found.add(chr(value))
        elif kind is codes.RANGE and value[1] - value[0] < 64:
            found.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(found)
