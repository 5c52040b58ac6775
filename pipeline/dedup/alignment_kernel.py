# mypy: disable-error-code="untyped-decorator"
"""`alignment.compare` as compiled code: the same steps in the same order, so that both give the same alignment.

Import it through `engine`. It calls into no other file (numba's cache would not notice a change there).
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from numba import types

__all__ = ["compare_words"]

u32, i64 = np.uint32, np.int64
READ32 = types.Array(types.uint32, 1, "C", readonly=True)

TOKEN_MASK = u32(0x3FFFFFFF)
FREE, OFTEN = i64(-1), i64(-2)


@nb.njit
def _slot(keys: Any, used: Any, token: Any) -> Any:
    """Where a token stands or would stand in an open-addressed table."""
    last = i64(len(keys) - 1)
    slot = i64((token * u32(0x9E3779B1)) >> u32(7)) & last
    while used[slot] and keys[slot] != token:
        slot = (slot + 1) & last
    return slot


@nb.njit
def _run(tokens: Any, place: Any, size: Any) -> Any:
    """A number for `size` tokens."""
    run = u32(0)
    for token in tokens[place : place + size]:
        run = u32(u32(run * u32(0x9E3779B1)) + token)
    return run


@nb.njit
def _anchors(a: Any, b: Any, gap: Any, length: Any, chain: Any) -> Any:
    """Places whose run of `length` tokens occurs once on both sides, the longest sequence that rises on both; how many."""
    start_a, start_b, stop_a, stop_b = gap[0], gap[1], gap[2] - length + 1, gap[3] - length + 1
    most = max(stop_a - start_a, i64(0))
    size = i64(16)
    while size < 2 * (most + max(stop_b - start_b, i64(0))):
        size *= 2
    keys, used = np.empty(size, np.uint32), np.zeros(size, np.bool_)
    place_a, place_b = np.full(size, FREE), np.full(size, FREE)
    for i in range(start_a, stop_a):
        run = _run(a, i, length)
        slot = _slot(keys, used, run)
        keys[slot], used[slot] = run, True
        place_a[slot] = i if place_a[slot] == FREE else OFTEN
    for j in range(start_b, stop_b):
        slot = _slot(keys, used, _run(b, j, length))
        if used[slot]:
            place_b[slot] = j if place_b[slot] == FREE else OFTEN
    points, before = np.empty((max(most, 1), 2), np.int64), np.empty(max(most, 1), np.int64)
    tails, last = np.empty(max(most, 1), np.int64), np.empty(max(most, 1), np.int64)
    count = rising = i64(0)
    for i in range(start_a, stop_a):
        slot = _slot(keys, used, _run(a, i, length))
        if place_a[slot] < 0 or place_b[slot] < 0:
            continue
        j = place_b[slot]
        low, high = i64(0), rising
        while low < high:
            middle = (low + high) // 2
            if tails[middle] < j:
                low = middle + 1
            else:
                high = middle
        points[count, 0], points[count, 1] = i, j
        before[count] = last[low - 1] if low else i64(-1)
        tails[low], last[low] = j, count
        rising = max(rising, low + 1)
        count += 1
    index = last[rising - 1] if rising else i64(-1)
    for at in range(rising - 1, -1, -1):
        chain[at, 0], chain[at, 1] = points[index, 0], points[index, 1]
        index = i64(before[index])
    return rising


@nb.njit
def _gap(a: Any, b: Any, start_a: Any, start_b: Any, end_a: Any, end_b: Any, best: Any, pairs: Any, count: Any) -> Any:
    """Add the longest common subsequence of a small gap to `pairs`; how many there are then."""
    rows, columns = end_a - start_a, end_b - start_b
    if rows == 0 or columns == 0:
        return count
    width = columns + 1
    for j in range(width):
        best[rows * width + j] = 0
    for i in range(rows - 1, -1, -1):
        best[i * width + columns] = 0
        for j in range(columns - 1, -1, -1):
            if a[start_a + i] == b[start_b + j]:
                best[i * width + j] = best[(i + 1) * width + j + 1] + 1
            else:
                best[i * width + j] = max(best[(i + 1) * width + j], best[i * width + j + 1])
    x = y = i64(0)
    while x < rows and y < columns:
        if a[start_a + x] == b[start_b + y]:
            pairs[count, 0], pairs[count, 1] = start_a + x, start_b + y
            count, x, y = count + 1, x + 1, y + 1
        elif best[(x + 1) * width + y] >= best[x * width + y + 1]:
            x += 1
        else:
            y += 1
    return count


@nb.njit
def _walk(a: Any, b: Any, gap: Any, length: Any, limit: Any, best: Any, pairs: Any, large: Any) -> Any:
    """`alignment._walk`; how many pairs and how many large gaps."""
    at_a, at_b, end_a, end_b = gap[0], gap[1], gap[2], gap[3]
    chain = np.empty((max(min(end_a - at_a, end_b - at_b), i64(0)) + 1, 2), np.int64)
    anchors = _anchors(a, b, gap, length, chain)
    chain[anchors, 0], chain[anchors, 1] = end_a, end_b
    count = gaps = i64(0)
    for anchor in range(anchors + 1):
        i, j = chain[anchor, 0], chain[anchor, 1]
        if i < at_a or j < at_b:
            continue
        back = i64(0)
        while i - back > at_a and j - back > at_b and a[i - back - 1] == b[j - back - 1]:
            back += 1
        most = min(i - back - at_a, j - back - at_b)
        ahead = i64(0)
        while ahead < most and a[at_a + ahead] == b[at_b + ahead]:
            pairs[count, 0], pairs[count, 1] = at_a + ahead, at_b + ahead
            count, ahead = count + 1, ahead + 1
        if (i - back - at_a - ahead) * (j - back - at_b - ahead) > limit:
            large[gaps, 0], large[gaps, 1], large[gaps, 2], large[gaps, 3] = at_a + ahead, at_b + ahead, i - back, j - back
            gaps += 1
        else:
            count = _gap(a, b, at_a + ahead, at_b + ahead, i - back, j - back, best, pairs, count)
        for k in range(back, 0, -1):
            pairs[count, 0], pairs[count, 1] = i - k, j - k
            count += 1
        at_a, at_b = i, j
    return count, gaps


@nb.njit
def _merge(first: Any, n: Any, second: Any, m: Any, out: Any) -> None:
    """Merge two rising sequences of pairs."""
    i = j = i64(0)
    for k in range(n + m):
        if j == m or (i < n and first[i, 0] < second[j, 0]):
            out[k, 0], out[k, 1] = first[i, 0], first[i, 1]
            i += 1
        else:
            out[k, 0], out[k, 1] = second[j, 0], second[j, 1]
            j += 1


@nb.njit
def _align(a: Any, b: Any, limit: Any, length: Any, out: Any) -> Any:
    """`alignment.align` as single pairs; how many."""
    least = i64(min(len(a), len(b)))
    head = i64(0)
    while head < least and a[head] == b[head]:
        out[head, 0], out[head, 1] = head, head
        head += 1
    tail = i64(0)
    while tail < least - head and a[len(a) - 1 - tail] == b[len(b) - 1 - tail]:
        tail += 1
    end_a, end_b = len(a) - tail, len(b) - tail
    best = np.empty(4 * limit, np.int64)
    gap = np.array([head, head, end_a, end_b])
    first, second = np.empty((least + 1, 2), np.int64), np.empty((least + 1, 2), np.int64)
    # A gap of more than `limit` cells has at least twice the root of that in tokens.
    room = (len(a) + len(b)) // max(i64(2.0 * np.sqrt(limit)), i64(1)) + 2
    large, none = np.empty((room, 4), np.int64), np.empty((room, 4), np.int64)
    found, gaps = _walk(a, b, gap, i64(1), limit, best, first, large)
    more = i64(0)
    for i in range(gaps):
        added, _ = _walk(a, b, large[i], length, limit, best, second[more:], none)
        more += added
    _merge(first, found, second, more, out[head:])
    count = head + found + more
    for k in range(tail):
        out[count + k, 0], out[count + k, 1] = end_a + k, end_b + k
    return count + tail


@nb.njit
def _count_gap(a: Any, b: Any, start_a: Any, start_b: Any, end_a: Any, end_b: Any, most: Any, found: Any, places: Any) -> None:
    """What differs in one gap: adds to found[6:11] as `compare_words` has them, and one place where slots differ."""
    rows, columns = end_a - start_a, end_b - start_b
    if max(rows, columns) > most or rows + columns == 0:
        return
    found[9] += min(rows, columns)
    kinds_a, kinds_b = np.zeros(4, np.int64), np.zeros(4, np.int64)
    for i in range(start_a, end_a):
        kinds_a[a[i] >> u32(30)] += 1
    for j in range(start_b, end_b):
        kinds_b[b[j] >> u32(30)] += 1
    found[8] += max(kinds_a[0], kinds_b[0])
    numbers = min(kinds_a[1], kinds_b[1])
    names = min(kinds_a[2] + kinds_a[3], kinds_b[2] + kinds_b[3])
    found[6] += numbers
    found[7] += names
    if numbers + names > 0:
        places[found[10], 0], places[found[10], 1] = start_a, start_b
        found[10] += 1


@nb.njit(nb.void(READ32, READ32, nb.int64, nb.int64, nb.int64, nb.int64[::1], nb.int64[:, ::1]), cache=True)
def compare_words(a: Any, b: Any, slot_words: Any, exact_gap: Any, anchor_words: Any, found: Any, places: Any) -> None:
    """`alignment.compare`.

    `found` (11 zeros) becomes: matched, longest, passages, equal numbers, equal names, unused, differing numbers, names and others,
    substituted, how many `places` are filled.
    """
    hash_a, hash_b = np.empty(len(a), np.uint32), np.empty(len(b), np.uint32)
    for i in range(len(a)):
        hash_a[i] = a[i] & TOKEN_MASK
    for j in range(len(b)):
        hash_b[j] = b[j] & TOKEN_MASK
    pairs = np.empty((min(len(a), len(b)) + 1, 2), np.int64)
    count = _align(hash_a, hash_b, exact_gap, anchor_words, pairs)
    pairs[count, 0], pairs[count, 1] = len(a), len(b)
    found[0] = count
    at_a = at_b = run = i64(0)
    for pair in range(count + 1):
        i, j = pairs[pair, 0], pairs[pair, 1]
        if i > at_a or j > at_b or pair == count:
            found[1], found[2], run = max(found[1], run), found[2] + i64(run >= 8), i64(0)
            _count_gap(a, b, at_a, at_b, i, j, slot_words, found, places)
        if pair < count:
            run += 1
            kind = a[i] >> u32(30)
            found[3] += i64(kind == u32(1))
            found[4] += i64(kind > u32(1))
        at_a, at_b = i + 1, j + 1
