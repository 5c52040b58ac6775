"""Tables of characters: what kind each is, and what it folds to in comparisons. Made from Python's Unicode data, once a process."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["ASCII_KEY_FOLDS", "INVISIBLE", "KEY_FOLDS", "TABLE_END", "ascii_digits", "fold_tables", "kind_table", "kinds_of"]

WORD, MARK, APOSTROPHE, UPPER, LOWER, DIGIT, UNSPACED, SPACE = 1, 2, 4, 8, 16, 32, 64, 128
"""Kinds of characters, as bits: letters and digits; combining marks; apostrophes; cased letters; digits; letters and marks of scripts
without spaces between words (not their digits); white space."""

TABLE_END = 0x32400
"""No letter is assigned above this code point; only variation selectors are."""
EXPANDS = 0x80000000
"""Flag of an entry of a fold table that is a row of the expansions instead of a code point."""

_APOSTROPHES = "'’‘‛ʼ＇`´′"
_DOUBLE_QUOTES = "“”„‟«»″＂"
_SINGLE_QUOTES = "’‘‛ʼ‹›＇`´′"
_DASHES = "‐‑‒–—―−﹘﹣－"
KEY_FOLDS = (
    *((mark, '"') for mark in _DOUBLE_QUOTES),
    *((mark, "'") for mark in _SINGLE_QUOTES),
    *((mark, "-") for mark in _DASHES),
    ("…", "..."),
)
"""What the comparison key writes plainly; case is folded beside it."""
ASCII_KEY_FOLDS = tuple(pair for pair in KEY_FOLDS if pair[0].isascii())
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Soft hyphen, zero-width and direction marks: no comparison sees them."""

_UNSPACED_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),
    (0x3041, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),
    (0x20000, 0x323AF),
)


def kinds_of(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """The kind of each code point."""
    kinds: npt.NDArray[np.uint8] = kind_table()[np.minimum(points, np.uint32(TABLE_END))]
    return kinds


@cache
def kind_table() -> npt.NDArray[np.uint8]:
    """The kind of every code point below `TABLE_END`, and one entry for all others."""
    characters = [chr(point) for point in range(TABLE_END)]

    def which(test: Callable[[str], bool]) -> npt.NDArray[np.uint8]:
        return np.fromiter(map(test, characters), bool, TABLE_END).view(np.uint8)

    word, digit, space = which(str.isalnum), which(str.isdigit), which(str.isspace)
    upper, lower = which(str.isupper) | which(str.istitle), which(str.islower)
    mark = np.array([category[0] == "M" for category in map(unicodedata.category, characters)], bool).view(np.uint8)
    cased = word & (1 - digit)
    table = np.zeros(TABLE_END + 1, np.uint8)
    table[:-1] = word * WORD + (word & digit) * DIGIT + (cased & upper) * UPPER + (cased & lower & (1 - upper)) * LOWER
    table[:-1] |= (mark & (1 - word)) * np.uint8(MARK) | space * np.uint8(SPACE)
    for start, end in _UNSPACED_RANGES:
        section = table[start : end + 1]
        section[(section & (WORD | MARK) != 0) & (section & DIGIT == 0)] |= UNSPACED
    for character in _APOSTROPHES:
        table[ord(character)] = APOSTROPHE
    table.flags.writeable = False
    return table


@cache
def ascii_digits() -> dict[int, int]:
    """The code point of the ASCII digit for each decimal digit of another script: house style, in Arabic and in full-width texts."""
    return {p: 48 + unicodedata.decimal(chr(p)) for p in np.flatnonzero(kind_table() & DIGIT).tolist() if p >= 0x80 and chr(p).isdecimal()}


@cache
def fold_tables() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """What each code point folds to in tokens (case, digits), in the key (quotes and dashes too), and the expansions of both.

    An entry with the bit `EXPANDS` is the number of a row of the expansions, whose code points end at 0.
    """
    folds = np.arange(TABLE_END, dtype=np.uint32)
    rows: list[list[int]] = []

    def enter(table: npt.NDArray[np.uint32], point: int, folded: str) -> None:
        table[point] = ord(folded) if len(folded) == 1 else EXPANDS + len(rows)
        if len(folded) != 1:
            rows.append([ord(character) for character in folded])

    for start in range(0, TABLE_END, 256):
        block = "".join(map(chr, range(start, start + 256)))
        if block.casefold() != block:  # most scripts have no case
            for point, character in enumerate(block, start):
                if (folded := character.casefold()) != character:
                    enter(folds, point, folded)
    for point, digit in ascii_digits().items():
        folds[point] = digit
    key_folds = folds.copy()
    for character, plain in KEY_FOLDS:
        enter(key_folds, ord(character), plain)
    expansions = np.zeros((len(rows), max(map(len, rows))), np.uint32)
    for number, row in enumerate(rows):
        expansions[number, : len(row)] = row
    for table in (folds, key_folds, expansions):
        table.flags.writeable = False
    return folds, key_folds, expansions
