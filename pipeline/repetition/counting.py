"""Counts in how many stories of a site each line occurs. Packed arrays in, a small table out; the order of the shards does not matter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.config import RepetitionConfig
from pipeline.repetition.keys import HEAD, NOWHERE, TAIL, ZONE_BITS
from pipeline.repetition.stories import group_stories

__all__ = ["LABELS", "TABLE_SCHEMA", "DocumentColumns", "LineColumns", "Recurrence", "RecurringLines", "count_lines", "partitions_for"]

U64 = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

LABELS = 16
"""Values of the MinHash signature by which stories are told apart: versions that share half of their text share one of them with
.99998, and half of them show that they do."""

TABLE_SCHEMA = pa.schema(
    [("key", pa.uint64()), *((name, pa.int32()) for name in ("stories", "texts", "head", "tail", "site_documents"))],
)
"""Recurring lines: key, stories that hold the line, distinct texts with zones that do, how many of these in the head and in the tail, and
the distinct texts of the site."""

_ROWS_A_PARTITION = 400_000


class DocumentColumns(NamedTuple):
    """A row for each document of the corpus, all shards one after the other.

    `text` is a hash of the text, `order` decides between copies, `labels` are the first values of each signature, and a `site` of 0 is a
    document that is not counted.
    """

    site: U64
    text: U64
    order: U64
    labels: npt.NDArray[np.uint32]


class LineColumns(NamedTuple):
    """The packed keys of one shard: its row i has ``keys[offsets[i] : offsets[i + 1]]``."""

    keys: U64
    offsets: Ints


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often a line recurs on its site; see `TABLE_SCHEMA`."""

    stories: int
    texts: int
    head: int
    tail: int
    site_documents: int

    @property
    def share(self) -> float:
        """Stories with the line, as a share of the site's documents."""
        return self.stories / self.site_documents

    def keeps_to(self, zone: int) -> float:
        """Share of its texts in which the line stands in this zone."""
        return (self.head if zone == HEAD else self.tail) / self.texts if self.texts else 0.0


class RecurringLines:
    """All recurring lines of a corpus, found by key. `name`: 16 hex digits that stand for them, the same for any order of the tables.

    >>> table = pa.table([[7], [40], [41], [0], [41], [100]], schema=TABLE_SCHEMA)
    >>> RecurringLines([table]).find(7), RecurringLines([table]).find(8)
    (Recurrence(stories=40, texts=41, head=0, tail=41, site_documents=100), None)
    """

    def __init__(self, tables: Iterable[pa.Table]) -> None:
        whole = pa.concat_tables([TABLE_SCHEMA.empty_table(), *tables]).sort_by("key").combine_chunks()
        self._columns = [whole.column(name).to_numpy() for name in TABLE_SCHEMA.names]
        digest = hashlib.blake2b(digest_size=8)
        for column in self._columns:
            digest.update(np.ascontiguousarray(column).tobytes())
        self.name = digest.hexdigest()

    def __len__(self) -> int:
        return len(self._columns[0])

    @property
    def keys(self) -> U64:
        """The keys, ascending."""
        keys: U64 = self._columns[0]
        return keys

    def find(self, key: int | None) -> Recurrence | None:
        """What is known about a line, or None where it does not recur."""
        if key is None or not len(self):
            return None
        position = int(np.searchsorted(self.keys, np.uint64(key)))
        if position == len(self) or int(self.keys[position]) != key:
            return None
        return Recurrence(*(int(column[position]) for column in self._columns[1:]))

    def rows_with(self, keys: U64, offsets: Ints) -> Ints:
        """Rows of a shard that hold a recurring line; `keys` are packed, see `LineColumns`."""
        if not len(self) or not len(keys):
            return np.empty(0, np.int64)
        wanted = keys >> np.uint64(ZONE_BITS)
        found = np.minimum(np.searchsorted(self.keys, wanted), len(self) - 1)
        hits = np.flatnonzero(self.keys[found] == wanted)
        return np.unique(np.searchsorted(offsets, hits, side="right") - 1)


def partitions_for(rows: int, most: int) -> int:
    """Over how many tasks the lines of so many documents are dealt: one task holds some 400 MB for them.

    >>> partitions_for(10, 8), partitions_for(10**6, 8), partitions_for(10**9, 8)
    (1, 3, 8)
    """
    return min(most, 1 + rows // _ROWS_A_PARTITION)


def count_lines(
    documents: DocumentColumns, shards: Iterable[LineColumns], config: RepetitionConfig, partition: int = 0, partitions: int = 1
) -> pa.Table:
    """The recurring lines of one partition of the hash space.

    Args:
        documents: all rows, in any order of the shards.
        shards: the lines of the same rows, shard by shard; read only where some site is large enough.

    Of documents of a site with the same text one counts. A line recurs where it occurs in at least `min_documents` stories
    and in the share `min_share` of the site's documents.
    """
    numbers, sizes, chosen = _choose_rows(documents, config)
    if not chosen.any():
        return TABLE_SCHEMA.empty_table()
    stories = np.zeros(len(chosen), np.int64)
    stories[chosen] = group_stories(numbers[chosen], sizes, documents.labels[chosen])
    keys, rows = _gather(shards, chosen, partition, partitions)
    order = np.argsort(keys)  # by line, then by zone
    keys, rows = keys[order], rows[order]
    del order
    lines = keys >> np.uint64(ZONE_BITS)
    starts = np.flatnonzero(np.concatenate(([True], lines[1:] != lines[:-1])))[: len(lines)]
    counts = np.diff(np.append(starts, len(lines)))
    size = sizes[numbers[rows[starts]]]
    least = np.maximum(config.min_documents, np.ceil(config.min_share * size))
    found = []
    for group in np.flatnonzero(counts >= least):
        span = slice(int(starts[group]), int(starts[group] + counts[group]))
        told = len(np.unique(stories[rows[span]]))
        if told >= least[group]:
            zones = np.bincount((keys[span] & np.uint64(NOWHERE)).astype(np.int64), minlength=NOWHERE + 1)
            placed = zones[:NOWHERE].sum()
            found.append(tuple(map(int, (lines[span.start], told, placed, zones[HEAD], zones[TAIL], size[group]))))
    columns = list(zip(*found, strict=True)) if found else [()] * len(TABLE_SCHEMA)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, TABLE_SCHEMA, strict=True)], schema=TABLE_SCHEMA
    )


def _choose_rows(documents: DocumentColumns, config: RepetitionConfig) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Number of each row's site, distinct texts of each site, and the rows that count: one a text, of sites that are large enough."""
    site, text = documents.site, documents.text
    if len(site) < config.min_site_documents:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.zeros(0, bool)
    numbers = np.unique(site, return_inverse=True)[1].astype(np.int64)
    by_text = np.lexsort((documents.order, text, site))
    first = np.ones(len(site), bool)
    first[1:] = (site[by_text][1:] != site[by_text][:-1]) | (text[by_text][1:] != text[by_text][:-1])
    chosen = np.zeros(len(site), bool)
    chosen[by_text[first]] = True
    chosen &= site != 0
    sizes = np.bincount(numbers[chosen], minlength=int(numbers.max()) + 1)
    chosen &= sizes[numbers] >= config.min_site_documents
    return numbers, sizes, chosen


def _gather(
    shards: Iterable[LineColumns], chosen: npt.NDArray[np.bool_], partition: int, partitions: int
) -> tuple[U64, npt.NDArray[np.int32]]:
    """Packed keys of one partition with their rows, shard by shard, so that no more than this partition is held."""
    found_keys, found_rows = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
    base = 0
    for keys, offsets in shards:
        count = len(offsets) - 1
        row_of = np.repeat(np.arange(base, base + count, dtype=np.int32), np.diff(offsets))
        wanted = chosen[row_of]
        if partitions > 1:
            wanted &= (keys >> np.uint64(ZONE_BITS)) % np.uint64(partitions) == np.uint64(partition)
        found_keys.append(keys[wanted])
        found_rows.append(row_of[wanted])
        base += count
    return np.concatenate(found_keys), np.concatenate(found_rows)
