"""Many strings looked for in one pass over a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

__all__ = ["Clause", "Scanner", "find_starts"]

Clause = tuple[frozenset[str], ...]
"""Sets of strings: a text satisfies the clause where it holds at least one string of each. The empty string is in every text."""


_SURROGATES = re.compile("[\ud800-\udfff]")


def _matches(automaton: AhoCorasick, text: str) -> list[tuple[int, int, int]]:
    """(number of the string, start, end) of every place."""
    try:
        return automaton.find_matches_as_indexes(text, overlapping=True)
    except UnicodeEncodeError:  # lone surrogates, of which no string has any
        return automaton.find_matches_as_indexes(_SURROGATES.sub("\ufffd", text), overlapping=True)


class Scanner:
    """Tells which of many clauses a text may satisfy; each has a bit of its own, or shares one."""

    def __init__(self, clauses: Iterable[tuple[int, Clause]]) -> None:
        self._always = 0
        needles: dict[str, int] = {}
        plain: dict[int, int] = {}
        joint: dict[int, list[tuple[int, tuple[frozenset[int], ...]]]] = {}
        # Sorted, so that the automaton does not depend on the order of sets.
        for bit, clause in sorted(clauses, key=lambda pair: (pair[0], [sorted(strings) for strings in pair[1]])):
            sets = [strings for strings in clause if "" not in strings]
            if not sets:
                self._always |= bit
                continue
            # The set with the longest strings is the least likely to be met: only where it is are the others asked.
            sets.sort(key=lambda strings: (-min(map(len, strings)), len(strings)))
            numbers = [frozenset(needles.setdefault(string, len(needles)) for string in sorted(strings)) for strings in sets]
            for number in numbers[0]:
                if len(numbers) == 1:
                    plain[number] = plain.get(number, 0) | bit
                else:
                    joint.setdefault(number, []).append((bit, tuple(numbers[1:])))
        self._plain = [plain.get(number, 0) for number in range(len(needles))]
        self._joint = joint
        self._automaton = AhoCorasick(list(needles), MatchKind.Standard, implementation=Implementation.DFA) if needles else None

    def scan(self, text: str) -> int:
        """The bits of all clauses that `text` satisfies."""
        present = self._always
        if self._automaton is None:
            return present
        found = {match[0] for match in _matches(self._automaton, text)}
        for number in found:
            present |= self._plain[number]
        for number in found.intersection(self._joint):
            for bit, others in self._joint[number]:
                if not present & bit and not any(found.isdisjoint(strings) for strings in others):
                    present |= bit
        return present


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
