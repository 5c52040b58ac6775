"""Joins fingerprints over all documents: pairs of documents that hold the same gram, with the places of it.

A story counts once, however many copies of it there are: of the members of a cluster that hold a gram the representative takes part or,
where it does not hold it, the smallest member that does. So a copy takes part with what its desk added, and with nothing else.

A gram in up to `FULL` stories makes seeds of all pairs of them; one in more is a star around the first of them, which ends where
`max_frequency` does, so that the number of seeds is near-linear in the number of fingerprints. Every place of such a gram is marked
beside, so that it is known of any passage how much of it stands nearly everywhere.

Nothing here depends on the order of the documents.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedup.passages_prints import PLACE_BITS

__all__ = ["FULL", "MARK_SCHEMA", "MEMBER", "OUT", "SEED_SCHEMA", "STANDS", "Stories", "count_stories", "find_seeds"]

U64 = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

FULL = 20
"""Up to this many stories, every pair of them is told."""
MEMBER, STANDS, OUT = 0, 1, 2
"""What was decided about a document: a copy, the representative of its cluster, or killed."""

SEED_SCHEMA = pa.schema(
    [
        ("a_node", pa.uint64()),
        ("b_node", pa.uint64()),
        ("a_place", pa.int32()),
        ("b_place", pa.int32()),
        ("stories", pa.int32()),
        ("site_stories", pa.int32()),
    ]
)
"""`stories` hold the gram; so many of them are of one site, that of a or of b, whichever has more."""


MARK_SCHEMA = pa.schema([("node", pa.uint64()), ("place", pa.int32()), ("stories", pa.int32()), ("site_stories", pa.int32())])
"""A place of a gram that more than `FULL` stories hold; so many of them are of this document's site."""


class Stories(NamedTuple):
    """A row for each document.

    Attributes:
        nodes: the document.
        rank: its place by `order`.
        site: 0 where unknown.
        story: rank of the document that stands for its cluster, or its own.
        stands: whether it is that document.
        out: whether it takes no part.
    """

    nodes: U64
    rank: Ints
    site: U64
    story: Ints
    stands: npt.NDArray[np.bool_]
    out: npt.NDArray[np.bool_]


def count_stories(nodes: U64, order: U64, site: U64, decided: U64) -> Stories:
    """What is to be known of each document.

    Args:
        decided: (documents, 3): node, a number for its cluster, and `MEMBER`, `STANDS` or `OUT`, of documents in clusters.
    """
    rank = np.empty(len(nodes), np.int64)
    rank[np.lexsort((nodes, order))] = np.arange(len(nodes))
    story, stands, out = rank.copy(), np.ones(len(nodes), bool), np.zeros(len(nodes), bool)
    by_node = np.argsort(nodes)
    places = by_node[np.minimum(np.searchsorted(nodes[by_node], decided[:, 0]), max(len(nodes) - 1, 0))] if len(nodes) else np.empty(0, int)
    known = nodes[places] == decided[: len(places), 0]  # notices and documents of earlier runs are not among the nodes
    places, labels, what = places[known], decided[: len(known), 1][known], decided[: len(known), 2][known]
    out[places[what == OUT]] = True
    stands[places] = what == STANDS
    first = np.lexsort((rank[places], what != STANDS, labels))
    begins = np.concatenate(([True], labels[first][1:] != labels[first][:-1]))[: len(first)]
    story[places[first]] = rank[places[first][begins]][np.cumsum(begins) - 1]
    return Stories(nodes, rank, site, story, stands, out)


def find_seeds(prints: U64, rows: Ints, stories: Stories, max_frequency: int) -> tuple[pa.Table, pa.Table]:
    """Seeds (`SEED_SCHEMA`) from fingerprints, a of the smaller rank; and marks (`MARK_SCHEMA`) of the grams in many stories.

    Args:
        prints: fingerprints, all that there are of each hash among them.
        rows: the document of each, by its row in `stories`.
    """
    chosen = ~stories.out[rows]
    prints, rows = prints[chosen], rows[chosen]
    hashes = prints >> np.uint64(PLACE_BITS)
    order = np.lexsort((stories.rank[rows], ~stories.stands[rows], stories.story[rows], hashes))
    hashes, rows, places = hashes[order], rows[order], (prints[order] & np.uint64((1 << PLACE_BITS) - 1)).astype(np.int64)
    # One document a story.
    story = stories.story[rows]
    first = np.concatenate(([True], (hashes[1:] != hashes[:-1]) | (story[1:] != story[:-1])))[: len(rows)]
    hashes, rows, places = hashes[first], rows[first], places[first]
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1]))[: len(rows)])
    lengths = np.diff(np.append(starts, len(rows)))
    kept = np.repeat(lengths > 1, lengths)
    rows, places, lengths = rows[kept], places[kept], lengths[lengths > 1]
    starts = np.cumsum(lengths) - lengths
    group = np.repeat(np.arange(len(lengths)), lengths)
    left, right = _pairs(starts, lengths, max_frequency)
    sites = _count_sites(group, stories.site[rows])
    turned = stories.rank[rows[left]] > stories.rank[rows[right]]
    a, b = np.where(turned, right, left), np.where(turned, left, right)
    often = np.flatnonzero(lengths[group] > FULL)
    marks = stories.nodes[rows[often]], places[often], lengths[group[often]], sites[often]
    columns = {
        "a_node": stories.nodes[rows[a]],
        "b_node": stories.nodes[rows[b]],
        "a_place": places[a],
        "b_place": places[b],
        "stories": lengths[group[a]],
        "site_stories": np.maximum(sites[a], sites[b]),
    }
    seeds = pa.table([pa.array(columns[field.name]).cast(field.type) for field in SEED_SCHEMA], schema=SEED_SCHEMA)
    return seeds, pa.table(
        [pa.array(values).cast(field.type) for values, field in zip(marks, MARK_SCHEMA, strict=True)], schema=MARK_SCHEMA
    )


def _pairs(starts: Ints, lengths: Ints, most: int) -> tuple[Ints, Ints]:
    """Pairs of entries of each group: all of them, or of the first with each of the others up to the number `most`."""
    place = np.arange(int(lengths.sum())) - np.repeat(starts, lengths)
    length, start = np.repeat(lengths, lengths), np.repeat(starts, lengths)
    right = [np.flatnonzero((length > FULL) & (place > 0) & (place < most))]
    left = [start[right[0]]]
    some = np.flatnonzero(length <= FULL)
    for distance in range(1, FULL):
        some = some[place[some] + distance < length[some]]
        left.append(some)
        right.append(some + distance)
    return np.concatenate(left), np.concatenate(right)


def _count_sites(group: Ints, site: U64) -> Ints:
    """For each entry, how many entries of its group are of its site; 0 where that is unknown."""
    counts = np.zeros(len(group), np.int64)
    known = np.flatnonzero(site)
    order = known[np.lexsort((site[known], group[known]))]
    same = np.concatenate(([True], (group[order][1:] != group[order][:-1]) | (site[order][1:] != site[order][:-1])))[: len(order)]
    number = np.cumsum(same) - 1
    counts[order] = np.bincount(number, minlength=1)[number]
    return counts
