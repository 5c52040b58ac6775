"""Which tokens say nothing about where a passage comes from: `data/common_words.toml` as hashes, as the column `words` has them."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import xxhash

from pipeline.dedup.shingles import TOKEN_MASK, normal_text, tokenise
from pipeline.resources import load_toml

__all__ = ["Words", "common_phrases", "common_tokens", "is_common", "mark_phrases"]

Words = npt.NDArray[np.uint32]

_HIRAGANA = "".join(chr(point) for point in range(0x3041, 0x3097)) + "ー々"
"""Japanese writes its grammar in these."""


@cache
def common_tokens() -> Words:
    """Hashes of the words that are common by themselves, ascending."""
    words = set(_hashes(_HIRAGANA))
    for entries in load_toml("common_words.toml").values():
        words.update(_hashes(entries.get("single", "")), *(_hashes(character) for character in entries.get("characters", "")))
    table = np.array(sorted(words), np.uint32)
    table.flags.writeable = False
    return table


@cache
def common_phrases() -> dict[int, tuple[tuple[int, ...], ...]]:
    """First token -> the phrases that begin with it, the longest first."""
    phrases: dict[int, set[tuple[int, ...]]] = {}
    for entries in load_toml("common_words.toml").values():
        for phrase in entries.get("phrases", ()):
            tokens = tuple(_hashes(phrase))
            phrases.setdefault(tokens[0], set()).add(tokens)
    return {first: tuple(sorted(found, key=lambda tokens: (-len(tokens), tokens))) for first, found in sorted(phrases.items())}


def is_common(tokens: Words) -> npt.NDArray[np.bool_]:
    """Which tokens (hashes without class bits) are common by themselves.

    >>> is_common(np.array(_hashes("said the harbour master"), np.uint32)).tolist()
    [True, True, False, False]
    """
    table = common_tokens()
    places = np.minimum(np.searchsorted(table, tokens), len(table) - 1)
    found: npt.NDArray[np.bool_] = table[places] == tokens
    return found


def mark_phrases(tokens: Words) -> npt.NDArray[np.bool_]:
    """Which tokens belong to a common phrase.

    >>> mark_phrases(np.array(_hashes("the prime minister swims in prime water"), np.uint32)).tolist()
    [False, True, True, False, False, False, False]
    """
    marked = np.zeros(len(tokens), bool)
    listed = tokens.tolist()
    for place, token in enumerate(listed):
        for phrase in common_phrases().get(token, ()):
            if tuple(listed[place : place + len(phrase)]) == phrase:
                marked[place : place + len(phrase)] = True
                break
    return marked


def _hashes(text: str) -> list[int]:
    return [xxhash.xxh3_64_intdigest(token.encode()) & TOKEN_MASK for token in tokenise(normal_text(text, ()))[0]]
