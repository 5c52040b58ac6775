"""What a pattern cannot do without, so that it is tried only where it can match.

Most texts hold none of a pattern's literal strings, and looking for a string is some fifty times cheaper than running an
expression; most lines do not begin with any character that a pattern can begin with.
"""

from __future__ import annotations

from functools import cache

# The standard library's own parser, so that this reads exactly what `re` runs; under this name since Python 3.11.
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from pipeline.text.scanning import EDGE

__all__ = ["first_strings", "opening_literal", "required_literals", "required_sets"]

_MOST = 400
"""Above this many literals looking for them costs more than trying the pattern."""

_MOST_RUNS = 40
"""Alternatives of a literal run that are written out one by one."""

_LONGEST = 3
"""Characters by which the beginnings of patterns are told apart; with three, next to no ordinary line begins like any of them."""


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
def required_sets(pattern: str) -> tuple[frozenset[str], ...]:
    """Sets of strings, as in a `Clause`: every match of `pattern` holds at least one of each. Empty where nothing is required.

    >>> [sorted(strings) for strings in required_sets(r"no (?:copy|reprint) without \\w+ leave")]
    [['no copy without ', 'no reprint without '], [' leave']]
    """
    return tuple(dict.fromkeys(_sets_of(_parser.parse(pattern, 0))))


@cache
def first_strings(pattern: str) -> frozenset[str] | None:
    """Strings of at most three characters of which every match of `pattern` begins with one, or None where it may begin with any.

    >>> sorted(first_strings("(?:by|von)?[ab]cd?|x")), first_strings("x?") is None
    (['ac', 'acd', 'bc', 'bcd', 'bya', 'byb', 'von', 'x'], True)
    """
    firsts = _first_strings_of(_parser.parse(pattern, 0))
    return None if firsts is None or "" in firsts.open | firsts.closed else firsts.open | firsts.closed


@cache
def opening_literal(pattern: str) -> str:
    """The string with which every match of `pattern` begins; the empty string where there is no such string.

    >>> opening_literal(r"may \\d{1,2}"), opening_literal(r"(?:late )?may")
    ('may ', '')
    """
    run = ""
    for code, argument in _parser.parse(pattern, 0):
        if code is not codes.LITERAL:
            break
        run += chr(argument)
    return run


def _sets_of(sequence: Any, *, left: bool = False, right: bool = False) -> list[frozenset[str]]:
    """The literal runs of a sequence, each as a set of its own, and the sets of its groups.

    `left` and `right` say whether a word must begin before the sequence and end behind it.
    """
    items = list(sequence)
    sets: list[frozenset[str]] = []
    runs, begins = [""], left
    for number, (code, argument) in enumerate(items):
        tails = _tails(code, argument)
        if tails and len(tails) * len(runs) <= _MOST_RUNS:
            runs = [run + tail for run in runs for tail in tails]
            continue
        after = right if number + 1 == len(items) else items[number + 1] == (codes.AT, codes.AT_BOUNDARY)
        before = left if number == 0 else items[number - 1] == (codes.AT, codes.AT_BOUNDARY)
        boundary = code is codes.AT and argument is codes.AT_BOUNDARY
        sets += _edged(runs, begins, boundary)
        runs, begins = [""], boundary
        if code is codes.SUBPATTERN and not argument[1] & codes.SRE_FLAG_IGNORECASE:
            sets += _sets_of(argument[3], left=before, right=after)
        elif code is codes.BRANCH:
            parts = [_rarest(_sets_of(branch, left=before, right=after)) for branch in argument[1]]
            sets += [frozenset().union(*parts)] if all(parts) and sum(map(len, parts)) <= _MOST else []
        elif code is not codes.AT and (found := _literals_of_item(code, argument)) is not None:
            sets.append(found)
    return sets + _edged(runs, begins, right)


def _tails(code: Any, argument: Any) -> list[str]:
    """The strings that a piece may be, where they are few and plain; empty otherwise."""
    if code is codes.LITERAL:
        return [chr(argument)]
    if code is codes.IN and all(kind is codes.LITERAL for kind, _ in argument):
        return [chr(value) for _, value in argument]
    # `re` takes common beginnings out of alternatives: they are put together again.
    if code is codes.BRANCH and all(kind is codes.LITERAL for branch in argument[1] for kind, _ in branch):
        return ["".join(chr(value) for _, value in branch) for branch in argument[1]]
    return []


def _edged(runs: list[str], left: bool, right: bool) -> list[frozenset[str]]:
    """Literal runs, one of which is there, with the mark of a word's edge where one must be."""
    if not all(runs):
        return []
    return [frozenset((EDGE if left and run[0].isalnum() else "") + run + (EDGE if right and run[-1].isalnum() else "") for run in runs)]


def _rarest(sets: list[frozenset[str]]) -> frozenset[str]:
    return max(sets, key=lambda strings: (min(map(len, strings)), -len(strings)), default=frozenset())


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


class _Firsts(NamedTuple):
    """How a match may begin: strings that what follows goes on from, and strings that are as long as we know or want them."""

    open: frozenset[str]
    closed: frozenset[str]


_NOTHING: frozenset[str] = frozenset()
_EMPTY = _Firsts(frozenset({""}), _NOTHING)
_UNKNOWN = _Firsts(_NOTHING, frozenset({""}))


def _first_strings_of(sequence: Any) -> _Firsts:
    found = _EMPTY
    for code, argument in sequence:
        if not found.open:
            break
        found = _extend(found, _first_strings_of_item(code, argument))
    return found


def _extend(one: _Firsts, other: _Firsts) -> _Firsts:
    """The beginnings of a piece of one kind with a piece of the other behind it."""
    going = {head + tail for head in one.open for tail in other.open}
    closed = {head + tail for head in one.open for tail in other.closed}
    if len(going) + len(closed) + len(one.closed) > _MOST:
        return _Firsts(_NOTHING, one.closed | one.open)
    still_open = frozenset(text for text in going if len(text) < _LONGEST)
    return _Firsts(still_open, one.closed | frozenset(text[:_LONGEST] for text in closed | (going - still_open)))


def _first_strings_of_item(code: Any, argument: Any) -> _Firsts:
    if code is codes.LITERAL:
        return _Firsts(frozenset({chr(argument)}), _NOTHING)
    if code in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
        return _EMPTY
    if code is codes.SUBPATTERN:
        firsts = _first_strings_of(argument[3])
        return _in_any_case(firsts) if argument[1] & codes.SRE_FLAG_IGNORECASE else firsts
    if code is codes.BRANCH:
        parts = [_first_strings_of(branch) for branch in argument[1]]
        return _Firsts(frozenset().union(*(part.open for part in parts)), frozenset().union(*(part.closed for part in parts)))
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        firsts = _first_strings_of(argument[2])
        if argument[1] > 1:  # the piece or what stands behind it may follow: nobody knows
            firsts = _Firsts(firsts.open & {""}, firsts.closed | (firsts.open - {""}))
        return firsts if argument[0] else _Firsts(firsts.open | {""}, firsts.closed)
    if code is codes.IN:
        return _Firsts(_characters(argument) or _NOTHING, _NOTHING) if _characters(argument) else _UNKNOWN
    return _UNKNOWN


def _in_any_case(firsts: _Firsts) -> _Firsts:
    """The first letters in both cases; more of them would be guesswork, since case has its exceptions."""
    letters = {text[:1] for text in firsts.open | firsts.closed}
    return _Firsts(_NOTHING, frozenset(case for letter in letters for case in (letter.lower(), letter.upper())))


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
