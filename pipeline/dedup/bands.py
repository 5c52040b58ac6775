"""Candidate pairs: documents that may be copies of each other. Everything here is independent of the order of its input.

Four routes propose pairs, each near-linear in the number of documents:

- `exact_pairs`: equal comparison texts, as a star around the smallest of a group;
- `propose`: documents that share the key of a band of the signature;
- `sample_pairs`: documents that share sampled shingles, which finds abridgements that the bands miss;
- `version_pairs`: documents that share an id or a slug.

Exact copies are collapsed first: of a group with one text only the smallest takes part in bands and samples, so that 100,000 copies
of one press release cost no more than 100,000 different texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.config import DedupConfig
from pipeline.dedup.overlap import Lists, shared_rows

__all__ = ["describe_bands", "exact_pairs", "explain_bands", "propose", "sample_pairs", "version_pairs"]

Nodes = npt.NDArray[np.uint64]
Ranks = npt.NDArray[np.int64]
Column = Any
"""A numpy array or a pyarrow array; nulls of the latter take no part."""

FULL_BUCKET = 16
"""Up to this many members, every pair of a bucket is proposed; above, each member meets the smallest ones and its neighbours."""
FULL_SERIES = 64
"""The same for documents of one id or slug, of which a notice has to meet every one."""
HUBS = 3
"""How many of the smallest members of a large bucket every other member meets."""
NEIGHBOURS = 1
"""How many of the next larger members of a large bucket each member meets.

Two copies among thousands of fillings of a template still meet, in the bands whose minima are shingles of their own. With these numbers a
filling of a template of any size is related to some 15 to 25 others; with 32, 8 and 4 it was twice as many, for the same clusters."""
SAMPLE_PART = 0.3
"""Share of `min_containment` that a sample must estimate."""
_PENDING = 1 << 22
"""Pairs that are gathered before doubles are dropped; bounds memory to some 100 MB."""


def explain_bands(config: DedupConfig, similarities: Sequence[float] = ()) -> list[tuple[float, float]]:
    """The S-curve: for each Jaccard similarity the probability that the bands propose a pair, ``1 - (1 - s**rows)**bands``.

    >>> [(s, round(recall, 4)) for s, recall in explain_bands(DedupConfig(), (0.025, 0.3, 0.45))]
    [(0.025, 0.0013), (0.3, 0.9024), (0.45, 0.9997)]
    """
    chosen = similarities or [step / 20 for step in range(1, 21)]
    return [(float(s), 1.0 - (1.0 - float(s) ** config.rows) ** config.bands) for s in chosen]


def describe_bands(config: DedupConfig) -> str:
    """The S-curve as a table for a reader."""
    lines = [f"{config.bands} bands of {config.rows} values: a pair of this Jaccard similarity is proposed with this probability"]
    lines += [f"  {similarity:5.3f}  {recall:8.4%}" for similarity, recall in explain_bands(config)]
    return "\n".join(lines)


def propose(bands: Iterable[Column], text_keys: Column, order: Column, nodes: Nodes) -> Nodes:
    """Pairs of documents that share the key of at least one band.

    Args:
        bands: the keys of some bands, one array a band (uint64, null where a document takes no part); looked at one by one.
        text_keys: 16 bytes a document; of equal ones only the smallest by `order` takes part.
        order: what makes a document smaller than another; ties are decided by node.
        nodes: the documents.

    Returns:
        (pairs, 2) nodes, the smaller document first, distinct, sorted by the two nodes.
    """
    ranked = _Ranked(order, nodes)
    alone = ranked.is_first_of(_groups(text_keys))

    def buckets() -> Iterator[tuple[Nodes, Ranks]]:
        for band in bands:
            keys, valid = _values(band)
            chosen = np.flatnonzero(valid & alone)
            yield keys[chosen].astype(np.uint64), ranked.ranks[chosen]

    return ranked.pairs(_distinct(_linked(*bucket, FULL_BUCKET) for bucket in buckets()))


def exact_pairs(text_keys: Column, order: Column, nodes: Nodes) -> Nodes:
    """For each group of equal texts, pairs of its smallest document and each other one; form as in `propose`."""
    ranked = _Ranked(order, nodes)
    groups = _groups(text_keys)
    sort = np.lexsort((ranked.ranks, groups))
    first = _run_starts(groups[sort])
    others = np.ones(len(sort), bool)
    others[first] = False
    lengths = np.diff(np.append(first, len(sort)))
    hub = np.repeat(ranked.ranks[sort][first], lengths) if len(sort) else ranked.ranks
    return ranked.pairs(_pack(hub[others], ranked.ranks[sort][others]))


def sample_pairs(
    samples: Any, order: Column, nodes: Nodes, text_keys: Column, config: DedupConfig, *, partition: int = 0, partitions: int = 1
) -> Nodes:
    """Pairs that share sampled shingles: the route for abridgements, whose Jaccard is low while one text holds the other.

    The shingles below a fixed share of the hash space are an unbiased sample of every document's set (Broder's modulus
    sketch), so what two samples share estimates containment. A sampled shingle in more than `config.max_frequency` documents is
    boilerplate or idiom and proposes nothing, but counts in the estimate. A pair is kept where the estimate reaches 3/10 of
    `config.min_containment` (which is what a scan with 7 % wrong letters has), or where a sample is too small (under four shingles)
    to estimate anything.

    Args:
        samples: the whole sample of each document (list<uint32>, ascending).
        partition, partitions: only shingles whose hash falls in this partition propose pairs; a pair may come from several.

    Returns:
        As `propose`.
    """
    ranked = _Ranked(order, nodes)
    lists = Lists.of(samples)
    values, sizes = lists.values, lists.sizes
    # By partition first: the owners of all sampled shingles would be the largest array of the whole comparison.
    chosen = np.flatnonzero(values % np.uint32(partitions) == partition)
    owners = np.searchsorted(np.cumsum(sizes), chosen, side="right")
    alone = ranked.is_first_of(_groups(text_keys))[owners]
    hashes, ranks = values[chosen[alone]], ranked.ranks[owners[alone]]
    sort = np.argsort(hashes, kind="stable")
    starts = _run_starts(hashes[sort])
    lengths = np.diff(np.append(starts, len(hashes)))
    usable = np.repeat((lengths >= 2) & (lengths <= config.max_frequency), lengths)
    packed = _distinct(iter([_linked(hashes[sort][usable].astype(np.uint64), ranks[sort][usable], FULL_BUCKET)]))
    first, second = ranked.unpack(packed)
    shared = shared_rows(lists, first, second)
    smaller = np.minimum(sizes[first], sizes[second])
    worth = (shared >= SAMPLE_PART * config.min_containment * smaller) | (smaller < 4)
    return ranked.pairs(packed[worth])


def version_pairs(guid_keys: Column, slug_keys: Column, order: Column, nodes: Nodes) -> Nodes:
    """Pairs of documents that share an id or a slug (0: unknown); form as in `propose`."""
    ranked = _Ranked(order, nodes)

    def buckets() -> Iterator[tuple[Nodes, Ranks]]:
        for column in (guid_keys, slug_keys):
            keys, valid = _values(column)
            chosen = np.flatnonzero(valid & (keys != 0))
            yield keys[chosen].astype(np.uint64), ranked.ranks[chosen]

    return ranked.pairs(_distinct(_linked(*bucket, FULL_SERIES) for bucket in buckets()))


class _Ranked:
    """Documents by rank: their place when sorted by `order`, then by node. Pairs are packed as rank << 32 | rank."""

    def __init__(self, order: Column, nodes: Nodes) -> None:
        self.nodes = np.asarray(nodes, np.uint64)
        self.by_rank = np.lexsort((self.nodes, _values(order)[0]))
        self.ranks = np.empty(len(self.by_rank), np.int64)
        self.ranks[self.by_rank] = np.arange(len(self.by_rank))

    def is_first_of(self, groups: Ranks) -> npt.NDArray[np.bool_]:
        """Which documents have the smallest rank of their group."""
        first = np.zeros(len(self.ranks), bool)
        sort = np.lexsort((self.ranks, groups))
        first[sort[_run_starts(groups[sort])]] = True
        return first

    def unpack(self, packed: Nodes) -> tuple[Ranks, Ranks]:
        """Positions of the two documents of each pair."""
        return self.by_rank[(packed >> np.uint64(32)).astype(np.int64)], self.by_rank[(packed & np.uint64(0xFFFFFFFF)).astype(np.int64)]

    def pairs(self, packed: Nodes) -> Nodes:
        first, second = self.unpack(packed)
        found = np.stack((self.nodes[first], self.nodes[second]), axis=1)
        return found[np.lexsort((found[:, 1], found[:, 0]))]


def _linked(keys: Nodes, ranks: Ranks, full: int) -> Nodes:
    """Packed pairs of the members of each bucket (equal keys): all of them up to `full` members, else near-linearly many."""
    # Most keys stand alone: what shares no slot of a counting table shares no key, and needs no sorting.
    slots = (keys & np.uint64((1 << max(4, len(keys).bit_length() + 2)) - 1)).astype(np.int64)
    crowded = np.bincount(slots, minlength=1)[slots] > 1
    keys, ranks = keys[crowded], ranks[crowded]
    sort = np.lexsort((ranks, keys))
    keys, ranks = keys[sort], ranks[sort]
    starts = _run_starts(keys)
    lengths = np.diff(np.append(starts, len(keys)))
    start_of, length_of = np.repeat(starts, lengths), np.repeat(lengths, lengths)
    place = np.arange(len(keys)) - start_of
    found = []
    left = np.flatnonzero(length_of > 1)
    for distance in range(1, full):
        left = left[place[left] + distance < length_of[left]]
        left = left[(length_of[left] <= full) | (distance <= NEIGHBOURS)]
        if not len(left):
            break
        found.append(_pack(ranks[left], ranks[left + distance]))
    large = np.flatnonzero(length_of > full)
    for hub in range(HUBS):
        members = large[place[large] > hub]
        found.append(_pack(ranks[start_of[members] + hub], ranks[members]))
    return np.concatenate(found) if found else np.empty(0, np.uint64)


def _distinct(parts: Iterator[Nodes]) -> Nodes:
    pending: list[Nodes] = []
    waiting = 0
    for part in parts:
        pending.append(part)
        waiting += len(part)
        if waiting > _PENDING:
            pending = [np.unique(np.concatenate(pending))]
            waiting = 0
    return np.unique(np.concatenate(pending)) if pending else np.empty(0, np.uint64)


def _pack(smaller: Ranks, larger: Ranks) -> Nodes:
    return (smaller.astype(np.uint64) << np.uint64(32)) | larger.astype(np.uint64)


def _run_starts(values: npt.NDArray[Any]) -> Ranks:
    if not len(values):
        return np.empty(0, np.int64)
    return np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))


def _groups(text_keys: Column) -> Ranks:
    """A number a document, equal where the 16-byte keys are."""
    if isinstance(text_keys, (pa.Array, pa.ChunkedArray)):
        text_keys = _fixed_bytes(text_keys)
    keys = np.ascontiguousarray(text_keys)
    halves = keys.view(np.uint64).reshape(len(keys), -1) if keys.ndim == 1 and keys.dtype.kind in "SV" else keys
    if halves.ndim == 1:
        return np.unique(halves, return_inverse=True)[1]
    sort = np.lexsort(tuple(halves.T))
    changes = np.concatenate(([0], np.any(halves[sort][1:] != halves[sort][:-1], axis=1))) if len(sort) else np.empty(0, np.int64)
    groups = np.empty(len(sort), np.int64)
    groups[sort] = np.cumsum(changes)
    return groups


def _fixed_bytes(column: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    """A column of fixed-size binary without nulls as (rows, words) numbers."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    width = column.type.byte_width
    data = np.frombuffer(column.buffers()[1], np.uint8) if len(column) else np.empty(0, np.uint8)
    rows = data[column.offset * width : (column.offset + len(column)) * width]
    return np.ascontiguousarray(rows).view(np.uint64).reshape(-1, width // 8)


def _values(column: Column) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
    """The numbers of a column and which of them are known."""
    if isinstance(column, (pa.Array, pa.ChunkedArray)):
        valid = np.asarray(column.is_valid())
        values = np.asarray(column.fill_null(0) if column.null_count else column)
        return values.astype(np.uint64, copy=False), valid
    values = np.asarray(np.ma.getdata(column))
    return values, ~np.ma.getmaskarray(column)
