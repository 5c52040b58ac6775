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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import xxhash

from pipeline.config import DedupConfig

__all__ = ["NAME", "NUMBER", "OTHER", "TOKEN_MASK", "Shingled", "cut_spans", "fold_key", "hash_shingles", "shingle", "tokenise"]

OTHER, NUMBER, NAME = 0, 1, 2
"""Classes of a token, in the two highest bits of its entry in `words`."""
TOKEN_MASK = 0x3FFFFFFF
"""The bits of an entry in `words` that say which word it is."""

UNSPACED_SHARE = 1 / 3
"""From this share of letters in unspaced scripts on, a document is taken by characters.

One Latin word has about as many letters as three Chinese ones have characters, so a Chinese report full of foreign names is
still above it, and an English one that quotes a Chinese headline is far below.
"""

_WORD, _MARK, _APOSTROPHE = 1, 2, 4
_UPPER, _LOWER, _DIGIT, _UNSPACED = 8, 16, 32, 64
_BLANK, _STRAIGHT = 0x20, 0x27

_APOSTROPHES = "'’‘‛ʼ＇`´′"
_DOUBLE_QUOTES = "“”„‟«»″＂"
_SINGLE_QUOTES = "’‘‛ʼ‹›＇`´′"
_DASHES = "‐‑‒–—―−﹘﹣－"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_KEY_FOLDS = (
    *((mark, '"') for mark in _DOUBLE_QUOTES),
    *((mark, "'") for mark in _SINGLE_QUOTES),
    *((mark, "-") for mark in _DASHES),
    ("…", "..."),
)
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
_TABLE_END = 0x32400
"""No letter is assigned above this code point; only variation selectors are, which are marks."""


@dataclass(frozen=True, slots=True)
class Shingled:
    """What a document is compared by.

    Attributes:
        key: folded comparison text, punctuation kept; equal keys are exact copies.
        shingles: distinct low 32 bits of XXH3-64 of each shingle, ascending.
        words: one entry a token in the order of the text, hash in the lower 30 bits, class in the upper two.
        complete: False where the text is shorter than one shingle; it then has one shingle, the whole text, or none.
    """

    key: str
    shingles: npt.NDArray[np.uint32]
    words: npt.NDArray[np.uint32]
    complete: bool


def shingle(text: str, key_spans: Sequence[tuple[int, int]], config: DedupConfig) -> Shingled:
    """Fold, tokenise and shingle one document.

    >>> s = shingle("OSLO (ABC) - The “old” bridge closed on May 4.", [(0, 12)], DedupConfig(shingle_size=3))
    >>> s.key, len(s.words), len(s.shingles)
    ('the "old" bridge closed on may 4', 7, 5)
    """
    compared = _normal(cut_spans(text, key_spans))
    tokens, classes, by_character = tokenise(compared)
    size = config.character_shingle_size if by_character else config.shingle_size
    encoded = [token.encode() for token in tokens]
    hashes = hash_shingles(encoded, size, b"" if by_character else b" ")
    words = np.fromiter(map(xxhash.xxh3_64_intdigest, encoded), np.uint64, len(encoded)) & np.uint64(TOKEN_MASK)
    words |= classes.astype(np.uint64) << np.uint64(30)
    return Shingled(fold_key(compared), np.unique(hashes), words.astype(np.uint32), len(tokens) >= size)


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
    """Fold case, quotes, dashes, ellipses, white space and closing full stops; two texts with one key are exact copies.

    >>> fold_key("“It’s\\u00a0over …”  he said.") == fold_key('"It\\'s over ..." HE said')
    True
    """
    if not text.isascii():
        for mark, plain in _KEY_FOLDS:
            text = text.replace(mark, plain)
    return " ".join(text.casefold().split()).rstrip(" .!")


def tokenise(text: str) -> tuple[list[str], npt.NDArray[np.uint8], bool]:
    """Split a text (in NFC) into folded tokens.

    Returns:
        The tokens, the class of each, and whether they are single characters of a script without spaces.

    >>> tokenise("The Daily Post’s 3rd survey: 48% don't know, the rest do.")[0]
    ['the', 'daily', "post's", '3rd', 'survey', '48', "don't", 'know', 'the', 'rest', 'do']
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _kinds(points)
    inside = _inside_words(kinds)
    unspaced = np.count_nonzero(kinds & _UNSPACED)
    by_character = bool(unspaced) and unspaced >= UNSPACED_SHARE * np.count_nonzero(kinds & (_WORD | _MARK))
    if by_character:
        inside &= kinds & _APOSTROPHE == 0
    shown = np.where(inside, points, np.uint32(_BLANK))
    shown[inside & (kinds & _APOSTROPHE != 0)] = _STRAIGHT
    folded = shown.tobytes().decode("utf-32-le").casefold()
    if by_character:
        tokens = list(folded.replace(" ", ""))
        characters = np.frombuffer("".join(tokens).encode("utf-32-le"), np.uint32)
        return tokens, (_kinds(characters) & _DIGIT != 0).astype(np.uint8) * np.uint8(NUMBER), True
    tokens = folded.split()
    return tokens, _classes(kinds, inside, tokens), False


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


def text_key(key: str, raw_sha256: str) -> bytes:
    """BLAKE2b-128 of a folded comparison text. Empty texts are copies of each other only if their raw records are."""
    material = key.encode("utf-8", "surrogatepass") if key else b"\0empty\0" + raw_sha256.encode()
    return hashlib.blake2b(material, digest_size=16).digest()


def _normal(text: str) -> str:
    if text.isascii():
        return text
    for mark in _INVISIBLE:
        text = text.replace(mark, "")
    return unicodedata.normalize("NFC", text)


def _kinds(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    table = _kind_table()
    kinds: npt.NDArray[np.uint8] = table[np.minimum(points, np.uint32(_TABLE_END))]
    return kinds


def _inside_words(kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which characters belong to words: letters and digits, marks after them, and apostrophes between them."""
    inside: npt.NDArray[np.bool_] = (kinds & _WORD) != 0
    marks = (kinds & _MARK) != 0
    if marks.any():
        # A mark belongs to the last character before it that is no mark.
        place = np.where(marks, -1, np.arange(len(kinds)))
        base = np.maximum.accumulate(place)
        inside |= marks & (base >= 0) & inside[np.maximum(base, 0)]
    apostrophes = np.flatnonzero(kinds & _APOSTROPHE)
    if len(apostrophes):
        between = apostrophes[(apostrophes > 0) & (apostrophes < len(kinds) - 1)]
        between = between[inside[between - 1] & ((kinds[between + 1] & _WORD) != 0)]
        inside[between] = True
    return inside


def _classes(kinds: npt.NDArray[np.uint8], inside: npt.NDArray[np.bool_], tokens: Sequence[str]) -> npt.NDArray[np.uint8]:
    """NUMBER where at least half of a token is digits, NAME where it is capitalised and nowhere in the text in lower case.

    The second condition takes out words that are capitalised only because a sentence begins with them, in any language.
    """
    edges = np.flatnonzero(np.diff(inside.view(np.int8), prepend=0))
    starts = edges[inside[edges]]
    classes = np.zeros(len(tokens), np.uint8)
    if not len(starts):
        return classes
    digits = np.add.reduceat((inside & ((kinds & _DIGIT) != 0)).astype(np.int32), starts)
    letters = np.add.reduceat(inside.astype(np.int32), starts)
    upper = (kinds[starts] & _UPPER) != 0
    lowered = {tokens[i] for i in np.flatnonzero((kinds[starts] & _LOWER) != 0).tolist()}
    if lowered:  # a text all in capitals says nothing about names
        names = [i for i in np.flatnonzero(upper).tolist() if tokens[i] not in lowered]
        classes[names] = NAME
    classes[2 * digits >= letters] = NUMBER
    return classes


@cache
def _kind_table() -> npt.NDArray[np.uint8]:
    characters = [chr(point) for point in range(_TABLE_END)]

    def which(test: Callable[[str], bool]) -> npt.NDArray[np.uint8]:
        return np.fromiter(map(test, characters), bool, _TABLE_END).view(np.uint8)

    word, digit = which(str.isalnum), which(str.isdigit)
    upper, lower = which(str.isupper) | which(str.istitle), which(str.islower)
    mark = np.array([category[0] == "M" for category in map(unicodedata.category, characters)], bool).view(np.uint8)
    cased = word & (1 - digit)
    table = np.zeros(_TABLE_END + 1, np.uint8)
    table[:-1] = word * _WORD + (word & digit) * _DIGIT + (cased & upper) * _UPPER + (cased & lower & (1 - upper)) * _LOWER
    table[:-1] |= (mark & (1 - word)) * np.uint8(_MARK)
    for start, end in _UNSPACED_RANGES:
        section = table[start : end + 1]
        section[section & (_WORD | _MARK) != 0] |= _UNSPACED
    for character in _APOSTROPHES:
        table[ord(character)] = _APOSTROPHE
    table[_TABLE_END] = 0
    table.flags.writeable = False
    return table
