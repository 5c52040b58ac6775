"""Passages that two documents share: seed and extend on their tokens.

A seed is a gram that both hold. It grows to the longest equal run around it, and from there over gaps of a few words to the next run on
either side. Of such a chain of runs the longest stretch around the first one is taken of which enough words are equal. A stretch
ends with a run that is longer than the gap before it and holds a word of weight, so that a chance "of the" does not draw it out. The
passages of a pair do not overlap, in neither text.

What a and b are does not matter: the pair is put into one order by its tokens first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.config import PassagesConfig
from pipeline.dedup.passages_prints import GRAM, SCALE, compiled_passages
from pipeline.dedup.passages_words import common_tokens

__all__ = ["COLUMNS", "Documents", "Seeds", "align_pairs"]

Ints = npt.NDArray[np.int64]
Runs = list[tuple[int, int, int]]
"""Start in a, start in b, length."""

COLUMNS = ("pair", "a_from", "a_to", "b_from", "b_to", "words", "columns", "longest")
"""Of a passage: the number of its pair; its tokens on both sides; how many are equal, and how many columns the alignment has; the longest
equal run."""

REACH = 8
"""Words that may stand between two runs of one passage on either side: a changed word, a dropped clause, "he said on Monday"."""
LEAST_RUN = 2
ENOUGH = 8
"""A run of this many tokens is as good as any longer one when the next run is chosen."""
MOST_LENGTH = 32_767
"""Longer runs are sorted by place."""
MOST_RUNS = 48
"""Runs on each side of the first; a longer chain goes on as a passage of its own."""


class Documents(NamedTuple):
    """Tokens of some documents, one after the other.

    Attributes:
        words: hashes without class bits.
        offsets: where each document begins, and the end of the last.
        units: what the tokens of each document are, see `passages_places.unit_of`; texts of two units have no gram in common.
    """

    words: npt.NDArray[np.uint32]
    offsets: Ints
    units: npt.NDArray[np.uint8]


class Seeds(NamedTuple):
    """Seeds of some pairs, one pair after the other.

    Attributes:
        offsets: where the seeds of each pair begin, and the end of the last.
        places: (seeds, 2) places in a and b.
    """

    offsets: Ints
    places: Ints


@dataclass(frozen=True, slots=True)
class _Limits:
    run: int
    aligned: int
    identity: float
    reach: int
    gram: int


def align_pairs(documents: Documents, pairs: Ints, seeds: Seeds, config: PassagesConfig) -> Ints:
    """Find the passages of some pairs.

    Args:
        pairs: (pairs, 2) numbers of documents.
        seeds: those of each pair; a seed whose grams differ (equal hashes) is passed over.

    Returns:
        (passages, 8) in the order of `COLUMNS`, by pair and place.

    >>> words = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 21, 1, 2, 3, 4, 5, 6, 7, 8, 9, 30], np.uint32)
    >>> documents = Documents(words, np.array([0, 10, 21]), np.zeros(2, np.uint8))
    >>> seeds = Seeds(np.array([0, 1]), np.array([[2, 3]]))
    >>> align_pairs(documents, np.array([[0, 1]]), seeds, PassagesConfig()).tolist()
    [[0, 0, 9, 1, 10, 9, 9, 9]]
    """
    if (compiled := compiled_passages()) is not None:
        found = np.empty((len(seeds.places), len(COLUMNS)), np.int64)
        shape = np.array([[*_shape(config, unit)] for unit in range(len(SCALE))], np.int64)
        count = np.zeros(1, np.int64)
        arrays = [np.ascontiguousarray(array) for array in (common_tokens(), *documents, pairs, *seeds)]
        compiled.align_pairs(*arrays, shape, config.min_identity, found, count)
        return found[: int(count[0])]
    rows: list[list[int]] = []
    common = frozenset(common_tokens().tolist())
    for pair, (a, b) in enumerate(pairs.tolist()):
        start, end = seeds.offsets[pair : pair + 2].tolist()
        sides = [slice(*documents.offsets[side : side + 2].tolist()) for side in (a, b)]
        unit = int(documents.units[a])
        limits = _Limits(*_shape(config, unit)[:2], config.min_identity, *_shape(config, unit)[2:])
        places = [(int(i), int(j)) for i, j in seeds.places[start:end].tolist()]
        words = [documents.words[side].tolist() for side in sides]
        rows += [[pair, *passage] for passage in _align(words, common, places, limits)]
    return np.array(rows, np.int64).reshape(-1, len(COLUMNS))


def _shape(config: PassagesConfig, unit: int) -> tuple[int, int, int, int]:
    """Least run, least aligned, reach and gram, in tokens."""
    scale = SCALE[unit]
    return scale * config.min_words, scale * config.min_aligned, scale * REACH, GRAM[unit]


def _align(words: list[list[int]], common: frozenset[int], places: list[tuple[int, int]], limits: _Limits) -> list[list[int]]:
    swapped = (len(words[1]), words[1]) < (len(words[0]), words[0])
    if swapped:
        words, places = words[::-1], [(j, i) for i, j in places]
    taken = [[False] * len(words[0]), [False] * len(words[1])]
    found = []
    for run in _seed_runs(words, places, limits.gram):
        if any(any(taken[side][run[side] : run[side] + run[2]]) for side in (0, 1)):
            continue
        left = _extend(words, taken, (run[0] - 1, run[1] - 1), run[2], -1, limits)
        right = _extend(words, taken, (run[0] + run[2], run[1] + run[2]), run[2], 1, limits)
        passage = _stretch([*left[::-1], run, *right], len(left), words[0], common, limits)
        if passage is not None:
            for side in (0, 1):
                taken[side][passage[2 * side] : passage[2 * side + 1]] = [True] * (passage[2 * side + 1] - passage[2 * side])
            found.append(passage)
    if swapped:
        found = [[*passage[2:4], *passage[:2], *passage[4:]] for passage in found]
    return sorted(found)


def _seed_runs(words: list[list[int]], places: Sequence[tuple[int, int]], gram: int) -> Runs:
    """The equal runs around the seeds, the longest first."""
    a, b = words
    runs: Runs = []
    for i, j in sorted(places):
        if runs and runs[-1][0] - runs[-1][1] == i - j and i + gram <= runs[-1][0] + runs[-1][2]:
            continue
        if a[i : i + gram] != b[j : j + gram]:
            continue
        back = 0
        while i - back > 0 and j - back > 0 and a[i - back - 1] == b[j - back - 1]:
            back += 1
        ahead = gram
        while i + ahead < len(a) and j + ahead < len(b) and a[i + ahead] == b[j + ahead]:
            ahead += 1
        runs.append((i - back, j - back, back + ahead))
    return sorted(set(runs), key=lambda run: (-min(run[2], MOST_LENGTH), run[0], run[1]))


def _extend(words: list[list[int]], taken: list[list[bool]], start: tuple[int, int], core: int, step: int, limits: _Limits) -> Runs:
    """Runs that follow one another from `start` in one direction, until more was passed over than matched."""
    (i, j), matched, missed = start, core, 0
    runs: Runs = []
    while len(runs) < MOST_RUNS:
        best, chosen = None, (0, 0, 0)
        for skip_a in range(limits.reach + 1):
            for skip_b in range(limits.reach + 1):
                gap = max(skip_a, skip_b)
                length = _match(words, taken, i + step * skip_a, j + step * skip_b, step) if gap else 0
                rank = min(length, ENOUGH) - gap, -gap, -abs(skip_a - skip_b), -skip_a
                if length >= LEAST_RUN and (best is None or rank > best):
                    best, chosen = rank, (skip_a, skip_b, length)
        skip_a, skip_b, length = chosen
        matched, missed = matched + length, missed + max(skip_a, skip_b)
        if best is None or missed > matched:
            break
        i, j = i + step * skip_a, j + step * skip_b
        runs.append((i, j, length) if step > 0 else (i - length + 1, j - length + 1, length))
        i, j = i + step * length, j + step * length
    return runs


def _match(words: list[list[int]], taken: list[list[bool]], i: int, j: int, step: int) -> int:
    length = 0
    while 0 <= i < len(words[0]) and 0 <= j < len(words[1]) and words[0][i] == words[1][j] and not taken[0][i] and not taken[1][j]:
        length, i, j = length + 1, i + step, j + step
    return length


def _stretch(runs: Runs, core: int, words: list[int], common: frozenset[int], limits: _Limits) -> list[int] | None:
    """The longest stretch of the chain around its core of which enough is equal, or None where it is no passage."""
    best: tuple[int, int, int] | None = None
    chosen: list[int] | None = None
    for first in range(core, -1, -1):
        if first < core and not _ends_well(runs[first], runs[first + 1], words, common):
            continue
        for last in range(core, len(runs)):
            if last > core and not _ends_well(runs[last], runs[last - 1], words, common):
                continue
            part = runs[first : last + 1]
            matched = sum(length for _, _, length in part)
            gaps = [(after[0] - before[0] - before[2], after[1] - before[1] - before[2]) for before, after in pairwise(part)]
            columns = matched + sum(max(gap) for gap in gaps)
            rank = matched, -columns, -first
            if matched < limits.identity * columns or (best is not None and rank <= best):
                continue
            best = rank
            longest = max(length for _, _, length in part)
            if longest >= limits.run or matched + sum(min(gap) for gap in gaps) >= limits.aligned:
                ends = runs[last][0] + runs[last][2], runs[last][1] + runs[last][2]
                chosen = [runs[first][0], ends[0], runs[first][1], ends[1], matched, columns, longest]
            else:
                chosen = None
    return chosen


def _ends_well(run: tuple[int, int, int], inner: tuple[int, int, int], words: list[int], common: frozenset[int]) -> bool:
    """Whether a run may be the end of a passage: longer than the gap to its neighbour, with a word of weight."""
    left, right = sorted((run, inner))
    gap = max(right[0] - left[0] - left[2], right[1] - left[1] - left[2])
    return run[2] > gap and not common.issuperset(words[run[0] : run[0] + run[2]])
