"""The sketch columns that passages are found by: written by Stage where passages are asked for, read back as packed arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from pipeline.dedup.passages_places import unit_of
from pipeline.dedup.passages_prints import choose_prints

__all__ = ["FIELDS", "PARTITIONS", "pack_passages", "partition_name", "unpack_prints"]

PARTITIONS = 32
"""Columns over which fingerprints are dealt, by the highest bits of their hash; a task joins one of them and reads no other."""
_SHIFT = 59


def partition_name(partition: int) -> str:
    """Name of the column of a partition."""
    return f"prints_{partition:02d}"


FIELDS = (
    pa.field("unit", pa.uint8(), False),
    pa.field("site", pa.uint64(), False),
    *(pa.field(partition_name(partition), pa.list_(pa.uint64()), False) for partition in range(PARTITIONS)),
)
"""What the tokens are (see `passages_places.unit_of`); the site (0: unknown); the fingerprints, see `passages_prints`."""


def pack_passages(texts: Sequence[str | None], sites: Sequence[str], words: pa.ListArray) -> list[pa.Array]:
    """The columns of `FIELDS` for some documents.

    Args:
        texts: None for a document that takes no part, such as a kill notice.
        sites: name of the outlet or host of each; empty where unknown.
        words: the column `words` of their sketches.
    """
    counts = np.diff(words.offsets.to_numpy()).astype(np.int64)
    values = words.flatten().to_numpy()
    units = np.array([0 if text is None else unit_of(text) for text in texts], np.uint8)
    apart = np.array([text is None for text in texts], bool)
    prints, found = choose_prints(values[~np.repeat(apart, counts)], np.where(apart, 0, counts), units)
    rows = np.repeat(np.arange(len(texts)), found)
    partitions = (prints >> np.uint64(_SHIFT)).astype(np.int64)
    keys = [xxhash.xxh3_64_intdigest(site.encode("utf-8", "surrogatepass")) or 1 if site else 0 for site in sites]
    columns = [pa.array(units), pa.array(keys, pa.uint64())]
    for partition in range(PARTITIONS):
        chosen = partitions == partition
        offsets = np.concatenate(([0], np.cumsum(np.bincount(rows[chosen], minlength=len(texts))))).astype(np.int32)
        columns.append(pa.ListArray.from_arrays(pa.array(offsets), pa.array(prints[chosen], pa.uint64())))
    return columns


def unpack_prints(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """The fingerprints of one partition and one shard, and the number of the row that holds each."""
    values, rows, first = [np.empty(0, np.uint64)], [np.empty(0, np.int64)], 0
    for chunk in column.chunks:
        offsets = chunk.offsets.to_numpy()
        values.append(chunk.values.to_numpy()[offsets[0] : offsets[-1]])
        rows.append(np.repeat(np.arange(first, first + len(chunk)), np.diff(offsets)))
        first += len(chunk)
    return np.concatenate(values), np.concatenate(rows)
