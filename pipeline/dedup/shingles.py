"""Comparison key, tokens and shingles of one document.

The *comparison key* is the clean text without its key spans (dateline, credits), folded. It serves only to compare: nothing that is
folded here is ever changed in the text itself.

Tokens are Unicode words: letters, digits and the marks that follow them, with apostrophes between letters kept
(``don't``, ``l'été``), case-folded. Shingles are runs of words joined by one blank. A document that is mostly in a
script without spaces between words (Han, kana, Thai, Lao, Khmer, Burmese) has runs of characters instead.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xxhash

from pipeline.config import DedupConfig
from pipeline.dedup.characters import (
    APOSTROPHE,
    ASCII_KEY_FOLDS,
    DIGIT,
    INVISIBLE,
    KEY_FOLDS,
    LOWER,
    MARK,
    UNSPACED,
    UPPER,
    WORD,
    ascii_digits,
    kinds_of,
)

__all__ = [
    "NAME",
    "NUMBER",
    "OTHER",
    "TOKEN_MASK",
    "Shingled",
    "cut_spans",
    "fold_key",
    "hash_shingles",
    "normal_text",
    "shingle",
    "text_key",
    "tokenise",
]

OTHER, NUMBER, NAME = 0, 1, 2
"""Classes of a token, in the two highest bits of its entry in `words`."""
TOKEN_MASK = 0x3FFFFFFF
"""The bits of an entry in `words` that say which word it is."""

UNSPACED_PART = 3
"""A document of which one letter in three is in an unspaced script is taken by characters.

One Latin word has about as many letters as three Chinese ones have characters, so a Chinese report full of foreign names is
still above it, and an English one that quotes a Chinese headline is far below.
"""

_BLANK, _STRAIGHT = 0x20, 0x27


@dataclass(frozen=True, slots=True)
class Shingled:
    """What a document is compared by.

    Attributes:
        key: folded comparison text in UTF-8, punctuation kept; equal keys are exact copies.
        shingles: distinct low 32 bits of XXH3-64 of each shingle, ascending.
        words: one entry a token in the order of the text, hash in the lower 30 bits, class in the upper two.
        complete: False where the text is shorter than one shingle; it then has one shingle, the whole text, or none.
    """

    key: bytes
    shingles: npt.NDArray[np.uint32]
    words: npt.NDArray[np.uint32]
    complete: bool


def shingle(text: str, key_spans: Sequence[tuple[int, int]], config: DedupConfig) -> Shingled:
    """Fold, tokenise and shingle one document.

    >>> s = shingle("OSLO (ABC) - The “old” bridge closed on May 4.", [(0, 12)], DedupConfig(shingle_size=3))
    >>> s.key, len(s.words), len(s.shingles)
    (b'the "old" bridge closed on may 4', 7, 5)
    """
    compared = normal_text(text, key_spans)
    for mark in INVISIBLE if not compared.isascii() else "":
        compared = compared.replace(mark, "")
    tokens, classes, by_character = tokenise(compared)
    size = config.character_shingle_size if by_character else config.shingle_size
    encoded = [token.encode() for token in tokens]
    hashes = hash_shingles(encoded, size, b"" if by_character else b" ")
    words = np.fromiter(map(xxhash.xxh3_64_intdigest, encoded), np.uint64, len(encoded)) & np.uint64(TOKEN_MASK)
    words |= classes.astype(np.uint64) << np.uint64(30)
    return Shingled(fold_key(compared).encode("utf-8", "surrogatepass"), np.unique(hashes), words.astype(np.uint32), len(tokens) >= size)


def normal_text(text: str, key_spans: Sequence[tuple[int, int]]) -> str:
    """The text without its key spans, in NFC."""
    return unicodedata.normalize("NFC", cut_spans(text, key_spans))


def cut_spans(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return `text` with a blank in place of each span; spans may overlap and stand in any order.

    >>> cut_spans("OSLO - It rains.", [(0, 6)])
    '  It rains.'
    """
    if not spans:
        return text
    parts, position = [], 0
    for start, end in sorted(spans):
        parts.append(text[position : max(start, position)])
        position = max(position, end)
    return " ".join([*parts, text[position:]])


def fold_key(text: str) -> str:
    """Fold case, digits, quotes, dashes, ellipses, white space and closing full stops; two texts with one key are exact copies.

    >>> fold_key("“It’s\\u00a0over …”  he said.") == fold_key('"It\\'s over ..." HE said')
    True
    """
    for mark, plain in KEY_FOLDS if not text.isascii() else ASCII_KEY_FOLDS:
        text = text.replace(mark, plain)
    return " ".join(_fold(text).split()).rstrip(" .!")


def tokenise(text: str) -> tuple[list[str], npt.NDArray[np.uint8], bool]:
    """Split a text (in NFC, without invisible characters) into folded tokens.

    Returns:
        The tokens, the class of each, and whether the text is taken by characters: each character of a script without spaces is then
        a token of its own; figures and words of other scripts between them stay whole.

    >>> tokenise("The Daily Post’s 3rd survey: 48% don't know, the rest do.")[0]
    ['the', 'daily', "post's", '3rd', 'survey', '48', "don't", 'know', 'the', 'rest', 'do']
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = kinds_of(points)
    inside = _inside_words(kinds)
    unspaced = np.count_nonzero(kinds & UNSPACED)
    by_character = bool(unspaced and UNSPACED_PART * unspaced >= np.count_nonzero(kinds & (WORD | MARK)))
    begins = np.zeros(len(kinds), bool)
    if by_character:
        inside &= kinds & APOSTROPHE == 0
        alone = kinds & UNSPACED != 0
        begins[1:] = inside[1:] & inside[:-1] & (alone[1:] | alone[:-1])
    shown = np.where(inside, points, np.uint32(_BLANK))
    shown[inside & (kinds & APOSTROPHE != 0)] = _STRAIGHT
    tokens = _fold(np.insert(shown, np.flatnonzero(begins), _BLANK).tobytes().decode("utf-32-le")).split()
    begins[0:1] |= inside[0:1]
    begins[1:] |= inside[1:] & ~inside[:-1]
    return tokens, _classes(kinds, inside, np.flatnonzero(begins), tokens), by_character


def hash_shingles(encoded: Sequence[bytes], size: int, glue: bytes) -> npt.NDArray[np.uint32]:
    """Low 32 bits of XXH3-64 of each run of `size` tokens joined by `glue`; a shorter text is one run, no token none.

    >>> [int(h) for h in hash_shingles([b"a", b"b", b"c"], 2, b" ")] == [xxhash.xxh3_64_intdigest(s) % 2**32 for s in (b"a b", b"b c")]
    True
    """
    if not encoded:
        return np.empty(0, np.uint32)
    joined = glue.join(encoded)
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)) + len(glue)) - len(glue)
    starts = np.concatenate(([0], ends[:-1] + len(glue)))
    size = min(size, len(encoded))
    digest = xxhash.xxh3_64_intdigest
    pairs = zip(starts[: len(encoded) - size + 1].tolist(), ends[size - 1 :].tolist(), strict=True)
    hashes = np.fromiter((digest(joined[start:end]) for start, end in pairs), np.uint64, len(encoded) - size + 1)
    return (hashes & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def text_key(key: bytes, raw_sha256: str) -> bytes:
    """BLAKE2b-128 of a folded comparison text. Empty texts are copies of each other only if their raw records are."""
    return hashlib.blake2b(key or b"\0empty\0" + raw_sha256.encode(), digest_size=16).digest()


def _fold(text: str) -> str:
    """Fold case, and the digits of all scripts."""
    return (text if text.isascii() else text.translate(ascii_digits())).casefold()


def _inside_words(kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which characters belong to words: letters and digits, marks after them, and apostrophes between them."""
    inside: npt.NDArray[np.bool_] = (kinds & WORD) != 0
    marks = (kinds & MARK) != 0
    if marks.any():
        # A mark belongs to the last character before it that is no mark.
        place = np.where(marks, -1, np.arange(len(kinds)))
        base = np.maximum.accumulate(place)
        inside |= marks & (base >= 0) & inside[np.maximum(base, 0)]
    apostrophes = np.flatnonzero(kinds & APOSTROPHE)
    if len(apostrophes):
        between = apostrophes[(apostrophes > 0) & (apostrophes < len(kinds) - 1)]
        between = between[inside[between - 1] & ((kinds[between + 1] & WORD) != 0)]
        inside[between] = True
    return inside


def _classes(
    kinds: npt.NDArray[np.uint8], inside: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64], tokens: Sequence[str]
) -> npt.NDArray[np.uint8]:
    """NUMBER where at least half of a token is digits, NAME where it is capitalised and nowhere in the text in lower case.

    The second condition takes out words that are capitalised only because a sentence begins with them, in any language.
    """
    classes = np.zeros(len(tokens), np.uint8)
    if not len(starts):
        return classes
    digits = np.add.reduceat((inside & ((kinds & DIGIT) != 0)).astype(np.int32), starts)
    letters = np.add.reduceat(inside.astype(np.int32), starts)
    upper = (kinds[starts] & UPPER) != 0
    lowered = {tokens[i] for i in np.flatnonzero((kinds[starts] & LOWER) != 0).tolist()}
    if lowered:  # a text all in capitals says nothing about names
        names = [i for i in np.flatnonzero(upper).tolist() if tokens[i] not in lowered]
        classes[names] = NAME
    classes[2 * digits >= letters] = NUMBER
    return classes
