# mypy: disable-error-code="untyped-decorator"
"""Reads and writes code points in UTF-8, as compiled code.

Needs numba; `kernel` calls it, and what `xxh3` says of changes holds here too.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

__all__ = ["get", "put", "width"]

u32, i64 = np.uint32, np.int64


@nb.njit
def put(out: Any, at: Any, point: Any) -> Any:
    """Write one code point as UTF-8; the place after it."""
    low, middle, high = u32(0x80) | (point & u32(63)), u32(0x80) | ((point >> u32(6)) & u32(63)), u32(0x80) | ((point >> u32(12)) & u32(63))
    if point < u32(0x80):
        out[at] = point
        return at + 1
    if point < u32(0x800):
        out[at], out[at + 1] = u32(0xC0) | (point >> u32(6)), low
        return at + 2
    if point < u32(0x10000):
        out[at], out[at + 1], out[at + 2] = u32(0xE0) | (point >> u32(12)), middle, low
        return at + 3
    out[at], out[at + 1], out[at + 2], out[at + 3] = u32(0xF0) | (point >> u32(18)), high, middle, low
    return at + 4


@nb.njit
def get(data: Any, at: Any) -> Any:
    """The code point at a place of valid UTF-8."""
    lead = u32(data[at])
    if lead < u32(0x80):
        return lead
    if lead < u32(0xE0):
        return ((lead & u32(31)) << u32(6)) | (u32(data[at + 1]) & u32(63))
    if lead < u32(0xF0):
        return ((lead & u32(15)) << u32(12)) | ((u32(data[at + 1]) & u32(63)) << u32(6)) | (u32(data[at + 2]) & u32(63))
    tail = ((u32(data[at + 1]) & u32(63)) << u32(12)) | ((u32(data[at + 2]) & u32(63)) << u32(6)) | (u32(data[at + 3]) & u32(63))
    return ((lead & u32(7)) << u32(18)) | tail


@nb.njit
def width(point: Any) -> Any:
    """Bytes of a code point in UTF-8."""
    return i64(1) + i64(point >= u32(0x80)) + i64(point >= u32(0x800)) + i64(point >= u32(0x10000))
