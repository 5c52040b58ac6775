# mypy: disable-error-code="untyped-decorator"
"""Sorts hashes, as compiled code.

Needs numba; `kernel` calls it, and what `xxh3` says of changes holds here too.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

__all__ = ["sort_distinct"]

u32, i64 = np.uint32, np.int64

CROWDED = 32
"""Entries of one bucket above which an insertion sort would take long."""


@nb.njit
def sort_distinct(values: Any, spare: Any, size: Any) -> Any:
    """Sort the first `size` values in place and drop doubles; how many are left.

    Hashes are spread evenly, so that one scatter by their highest bits leaves next to nothing for the insertion sort. What is not
    (small numbers, or a text made to hit one bucket) is sorted by four radix passes.
    """
    shift, buckets = u32(31), i64(2)
    while buckets < size and buckets < 65536:
        buckets, shift = buckets * 2, shift - u32(1)
    counts = np.zeros(buckets + 1, np.int64)
    for i in range(size):
        counts[i64(values[i] >> shift) + 1] += 1
    most = i64(0)
    for bucket in range(1, buckets + 1):
        most = max(most, counts[bucket])
        counts[bucket] += counts[bucket - 1]
    if most > CROWDED:
        _sort_by_radix(values, spare, size)
    for i in range(size if most <= CROWDED else 0):
        value = values[i]
        high = i64(value >> shift)
        spare[counts[high]] = value
        counts[high] += 1
    distinct = i64(0)
    for i in range(size):
        value, at = spare[i], distinct
        while at > 0 and values[at - 1] > value:
            at -= 1
        if at > 0 and values[at - 1] == value:
            continue
        for j in range(distinct, at, -1):
            values[j] = values[j - 1]
        values[at] = value
        distinct += 1
    return distinct


@nb.njit
def _sort_by_radix(values: Any, spare: Any, size: Any) -> None:
    """Sort the first `size` values into `spare`."""
    counts = np.zeros(1024, np.int64)
    for i in range(size):
        value = values[i]
        for digit in range(4):
            counts[256 * digit + i64((value >> u32(8 * digit)) & u32(255))] += 1
    for digit in range(4):
        total = i64(0)
        for bucket in range(256 * digit, 256 * digit + 256):
            total, counts[bucket] = total + counts[bucket], total
        for i in range(size):
            value = values[i]
            place = 256 * digit + i64((value >> u32(8 * digit)) & u32(255))
            spare[counts[place]] = value
            counts[place] += 1
        for i in range(size):
            values[i] = spare[i]
