"""Many strings looked for in one pass over a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

__all__ = ["Clause", "Match", "Scanner", "find_starts"]

Clause = tuple[frozenset[str], ...]
"""Sets of strings: a text satisfies the clause where it holds at least one string of each. The empty string is in every text."""


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
        plain: dict[str, int] = {}
        joint: dict[str, list[tuple[int, tuple[frozenset[str], ...]]]] = {}
        # Sorted, so that the automaton does not depend on the order of sets.
        for bit, clause in sorted(clauses, key=lambda pair: (pair[0], [sorted(strings) for strings in pair[1]])):
            sets = [strings for strings in clause if "" not in strings]
            if not sets:
                self._always |= bit
                continue
            # The set with the longest strings is the least likely to be met: only where it is are the others looked for.
            rarest, *others = sorted(sets, key=lambda strings: (-min(map(len, strings)), len(strings)))
            for string in sorted(rarest):
                if others:
                    joint.setdefault(string, []).append((bit, tuple(others)))
                else:
                    plain[string] = plain.get(string, 0) | bit
        needles = list(dict.fromkeys((*plain, *joint)))
        self._plain = [plain.get(needle, 0) for needle in needles]
        self._joint = {number: joint[needle] for number, needle in enumerate(needles) if needle in joint}
        self._needles = needles
        self._automaton = AhoCorasick(needles, MatchKind.Standard, implementation=Implementation.DFA) if needles else None

    def find(self, text: str) -> list[Match]:
        """Every place of every string that is looked for, in no order that means anything."""
        return [] if self._automaton is None else _matches(self._automaton, text)

    def judge(self, text: str, matches: list[Match]) -> int:
        """The bits of all clauses that `text` satisfies, given what `find` found in it."""
        present = self._always
        for number in {match[0] for match in matches}:
            present |= self._plain[number]
            for bit, others in self._joint.get(number, ()):
                if not present & bit and all(any(string in text for string in strings) for strings in others):
                    present |= bit
        return present

    def places(self, bit: int, matches: list[Match]) -> list[tuple[int, str]]:
        """Where the strings stand that by themselves satisfy clauses of `bit`, in the order of the text."""
        return sorted((start, self._needles[number]) for number, start, _ in matches if self._plain[number] & bit)


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
