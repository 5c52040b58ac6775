"""Reads sketch columns back: whole columns for the bands, single rows for verification.

Local files are mapped into memory and their pages are given back after use, so that the resident size of a worker does not grow to
the size of all sketches. Single rows of the long columns are read by position instead: a page fault brings in its neighbours as well
(64 kB on Linux), so that a few thousand rows through a mapping would make all of the sketches resident. Files on other storage are
copied to a temporary folder when they are first needed, since a run asks for the rows of one file many times.
"""

from __future__ import annotations

import mmap
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.records import ShardRef
from pipeline.staging import sketch_path
from pipeline.storage import LocalStorage, Storage, join

__all__ = ["CachedRows", "SketchFiles", "shard_index"]

Nodes = npt.NDArray[np.uint64]


class SketchFiles:
    """The sketch files of a run.

    Args:
        refs: all shards, in any order.
        storage_for: finds the storage of a path.
    """

    def __init__(self, refs: Sequence[ShardRef], storage_for: Callable[[str], Storage]) -> None:
        self.refs = sorted((ref for ref in refs if ref.sketch_rows), key=lambda ref: ref.key)
        self._storage_for = storage_for
        self._keys = np.array([ref.key for ref in self.refs], np.uint64)
        self._open: dict[int, _SketchFile] = {}
        self._copies: str | None = None

    def nodes(self, position: int) -> Nodes:
        """Nodes of the rows of the shard at `position` in `refs`."""
        ref = self.refs[position]
        ordinals = self.column(position, "ordinal")
        nodes: Nodes = np.concatenate([b.to_numpy() for b in ordinals.chunks]).astype(np.uint64) + np.uint64(ref.number << 32)
        return nodes

    def column(self, position: int, name: str) -> pa.ChunkedArray:
        """One column of one shard."""
        return self._file(position).column(name)

    def rows(self, nodes: Nodes, columns: Sequence[str]) -> pa.Table:
        """Rows of `nodes`, in their order, with a column `node` beside those asked for.

        Raises:
            KeyError: a node is not among the sketches.
        """
        nodes = np.asarray(nodes, np.uint64)
        positions = shard_index(self._keys, nodes)
        order = np.lexsort((nodes, positions))
        parts = []
        for position in np.unique(positions):
            wanted = nodes[order][positions[order] == position]
            parts.append(self._file(int(position)).rows(wanted - np.uint64(self.refs[position].number << 32), columns))
        if not parts:
            parts = [self._file(0).rows(nodes, columns)] if self.refs else []
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        table = pa.concat_tables(parts).combine_chunks().take(pa.array(back))
        return table.append_column("node", pa.array(nodes, pa.uint64()))

    def release(self) -> None:
        """Give back the memory of what was read."""
        for file in self._open.values():
            file.release()

    def _file(self, position: int) -> _SketchFile:
        if position not in self._open:
            path = sketch_path(self.refs[position])
            storage = self._storage_for(path)
            self._open[position] = _SketchFile(path if storage.is_local else self._copy(position, path, storage), LocalStorage())
        return self._open[position]

    def _copy(self, position: int, path: str, storage: Storage) -> str:
        """A local copy of a file, for as long as this object lives."""
        if self._copies is None:
            self._copies = tempfile.mkdtemp(prefix="copydesk-sketches-")
            weakref.finalize(self, shutil.rmtree, self._copies, ignore_errors=True)
        target = join(self._copies, f"{position}.arrow")
        with storage.open(path) as source, LocalStorage().create(target) as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        return target


class CachedRows:
    """A `SketchReader` that answers from rows read once, for many small questions about the same nodes."""

    def __init__(self, table: pa.Table, behind: SketchFiles) -> None:
        self._behind = behind
        nodes = table.column("node").to_numpy()
        self._order = np.argsort(nodes)
        self._nodes, self._table = nodes[self._order], table

    def rows(self, nodes: Nodes, columns: Sequence[str]) -> pa.Table:
        """As `SketchFiles.rows`."""
        if not set(columns) <= set(self._table.column_names):
            return self._behind.rows(nodes, columns)
        found = np.searchsorted(self._nodes, nodes)
        return self._table.select([*columns, "node"]).take(pa.array(self._order[found]))


def shard_index(keys: npt.NDArray[np.uint64], nodes: Nodes) -> npt.NDArray[np.int64]:
    """Position of the shard that holds each node, in the sorted `keys` of all shards.

    >>> shard_index(np.array([0, 1 << 32, (1 << 32) + 50], np.uint64), np.array([7, (1 << 32) + 49, (1 << 32) + 50], np.uint64)).tolist()
    [0, 1, 2]
    """
    return np.searchsorted(keys, nodes, side="right").astype(np.int64) - 1


class _SketchFile:
    def __init__(self, path: str, storage: Storage) -> None:
        self._path = path
        self._map: mmap.mmap | None = None
        with storage.open(path) as file:
            if storage.is_local:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            buffer = pa.py_buffer(self._map if self._map is not None else file.read())
        self._base = buffer.address
        reader = pa.ipc.open_file(pa.BufferReader(buffer))
        self._batches: list[pa.RecordBatch] = [reader.get_batch(i) for i in range(reader.num_record_batches)]
        self._schema = reader.schema
        ordinals = [batch.column("ordinal").to_numpy() for batch in self._batches]
        self._ordinals = np.concatenate(ordinals) if ordinals else np.empty(0, np.int64)
        self._starts = np.cumsum([0, *(len(part) for part in ordinals)])

    def column(self, name: str) -> pa.ChunkedArray:
        return pa.chunked_array([batch.column(name) for batch in self._batches], self._schema.field(name).type)

    def rows(self, ordinals: Nodes, columns: Sequence[str]) -> pa.Table:
        """Rows of ascending `ordinals`."""
        wanted = ordinals.astype(np.int64)
        found = np.searchsorted(self._ordinals, wanted)
        if len(wanted) and (found[-1] >= len(self._ordinals) or not np.array_equal(self._ordinals[found], wanted)):
            raise KeyError("a node that is not among the sketches")
        batch_of = np.searchsorted(self._starts, found, side="right") - 1
        parts = []
        with self._opened() as file:
            for index in np.unique(batch_of):
                local = found[batch_of == index] - self._starts[index]
                batch = self._batches[index]
                parts.append(pa.Table.from_arrays([self._take(batch.column(name), local, file) for name in columns], names=list(columns)))
        empty = pa.schema([self._schema.field(name) for name in columns]).empty_table()
        return pa.concat_tables(parts) if parts else empty

    def release(self) -> None:
        if self._map is not None:
            self._map.madvise(mmap.MADV_DONTNEED)

    @contextmanager
    def _opened(self) -> Iterator[int | None]:
        """A descriptor for reads by position; opened for each call, since a run may have more shards than a process may have files."""
        if self._map is None:
            yield None
            return
        descriptor = os.open(self._path, os.O_RDONLY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _take(self, column: pa.Array, rows: npt.NDArray[np.int64], descriptor: int | None) -> pa.Array:
        is_list = pa.types.is_list(column.type)
        if descriptor is None or column.null_count or not (is_list or pa.types.is_string(column.type)):
            return column.take(pa.array(rows))
        width = column.type.value_type.bit_width // 8 if is_list else 1
        buffers = column.buffers()
        offsets = np.frombuffer(buffers[1], np.int32, len(column) + 1)
        at = buffers[-1].address - self._base if buffers[-1] is not None else 0
        starts, ends = (offsets[rows + side].astype(np.int64) * width for side in (0, 1))
        data = b"".join(_read_at(descriptor, at + start, end - start) for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
        taken = np.concatenate(([0], np.cumsum((ends - starts) // width))).astype(np.int32)
        if is_list:
            values = pa.Array.from_buffers(column.type.value_type, len(data) // width, [None, pa.py_buffer(data)])
            return pa.ListArray.from_arrays(pa.array(taken), values)
        return pa.StringArray.from_buffers(len(rows), pa.py_buffer(taken), pa.py_buffer(data))


def _read_at(descriptor: int, position: int, size: int) -> bytes:
    if not size:
        return b""  # an empty buffer has an address outside of the file
    data = os.pread(descriptor, size, position)
    if len(data) != size:
        raise OSError(f"a sketch file ends at byte {position + len(data)}, where {size - len(data)} more are expected")
    return data


def as_uint64(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """A column without nulls as one numpy array."""
    return (
        np.concatenate([chunk.to_numpy(zero_copy_only=False) for chunk in column.chunks]) if column.num_chunks else np.empty(0, np.uint64)
    )
