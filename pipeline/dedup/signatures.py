"""MinHash signatures, bit-identical to ``datasketch.MinHash(num_perm, seed, scheme="affine32")``.

A signature of ours loads into datasketch as it is::

    import numpy as np
    from datasketch import MinHash

    values = np.frombuffer(row["signature"], dtype="<u4")
    sketch = MinHash(num_perm=len(values), seed=config.seed, hashvalues=values, scheme="affine32")

and a query made there finds it if it hashes shingles as we do, the low 32 bits of XXH3-64 of the folded words joined by one blank::

    query = MinHash(num_perm=255, seed=config.seed, scheme="affine32", hashfunc=lambda b: xxhash.xxh3_64_intdigest(b) & 0xFFFFFFFF)
    query.update(b"five folded words in order")
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["EMPTY", "band_keys", "permutations", "sign"]

EMPTY = 0xFFFFFFFF
"""Value of a signature of no shingle at all, as in datasketch."""

_CHUNK = 4096
"""Shingles permuted at a time, so that a book-sized document needs no more than 4096 x values x 4 bytes."""


@cache
def permutations(values: int, seed: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Multipliers (odd) and addends of `values` permutations, drawn exactly as datasketch 2 draws them.

    >>> a, b = permutations(4, 1)
    >>> bool((a % 2 == 1).all()), a.dtype
    (True, dtype('uint32'))
    """
    generator = np.random.RandomState(seed)
    a = generator.randint(0, 1 << 31, values, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    b = generator.randint(0, 1 << 32, values, dtype=np.uint32)
    a.flags.writeable = False
    b.flags.writeable = False
    return a, b


def sign(shingles: npt.NDArray[np.uint32], values: int, seed: int) -> npt.NDArray[np.uint32]:
    """The minimum of each permutation over the shingles of one document."""
    a, b = permutations(values, seed)
    mixed = _mix(shingles)
    signature = np.full(values, EMPTY, np.uint32)
    for start in range(0, len(mixed), _CHUNK):
        permuted = a[:, None] * mixed[None, start : start + _CHUNK]
        permuted += b[:, None]
        np.minimum(signature, permuted.min(axis=1), out=signature)
    return signature


def band_keys(signatures: npt.NDArray[np.uint32], bands: int, rows: int) -> npt.NDArray[np.uint64]:
    """Hash the rows of each band: (documents, bands x rows) signatures to (documents, bands) keys."""
    grouped = signatures.reshape(len(signatures), bands, rows).astype(np.uint64)
    keys = np.zeros(grouped.shape[:2], np.uint64)
    for row in range(rows):
        keys = _mix64(keys ^ grouped[:, :, row])
    return keys


def _mix(hashes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """The finalizer of MurmurHash3 for 32 bits, which datasketch applies before its permutations."""
    mixed = hashes ^ (hashes >> np.uint32(16))
    mixed = mixed * np.uint32(0x85EBCA6B)
    mixed = mixed ^ (mixed >> np.uint32(13))
    mixed = mixed * np.uint32(0xC2B2AE35)
    result: npt.NDArray[np.uint32] = mixed ^ (mixed >> np.uint32(16))
    return result


def _mix64(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A bijection of 64-bit integers (splitmix64) that spreads every bit."""
    keys = keys + np.uint64(0x9E3779B97F4A7C15)
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: npt.NDArray[np.uint64] = keys ^ (keys >> np.uint64(31))
    return result
