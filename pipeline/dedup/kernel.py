# mypy: disable-error-code="untyped-decorator"
"""The compiled kernel: fold, tokenise, shingle, hash and sign one document in one pass over its UTF-8, and compare sorted lists.

Every function here gives bit for bit what `shingles`, `signatures` and `overlap` give; those are the definition, and the tests hold both
together. Types are declared, so that no other array layout starts a compilation in the middle of a job; the machine code is cached
beside this file, so that a process starts in half a second once it is there.

Import this module through `engine`, which does without it where numba or a place for its cache is not to be had.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from numba import types

from pipeline.dedup.sorting import sort_distinct
from pipeline.dedup.utf8 import get, put, width
from pipeline.dedup.xxh3 import READ8, xxh3_64

__all__ = ["HELPERS_VERSION", "count_shared", "count_shared_rows", "share_slots", "sketch_texts"]

HELPERS_VERSION = 2
"""To be raised with every change of `xxh3`, `utf8` or `sorting`, so that the cache of this file is made anew."""

u32, u64, i64 = np.uint32, np.uint64, np.int64

READ32 = types.Array(types.uint32, 1, "C", readonly=True)
READ64 = types.Array(types.int64, 1, "C", readonly=True)
TABLE = types.Array(types.uint32, 2, "C", readonly=True)
WRITE8, WRITE32, WRITE64 = nb.uint8[::1], nb.uint32[::1], nb.int64[::1]

# Kinds of characters and classes of tokens; as in `characters` and `shingles`.
WORD, MARK, APOSTROPHE, UPPER, LOWER, DIGIT, UNSPACED, SPACE = 1, 2, 4, 8, 16, 32, 64, 128
NUMBER, NAME = u32(1 << 30), u32(2 << 30)
TOKEN_MASK = u32(0x3FFFFFFF)
LAST = u32(0x32400)
EXPANDS = u32(0x80000000)
ONE = u64(1)


@nb.njit
def _put_folded(out: Any, at: Any, folded: Any, expansions: Any) -> Any:
    """Write what a code point folds to: one code point, or a row of `expansions`, which ends at 0."""
    if folded < EXPANDS:
        return put(out, at, folded)
    row = i64(folded & u32(0x7FFFFFFF))
    for i in range(expansions.shape[1]):
        if expansions[row, i] != u32(0):
            at = put(out, at, expansions[row, i])
    return at


@nb.njit(inline="always")
def _is_invisible(point: Any) -> Any:
    """Whether a code point is one of `characters.INVISIBLE`."""
    return point == u32(0xAD) or (u32(0x200B) <= point <= u32(0x200F)) or point == u32(0x2060) or point == u32(0xFEFF)


@nb.njit(inline="always")
def _close(tokens: Any, end: Any, first: Any, letters: Any, digits: Any, ends: Any, marks: Any) -> Any:
    """Finish a word: where it ends, how it begins, and whether it is a number (lowest bit)."""
    ends[tokens] = end
    marks[tokens] = (first & (UPPER | LOWER)) | i64(2 * digits >= letters)
    return tokens + 1


@nb.njit
def _trim(key: Any, size: Any) -> Any:
    """Length of the key without blanks, exclamation marks and full stops at its end."""
    while size > 0 and (key[size - 1] == 32 or key[size - 1] == 33 or key[size - 1] == 46):
        size -= 1
    return size


@nb.njit(inline="always")
def _join_point(
    kind: Any, point: Any, folds: Any, expansions: Any, joined: Any, ends: Any, marks: Any, scores: Any, out: Any, opened: Any, closed: Any,
    score: Any, inside: Any, apostrophe: Any,
) -> Any:  # fmt: skip
    """One character that is no plain byte: goes on with a word, begins one or ends one. Takes and gives back the state of `_read_text`."""
    if kind & u64(WORD) or (kind & u64(MARK) and inside and not apostrophe):
        if not inside:
            marks[opened] = kind
            opened, inside = opened + ONE, ONE
        elif apostrophe:
            joined[out] = 39
            out += ONE
        apostrophe = False
        begin = out
        out = u64(_put_folded(joined, i64(out), folds[point], expansions))
        score += i64(out - begin) - 1 + 2 * i64((kind & u64(DIGIT)) != 0)
    elif kind & u64(APOSTROPHE) and inside and not apostrophe:
        apostrophe = True
    elif inside:
        joined[out] = 32
        ends[closed], scores[closed] = out, score
        closed, out = closed + ONE, out + ONE
        inside, apostrophe = u64(0), False
    return out, opened, closed, score, inside, apostrophe


@nb.njit
def _read_text(
    data: Any, at: Any, size: Any, plain: Any, kinds: Any, folds: Any, key_folds: Any, expansions: Any, key: Any, joined: Any, starts: Any,
    ends: Any, marks: Any, scores: Any, counts: Any,
) -> Any:  # fmt: skip
    """`shingles.fold_key` and the folded words, with one blank between them, in one pass; how many words there are.

    `plain` holds for each byte its kind as an ASCII character (APOSTROPHE where the byte needs a closer look), then what each folds to in
    the key. `counts` takes the bytes of the key, the letters in unspaced scripts, and all letters and marks. The loop over plain bytes has
    no branches: it writes what may be the end of a word with every byte and moves on only where it is one. A running score of
    2 x digits + (bytes - characters) tells numbers: where it grows by the bytes of a word, half of it is digits.
    """
    at, size = u64(at), u64(size)
    out = written = closed = opened = letters = u64(0)
    unspaced = score = i64(0)
    inside, blank = u64(0), ONE
    apostrophe = False
    while at < size:
        while at < size and not apostrophe:
            byte, kind = data[at], u64(plain[data[at]])
            if kind & u64(APOSTROPHE):
                break
            folded = plain[u64(256) + u64(byte)]
            word, space = kind & ONE, kind >> u64(7)
            key[written] = folded
            written += ONE - (space & blank)
            blank = space
            joined[out] = folded if word else np.uint8(32)
            ends[closed], scores[closed], marks[opened] = out, score, kind
            score += i64((kind >> u64(4)) & u64(2))
            letters += word
            opened += word & (inside ^ ONE)
            closed += inside & (word ^ ONE)
            out += word | inside
            inside = word
            at += ONE
        if at >= size:
            break
        point = get(data, i64(at))
        at += u64(width(point))
        if _is_invisible(point):
            continue
        kind = u64(kinds[min(point, LAST)])
        if kind & u64(SPACE):
            key[written] = 32
            written += ONE - blank
            blank = ONE
        else:
            written = u64(_put_folded(key, i64(written), key_folds[point] if point < LAST else point, expansions))
            blank = u64(0)
        unspaced += i64((kind & u64(UNSPACED)) != 0)
        letters += u64((kind & u64(WORD | MARK)) != 0)
        out, opened, closed, score, inside, apostrophe = _join_point(
            kind, point, folds, expansions, joined, ends, marks, scores, out, opened, closed, score, inside, apostrophe
        )
    if inside:
        ends[closed], scores[closed] = out, score
        closed += ONE
    _mark_words(i64(closed), starts, ends, marks, scores)
    counts[0], counts[1], counts[2] = _trim(key, i64(written)), unspaced, i64(letters)
    return i64(closed)


@nb.njit(inline="always")
def _mark_words(words: Any, starts: Any, ends: Any, marks: Any, scores: Any) -> None:
    """Where each word starts, and its marks: how it begins, and whether it is a number (lowest bit)."""
    start, score = i64(0), i64(0)
    for word in range(words):
        starts[word] = start
        number = scores[word] - score >= ends[word] - start
        marks[word] = (marks[word] & np.uint8(UPPER | LOWER)) | np.uint8(number)
        start, score = ends[word] + 1, scores[word]


@nb.njit
def _split_characters(
    data: Any, at: Any, size: Any, kinds: Any, folds: Any, expansions: Any, joined: Any, starts: Any, ends: Any, marks: Any
) -> Any:
    """Write the folded tokens to `joined` with nothing between them, each letter of an unspaced script a token; how many there are."""
    out = tokens = first = letters = digits = i64(0)
    inside = run = False
    while at < size:
        point = get(data, at)
        at += width(point)
        if _is_invisible(point):
            continue
        kind = i64(kinds[min(point, LAST)])
        inside = bool(kind & WORD) or (bool(kind & MARK) and inside)
        if run and (not inside or kind & UNSPACED):
            tokens, run = _close(tokens, out, first, letters, digits, ends, marks), False
        if inside:
            if not run:
                starts[tokens] = out
                first, letters, digits, run = kind, i64(0), i64(0), True
            letters += 1
            digits += i64((kind & DIGIT) != 0)
            out = _put_folded(joined, out, folds[point], expansions)
            if kind & UNSPACED:
                tokens, run = _close(tokens, out, first, letters, digits, ends, marks), False
    if run:
        tokens = _close(tokens, out, first, letters, digits, ends, marks)
    return tokens


@nb.njit
def _classify(joined: Any, tokens: Any, starts: Any, ends: Any, marks: Any, hashes: Any, words: Any) -> None:
    """Hash the tokens; a capitalised one is a name if it stands nowhere in the text in lower case and anything does."""
    slots = i64(16)
    while slots < 2 * tokens:
        slots *= 2
    table = np.zeros(slots, np.uint64)
    last = u64(slots - 1)
    lowered = False
    for i in range(tokens):
        h = xxh3_64(joined, starts[i], ends[i] - starts[i]) | u64(1 << 63)
        hashes[i] = h
        if marks[i] & LOWER:
            lowered = True
            slot = h & last
            while table[slot] != u64(0) and table[slot] != h:
                slot = (slot + u64(1)) & last
            table[slot] = h
    for i in range(tokens):
        h = hashes[i]
        kind = u32(0)
        if marks[i] & 1:
            kind = NUMBER
        elif lowered and marks[i] & UPPER:
            slot = h & last
            while table[slot] != u64(0) and table[slot] != h:
                slot = (slot + u64(1)) & last
            kind = NAME if table[slot] == u64(0) else u32(0)
        words[i] = (u32(h) & TOKEN_MASK) | kind


@nb.njit
def _sign(shingles: Any, size: Any, a: Any, b: Any, signature: Any) -> None:
    """`signatures.sign`. Every product is cut to 32 bits at once, or numba would widen it."""
    values = len(signature)
    for k in range(values):
        signature[k] = u32(0xFFFFFFFF)
    for i in range(size):
        h = shingles[i]
        h = u32(u32(h ^ (h >> u32(16))) * u32(0x85EBCA6B))
        h = u32(u32(h ^ (h >> u32(13))) * u32(0xC2B2AE35))
        h = u32(h ^ (h >> u32(16)))
        for k in range(values):
            permuted = u32(u32(a[k] * h) + b[k])
            signature[k] = min(signature[k], permuted)


@nb.njit
def _key_bands(signature: Any, rows: Any, keys: Any) -> None:
    """`signatures.band_keys` of one signature."""
    for band in range(len(keys)):
        key = u64(0)
        for row in range(rows):
            key = (key ^ u64(signature[band * rows + row])) + u64(0x9E3779B97F4A7C15)
            key = (key ^ (key >> u64(30))) * u64(0xBF58476D1CE4E5B9)
            key = (key ^ (key >> u64(27))) * u64(0x94D049BB133111EB)
            key = key ^ (key >> u64(31))
        keys[band] = key


@nb.njit(
    nb.void(
        READ8, READ64, READ8, READ8, READ32, READ32, TABLE, nb.int64, nb.int64, nb.int64, READ32, READ32,
        WRITE8, WRITE32, WRITE32, nb.uint32[:, ::1], nb.uint64[:, ::1], nb.int64[:, ::1],
    ),
    cache=True,
)  # fmt: skip
def sketch_texts(
    data: Any, offsets: Any, plain: Any, kinds: Any, folds: Any, key_folds: Any, expansions: Any, word_size: Any, character_size: Any,
    rows: Any, a: Any, b: Any, keys: Any, words: Any, shingles: Any, signatures: Any, bands: Any, counts: Any,
) -> None:  # fmt: skip
    """Sketch texts that stand one after the other in `data` (UTF-8).

    The folded keys, the words and the distinct shingles of each go to `keys`, `words` and `shingles`, one after the other; a row of
    `counts` becomes (bytes of the key, words, shingles, whether the text is at least one shingle long).
    """
    longest = i64(0)
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    # No text has more tokens than bytes: a character of an unspaced script has three, and folding makes at most three of two bytes.
    joined, marks = np.empty(4 * longest + 16, np.uint8), np.empty(longest + 8, np.uint8)
    starts, ends = np.empty(longest + 8, np.int64), np.empty(longest + 8, np.int64)
    hashes, spare = np.empty(longest + 8, np.uint64), np.empty(longest + 8, np.uint32)
    scores = np.empty(longest + 8, np.int64)
    tally = np.zeros(3, np.int64)
    at_key = at_word = at_shingle = i64(0)
    for text in range(len(offsets) - 1):
        begin, end = offsets[text], offsets[text + 1]
        key, found = keys[at_key:], shingles[at_shingle:]
        tokens = _read_text(data, begin, end, plain, kinds, folds, key_folds, expansions, key, joined, starts, ends, marks, scores, tally)
        length = word_size
        if tally[1] > 0 and 3 * tally[1] >= tally[2]:
            length = character_size
            tokens = _split_characters(data, begin, end, kinds, folds, expansions, joined, starts, ends, marks)
        _classify(joined, tokens, starts, ends, marks, hashes, words[at_word:])
        run = min(length, tokens)
        many = tokens - run + 1 if tokens > 0 else i64(0)
        for i in range(many):
            found[i] = u32(xxh3_64(joined, starts[i], ends[i + run - 1] - starts[i]))
        distinct = sort_distinct(found, spare, many)
        counts[text, 0], counts[text, 1], counts[text, 2], counts[text, 3] = tally[0], tokens, distinct, i64(tokens >= length)
        _sign(found, distinct, a, b, signatures[text])
        _key_bands(signatures[text], rows, bands[text])
        at_key, at_word, at_shingle = at_key + tally[0], at_word + tokens, at_shingle + distinct


@nb.njit(nb.void(READ32, READ64, READ32, READ64, nb.boolean[::1], WRITE64), cache=True)
def count_shared(a: Any, a_offsets: Any, b: Any, b_offsets: Any, wanted: Any, shared: Any) -> None:
    """`overlap.shared_entries` on flat lists."""
    for row in range(len(wanted)):
        if not wanted[row]:
            continue
        i, i_end, j, j_end = a_offsets[row], a_offsets[row + 1], b_offsets[row], b_offsets[row + 1]
        count = i64(0)
        while i < i_end and j < j_end:
            x, y = a[i], b[j]
            count += i64(x == y)
            i += i64(x <= y)
            j += i64(y <= x)
        shared[row] = count


@nb.njit(nb.void(READ32, READ64, READ64, READ64, WRITE64), cache=True)
def count_shared_rows(values: Any, offsets: Any, first: Any, second: Any, shared: Any) -> None:
    """`overlap.shared_rows` on flat lists."""
    for pair in range(len(first)):
        i, i_end, j, j_end = offsets[first[pair]], offsets[first[pair] + 1], offsets[second[pair]], offsets[second[pair] + 1]
        count = i64(0)
        while i < i_end and j < j_end:
            x, y = values[i], values[j]
            count += i64(x == y)
            i += i64(x <= y)
            j += i64(y <= x)
        shared[pair] = count


@nb.njit
def _slots(words: Any, start: Any, end: Any, names: Any, out: Any, spare: Any) -> Any:
    """The distinct numbers (or names) of one text, sorted; how many."""
    found = i64(0)
    for i in range(start, end):
        kind = words[i] >> u32(30)
        if kind > u32(1) if names else kind == u32(1):
            out[found] = words[i] & TOKEN_MASK
            found += 1
    return sort_distinct(out, spare, found)


@nb.njit(nb.void(READ32, READ64, READ32, READ64, nb.boolean[::1], nb.float64[::1]), cache=True)
def share_slots(a: Any, a_offsets: Any, b: Any, b_offsets: Any, wanted: Any, shares: Any) -> None:
    """`overlap.slot_overlap` on flat lists."""
    longest = i64(1)
    for row in range(len(wanted)):
        longest = max(longest, a_offsets[row + 1] - a_offsets[row], b_offsets[row + 1] - b_offsets[row])
    left, right, spare = np.empty(longest, np.uint32), np.empty(longest, np.uint32), np.empty(longest, np.uint32)
    for row in range(len(wanted)):
        if not wanted[row]:
            continue
        for names in range(2):
            n = _slots(a, a_offsets[row], a_offsets[row + 1], names, left, spare)
            m = _slots(b, b_offsets[row], b_offsets[row + 1], names, right, spare)
            common = i = j = i64(0)
            while i < n and j < m:
                x, y = left[i], right[j]
                common += i64(x == y)
                i += i64(x <= y)
                j += i64(y <= x)
            if n > 0 and m > 0:
                shares[row] = min(shares[row], common / min(n, m))
