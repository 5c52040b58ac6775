"""Many strings looked for in one pass over a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

__all__ = ["EDGE", "Clause", "Match", "Scanner", "find_starts"]

EDGE = "\b"
"""At either end of a string: neither a letter nor a digit stands beside it."""

Clause = tuple[frozenset[str], ...]
"""Sets of strings: a text satisfies the clause where it holds at least one string of each. The empty string is in every text."""


_RARE = 5
"""Strings of lower rarity are in most texts, so that it is not worth asking for them beside rarer ones."""

Match = tuple[int, int, int]
"""Number of a string, start and end of a place where it stands."""

_SURROGATES = re.compile("[\ud800-\udfff]")


def _matches(automaton: AhoCorasick, text: str) -> list[Match]:
    try:
        return automaton.find_matches_as_indexes(text, overlapping=True)
    except UnicodeEncodeError:  # lone surrogates, of which no string has any
        return automaton.find_matches_as_indexes(_SURROGATES.sub("\ufffd", text), overlapping=True)


class Scanner:
    """Tells which of many clauses a text may satisfy; each has a bit of its own, or shares one."""

    def __init__(self, clauses: Iterable[tuple[int, Clause]]) -> None:
        self._always = 0
        numbers: dict[str, int] = {}
        plain: dict[int, int] = {}
        joint: dict[int, list[tuple[int, tuple[frozenset[int], ...]]]] = {}
        # Sorted, so that the automaton does not depend on the order of sets.
        for bit, clause in sorted(clauses, key=lambda pair: (pair[0], [sorted(strings) for strings in pair[1]])):
            # The set with the longest strings is the least likely to be met: only where it is are the others asked.
            sets = sorted((strings for strings in clause if "" not in strings), key=lambda strings: (-_rarity(strings), len(strings)))
            if not sets:
                self._always |= bit
                continue
            least = _RARE if _rarity(sets[0]) >= _RARE else _RARE - 1
            told = [sets[0], *(strings for strings in sets[1:] if _rarity(strings) >= least)]
            rarest, *others = [frozenset(numbers.setdefault(string, len(numbers)) for string in sorted(strings)) for strings in told]
            for number in sorted(rarest):
                if others:
                    joint.setdefault(number, []).append((bit, tuple(others)))
                else:
                    plain[number] = plain.get(number, 0) | bit
        needles = list(numbers)
        self._plain = [plain.get(number, 0) for number in range(len(needles))]
        self._joint = joint
        self._needles = [needle.strip(EDGE) for needle in needles]
        self._edged = {
            number: (needle[0] == EDGE, needle[-1] == EDGE) for number, needle in enumerate(needles) if EDGE in (needle[0], needle[-1])
        }
        self._automaton = AhoCorasick(self._needles, MatchKind.Standard, implementation=Implementation.DFA) if needles else None

    def find(self, text: str) -> list[Match]:
        """Every place of every string that is looked for, in no order that means anything."""
        if self._automaton is None:
            return []
        edged = self._edged
        return [
            match
            for match in _matches(self._automaton, text)
            if match[0] not in edged or _stands_apart(text, match[1], match[2], *edged[match[0]])
        ]

    def judge(self, matches: list[Match]) -> int:
        """The bits of all clauses that a text satisfies, given what `find` found in it. That it does so may be wrong, that not is right."""
        present = self._always
        found = {match[0] for match in matches}
        for number in found:
            present |= self._plain[number]
        for number in found.intersection(self._joint):
            for bit, others in self._joint[number]:
                if not present & bit and not any(found.isdisjoint(strings) for strings in others):
                    present |= bit
        return present

    def places(self, bit: int, matches: list[Match]) -> list[tuple[int, str]]:
        """Where the strings stand that by themselves satisfy clauses of `bit`, in the order of the text."""
        return sorted((start, self._needles[number]) for number, start, _ in matches if self._plain[number] & bit)


def _rarity(strings: frozenset[str]) -> int:
    """The length of the shortest string; that a word must end there counts as two letters."""
    return min(len(string) + string.count(EDGE) for string in strings)


def _stands_apart(text: str, start: int, end: int, left: bool, right: bool) -> bool:
    return not ((left and text[start - 1 : start].isalnum()) or (right and text[end : end + 1].isalnum()))


@lru_cache(maxsize=64)
def _automaton(strings: frozenset[str]) -> tuple[AhoCorasick, list[str]]:
    needles = sorted(strings)
    return AhoCorasick(needles, MatchKind.Standard, implementation=Implementation.DFA), needles


def find_starts(strings: frozenset[str], text: str) -> list[tuple[int, str]]:
    """Where each of `strings` begins in `text`, in the order of the text. Overlapping places count.

    >>> find_starts(frozenset(("new", "new york", "york")), "a new york")
    [(2, 'new'), (2, 'new york'), (6, 'york')]
    """
    automaton, needles = _automaton(strings)
    return sorted((start, needles[number]) for number, start, _ in _matches(automaton, text))
