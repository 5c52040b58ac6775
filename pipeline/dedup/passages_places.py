"""Where the tokens of a document stand in its text: what leads from aligned tokens back to characters.

Tokens are those of the column `words`: of the text without its key spans, in NFC, without invisible characters (see `shingles`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.dedup.characters import APOSTROPHE, INVISIBLE, MARK, UNSPACED, WORD, kinds_of
from pipeline.dedup.shingles import UNSPACED_PART

__all__ = ["find_tokens", "unit_of"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_MAY_BE_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u17ff\u3000-\u9fff\uf900-\uffff\U00020000-\U00032400]")
"""Every unspaced script, and some others; what follows is exact."""
_FIRST_HAN = 0x3000
"""Below it stand the alphabets among the unspaced scripts: Thai, Lao, Burmese, Khmer."""
_INVISIBLE = np.array(sorted(map(ord, INVISIBLE)), np.uint32)


def unit_of(text: str) -> int:
    """What the tokens of a text are: 0 words, 1 characters that stand for syllables or words (Han, kana), 2 letters (Thai, Khmer, ...).

    >>> unit_of("港口明天开放。"), unit_of("The harbour (港口) opens tomorrow."), unit_of("ท่าเรือเปิดพรุ่งนี้")
    (1, 0, 2)
    """
    if _MAY_BE_UNSPACED.search(text) is None:
        return 0
    points = _points(unicodedata.normalize("NFC", text))
    kinds = kinds_of(points)
    if not _is_by_character(kinds):
        return 0
    unspaced = points[kinds & UNSPACED != 0]
    return 2 if 2 * np.count_nonzero(unspaced < _FIRST_HAN) > len(unspaced) else 1


def find_tokens(text: str, key_spans: Sequence[tuple[int, int]]) -> tuple[Ints, Ints]:
    """Start and end in `text` of each token, in their order.

    >>> text = "OSLO (ABC) - The «old» bridge isn’t open."
    >>> starts, ends = find_tokens(text, [(0, 13)])
    >>> [text[start:end] for start, end in zip(starts, ends)]
    ['The', 'old', 'bridge', 'isn’t', 'open']
    """
    points, starts, ends = _normal_points(text, key_spans)
    shown = ~np.isin(points, _INVISIBLE) if not text.isascii() else np.ones(len(points), bool)
    points, starts, ends = points[shown], starts[shown], ends[shown]
    kinds = kinds_of(points)
    inside = _inside_words(kinds)
    begins = inside.copy()
    begins[1:] &= ~inside[:-1]
    if _is_by_character(kinds):
        inside &= kinds & APOSTROPHE == 0
        begins = inside.copy()
        begins[1:] &= ~inside[:-1]
        alone = kinds & UNSPACED != 0
        begins[1:] |= inside[1:] & inside[:-1] & (alone[1:] | alone[:-1])
    lasts = inside.copy()
    lasts[:-1] &= ~inside[1:] | begins[1:]
    return starts[begins], ends[lasts]


def _normal_points(text: str, key_spans: Sequence[tuple[int, int]]) -> tuple[npt.NDArray[np.uint32], Ints, Ints]:
    """The characters that are compared, and the span of `text` from which each comes."""
    kept, at = [], 0
    for start, end in sorted(key_spans):
        kept.append((at, max(start, at)))
        at = max(at, end)
    kept.append((at, len(text)))
    cut = " ".join(text[start:end] for start, end in kept)
    places = np.concatenate([np.arange(start, end + 1) for start, end in kept])[:-1].astype(np.int64)
    if unicodedata.is_normalized("NFC", cut):
        return _points(cut), places, places + 1
    composed, starts, ends = [], [], []
    for start, end in _segments(cut):
        whole = unicodedata.normalize("NFC", cut[start:end])
        composed.append(whole)
        starts += [places[start]] * len(whole)
        ends += [places[end - 1] + 1] * len(whole)
    return _points("".join(composed)), np.array(starts, np.int64), np.array(ends, np.int64)


def _segments(text: str) -> list[tuple[int, int]]:
    """Spans that compose each for itself: they begin where a character cannot compose with what stands before it."""
    bounds = [0]
    for at in range(1, len(text)):
        if text[at].isascii() or not (unicodedata.combining(text[at]) or _composes(text[bounds[-1] : at], text[at])):
            bounds.append(at)
    return [(start, end) for start, end in zip(bounds, [*bounds[1:], len(text)], strict=True) if end > start]


def _composes(before: str, character: str) -> bool:
    """Whether a starter composes with the base before it (Hangul, some Indic vowels), whatever marks stand between."""
    normal = unicodedata.normalize
    return len(before) < 64 and normal("NFC", before + character) != normal("NFC", before) + normal("NFC", character)


def _points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _is_by_character(kinds: npt.NDArray[np.uint8]) -> bool:
    unspaced = np.count_nonzero(kinds & UNSPACED)
    return bool(unspaced and UNSPACED_PART * unspaced >= np.count_nonzero(kinds & (WORD | MARK)))


def _inside_words(kinds: npt.NDArray[np.uint8]) -> Flags:
    """Which characters belong to words: letters and digits, marks after them, and apostrophes between them."""
    inside: Flags = (kinds & WORD) != 0
    marks = (kinds & MARK) != 0
    if marks.any():
        base = np.maximum.accumulate(np.where(marks, -1, np.arange(len(kinds))))
        inside |= marks & (base >= 0) & inside[np.maximum(base, 0)]
    apostrophes = np.flatnonzero(kinds & APOSTROPHE)
    between = apostrophes[(apostrophes > 0) & (apostrophes < len(kinds) - 1)]
    inside[between[inside[between - 1] & ((kinds[between + 1] & WORD) != 0)]] = True
    return inside
