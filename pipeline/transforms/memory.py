"""Gives freed memory back to the system.

The C library keeps what was freed for the next request, so that a process which has held large arrays once stays that large through
all phases that follow.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

__all__ = ["give_back"]


def give_back() -> None:
    """Return what is free. Costs about a millisecond; does nothing where the C library has no such call."""
    trim = _find_trim()
    if trim is not None:
        trim(0)


@cache
def _find_trim() -> Any:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
