"""Reads one split: opens each of its files, finds out what it is, and numbers what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.reading.letters import Found, Lost
from pipeline.reading.lines import Line, LongLine, split_lines
from pipeline.reading.sniff import detect_container
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


def _origin(piece: FileSlice, locator: int, length: int | None = None) -> Origin:
    return Origin(uri=piece.name, path=piece.uri, locator=locator, length=length)


def _lost(piece: FileSlice, code: str, message: str, length: int | None = None) -> Lost:
    # A slice's start is its own: two slices of one file never share an id.
    return Lost(_origin(piece, piece.start, length), code, message)


def _read_slice(piece: FileSlice, storage: Storage, config: InputConfig) -> Iterator[Found | Lost]:
    try:
        handle = storage.open(piece.uri)
    except FileNotFoundError as error:
        # A file that was never seen whole (a dangling link) has not changed.
        code = "file_changed" if piece.identity else "unreadable_file"
        yield _lost(piece, code, f"the file cannot be opened: {why(error)}")
        return
    except OSError as error:
        yield _lost(piece, "unreadable_file", f"the file cannot be opened: {why(error)}")
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
    inside = piece.start > 0
    source = Peekable(plain_chunks(handle, piece.start - inside))
    container = piece.container
    if container == "auto":
        container = detect_container(source.peek, piece.name, config.max_record_bytes)
    if container == "lines":
        yield from _read_lines(piece, source, piece.end, config, inside=inside)
    else:
        yield from _read_whole(piece, source, config)


def _read_lines(piece: FileSlice, source: Peekable, end: int, config: InputConfig, *, inside: bool) -> Iterator[Found | Lost]:
    limit = config.max_record_bytes
    for line in split_lines(source, piece.start, end, limit, inside=inside):
        if isinstance(line, Line):
            yield Found(_origin(piece, line.offset, len(line.data)), line.data, "row")
        elif isinstance(line, LongLine):
            message = f"a line of {line.length} bytes; input.max_record_bytes is {limit}"
            yield Lost(_origin(piece, line.offset, line.length), "record_too_large", message, line.sha256, line.head)
        else:
            yield Lost(_origin(piece, line.offset, line.length or None), line.error.code, line.error.message, None, line.head)


def _read_whole(piece: FileSlice, source: Peekable, config: InputConfig) -> Iterator[Found | Lost]:
    limit = config.max_record_bytes
    try:
        data = source.read_at_most(limit)
        if len(data) > limit:
            raise DocumentError("record_too_large", f"a document of more than {limit} bytes, which is input.max_record_bytes")
    except DocumentError as error:
        yield _lost(piece, error.code, error.message)
        return
    yield Found(_origin(piece, 0, len(data)), data, "file")
