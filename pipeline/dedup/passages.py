"""Passages that stories share: from seeds to aligned tokens, from tokens to characters, and what a passage is.

Three steps, since text never travels: `find_passages` works on the sketches of both documents, `place_passages` on the text of one of them,
and `finish_passages` puts both sides together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.config import PassagesConfig
from pipeline.dedup.overlap import Lists
from pipeline.dedup.passages_align import COLUMNS, Documents, Seeds, align_pairs
from pipeline.dedup.passages_places import find_tokens
from pipeline.dedup.passages_quotes import find_quotations, share_quoted
from pipeline.dedup.passages_seeds import FULL
from pipeline.dedup.passages_words import is_common, mark_phrases
from pipeline.dedup.shingles import NAME, NUMBER, TOKEN_MASK
from pipeline.dedup.sketches import SketchReader

__all__ = ["FOUND_SCHEMA", "PLACED_SCHEMA", "find_passages", "is_evidence", "place_passages", "sort_found"]

Arrays = dict[str, npt.NDArray[Any]]
Words = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]

FOUND_SCHEMA = pa.schema(
    [
        ("a_node", pa.uint64()),
        ("b_node", pa.uint64()),
        *((name, pa.int32()) for name in (*COLUMNS[1:], "stories", "site_stories")),
        ("unit", pa.uint8()),
        ("plain", pa.int32()),
        ("others", pa.int32()),
    ]
)
"""A passage in tokens; the medians of how many stories hold its grams, in all and of one site; `plain` distinct words of
weight, and `others` of them that are names or figures."""

PLACED_SCHEMA = pa.schema(
    [
        ("a_node", pa.uint64()),
        ("b_node", pa.uint64()),
        ("a_from", pa.int32()),
        ("side", pa.int8()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("quoted", pa.float32()),
    ]
)
"""One side (0: a, 1: b) of a passage in characters of the text, and the share of it that is quoted."""

PAIRS_AT_ONCE = 2_000
NAMES_MEAN_NOTHING = 0.25
"""Where so many words beside the passage are capitalised, as in German, a capital does not make a name. English news has about 12 %."""
ENOUGH_BESIDE = 20
"""Words beside the passage from which on that can be told."""
WEIGHT = ((2, 3.0), (4, 6.0), (12, 12.0))
"""Least distinct plain tokens of weight, and least weight in all, for words, characters and letters.

Eight words in a row that two desks have in common by chance are words of grammar, titles and names ("the prime minister of the United
Kingdom said on Tuesday that the"), so a name or a figure weighs half, and no more than three of them weigh anything.
"""
QUOTED_WEIGHT = ((1, 2.0), (2, 4.0), (8, 8.0))
"""The same for a passage that is quoted on both sides: a speaker's words need be no rare ones."""
MOST_OTHERS = 3


class _Side(NamedTuple):
    """Tokens of one side with their classes, and whether capitals mean anything there."""

    words: Words
    has_names: bool


def find_passages(seeds: pa.Table, marks: pa.Table, reader: SketchReader, config: PassagesConfig) -> pa.Table:
    """Passages (`FOUND_SCHEMA`) of all pairs that have seeds, by pair and place.

    Args:
        seeds: rows of `passages_seeds.SEED_SCHEMA`, in any order.
        marks: rows of `passages_seeds.MARK_SCHEMA` of all documents that are the a of a pair, in any order.
        reader: finds the columns `words` and `unit`.
    """
    known = _sorted(marks, ("node", "place"))
    arrays = _sorted(seeds, ("a_node", "b_node", "a_place", "b_place"))
    pairs = np.stack([arrays["a_node"], arrays["b_node"]], axis=1)
    starts = np.flatnonzero(np.concatenate(([True], np.any(pairs[1:] != pairs[:-1], axis=1)))[: len(pairs)])
    bounds = np.append(starts, len(pairs))
    # Every run of eight words of weight leaves two seeds at least; one alone, of a gram that many stories hold, is an idiom.
    worth = np.flatnonzero((np.diff(bounds) > 1) | (arrays["stories"][starts] <= FULL))
    tables = [FOUND_SCHEMA.empty_table()]
    for first in range(0, len(worth), PAIRS_AT_ONCE):
        some = worth[first : first + PAIRS_AT_ONCE]
        chosen = np.concatenate([np.arange(bounds[pair], bounds[pair + 1]) for pair in some])
        offsets = np.concatenate(([0], np.cumsum(bounds[some + 1] - bounds[some])))
        part = {name: values[chosen] for name, values in arrays.items()}
        tables.append(_find(pairs[starts[some]], offsets, part, known, reader, config))
    return pa.concat_tables(tables).combine_chunks()


def place_passages(found: pa.Table, side: int, text: str, key_spans: Sequence[tuple[int, int]]) -> pa.Table:
    """One side (`PLACED_SCHEMA`) of the passages of one document.

    Args:
        found: rows of `FOUND_SCHEMA` that all have this document on this side (0: a, 1: b).
    """
    starts, ends = find_tokens(text, key_spans)
    quotations = find_quotations(text)
    name = "ab"[side]
    start = starts[found.column(f"{name}_from").to_numpy()]
    end = ends[found.column(f"{name}_to").to_numpy() - 1]
    quoted = [share_quoted(quotations, first, last) for first, last in zip(start.tolist(), end.tolist(), strict=True)]
    columns = [found.column(column) for column in ("a_node", "b_node", "a_from")]
    own = [np.full(len(start), side), start, end, np.array(quoted)]
    return pa.table(
        [*columns, *(pa.array(values).cast(f.type) for values, f in zip(own, list(PLACED_SCHEMA)[3:], strict=True))], PLACED_SCHEMA
    )


def is_evidence(plain: int, others: int, unit: int, *, quoted: bool) -> bool:
    """Whether the words of a passage are such as two texts do not have in common by chance.

    >>> is_evidence(2, 4, 0, quoted=False), is_evidence(1, 6, 0, quoted=False), is_evidence(2, 0, 0, quoted=True)
    (True, False, True)
    """
    least, weight = (QUOTED_WEIGHT if quoted else WEIGHT)[unit]
    return plain >= least and plain + 0.5 * min(others, MOST_OTHERS) >= weight


def sort_found(found: pa.Table) -> pa.Table:
    """Passages in their order: by pair, then by place in a."""
    return found.sort_by([(name, "ascending") for name in ("a_node", "b_node", "a_from")]).combine_chunks()


def _sorted(table: pa.Table, names: Sequence[str]) -> Arrays:
    arrays = {name: table.column(name).to_numpy() for name in table.column_names}
    order = np.lexsort([arrays[name] for name in reversed(names)])
    return {name: values[order] for name, values in arrays.items()}


def _find(
    pairs: npt.NDArray[np.uint64], offsets: Ints, seeds: Arrays, marks: Arrays, reader: SketchReader, config: PassagesConfig
) -> pa.Table:
    nodes, numbers = np.unique(pairs, return_inverse=True)
    table = reader.rows(nodes, ("words", "unit"))
    words = Lists.of(table.column("words"))
    units = np.asarray(table.column("unit").combine_chunks()).astype(np.uint8)
    numbers = numbers.reshape(-1, 2)
    places = np.stack([seeds["a_place"], seeds["b_place"]], axis=1).astype(np.int64)
    documents = Documents(words.values & np.uint32(TOKEN_MASK), words.offsets, units)
    rows = align_pairs(documents, numbers, Seeds(offsets, places), config)
    sides = numbers[rows[:, 0]]
    kept, added = [], []
    for number, (row, weight) in enumerate(zip(rows.tolist(), _weigh(rows, sides, words), strict=True)):
        if is_evidence(*weight, int(units[sides[number, 0]]), quoted=True):
            own = slice(*offsets[row[0] : row[0] + 2].tolist())
            counts = _count_stories(row, pairs[row[0], 0], {name: values[own] for name, values in seeds.items()}, marks)
            if counts is not None:
                kept.append(number)
                added.append([*counts, *weight])
    stories, site_stories, plain, others = np.array(added, np.int64).reshape(-1, 4).T
    columns = [*pairs[rows[kept, 0]].T, *rows[kept, 1:].T, stories, site_stories, units[sides[kept, 0]], plain, others]
    arrays = [pa.array(values).cast(field.type) for values, field in zip(columns, FOUND_SCHEMA, strict=True)]
    return pa.table(arrays, schema=FOUND_SCHEMA)


def _count_stories(row: list[int], node: np.uint64, seeds: Arrays, marks: Arrays) -> tuple[int, int] | None:
    """The medians of how many stories hold the grams of a passage, in all and of one site.

    None where most of the passage stands in so many stories that another pair, that with the first of them, tells of it.
    """
    _, a_from, a_to, b_from, b_to, *_ = row
    inside = (seeds["a_place"] >= a_from) & (seeds["a_place"] < a_to) & (seeds["b_place"] >= b_from) & (seeds["b_place"] < b_to)
    counts = {
        place: (stories, of_site)
        for place, stories, of_site in zip(*(seeds[name][inside].tolist() for name in ("a_place", "stories", "site_stories")), strict=True)
    }
    own = slice(*np.searchsorted(marks["node"], [node, node + np.uint64(1)]).tolist())
    first, last = own.start + np.searchsorted(marks["place"][own], [a_from, a_to])
    marked = zip(*(marks[name][first:last].tolist() for name in ("place", "stories", "site_stories")), strict=True)
    elsewhere = {place: (stories, of_site) for place, stories, of_site in marked if place not in counts}
    if len(elsewhere) > len(counts):
        return None
    stories, of_site = zip(*counts.values(), *elsewhere.values(), strict=True)
    return sorted(stories)[(len(stories) - 1) // 2], sorted(of_site)[(len(of_site) - 1) // 2]


def _weigh(rows: Ints, sides: Ints, words: Lists) -> Iterator[tuple[int, int]]:
    """For each passage how many distinct words of weight its sides share: plain ones, and names and figures."""
    for row, (a, b) in zip(rows.tolist(), sides.tolist(), strict=True):
        left, right = _cut(words.row(a), row[1], row[2]), _cut(words.row(b), row[3], row[4])
        tokens = left.words & np.uint32(TOKEN_MASK)
        weighty = ~is_common(tokens) & ~mark_phrases(tokens)
        shared = set(tokens[weighty].tolist()) & set((right.words & np.uint32(TOKEN_MASK)).tolist())
        special = _names_and_figures(left) & _names_and_figures(right)
        yield len(shared - special), len(shared & special)


def _cut(words: Words, start: int, end: int) -> _Side:
    named = words >> np.uint32(30) == NAME
    beside = len(words) - (end - start)
    outside = np.count_nonzero(named) - np.count_nonzero(named[start:end])
    return _Side(words[start:end], beside < ENOUGH_BESIDE or bool(outside < NAMES_MEAN_NOTHING * beside))


def _names_and_figures(side: _Side) -> set[int]:
    classes = side.words >> np.uint32(30)
    chosen = (classes == NUMBER) | ((classes == NAME) & side.has_names)
    found: set[int] = set((side.words[chosen] & np.uint32(TOKEN_MASK)).tolist())
    return found
