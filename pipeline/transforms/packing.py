"""How packed blocks travel: pairs as little-endian bytes, small tables as Arrow IPC.

A pickled Arrow slice carries its whole parent, and a pickled numpy scalar 118 bytes, so neither is ever an element. The in-process runner
holds what it groups at four to five times its size, all of it in the driver, so blocks are compressed: it costs the workers
some nanoseconds a byte.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.records import Decision, InputSplit

__all__ = [
    "pack_decisions",
    "pack_pairs",
    "pack_split",
    "pack_table",
    "unpack_decisions",
    "unpack_pairs",
    "unpack_split",
    "unpack_table",
]

Pairs = npt.NDArray[np.uint64]

_LEVEL = 1
"""Of zlib: higher levels take a tenth off the size and several times the time."""


def pack_pairs(pairs: Pairs) -> bytes:
    """An (n, 2) array as compressed bytes; their order is not kept.

    Sorted, and with the bytes of equal weight beside each other, since nodes of a split differ in their low bytes only.

    >>> unpack_pairs([pack_pairs(np.array([[1, 2]], np.uint64))]).tolist()
    [[1, 2]]
    """
    pairs = np.asarray(pairs, np.uint64)
    columns = np.ascontiguousarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].T, "<u8")
    columns[0, 1:] -= columns[0, :-1].copy()
    return zlib.compress(columns.view(np.uint8).reshape(-1, 8).T.tobytes(), _LEVEL)


def unpack_pairs(blocks: Iterable[bytes]) -> Pairs:
    """All pairs of several blocks, distinct and sorted."""
    pairs = [np.empty((0, 2), np.uint64), *(_unpack_block(block) for block in blocks)]
    return np.unique(np.concatenate(pairs), axis=0)


def _unpack_block(block: bytes) -> Pairs:
    planes = np.frombuffer(zlib.decompress(block), np.uint8).reshape(8, -1)
    columns = np.ascontiguousarray(planes.T).view("<u8").reshape(2, -1).astype(np.uint64)
    columns[0] = np.cumsum(columns[0], dtype=np.uint64)
    return columns.T


def pack_decisions(decisions: Sequence[Decision]) -> bytes:
    """Decisions as compressed bytes."""
    return zlib.compress(pickle.dumps(list(decisions), protocol=5), _LEVEL)


def unpack_decisions(block: bytes) -> list[Decision]:
    """The decisions of `pack_decisions`."""
    decisions: list[Decision] = pickle.loads(zlib.decompress(block))
    return decisions


def pack_table(table: pa.Table) -> bytes:
    """A table as an Arrow IPC stream, compressed."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table.combine_chunks())
    data: bytes = sink.getvalue().to_pybytes()
    return data


def unpack_table(block: bytes) -> pa.Table:
    """The table of `pack_table`."""
    return pa.ipc.open_stream(block).read_all()


def pack_split(split: InputSplit) -> bytes:
    """A split as compressed bytes: Beam embeds the elements of a Create several times, and 200,000 small files are 25 MB of slices."""
    return zlib.compress(pickle.dumps(split, protocol=5), 6)


def unpack_split(block: bytes) -> InputSplit:
    """The split of `pack_split`."""
    split: InputSplit = pickle.loads(zlib.decompress(block))
    return split
