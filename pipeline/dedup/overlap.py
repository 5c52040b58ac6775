"""Counts what the lists of two documents share, for many pairs at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedup.shingles import NUMBER, TOKEN_MASK

__all__ = ["Lists", "shared_entries", "slot_overlap"]

_BLOCK = 1 << 21
"""Entries that are compared at a time; bounds memory to some 100 MB."""


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
    """How many entries row i of `a` and row i of `b` share; entries are distinct within a row. 0 where not `wanted`."""
    shared = np.zeros(len(wanted), np.int64)
    rows = np.flatnonzero(wanted)
    cost = np.cumsum(a.sizes[rows] + b.sizes[rows])
    start = 0
    while start < len(rows):
        done = int(cost[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(cost, done + _BLOCK, side="right")))
        keys = np.sort(np.concatenate([keyed(side, rows[start:stop]) for side in (a, b)]))
        twice = keys[1:][keys[1:] == keys[:-1]]
        shared[rows[start:stop]] = np.bincount((twice >> np.uint64(32)).astype(np.int64), minlength=stop - start)
        start = stop
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


def slot_overlap(a: Lists, b: Lists, containment: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Share of the distinct numbers (or names, whichever is lower) of the poorer text that the other text has too.

    1 where neither text has any, and for pairs that share nothing. Low values say that a closer look is worth its cost.
    """
    result = np.ones(len(containment))
    rows = np.flatnonzero((containment > 0) & (containment < 1))
    for start in range(0, len(rows), 512):
        some = rows[start : start + 512]
        for is_number in (True, False):
            sides = [_slots(side, some, is_number) for side in (a, b)]
            counts = [np.bincount((side >> np.uint64(32)).astype(np.int64), minlength=len(some)) for side in sides]
            merged = np.sort(np.concatenate(sides))
            twice = merged[1:][merged[1:] == merged[:-1]]
            common = np.bincount((twice >> np.uint64(32)).astype(np.int64), minlength=len(some))
            poorer = np.minimum(*counts)
            overlap = np.where(poorer > 0, common / np.maximum(poorer, 1), 1.0)
            result[some] = np.minimum(result[some], overlap)
    return result


def _slots(lists: Lists, rows: npt.NDArray[np.int64], is_number: bool) -> npt.NDArray[np.uint64]:
    entries = keyed(lists, rows)
    kinds = (entries & np.uint64(0xFFFFFFFF)) >> np.uint64(30)
    chosen = entries[kinds == NUMBER] if is_number else entries[kinds > NUMBER]
    return np.unique(chosen & np.uint64(0xFFFFFFFF00000000 | TOKEN_MASK))
