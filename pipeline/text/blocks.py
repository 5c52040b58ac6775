"""Verse and tables: lines that belong together, so that the breaks between them stay breaks inside one paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pipeline.text.lines import ends_sentence, is_unspaced, reads_as_prose

__all__ = ["block_lines", "kept_breaks", "verse_lines"]

_LONGEST_VERSE = 75
"""Code points of the longest line of verse; hexameters have 60, and paragraphs of news of one line rarely end without a full stop."""
_LONGEST_ROW = 110
_LEAST = 3
"""Lines that make a block by themselves; two short lines one under the other may be a heading and a label."""

_BULLET = re.compile(r"\s*(?:[•▪●◦‣*–—-] |\d{1,3}[.)] )")
_COLUMNS = re.compile(r"\S(?:\t+| {3,}| ?\| ?)\S")
_NUMBER = re.compile(r"(?<![\w.,:])[-+–−]?[$€£¥]?\d[\d.,:'’%/–-]*(?![^\W\d_])")
_SCORE = re.compile(r"[^\W\d_]\)? +\d{1,3} ?[-–:] ?\d{1,3}(?: |$)")
_HEADER_WORD = re.compile(r"[\w.%+/-]{1,12}")


def kept_breaks(text: str) -> frozenset[int]:
    r"""Positions of the line breaks that stay single: those inside a stanza and between the rows of a table.

    >>> stanza = "The harbour is closed for the winter,\nthe ferries are tied to the wall,\nand nobody sings in the hall."
    >>> sorted(kept_breaks(stanza)), sorted(kept_breaks("A headline\nA name\nAnother line"))
    ([37, 71], [])
    >>> sorted(kept_breaks("Norway 5 3 1 9\nSweden 4 4 2 10\nDenmark 1 0 2 3"))
    [14, 30]
    """
    if text.count("\n") < _LEAST - 1:
        return frozenset()
    rows = text.split("\n")
    starts: list[int] = []
    position = 0
    for row in rows:
        starts.append(position)
        position += len(row) + 1
    return frozenset(starts[index] + len(rows[index]) for first, last in _blocks(rows) for index in range(first, last))


@lru_cache(maxsize=8)
def verse_lines(text: str) -> frozenset[int]:
    r"""Numbers (see `Line`) of the lines that are verse.

    >>> sorted(verse_lines("A song\n\nThe harbour is closed for the winter,\nthe ferries are tied to the wall,\nand nobody sings at all."))
    [1, 2, 3]
    """
    return _numbers(text, tables=False)


@lru_cache(maxsize=8)
def block_lines(text: str) -> frozenset[int]:
    """Numbers (see `Line`) of the lines that are verse or rows of a table."""
    return _numbers(text, tables=True)


def _numbers(text: str, *, tables: bool) -> frozenset[int]:
    if text.count("\n") < _LEAST - 1:
        return frozenset()
    rows = text.split("\n")
    numbers, number = [], 0
    for row in rows:
        numbers.append(number)
        number += bool(row.strip())
    blocks = [(first, last) for first, last in _blocks(rows) if tables or not _is_row(rows[last])]
    return frozenset(numbers[index] for first, last in blocks for index in range(first, last + 1))


def _blocks(rows: list[str]) -> Iterator[tuple[int, int]]:
    """First and last row of each block, in order. Runs of short lines without a blank one between them are all that is looked at."""
    runs = list(_runs(rows))
    if not any(last - first + 1 >= _LEAST for first, last in runs):
        return
    set_apart = sum(len(row) > _LONGEST_ROW for row in rows) >= 2 and "" in rows and _is_spaced_out(rows)
    regular = _regular_size(rows, runs)
    stanzas = [run for run in runs if run[1] - run[0] + 1 == regular or _is_stanza(rows, run, set_apart=set_apart)]
    for first, last in runs:
        if (first, last) in stanzas or (stanzas and _is_couplet(rows, first, last)):
            yield first, last
        else:
            yield from _tables(rows, first, last)


def _runs(rows: list[str]) -> Iterator[tuple[int, int]]:
    start = None
    for index, row in enumerate([*rows, ""]):
        short = 0 < len(row) <= _LONGEST_ROW and not row.isspace()
        if short and start is None:
            start = index
        elif not short and start is not None:
            if index - start >= 2:
                yield start, index - 1
            start = None


def _is_spaced_out(rows: list[str]) -> bool:
    """Whether the document puts blank lines between its paragraphs, so that lines without one belong together."""
    blank = sum(not row.strip() for row in rows)
    touching = sum(len(a) > _LONGEST_ROW and bool(b.strip()) for a, b in pairwise(rows))
    return blank >= 2 and touching == 0


def _regular_size(rows: list[str], runs: list[tuple[int, int]]) -> int:
    """How many lines each stanza has where all have the same number, two stanzas at least and each line short; else 0."""
    sizes = [last - first + 1 for first, last in runs if last - first + 1 >= _LEAST]
    if len(sizes) < 2 or len(set(sizes)) > 1:
        return 0
    lines = [rows[i].strip() for first, last in runs if last - first + 1 >= _LEAST for i in range(first, last + 1)]
    even = all(len(line) <= _LONGEST_VERSE and not _BULLET.match(line) and not reads_as_prose(line) for line in lines)
    wordy = sum(line.count(" ") >= 3 for line in lines) * 4 >= 3 * len(lines)
    return sizes[0] if even and wordy and not any(map(_is_row, lines)) else 0


def _is_stanza(rows: list[str], run: tuple[int, int], *, set_apart: bool) -> bool:
    lines = [row.strip() for row in rows[run[0] : run[1] + 1]]
    if len(lines) < _LEAST or any(len(line) > _LONGEST_VERSE or _BULLET.match(line) for line in lines) or is_unspaced(lines[0]):
        return False
    if sum(_is_row(line) for line in lines) * 2 > len(lines) or sum(" " in line for line in lines) * 2 < len(lines):
        return False
    if set_apart and len(lines) <= 24 and not any(reads_as_prose(line) for line in lines[:-1]):
        return True
    breaks = len(lines) - 1
    running = sum(_runs_on(a, b) for a, b in pairwise(lines))
    return running * 2 >= breaks and running >= 2


def _runs_on(line: str, following: str) -> bool:
    """Whether a line stops inside a sentence: a paragraph does not end in a comma, nor begin with a small letter after no full stop."""
    if line[-1] in ",;،；，":
        return True
    return following[0].islower() and not ends_sentence(line)


def _is_couplet(rows: list[str], first: int, last: int) -> bool:
    """Two short lines of a text that has stanzas elsewhere."""
    return (
        last - first == 1
        and all(len(rows[i].strip()) <= _LONGEST_VERSE and not _BULLET.match(rows[i]) for i in (first, last))
        and _runs_on(rows[first].strip(), rows[last].strip())
    )


def _tables(rows: list[str], first: int, last: int) -> Iterator[tuple[int, int]]:
    start = first
    while start <= last:
        if not _is_row(rows[start]):
            start += 1
            continue
        end = start
        while end < last and _is_row(rows[end + 1]) and _alike(rows[end], rows[end + 1]):
            end += 1
        if end - start + 1 >= _LEAST or (end > start and _COLUMNS.search(rows[start])):
            yield (start - 1 if start > first and _is_header(rows[start - 1], rows[start]) else start), end
        start = end + 1


def _is_row(row: str) -> bool:
    """Cells between tabs, bars or wide gaps, or two figures and more in a line that is no sentence."""
    if not any(char.isdigit() for char in row):
        return bool(_COLUMNS.search(row.strip())) and not ends_sentence(row)
    return (
        not _BULLET.match(row)
        and not ends_sentence(row)
        and (bool(_COLUMNS.search(row.strip())) or len(_NUMBER.findall(row)) >= 2 or bool(_SCORE.search(row)))
    )


def _alike(row: str, following: str) -> bool:
    if _COLUMNS.search(row.strip()) and _COLUMNS.search(following.strip()):
        return True
    return abs(len(_NUMBER.findall(row)) - len(_NUMBER.findall(following))) <= 1


def _is_header(row: str, following: str) -> bool:
    """`Team P W D L Pts` over the rows: as many short words as the row has cells, or nearly."""
    words = row.split()
    cells = len(following.split())
    if not 3 <= len(words) <= cells + 1 or ends_sentence(row):
        return False
    return all(_HEADER_WORD.fullmatch(word) for word in words) and sum(len(word) <= 3 for word in words) * 2 >= len(words)
