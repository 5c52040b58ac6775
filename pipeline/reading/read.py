"""Reads one split: opens each of its files and numbers what comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO

from pipeline.config import InputConfig
from pipeline.reading.content import documents_in, read_content, read_lines
from pipeline.reading.decompress import Decompressed
from pipeline.reading.letters import Found, Lost, Skipped, slice_origin
from pipeline.reading.lines import split_lines
from pipeline.reading.rows import read_rows
from pipeline.reading.separated import read_piece
from pipeline.reading.streams import Peekable, file_size, plain_chunks, why
from pipeline.reading.warc import read_warc
from pipeline.records import DeadLetter, FileSlice, InputSplit, RawDocument, SplitEnd
from pipeline.storage import Storage

__all__ = ["read"]


def read(split: InputSplit, storage_for: Callable[[str], Storage], config: InputConfig) -> Iterator[RawDocument | DeadLetter | SplitEnd]:
    """Yield every record of a split in the order of its slices, numbered from 0, then a `SplitEnd` with their number and what was skipped.

    Args:
        split: what to read.
        storage_for: gives the storage of a URI.
        config: limits; see `InputConfig`.

    A record that cannot be read becomes a `DeadLetter` (codes: docs/dead-letters.md). Memory is bounded by a few times
    `config.max_record_bytes`, whatever the files hold.
    """
    ordinal = 0
    skipped: Counter[str] = Counter()
    for piece in split.slices:
        for record in _read_slice(piece, storage_for(piece.uri), config):
            if isinstance(record, Skipped):
                skipped[record.kind] += 1
                continue
            yield record.numbered(ordinal)
            ordinal += 1
    yield SplitEnd(split, ordinal, tuple(sorted(skipped.items())))


def _lost(piece: FileSlice, code: str, message: str, length: int | None = None) -> Lost:
    return Lost(slice_origin(piece, length), code, message)


def _read_slice(piece: FileSlice, storage: Storage, config: InputConfig) -> Iterator[Found | Lost | Skipped]:
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


def _read_open(piece: FileSlice, handle: BinaryIO, config: InputConfig) -> Iterator[Found | Lost | Skipped]:
    if piece.container == "parquet":
        yield from read_rows(piece, handle, config, row_groups=(piece.start, piece.end))
    elif piece.container == "lines" and piece.compression == "none":
        inside = piece.start > 0
        source = Peekable(plain_chunks(handle, piece.start - inside, piece.size))
        yield from read_lines(piece, split_lines(source, piece.start, piece.end, config.max_record_bytes, inside=inside))
    elif piece.container == "csv":
        yield from read_piece(piece, handle, config)
    elif piece.container == "warc" and piece.compression == "none":
        yield from read_warc(piece, Peekable(plain_chunks(handle, piece.start, piece.size)), None, config, documents_in)
    elif piece.container == "warc":
        stream = Decompressed(handle, piece.compression, piece.size, config.max_expansion, start=piece.start, end=piece.end)
        stream.wanted = b"WARC/"
        yield from read_warc(piece, Peekable(stream.chunks(), stream.resume), stream, config, documents_in)
    else:
        yield from read_content(piece, handle, config).records
