"""What a file holds, by its content first and its name second, and the records in it."""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import BinaryIO

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.reading.archives import Damage, Entry, read_members
from pipeline.reading.arrays import is_array, read_array
from pipeline.reading.arrows import read_arrow
from pipeline.reading.decompress import Decompressed
from pipeline.reading.letters import EXCERPT_BYTES, Found, Lost, Skipped, slice_origin
from pipeline.reading.lines import BrokenLine, Line, LongLine, split_lines
from pipeline.reading.mails import read_mail, read_mailbox
from pipeline.reading.rows import read_rows
from pipeline.reading.separated import Dialect, read_separated, separated_dialect
from pipeline.reading.sniff import HEAD_BYTES, detect_compression, detect_container, named_compression
from pipeline.reading.streams import Peekable, plain_chunks
from pipeline.reading.tars import list_tar
from pipeline.reading.warc import read_warc
from pipeline.reading.zips import list_zip
from pipeline.records import FileSlice, Origin

__all__ = ["Content", "documents_in", "read_content", "read_lines"]


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is (see `detect_container`; ``csv`` too), and its records, which are read as they are asked for."""

    container: str
    records: Iterator[Found | Lost | Skipped]


def read_content(piece: FileSlice, handle: BinaryIO, config: InputConfig) -> Content:
    """Find out what a whole file is and read it.

    Args:
        piece: the file; its name is the second evidence of what it is.
        handle: its bytes, seekable.
        config: limits.
    """
    source, stream = Peekable(plain_chunks(handle, 0, piece.size)), None
    compression = detect_compression(source.peek(HEAD_BYTES)) if piece.compression == "auto" else "none"
    named_only = compression == "none" and piece.compression == "auto"
    if named_only:
        compression = named_compression(source.peek(HEAD_BYTES), piece.name)
    if compression != "none":
        stream = Decompressed(handle, compression, piece.size, config.max_expansion)
        source = Peekable(stream.chunks(), stream.resume)
    lost: list[Lost] = []
    container = _detect(piece, source, config)
    while container == "file" and stream and not source.peek(1) and (error := source.error):
        # The first member is damaged; what the file is, the next one tells.
        lost.append(Lost(replace(slice_origin(piece), locator=stream.member), error.code, error.message))
        if not source.resume():
            break
        container = _detect(piece, source, config)
        if container == "file" and source.peek(1):
            return Content(container, iter(lost))  # the rest of a document is not a document
    if lost and not source.peek(1):
        if named_only:  # nothing but the name speaks for a compression, and the name may be wrong
            return read_content(replace(piece, compression="none"), handle, config)
        return Content(container, iter(lost))
    start = lost[-1].origin.locator + 1 if lost else 0
    return Content(container, chain(lost, _records(container, piece, handle, source, stream, config, start)))


def _detect(piece: FileSlice, source: Peekable, config: InputConfig) -> str:
    container = detect_container(source.peek, piece.name, config.max_record_bytes)
    return "csv" if container == "file" and separated_dialect(source, piece.name, config) else container


def _records(
    container: str, piece: FileSlice, handle: BinaryIO, source: Peekable, stream: Decompressed | None, config: InputConfig, start: int
) -> Iterator[Found | Lost | Skipped]:
    if container == "lines":
        return read_lines(piece, split_lines(source, start, math.inf if stream else piece.size, config.max_record_bytes))
    if container == "warc":
        if stream:
            stream.wanted = b"WARC/"
        return read_warc(piece, source, stream, config, documents_in)
    if container in ("zip", "tar"):
        return read_members(piece, list_tar(source) if container == "tar" else _list_zip(piece, handle, source, stream), config, _member)
    if container in ("parquet", "arrow"):
        return _read_table(container, piece, None if stream else handle, source, config)
    if container == "mbox":
        return read_mailbox(piece, source, config)
    if container == "csv":
        return read_separated(piece, source, separated_dialect(source, piece.name, config) or Dialect(",", None), config)
    return _read_whole(container, piece, source, config, None if stream else piece.size)


def read_lines(piece: FileSlice, lines: Iterator[Line | LongLine | BrokenLine]) -> Iterator[Found | Lost]:
    """Lines as records. What follows a damage and does not begin as an object does is the rest of a line that the damage cut."""
    cut = False
    for line in lines:
        origin = Origin(uri=piece.name, path=piece.uri, locator=line.offset, length=line.length or None)
        if isinstance(line, BrokenLine):
            yield Lost(origin, line.error.code, line.error.message, None, line.head)
            cut = True
            continue
        begins = line.data if isinstance(line, Line) else line.head
        if isinstance(line, Line) and (not cut or begins.lstrip().startswith(b"{")):
            yield Found(origin, line.data, "row")
        elif isinstance(line, LongLine) and (not cut or begins.lstrip().startswith(b"{")):
            message = f"a line of {line.length} bytes, which is more than input.max_record_bytes"
            yield Lost(origin, "record_too_large", message, line.sha256, line.head)
        cut = False


def _member(piece: FileSlice, handle: BinaryIO, config: InputConfig) -> tuple[str, Iterator[Found | Lost | Skipped]]:
    content = read_content(piece, handle, config)
    return content.container, content.records


def _list_zip(piece: FileSlice, handle: BinaryIO, source: Peekable, stream: Decompressed | None) -> Iterator[Entry | Damage]:
    if stream is None:
        yield from list_zip(handle, piece.size)
        return
    with tempfile.TemporaryFile() as spool:
        try:
            for chunk in source:
                spool.write(chunk)
        except DocumentError as error:
            yield Damage(0, error)
        yield from list_zip(spool, stream.given)


def _read_table(container: str, piece: FileSlice, handle: BinaryIO | None, source: Peekable, config: InputConfig) -> Iterator[Found | Lost]:
    """Rows of Parquet or Arrow. Of a compressed file (`handle` is None) the content goes to disk first: both are read from their end."""
    if handle is not None:
        yield from read_arrow(piece, handle, piece.size, config) if container == "arrow" else read_rows(piece, handle, config)
        return
    with tempfile.TemporaryFile() as spool:
        try:
            for chunk in source:
                spool.write(chunk)
        except DocumentError as error:
            yield Lost(slice_origin(piece), error.code, error.message)
            return
        yield from read_arrow(piece, spool, spool.tell(), config) if container == "arrow" else read_rows(piece, spool, config)


def _read_whole(container: str, piece: FileSlice, source: Peekable, config: InputConfig, size: int | None) -> Iterator[Found | Lost]:
    """One document, or the members of a file that holds several. `size`, where known, is the length of the content in bytes."""
    limit = config.max_record_bytes
    head = source.peek(EXCERPT_BYTES + 1)
    if container == "file" and is_array(source.peek(HEAD_BYTES)) and len(source.peek(limit + 1)) > limit:
        yield from read_array(piece, source, limit)
        return
    try:
        data = source.read_at_most(limit)
        if len(data) > limit:
            raise DocumentError("record_too_large", f"a document of more than {limit} bytes, which is input.max_record_bytes")
        if not data:
            raise DocumentError("empty_file", "nothing comes out of the compressed file")
    except DocumentError as error:
        yield Lost(slice_origin(piece, size), error.code, error.message, None, head)
        return
    if container == "mail":
        yield read_mail(piece, data, config)
        return
    yield from documents_in(Found(Origin(uri=piece.name, path=piece.uri, length=len(data)), data, "file"), piece.name)


def documents_in(found: Found, name: str | None = None) -> Iterator[Found | Lost]:
    """The documents in one: itself, or those that it holds."""
    from pipeline.parsers.members import split_members  # brings an XML library, which JSONL and Parquet do without

    origin = found.origin
    try:
        members = split_members(found.data, name or origin.url or origin.member or origin.uri)
    except DocumentError as error:
        yield Lost(origin, error.code, error.message, None, found.data[: EXCERPT_BYTES + 1])
        return
    if members is None:
        yield found
        return
    seen: Counter[str] = Counter()
    for member in members:
        # An id may come twice; with its ordinal among its equals as locator, the two records still have two ids.
        label = f"{origin.member}//{member.member_id}" if origin.member else member.member_id
        locator = origin.locator + seen[label]
        seen[label] += 1
        yield Found(
            replace(origin, member=label, locator=locator, length=len(member.data), media_type=member.media_type), member.data, "file"
        )
