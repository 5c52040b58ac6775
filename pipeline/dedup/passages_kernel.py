# mypy: disable-error-code="untyped-decorator"
"""`passages_prints.choose_prints` and `passages_align.align_pairs` as compiled code: the same steps in the same order, the same result.

It calls into no other file (numba's cache would not notice a change there). Import it through `passages_prints.compiled_passages`.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from numba import types

__all__ = ["align_pairs", "choose_prints"]

u32, u64, i64 = np.uint32, np.uint64, np.int64
READ32 = types.Array(types.uint32, 1, "C", readonly=True)
READ64 = types.Array(types.int64, 1, "C", readonly=True)
READ_PAIRS = types.Array(types.int64, 2, "C", readonly=True)
READ8 = types.Array(types.uint8, 1, "C", readonly=True)

PLACE_MASK = u64((1 << 24) - 1)
ALL = u64(0xFFFFFFFFFFFFFFFF)
LEAST_RUN, ENOUGH, MOST_RUNS = i64(2), i64(8), i64(48)
MOST_LENGTH = i64(32_767)


@nb.njit
def _mix(value: Any) -> Any:
    value = value + u64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> u64(30))) * u64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> u64(27))) * u64(0x94D049BB133111EB)
    return value ^ (value >> u64(31))


@nb.njit
def _sort(values: Any) -> None:
    """Sort in place (Shell's method with Ciura's gaps). numba's own sort is faster only for thousands of values, and slow to compile."""
    for gap in (29524, 9841, 3280, 1093, 701, 301, 132, 57, 23, 10, 4, 1):
        for index in range(gap, len(values)):
            value, at = values[index], index
            while at >= gap and values[at - gap] > value:
                values[at] = values[at - gap]
                at -= gap
            values[at] = value


@nb.njit
def _make_table(tokens: Any) -> Any:
    """An open-addressed table of tokens; a token is never 0 in practice, and one that were would count as a word of weight."""
    size = i64(16)
    while size < 4 * len(tokens):
        size *= 2
    table = np.zeros(size, np.uint32)
    for token in tokens:
        slot = i64(token) & (size - 1)
        while table[slot] != u32(0) and table[slot] != token:
            slot = (slot + 1) & (size - 1)
        table[slot] = token
    return table


@nb.njit
def _is_weighty(table: Any, token: Any) -> Any:
    slot = i64(token) & (len(table) - 1)
    while table[slot] != u32(0):
        if table[slot] == token:
            return False
        slot = (slot + 1) & (len(table) - 1)
    return True


@nb.njit(nb.void(READ32, READ64, READ8, READ32, nb.int64[:, ::1], nb.uint64[::1], nb.int64[::1]), cache=True)
def choose_prints(words: Any, offsets: Any, units: Any, common: Any, shapes: Any, prints: Any, counts: Any) -> None:
    """`passages_prints.choose_prints`; `prints` has room for as many entries as there are words."""
    table = _make_table(common)
    longest = i64(0)
    for text in range(len(counts)):
        longest = max(longest, offsets[text + 1] - offsets[text])
    ranked = np.empty(longest + 1, np.uint64)
    at = i64(0)
    for text in range(len(counts)):
        start, size, least = offsets[text], shapes[0, units[text]], shapes[1, units[text]]
        many = offsets[text + 1] - start - size + 1
        if many < 1:
            continue
        weight = i64(0)
        for k in range(size - 1):
            weight += i64(_is_weighty(table, words[start + k]))
        for place in range(many):
            weight += i64(_is_weighty(table, words[start + place + size - 1]))
            ranked[place] = ALL
            if weight >= least:
                value = u64(units[text])
                for k in range(size):
                    value = _mix(value ^ u64(words[start + place + k]))
                ranked[place] = value & ~PLACE_MASK
            weight -= i64(_is_weighty(table, words[start + place]))
        begin = at
        for place in range(many):
            if ranked[place] == ALL:
                continue
            kept = many == 1
            if place + 1 < many and ranked[place] < ranked[place + 1]:
                kept = True
            if place > 0 and ranked[place] <= ranked[place - 1]:
                kept = True
            if kept:
                prints[at] = ranked[place] | u64(place)
                at += 1
        _sort(prints[begin:at])
        kept_until = begin
        for i in range(begin, at):
            if i == begin or (prints[i] >> u64(24)) != (prints[i - 1] >> u64(24)):
                prints[kept_until] = prints[i]
                kept_until += 1
        at = kept_until
        counts[text] = at - begin


@nb.njit
def _is_before(a: Any, b: Any) -> Any:
    """Whether b's tokens come before a's: the shorter text first, then by token."""
    if len(a) != len(b):
        return len(b) < len(a)
    for k in range(len(a)):
        if a[k] != b[k]:
            return b[k] < a[k]
    return False


@nb.njit
def _seed_runs(a: Any, b: Any, places: Any, gram: Any, runs: Any) -> Any:
    """Distinct equal runs around the seeds, the longest first; how many."""
    count = i64(0)
    packed = np.empty(len(places), np.int64)
    for seed in range(len(places)):
        packed[seed] = (places[seed, 0] << i64(32)) | places[seed, 1]
    _sort(packed)
    for pair in packed:
        i, j = pair >> i64(32), pair & i64(0xFFFFFFFF)
        if count > 0:
            last = count - 1
            if runs[last, 0] - runs[last, 1] == i - j and i + gram <= runs[last, 0] + runs[last, 2]:
                continue
        equal = True
        for k in range(gram):
            if a[i + k] != b[j + k]:
                equal = False
                break
        if not equal:
            continue
        back = i64(0)
        while i - back > 0 and j - back > 0 and a[i - back - 1] == b[j - back - 1]:
            back += 1
        ahead = gram
        while i + ahead < len(a) and j + ahead < len(b) and a[i + ahead] == b[j + ahead]:
            ahead += 1
        runs[count, 0], runs[count, 1], runs[count, 2] = i - back, j - back, back + ahead
        count += 1
    for run in range(count):
        packed[run] = ((MOST_LENGTH - min(runs[run, 2], MOST_LENGTH)) << i64(48)) | (runs[run, 0] << i64(24)) | runs[run, 1]
    _sort(packed[:count])
    distinct = i64(0)
    for run in range(count):
        if run > 0 and packed[run] == packed[run - 1]:
            continue
        i, j = (packed[run] >> i64(24)) & i64(0xFFFFFF), packed[run] & i64(0xFFFFFF)
        length = i64(0)
        while i + length < len(a) and j + length < len(b) and a[i + length] == b[j + length]:
            length += 1
        runs[distinct, 0], runs[distinct, 1], runs[distinct, 2] = i, j, length
        distinct += 1
    return distinct


@nb.njit
def _is_taken(taken: Any, start: Any, length: Any) -> Any:
    found = False
    for place in range(start, start + length):
        found |= taken[place]
    return found


@nb.njit
def _match(a: Any, b: Any, taken_a: Any, taken_b: Any, i: Any, j: Any, step: Any) -> Any:
    length = i64(0)
    while i >= 0 and j >= 0 and i < len(a) and j < len(b) and a[i] == b[j] and not taken_a[i] and not taken_b[j]:
        length, i, j = length + 1, i + step, j + step
    return length


@nb.njit
def _extend(
    a: Any, b: Any, taken_a: Any, taken_b: Any, i: Any, j: Any, core: Any, step: Any, reach: Any, runs: Any
) -> Any:  # fmt: skip
    """`passages_align._extend`; how many runs."""
    matched, missed, count = core, i64(0), i64(0)
    while count < MOST_RUNS:
        found = False
        best_score = best_gap = best_skew = best_a = best_b = best_length = i64(0)
        for skip_a in range(reach + 1):
            for skip_b in range(reach + 1):
                gap = max(skip_a, skip_b)
                if gap == 0:
                    continue
                length = _match(a, b, taken_a, taken_b, i + step * skip_a, j + step * skip_b, step)
                if length < LEAST_RUN:
                    continue
                score, skew = min(length, ENOUGH) - gap, abs(skip_a - skip_b)
                better = not found or score > best_score
                if found and score == best_score:
                    better = gap < best_gap or (gap == best_gap and (skew < best_skew or (skew == best_skew and skip_a < best_a)))
                if better:
                    found = True
                    best_score, best_gap, best_skew, best_a, best_b, best_length = (
                        score,
                        i64(gap),
                        i64(skew),
                        i64(skip_a),
                        i64(skip_b),
                        length,
                    )
        matched, missed = matched + best_length, missed + max(best_a, best_b)
        if not found or missed > matched:
            break
        i, j = i + step * best_a, j + step * best_b
        if step > 0:
            runs[count, 0], runs[count, 1], runs[count, 2] = i, j, best_length
        else:
            runs[count, 0], runs[count, 1], runs[count, 2] = i - best_length + 1, j - best_length + 1, best_length
        i, j, count = i + step * best_length, j + step * best_length, count + 1
    return count


@nb.njit
def _ends_well(runs: Any, run: Any, left: Any, a: Any, table: Any) -> Any:
    """Whether a run may be the end of a passage; `left` is the left one of it and its inner neighbour."""
    gap = max(runs[left + 1, 0] - runs[left, 0] - runs[left, 2], runs[left + 1, 1] - runs[left, 1] - runs[left, 2])
    found = False
    for place in range(runs[run, 0], runs[run, 0] + runs[run, 2]):
        found |= _is_weighty(table, a[place])
    return found and runs[run, 2] > gap


@nb.njit
def _stretch(runs: Any, count: Any, core: Any, a: Any, table: Any, shape: Any, identity: Any, row: Any) -> Any:
    """`passages_align._stretch`; writes the passage to `row`, and says whether it is one."""
    best_matched = best_columns = best_first = i64(-1)
    is_passage = False
    for first in range(core, -1, -1):
        if first < core and not _ends_well(runs, first, first, a, table):
            continue
        matched = columns = aligned = longest = i64(0)
        for last in range(first, count):
            matched, columns, aligned = matched + runs[last, 2], columns + runs[last, 2], aligned + runs[last, 2]
            longest = max(longest, runs[last, 2])
            if last > first:
                gap_a = runs[last, 0] - runs[last - 1, 0] - runs[last - 1, 2]
                gap_b = runs[last, 1] - runs[last - 1, 1] - runs[last - 1, 2]
                columns, aligned = columns + max(gap_a, gap_b), aligned + min(gap_a, gap_b)
            if last < core or (last > core and not _ends_well(runs, last, last - 1, a, table)) or matched < identity * columns:
                continue
            if matched < best_matched or (
                matched == best_matched and (columns > best_columns or (columns == best_columns and first >= best_first))
            ):
                continue
            best_matched, best_columns, best_first = matched, columns, i64(first)
            is_passage = longest >= shape[0] or aligned >= shape[1]
            row[1], row[2] = runs[first, 0], runs[last, 0] + runs[last, 2]
            row[3], row[4] = runs[first, 1], runs[last, 1] + runs[last, 2]
            row[5], row[6], row[7] = matched, columns, longest
    return is_passage


@nb.njit
def _align(
    a: Any, b: Any, table: Any, places: Any, shape: Any, identity: Any, found: Any, count: Any
) -> Any:  # fmt: skip
    """Passages of one pair, to `found` from `count` on; how many there are then."""
    taken_a, taken_b = np.zeros(len(a), np.bool_), np.zeros(len(b), np.bool_)
    seeds = np.empty((len(places), 3), np.int64)
    side, chain = np.empty((MOST_RUNS, 3), np.int64), np.empty((2 * MOST_RUNS + 1, 3), np.int64)
    for seed in range(_seed_runs(a, b, places, shape[3], seeds)):
        i, j, length = seeds[seed, 0], seeds[seed, 1], seeds[seed, 2]
        if _is_taken(taken_a, i, length) or _is_taken(taken_b, j, length):
            continue
        left = _extend(a, b, taken_a, taken_b, i - 1, j - 1, length, i64(-1), shape[2], side)
        for k in range(left):
            chain[k] = side[left - 1 - k]
        chain[left, 0], chain[left, 1], chain[left, 2] = i, j, length
        right = _extend(a, b, taken_a, taken_b, i + length, j + length, length, i64(1), shape[2], side)
        for k in range(right):
            chain[left + 1 + k] = side[k]
        row = found[count]
        if _stretch(chain, left + 1 + right, left, a, table, shape, identity, row):
            taken_a[row[1] : row[2]] = True
            taken_b[row[3] : row[4]] = True
            count += 1
    return count


@nb.njit
def _sort_rows(found: Any, start: Any, end: Any) -> None:
    """By place in a; no two passages of a pair begin at the same one."""
    for index in range(start + 1, end):
        row, at = found[index].copy(), index
        while at > start and found[at - 1, 1] > row[1]:
            found[at] = found[at - 1]
            at -= 1
        found[at] = row


@nb.njit(
    nb.void(
        READ32, READ32, READ64, READ8, READ_PAIRS, READ64, READ_PAIRS,
        nb.int64[:, ::1], nb.float64, nb.int64[:, ::1], nb.int64[::1],
    ),
    cache=True,
)  # fmt: skip
def align_pairs(
    common: Any, words: Any, offsets: Any, units: Any, pairs: Any, seed_offsets: Any, places: Any,
    shapes: Any, identity: Any, found: Any, total: Any,
) -> None:  # fmt: skip
    """`passages_align.align_pairs`; every passage has a seed of its own, so `found` has room for as many rows as there are seeds."""
    count, table = i64(0), _make_table(common)
    for pair in range(len(pairs)):
        first, second = pairs[pair, 0], pairs[pair, 1]
        shape = shapes[units[first]]
        start, end = seed_offsets[pair], seed_offsets[pair + 1]
        own = places[start:end].copy()
        a, b = words[offsets[first] : offsets[first + 1]], words[offsets[second] : offsets[second + 1]]
        swapped = _is_before(a, b)
        if swapped:
            a, b = b, a
            for seed in range(len(own)):
                own[seed, 0], own[seed, 1] = own[seed, 1], own[seed, 0]
        begin = count
        count = _align(a, b, table, own, shape, identity, found, count)
        for index in range(begin, count):
            found[index, 0] = pair
            if swapped:
                found[index, 1], found[index, 2], found[index, 3], found[index, 4] = (
                    found[index, 3],
                    found[index, 4],
                    found[index, 1],
                    found[index, 2],
                )
        _sort_rows(found, begin, count)
    total[0] = count
