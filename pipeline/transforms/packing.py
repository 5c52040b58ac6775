"""How packed blocks travel: pairs as little-endian bytes, small tables as Arrow IPC.

A pickled Arrow slice carries its whole parent, and a pickled numpy scalar 118 bytes, so neither is ever an element.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.records import InputSplit

__all__ = ["pack_pairs", "pack_split", "pack_table", "unpack_pairs", "unpack_split", "unpack_table"]

Pairs = npt.NDArray[np.uint64]


def pack_pairs(pairs: Pairs) -> bytes:
    """An (n, 2) array as bytes.

    >>> unpack_pairs([pack_pairs(np.array([[1, 2]], np.uint64))]).tolist()
    [[1, 2]]
    """
    return np.ascontiguousarray(pairs, "<u8").tobytes()


def unpack_pairs(blocks: Iterable[bytes]) -> Pairs:
    """All pairs of several blocks, distinct and sorted."""
    pairs = np.frombuffer(b"".join(blocks), "<u8").reshape(-1, 2)
    return np.unique(pairs, axis=0).astype(np.uint64)


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
