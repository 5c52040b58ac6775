"""Reads one split: opens each of its files, finds out what it is, and numbers what comes out."""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.reading.decompress import decompressed_chunks
from pipeline.reading.letters import EXCERPT_BYTES, Found, Lost, slice_origin
from pipeline.reading.lines import BrokenLine, Line, LongLine, split_lines
from pipeline.reading.rows import read_rows
from pipeline.reading.sniff import HEAD_BYTES, detect_compression, detect_container
from pipeline.reading.streams import Peekable, file_size, plain_chunks, why
from pipeline.records import DeadLetter, FileSlice, InputSplit, Origin, RawDocument, SplitEnd
from pipeline.storage import Storage

__all__ = ["read"]


def read(split: InputSplit, storage_for: Callable[[str], Storage], config: InputConfig) -> Iterator[RawDocument | DeadLetter | SplitEnd]:
    """Yield every record of a split in the order of its slices, numbered from 0, then a `SplitEnd` with their number.

    Args:
        split: what to read.
        storage_for: gives the storage of a URI.
        config: limits; see `InputConfig`.

    A record that cannot be read becomes a `DeadLetter` (codes: docs/dead-letters.md). Memory is bounded by a few times
    `config.max_record_bytes`, whatever the files hold.
    """
    ordinal = 0
    for piece in split.slices:
        for record in _read_slice(piece, storage_for(piece.uri), config):
            yield record.numbered(ordinal)
            ordinal += 1
    yield SplitEnd(split, ordinal)


def _lost(piece: FileSlice, code: str, message: str, length: int | None = None) -> Lost:
    return Lost(slice_origin(piece, length), code, message)


def _read_slice(piece: FileSlice, storage: Storage, config: InputConfig) -> Iterator[Found | Lost]:
    try:
        handle = storage.open(piece.uri)
    except OSError as error:
        # What was never seen whole (a dangling link has no identity) has not changed.
        gone = isinstance(error, FileNotFoundError) and piece.identity
        yield _lost(piece, "file_changed" if gone else "unreadable_file", f"the file cannot be opened: {why(error)}")
        return
    with handle:
        try:
            size = file_size(handle)
        except OSError as error:
            yield _lost(piece, "unreadable_file", f"the file cannot be read: {why(error)}")
            return
        if size < piece.size or (size and not piece.size):
            yield _lost(piece, "file_changed", f"the file had {piece.size} bytes when it was listed and has {size} now")
        elif not size:
            yield _lost(piece, "empty_file", "the file has no bytes", 0)
        else:
            yield from _read_open(piece, handle, config)


def _read_open(piece: FileSlice, handle: BinaryIO, config: InputConfig) -> Iterator[Found | Lost]:
    if piece.container == "parquet":
        yield from read_rows(piece, handle, config, row_groups=(piece.start, piece.end))
        return
    inside = piece.start > 0
    source, compression = Peekable(plain_chunks(handle, piece.start - inside)), "none"
    end: float = piece.end
    if piece.compression == "auto":
        compression = detect_compression(source.peek(HEAD_BYTES))
        if compression != "none":
            source = Peekable(decompressed_chunks(handle, compression, piece.size, config.max_expansion))
            end = math.inf
    container = piece.container
    if container == "auto":
        container = detect_container(source.peek, piece.name, config.max_record_bytes)
    if container == "lines":
        yield from _read_lines(piece, split_lines(source, piece.start, end, config.max_record_bytes, inside=inside), config)
    elif container == "parquet":
        yield from _read_parquet(piece, handle if compression == "none" else None, source, config)
    else:
        yield from _read_whole(piece, source, config, piece.size if compression == "none" else None)


def _read_lines(piece: FileSlice, lines: Iterator[Line | LongLine | BrokenLine], config: InputConfig) -> Iterator[Found | Lost]:
    for line in lines:
        origin = Origin(uri=piece.name, path=piece.uri, locator=line.offset, length=line.length or None)
        if isinstance(line, Line):
            yield Found(origin, line.data, "row")
        elif isinstance(line, LongLine):
            message = f"a line of {line.length} bytes; input.max_record_bytes is {config.max_record_bytes}"
            yield Lost(origin, "record_too_large", message, line.sha256, line.head)
        else:
            yield Lost(origin, line.error.code, line.error.message, None, line.head)


def _read_parquet(piece: FileSlice, handle: BinaryIO | None, source: Peekable, config: InputConfig) -> Iterator[Found | Lost]:
    """Rows of a whole Parquet file. Of a compressed one (`handle` is None) the content goes to disk first: Parquet is read from its end."""
    if handle is not None:
        yield from read_rows(piece, handle, config)
        return
    with tempfile.TemporaryFile() as spool:
        try:
            for chunk in source:
                spool.write(chunk)
        except DocumentError as error:
            yield _lost(piece, error.code, error.message)
            return
        yield from read_rows(piece, spool, config)


def _read_whole(piece: FileSlice, source: Peekable, config: InputConfig, size: int | None) -> Iterator[Found | Lost]:
    """One document, or the members of a file that holds several. `size`, where known, is the length of the content in bytes."""
    from pipeline.parsers.members import split_members  # brings an XML library, which JSONL and Parquet do without

    limit = config.max_record_bytes
    head = source.peek(EXCERPT_BYTES + 1)
    try:
        data = source.read_at_most(limit)
        if len(data) > limit:
            raise DocumentError("record_too_large", f"a document of more than {limit} bytes, which is input.max_record_bytes")
        if not data:
            raise DocumentError("empty_file", "nothing comes out of the compressed file")
        members = split_members(data, piece.name)
    except DocumentError as error:
        yield Lost(slice_origin(piece, size), error.code, error.message, None, head)
        return
    if members is None:
        yield Found(Origin(uri=piece.name, path=piece.uri, length=len(data)), data, "file")
        return
    seen: Counter[str] = Counter()
    for member in members:
        # An id may come twice; with its ordinal among its equals as locator, the two records still have two ids.
        origin = Origin(piece.name, piece.uri, member.member_id, seen[member.member_id], len(member.data), member.media_type)
        seen[member.member_id] += 1
        yield Found(origin, member.data, "file")
