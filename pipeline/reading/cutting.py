"""Where a large file can be cut, so that several workers read it: places where a record begins, whatever the records hold.

JSONL is cut anywhere, since a line says where it begins. Parquet is cut between row groups, a plain WARC file at record headers, one
that is compressed by the record at its members, CSV between rows. Everything else is read as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow
from pyarrow import parquet

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.reading.decompress import Decompressed
from pipeline.reading.separated import row_starts, separated_dialect
from pipeline.reading.sniff import HEAD_BYTES, detect_compression, detect_container
from pipeline.reading.streams import Peekable, plain_chunks
from pipeline.reading.warc import record_starts

__all__ = ["Cut", "find_cut"]

_MEMBER_ROOM = 64 * 2**20
"""How far behind a place a compressed member is searched for; four times the largest record of the defaults."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How a file is divided: `bounds` are byte offsets (of Parquet: row groups), the first 0 and the last the end."""

    container: str
    compression: str
    bounds: tuple[int, ...]


def find_cut(handle: BinaryIO, name: str, size: int, target: int, config: InputConfig, *, local: bool) -> Cut | None:
    """Divide a file into pieces of about `target` bytes; None where it has to be read as a whole.

    Args:
        handle: the file, seekable.
        name: second evidence of what it is.
        size: its bytes.
        config: limits.
        local: reading through the file costs seconds and no requests to a store: CSV and plain WARC files are walked from their start,
            which alone tells for certain where a row or record begins.

    Raises:
        OSError: it cannot be read.
    """
    source = Peekable(plain_chunks(handle))
    head = source.peek(HEAD_BYTES)
    if (compression := detect_compression(head)) != "none":
        bounds = _members(handle, size, target, config) if compression == "gzip" else []
        return _cut("warc", compression, bounds, size)
    container = detect_container(source.peek, name, config.max_record_bytes)
    if container == "lines":
        count = -(-size // target)
        return _cut(container, "none", [index * size // count for index in range(1, count)], size)
    if container == "parquet":
        return _row_groups(handle, target)
    if container == "warc" and local:
        return _cut(container, "none", _spaced(record_starts(handle, size), target), size)
    if container == "file" and local:
        dialect = separated_dialect(source, name, config)
        # In another encoding than UTF-8, places count in the text as UTF-8 and cannot be sought for.
        if dialect and dialect.encoding is None:
            return _cut("csv", "none", _spaced(row_starts(handle, dialect, config), target), size)
    return None


def _cut(container: str, compression: str, inner: list[int], end: int) -> Cut | None:
    return Cut(container, compression, (0, *inner, end)) if inner else None


def _spaced(starts: Iterator[int], target: int) -> list[int]:
    """The first of the starts behind each multiple of `target`."""
    bounds: list[int] = []
    wanted = target
    for start in starts:
        if start >= wanted:
            bounds.append(start)
            wanted = (start // target + 1) * target
    return bounds


def _row_groups(handle: BinaryIO, target: int) -> Cut | None:
    """Runs of row groups of at least `target` bytes of data; None where the footer cannot be read."""
    try:
        footer = parquet.read_metadata(handle)
        sizes = [footer.row_group(index).total_byte_size for index in range(footer.num_row_groups)]
    except pyarrow.ArrowException:
        return None
    bounds, size = [0], 0
    for index, more in enumerate(sizes):
        size += more
        if size >= target or index == len(sizes) - 1:
            bounds.append(index + 1)
            size = 0
    return Cut("parquet", "none", tuple(bounds)) if len(bounds) > 2 else None


def _members(handle: BinaryIO, size: int, target: int, config: InputConfig) -> list[int]:
    """Places near the multiples of `target` where a member begins that decompresses to a WARC record; none if it is another file."""
    stream = Decompressed(handle, "gzip", size, config.max_expansion)
    stream.wanted = b"WARC/"
    bounds: list[int] = []
    try:
        if stream.find_member(0, 1) != 0:
            return []
        wanted = target
        while wanted < size:
            found = stream.find_member(wanted, wanted + _MEMBER_ROOM)
            if found is None:
                break
            bounds.append(found)
            wanted = (found // target + 1) * target
    except DocumentError:
        return []  # Read says what is wrong with it
    return bounds
