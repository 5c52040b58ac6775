"""The new documents of a run as the comparison with earlier runs needs them: whole sketch columns as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.config import DedupConfig
from pipeline.corpus.elders import row_bases
from pipeline.dedup.sketches import band_name
from pipeline.records import ShardRef
from pipeline.sketchfiles import SketchFiles

__all__ = ["BAND_FILES", "Fresh", "bands_of", "first_of_text", "fixed_words", "order_of"]

Nodes = npt.NDArray[np.uint64]

BAND_FILES = 8
"""Files over which the bands of a run are dealt, and tasks that read them; a task reads only its own."""


class Fresh:
    """Columns of all new documents that have a sketch.

    Args:
        files: sketch files of the new shards.
        refs: all new shards, those without sketches included.
        without: nodes that take no part.
    """

    def __init__(self, files: SketchFiles, refs: Sequence[ShardRef], without: Nodes | None = None) -> None:
        self._files = files
        nodes = [files.nodes(position) for position in range(len(files.refs))]
        whole = np.concatenate(nodes) if nodes else np.empty(0, np.uint64)
        self._keep = np.flatnonzero(~np.isin(whole, without)) if without is not None and len(without) else None
        self.nodes: Nodes = whole if self._keep is None else whole[self._keep]
        self._bases = row_bases(refs)

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Row of each document in the run."""
        numbers = (self.nodes >> np.uint64(32)).astype(np.int64)
        known = np.array(sorted(self._bases), np.int64)
        base = np.array([self._bases[number] for number in sorted(self._bases)], np.int64)
        found: npt.NDArray[np.int64] = (self.nodes & np.uint64(0xFFFFFFFF)).astype(np.int64)
        return found + base[np.searchsorted(known, numbers)] if len(found) else found

    def column(self, name: str) -> Any:
        """One column as one Arrow array."""
        chunks = [chunk for position in range(len(self._files.refs)) for chunk in self._files.column(position, name).chunks]
        whole = pa.concat_arrays(chunks) if chunks else pa.array([])
        return whole if self._keep is None else whole.take(pa.array(self._keep))

    def numbers(self, name: str) -> npt.NDArray[np.uint64]:
        """A column of numbers without nulls."""
        return np.asarray(self.column(name)).astype(np.uint64, copy=False)

    def words(self, name: str) -> Nodes:
        """A column of 16 bytes as (documents, 2) numbers."""
        return fixed_words(self.column(name))

    def band(self, band: int) -> Any:
        """Keys of a band as a masked array; masked where a document takes no part."""
        column = self.column(band_name(band))
        return np.ma.masked_array(np.asarray(column.fill_null(0)).astype(np.uint64, copy=False), ~np.asarray(column.is_valid()))


def bands_of(group: int, config: DedupConfig) -> range:
    """The bands of one file.

    >>> [list(bands_of(group, DedupConfig(bands=10))) for group in (0, 4, 5)]
    [[0, 1], [8, 9], []]
    """
    each = -(-config.bands // BAND_FILES)
    return range(min(group * each, config.bands), min((group + 1) * each, config.bands))


def first_of_text(text_keys: Nodes, order: npt.NDArray[np.uint64], nodes: Nodes) -> npt.NDArray[np.bool_]:
    """Which documents are the smallest of their text, by `order`, then by node.

    >>> first_of_text(np.array([[1, 1], [1, 1], [2, 2]], np.uint64), np.array([5, 4, 9], np.uint64), np.arange(3, dtype=np.uint64)).tolist()
    [False, True, True]
    """
    first = np.zeros(len(nodes), bool)
    if len(nodes):
        sort = np.lexsort((nodes, order, text_keys[:, 1], text_keys[:, 0]))
        keys = text_keys[sort]
        first[sort[np.concatenate(([True], np.any(keys[1:] != keys[:-1], axis=1)))]] = True
    return first


def fixed_words(column: Any) -> Nodes:
    """A column of fixed-size binary without nulls as (rows, words) numbers, little-endian."""
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    if not len(column):
        return np.empty((0, 2), np.uint64)
    width = column.type.byte_width
    data = np.frombuffer(column.buffers()[1], np.uint8)[column.offset * width : (column.offset + len(column)) * width]
    return np.ascontiguousarray(data).view("<u8").reshape(-1, width // 8).astype(np.uint64, copy=False)


def order_of(ids: Nodes) -> npt.NDArray[np.uint64]:
    """What decides ties between documents: the first eight bytes of their ids as a number. `ids` are those of `fixed_words`."""
    order: npt.NDArray[np.uint64] = ids[:, 0].byteswap()
    return order
