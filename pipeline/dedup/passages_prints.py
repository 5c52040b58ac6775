"""Winnowed fingerprints of a document: hashes of runs of tokens, with the places at which they begin.

A run (*gram*) is five words, or eight characters or twenty letters of a text in an unspaced script. Grams with few tokens of weight (less
than two words) take no part, since every newspaper prints "at the end of the" each day. Of two neighbouring grams the one with the smaller
hash is kept (winnowing, Schleimer, Wilkerson and Aiken 2003, with a window of two), so that two texts that share a run of six words of
weight keep at least one gram of it in common. Each gram counts once a document, at its first place.

A fingerprint is one number: 40 bits of hash, and the place in the lower 24.
"""

from __future__ import annotations

from types import ModuleType

import numpy as np
import numpy.typing as npt

from pipeline.dedup.engine import _load
from pipeline.dedup.passages_words import common_tokens, is_common
from pipeline.dedup.shingles import TOKEN_MASK

__all__ = ["GRAM", "PLACE_BITS", "SCALE", "Prints", "choose_prints", "compiled_passages"]

Words = npt.NDArray[np.uint32]
Prints = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]

GRAM, WEIGHTY = (5, 8, 20), (2, 3, 8)
"""Tokens a gram, and how many of them must have weight: for words, characters and letters (see `passages_places.unit_of`)."""
SCALE = (1, 2, 5)
"""Tokens that count as one word: a Chinese word has 1.6 characters on average, a Japanese one somewhat more, a Thai one 4 to 5 letters."""
PLACE_BITS = 24
_PLACE_MASK = np.uint64((1 << PLACE_BITS) - 1)
_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def compiled_passages() -> ModuleType | None:
    """The compiled functions, or None where there is no numba or no place for its cache."""
    return _load("passages_kernel")


def choose_prints(words: Words, counts: Counts, units: npt.NDArray[np.uint8]) -> tuple[Prints, Counts]:
    """Fingerprints of some documents.

    Args:
        words: their tokens, one document after the other, as in the column `words`.
        counts: how many tokens each has.
        units: what its tokens are, see `passages_places.unit_of`.

    Returns:
        The fingerprints, ascending within each document, and how many each document has.

    >>> tokens = np.arange(1, 13, dtype=np.uint32)
    >>> prints, counts = choose_prints(tokens, np.array([12]), np.zeros(1, np.uint8))
    >>> bool(4 <= counts[0] <= 8), bool(np.all(prints[1:] > prints[:-1]))
    (True, True)
    """
    words = np.ascontiguousarray(words & np.uint32(TOKEN_MASK))
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    if (compiled := compiled_passages()) is not None:
        prints, found = np.empty(len(words), np.uint64), np.zeros(len(counts), np.int64)
        shapes = np.array([GRAM, WEIGHTY], np.int64)
        compiled.choose_prints(words, offsets, np.ascontiguousarray(units, np.uint8), common_tokens(), shapes, prints, found)
        return prints[: int(found.sum())], found
    parts = [
        _choose(words[start:end], unit)
        for start, end, unit in zip(offsets[:-1].tolist(), offsets[1:].tolist(), units.tolist(), strict=True)
    ]
    return np.concatenate([np.empty(0, np.uint64), *parts]), np.array([len(part) for part in parts], np.int64)


def _choose(words: Words, unit: int) -> Prints:
    size = GRAM[unit]
    many = len(words) - size + 1
    if many < 1:
        return np.empty(0, np.uint64)
    weight = np.concatenate(([0], np.cumsum(~is_common(words))))
    fit = weight[size:] - weight[:-size] >= WEIGHTY[unit]
    with np.errstate(over="ignore"):
        hashes = np.full(many, unit, np.uint64)
        for k in range(size):
            hashes = _mix(hashes ^ words[k : k + many].astype(np.uint64))
    hashes &= ~_PLACE_MASK
    # A gram that takes no part is larger than all others. Of two equal neighbours the later one is kept.
    ranked = np.where(fit, hashes, ~np.uint64(0))
    kept = np.zeros(many, bool)
    kept[:-1] |= ranked[:-1] < ranked[1:]
    kept[1:] |= ranked[1:] <= ranked[:-1]
    kept |= many == 1
    places = np.flatnonzero(kept & fit)
    prints = np.sort(hashes[places] | places.astype(np.uint64))
    first = np.concatenate(([True], prints[1:] >> np.uint64(PLACE_BITS) != prints[:-1] >> np.uint64(PLACE_BITS)))
    return prints[first[: len(prints)]]


def _mix(values: Prints) -> Prints:
    values = values + _MIX[0]
    values = (values ^ (values >> np.uint64(30))) * _MIX[1]
    values = (values ^ (values >> np.uint64(27))) * _MIX[2]
    mixed: Prints = values ^ (values >> np.uint64(31))
    return mixed
