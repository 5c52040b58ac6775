"""Counts what the lists of two documents share, for many pairs at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedup.engine import kernel
from pipeline.dedup.shingles import NUMBER, TOKEN_MASK

__all__ = ["Lists", "keyed", "shared_entries", "shared_rows", "slot_overlap"]

_BLOCK = 1 << 21
"""Entries that are compared at a time; bounds memory to some 100 MB."""
_PAIRS = 1 << 16
"""Pairs that are compared at a time."""


@dataclass(frozen=True, slots=True)
class Lists:
    """A list column as flat values and row offsets (one more than rows, the first 0)."""

    values: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def of(cls, column: Any) -> Lists:
        """From a pyarrow list<uint32> column without nulls."""
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
        offsets = column.offsets.to_numpy().astype(np.int64)
        return cls(column.flatten().to_numpy(zero_copy_only=False), offsets - offsets[0])

    def row(self, index: int) -> npt.NDArray[np.uint32]:
        """The entries of one row."""
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Entries a row."""
        return np.diff(self.offsets)


def shared_entries(a: Lists, b: Lists, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many entries row i of `a` and row i of `b` share; entries are distinct and ascending in a row. 0 where not `wanted`."""
    shared = np.zeros(len(wanted), np.int64)
    if (compiled := kernel()) is not None:
        compiled.count_shared(a.values, a.offsets, b.values, b.offsets, wanted, shared)
        return shared
    for rows in _blocks(a, b, wanted):
        shared[rows] = _count_common([keyed(side, rows) for side in (a, b)], len(rows))
    return shared


def shared_rows(lists: Lists, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many entries rows first[i] and second[i] of one column share; entries are distinct and ascending in a row."""
    shared = np.zeros(len(first), np.int64)
    if (compiled := kernel()) is not None:
        compiled.count_shared_rows(lists.values, lists.offsets, first, second, shared)
        return shared
    for start in range(0, len(first), _PAIRS):
        sides = [keyed(lists, rows[start : start + _PAIRS]) for rows in (first, second)]
        shared[start : start + _PAIRS] = _count_common(sides, len(shared[start : start + _PAIRS]))
    return shared


def keyed(lists: Lists, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """The entries of some rows, each with its place in `rows` in the upper half."""
    sizes = lists.offsets[rows + 1] - lists.offsets[rows]
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    place = np.arange(total) + np.repeat(lists.offsets[rows] - (ends - sizes), sizes)
    owner = np.repeat(np.arange(len(rows), dtype=np.uint64) << np.uint64(32), sizes)
    keys: npt.NDArray[np.uint64] = np.bitwise_or(owner, lists.values[place].astype(np.uint64))
    return keys


def slot_overlap(a: Lists, b: Lists, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Share of the distinct numbers (or names, whichever is lower) of the poorer text that the other text has too.

    `a` and `b` are entries as in the column `words`. 1 where a text has none, and where not `wanted`. Low values say that a closer
    look is worth its cost.
    """
    shares = np.ones(len(wanted))
    if (compiled := kernel()) is not None:
        compiled.share_slots(a.values, a.offsets, b.values, b.offsets, wanted, shares)
        return shares
    for rows in _blocks(a, b, wanted):
        for is_number in (True, False):
            sides = [_slots(side, rows, is_number) for side in (a, b)]
            poorer = np.minimum(*(np.bincount(_owner(side), minlength=len(rows)) for side in sides))
            share = np.where(poorer > 0, _count_common(sides, len(rows)) / np.maximum(poorer, 1), 1.0)
            shares[rows] = np.minimum(shares[rows], share)
    return shares


def _blocks(a: Lists, b: Lists, wanted: npt.NDArray[np.bool_]) -> Iterator[npt.NDArray[np.int64]]:
    """The wanted rows, in blocks of bounded size."""
    rows = np.flatnonzero(wanted)
    cost = np.cumsum(a.sizes[rows] + b.sizes[rows])
    start = 0
    while start < len(rows):
        done = int(cost[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(cost, done + _BLOCK, side="right")))
        yield rows[start:stop]
        start = stop


def _count_common(sides: Sequence[npt.NDArray[np.uint64]], rows: int) -> npt.NDArray[np.int64]:
    """For each row how many keys (as of `keyed`, distinct) are on both sides."""
    merged = np.sort(np.concatenate(sides))
    return np.bincount(_owner(merged[1:][merged[1:] == merged[:-1]]), minlength=rows)


def _owner(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    return (keys >> np.uint64(32)).astype(np.int64)


def _slots(lists: Lists, rows: npt.NDArray[np.int64], is_number: bool) -> npt.NDArray[np.uint64]:
    entries = keyed(lists, rows)
    kinds = (entries & np.uint64(0xFFFFFFFF)) >> np.uint64(30)
    chosen = entries[kinds == NUMBER] if is_number else entries[kinds > NUMBER]
    return np.unique(chosen & np.uint64(0xFFFFFFFF00000000 | TOKEN_MASK))
