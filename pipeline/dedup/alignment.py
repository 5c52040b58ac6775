"""Aligns the tokens of two documents in order, and says what the differences are made of.

Anchored alignment (Bram Cohen's patience diff on tokens that occur once on both sides), exact inside small gaps. Cost grows
as n log n, so hostile texts cannot make it quadratic.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import numpy.typing as npt

from pipeline.dedup.engine import aligner
from pipeline.dedup.shingles import NUMBER, OTHER, TOKEN_MASK

__all__ = ["MOST_WORDS", "Alignment", "align", "compare"]

Words = npt.NDArray[np.uint32]
Gap = tuple[int, int, int, int]
"""Start in a, start in b, end in a, end in b."""

MOST_WORDS = 20_000
"""Longer texts are compared by their first words only; a template of that length would have shown itself long before."""
SLOT_WORDS = 8
"""A gap of more words on a side is a rewritten passage and no longer the slot of a template."""
ANCHOR_WORDS = 4
"""Where too few tokens occur once, as in long texts of single characters, runs of this many are the anchors."""
_EXACT_GAP = 1024
"""Gaps up to this many cells are aligned exactly."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts side by side.

    Attributes:
        words_a, words_b: tokens compared.
        matched: tokens that stand on both sides in the same order.
        longest: longest run of them without a gap.
        passages: runs of at least eight.
        equal_numbers, equal_names: matched tokens of these classes.
        numbers, names: tokens of these classes that stand where the other text has others of the same class.
        others: other tokens in gaps of at most `SLOT_WORDS` words.
        substituted: tokens that stand in the place of others, in gaps of at most `SLOT_WORDS` words.
        places: where the differing slots stand: (token in a, token in b).
    """

    words_a: int
    words_b: int
    matched: int
    longest: int
    passages: int
    equal_numbers: int
    equal_names: int
    numbers: int
    names: int
    others: int
    substituted: int
    places: tuple[tuple[int, int], ...]

    @property
    def coverage(self) -> float:
        """Share of the shorter text that stands in the other one in the same order."""
        return self.matched / max(1, min(self.words_a, self.words_b))

    @property
    def in_step(self) -> float:
        """The same with words that stand word for word in the place of others, as misread letters leave them."""
        return (self.matched + self.substituted) / max(1, min(self.words_a, self.words_b))


def compare(a: Words, b: Words) -> Alignment:
    """Align two token sequences (entries as in the column `words`) and count what differs."""
    a, b = a[:MOST_WORDS], b[:MOST_WORDS]
    if (compiled := aligner()) is not None:
        return _compare_compiled(compiled, a, b)
    hash_a, hash_b = (a & TOKEN_MASK).tolist(), (b & TOKEN_MASK).tolist()
    class_a, class_b = (a >> np.uint32(30)).tolist(), (b >> np.uint32(30)).tolist()
    blocks = align(hash_a, hash_b)
    equal = [0, 0, 0, 0]
    places = []
    at_a = at_b = substituted = numbers = names = others = 0
    for start_a, start_b, length in [*blocks, (len(a), len(b), 0)]:
        gap_a, gap_b = class_a[at_a:start_a], class_b[at_b:start_b]
        if max(len(gap_a), len(gap_b)) <= SLOT_WORDS:
            substituted += min(len(gap_a), len(gap_b))
            # Only figure against figure and name against name is a slot; a figure that another desk spells out is not.
            found = min(gap_a.count(NUMBER), gap_b.count(NUMBER)), min(*(sum(kind > NUMBER for kind in gap) for gap in (gap_a, gap_b)))
            numbers, names, others = numbers + found[0], names + found[1], others + max(gap_a.count(OTHER), gap_b.count(OTHER))
            if sum(found):
                places.append((at_a, at_b))
        for kind in class_a[start_a : start_a + length]:
            equal[kind] += 1
        at_a, at_b = start_a + length, start_b + length
    lengths = [length for _, _, length in blocks]
    return Alignment(
        words_a=len(a),
        words_b=len(b),
        matched=sum(lengths),
        longest=max(lengths, default=0),
        passages=sum(length >= 8 for length in lengths),
        equal_numbers=equal[NUMBER],
        equal_names=sum(equal[NUMBER + 1 :]),
        numbers=numbers,
        names=names,
        others=others,
        substituted=substituted,
        places=tuple(places),
    )


def _compare_compiled(compiled: ModuleType, a: Words, b: Words) -> Alignment:
    found = np.zeros(11, np.int64)
    places = np.empty((min(len(a), len(b)) + 1, 2), np.int64)
    compiled.compare_words(np.ascontiguousarray(a), np.ascontiguousarray(b), SLOT_WORDS, _EXACT_GAP, ANCHOR_WORDS, found, places)
    matched, longest, passages, equal_numbers, equal_names, _, numbers, names, others, substituted, placed = found.tolist()
    return Alignment(
        words_a=len(a),
        words_b=len(b),
        matched=matched,
        longest=longest,
        passages=passages,
        equal_numbers=equal_numbers,
        equal_names=equal_names,
        numbers=numbers,
        names=names,
        others=others,
        substituted=substituted,
        places=tuple((i, j) for i, j in places[:placed].tolist()),
    )


def align(a: list[int], b: list[int]) -> list[tuple[int, int, int]]:
    """Matching blocks (start in a, start in b, length) in order, without overlap.

    >>> align([1, 2, 3, 9, 4, 5], [1, 2, 3, 7, 8, 4, 5])
    [(0, 0, 3), (4, 5, 2)]
    """
    head = _common(a, b, 0, 0, min(len(a), len(b)))
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    end_a, end_b = len(a) - tail, len(b) - tail
    pairs = [(i, i) for i in range(head)]
    large: list[Gap] = []
    pairs += _walk(a, b, (head, head, end_a, end_b), 1, large)
    for gap in large:
        pairs += _walk(a, b, gap, ANCHOR_WORDS, [])
    pairs += [(end_a + k, end_b + k) for k in range(tail)]
    return _blocks(sorted(pairs))


def _common(a: list[int], b: list[int], i: int, j: int, most: int) -> int:
    length = 0
    while length < most and a[i + length] == b[j + length]:
        length += 1
    return length


def _walk(a: list[int], b: list[int], gap: Gap, size: int, large: list[Gap]) -> list[tuple[int, int]]:
    """Pairs of places within a gap: from anchor to anchor, exact between them; what is too large for that goes to `large`."""
    at_a, at_b, end_a, end_b = gap
    pairs: list[tuple[int, int]] = []
    for i, j in [*_anchors(a, b, gap, size), (end_a, end_b)]:
        if i < at_a or j < at_b:
            continue
        back = 0
        while i - back > at_a and j - back > at_b and a[i - back - 1] == b[j - back - 1]:
            back += 1
        ahead = _common(a, b, at_a, at_b, min(i - back - at_a, j - back - at_b))
        pairs += [(at_a + k, at_b + k) for k in range(ahead)]
        between = at_a + ahead, at_b + ahead, i - back, j - back
        if (between[2] - between[0]) * (between[3] - between[1]) > _EXACT_GAP:
            large.append(between)
        else:
            pairs += _align_gap(a, b, *between)
        pairs += [(i - k, j - k) for k in range(back, 0, -1)]
        at_a, at_b = i, j
    return pairs


def _anchors(a: list[int], b: list[int], gap: Gap, size: int) -> list[tuple[int, int]]:
    """Pairs of places whose run of `size` tokens occurs once on both sides, the longest sequence of them that rises on both."""
    once_a, once_b = _once(a, gap[0], gap[2], size), _once(b, gap[1], gap[3], size)
    points = [(i, once_b[token]) for token, i in once_a.items() if token in once_b]
    points.sort()
    tails: list[int] = []
    last: list[int] = []
    before = [-1] * len(points)
    for index, (_, j) in enumerate(points):
        place = bisect_left(tails, j)
        if place:
            before[index] = last[place - 1]
        if place == len(tails):
            tails.append(j)
            last.append(index)
        else:
            tails[place], last[place] = j, index
    chain = []
    index = last[-1] if last else -1
    while index >= 0:
        chain.append(points[index])
        index = before[index]
    return chain[::-1]


def _once(tokens: list[int], start: int, end: int, size: int) -> dict[int, int]:
    seen: dict[int, int] = {}
    for place in range(start, end - size + 1):
        run = 0
        for token in tokens[place : place + size]:
            run = (run * 0x9E3779B1 + token) & 0xFFFFFFFF
        seen[run] = -1 if run in seen else place
    return {run: place for run, place in seen.items() if place >= 0}


def _align_gap(a: list[int], b: list[int], start_a: int, start_b: int, end_a: int, end_b: int) -> list[tuple[int, int]]:
    """Longest common subsequence of a small gap."""
    rows, columns = end_a - start_a, end_b - start_b
    part_a, part_b = a[start_a:end_a], b[start_b:end_b]
    if set(part_a).isdisjoint(part_b):
        return []
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = best[i + 1][j + 1] + 1 if part_a[i] == part_b[j] else max(best[i + 1][j], best[i][j + 1])
    pairs = []
    i = j = 0
    while i < rows and j < columns:
        if part_a[i] == part_b[j]:
            pairs.append((start_a + i, start_b + j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _blocks(pairs: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    blocks: list[tuple[int, int, int]] = []
    for i, j in pairs:
        if blocks and blocks[-1][0] + blocks[-1][2] == i and blocks[-1][1] + blocks[-1][2] == j:
            start_a, start_b, length = blocks[-1]
            blocks[-1] = (start_a, start_b, length + 1)
        else:
            blocks.append((i, j, 1))
    return blocks
