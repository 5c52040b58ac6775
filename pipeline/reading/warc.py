"""WARC and WET: every record that carries a document, located by its place in the file. A damage costs the records it touches.

A record of another type (request, metadata, warcinfo, revisit, continuation, an answer of a name server) is no document: it is passed
over and counted. Own code instead of a library: none of those at hand goes on behind a damaged record or compressed member.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.reading.decompress import Decompressed
from pipeline.reading.digests import is_damaged
from pipeline.reading.http import parse_headers, parse_response, split_media_type
from pipeline.reading.letters import EXCERPT_BYTES, Found, Lost, Skipped
from pipeline.reading.streams import Peekable
from pipeline.records import FileSlice, Origin

__all__ = ["read_warc", "record_starts"]

DOCUMENTS = ("response", "resource", "conversion")
_OTHERS = ("warcinfo", "request", "metadata", "revisit", "continuation")
_MAX_HEADER = 64 * 1024
_LIKELY_HEADER = 8 * 1024
"""Where headers are searched for, so that a file of nothing but their beginnings costs little."""
_FIRST_BYTES = 8 * 1024
_HTTP_ROOM = 256 * 1024
"""A record may be longer than its document by the headers of the response."""

_VERSION = re.compile(rb"WARC/\d\.\d{1,3}[ \t]*\r?\n")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_NO_DOCUMENT = re.compile(r"(?:text/dns|text/whois)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of a record. `size` is its own length, `length` that of the block that follows."""

    size: int
    kind: str
    length: int
    fields: dict[str, str]


class _Window:
    """A stream with a buffer that grows as far as asked. `position` is the place of the buffer's first byte in the content."""

    def __init__(self, source: Peekable, stream: Decompressed | None, start: int = 0) -> None:
        self.source, self.stream = source, stream
        self.buffer = bytearray()
        self.error: DocumentError | None = None
        self.position = start
        self._member = (0, 0)
        self._last = -1

    def fill(self, size: int) -> int:
        """Have `size` bytes in the buffer, fewer only where the stream ends or breaks (see `error`); returns how many there are."""
        try:
            while len(self.buffer) < size and self.error is None and (chunk := self.source.read_some()):
                self.buffer += chunk
        except DocumentError as error:
            self.error = error
        return len(self.buffer)

    def raise_error(self) -> None:
        """The stream has broken where more was needed."""
        if self.error is not None:
            raise self.error

    def drop(self, size: int) -> None:
        """Pass over bytes of the buffer."""
        del self.buffer[:size]
        self.position += size

    def member_at(self, position: int) -> tuple[int, int]:
        """The compressed member that holds a place that is not before the last one asked for: (its first byte's place, its own place)."""
        members = self.stream.members if self.stream else None
        while members and members[0][0] <= position:
            self._member = members.popleft()
        return self._member

    def locate(self, position: int, *, begun: bool = True) -> int:
        """Where to seek for a record: its member's place in the file and its place in the member. Grows with each call.

        Of a record that has not `begun`, nothing came out of its member.
        """
        first, member = self.member_at(position)
        place = self.stream.member if self.stream and not begun else member + position - first
        self._last = max(self._last + 1, place)
        return self._last

    def resume(self) -> bool:
        """Go on behind a damage of the compression."""
        if not self.source.resume():
            return False
        self.buffer.clear()
        self.error = None
        self.position = self.stream.given if self.stream else self.position
        return True


def read_warc(
    piece: FileSlice,
    source: Peekable,
    stream: Decompressed | None,
    config: InputConfig,
    expand: Callable[[Found], Iterator[Found | Lost]],
) -> Iterator[Found | Lost | Skipped]:
    """Yield the document of every response, resource and conversion record, and a `Skipped` for every other.

    Args:
        piece: the file, for the origin of records. Of a plain one, the records that begin in [start, end), one of them at `start`.
        source: its content, from `piece.start` on.
        stream: where the content comes from, if it is compressed.
        config: limits.
        expand: takes a document apart that holds several, as a feed does.

    Codes: ``corrupt_warc``, ``truncated_warc``, ``record_too_large``, ``http_status``, ``empty_file``, those of `parse_response`, and
    those of a damaged compression.
    """
    window = _Window(source, stream, 0 if stream else piece.start)
    end = math.inf if stream else piece.end
    pending: tuple[Found | Lost | Skipped, int] | None = None  # waits until the checksum of its member has been read
    while True:
        start = window.position
        try:
            more = _skip_blank(window)
            if pending:
                yield from _expanded(pending[0], expand)
                pending = None
            if not more or window.position >= end:
                return
            start = window.position
            pending = (_next_record(piece, window, config), window.member_at(window.position - 1)[1])
        except DocumentError as error:
            failed = stream.member if stream else 0
            if pending and pending[1] == failed and window.position - start < 5 and not window.buffer:
                yield _unsure(pending[0], error)
            else:
                if pending:
                    yield from _expanded(pending[0], expand)
                yield _lost(piece, window, start, error, bytes(window.buffer[:_MAX_HEADER]))
            pending = None
            if not window.resume():
                return


def record_starts(handle: BinaryIO, size: int) -> Iterator[int]:
    """Where the records of a plain file begin, from header to header as their lengths say, up to the first that does not make sense.

    Two reads a record, and none of its content.
    """
    place = 0
    while place < size:
        handle.seek(place)
        head = handle.read(_FIRST_BYTES)
        place += len(head) - len(head.lstrip(b"\r\n"))
        if not head.startswith(b"WARC/"):
            handle.seek(place)
            head = handle.read(_FIRST_BYTES)
        header = _parse_header(head)
        if header is None:
            return
        yield place
        place += header.size + header.length
        handle.seek(place)
        if handle.read(4) != b"\r\n\r\n":
            return
        place += 4


def _expanded(record: Found | Lost | Skipped, expand: Callable[[Found], Iterator[Found | Lost]]) -> Iterator[Found | Lost | Skipped]:
    if isinstance(record, Found):
        yield from expand(record)
    else:
        yield record


def _unsure(record: Found | Lost | Skipped, error: DocumentError) -> Lost | Skipped:
    """A record whose bytes have come, and whose member's checksum then says that some of them are wrong."""
    if isinstance(record, Skipped):
        return record
    head = record.data[: EXCERPT_BYTES + 1] if isinstance(record, Found) else record.head
    return Lost(record.origin, error.code, error.message, None, head)


def _lost(piece: FileSlice, window: _Window, start: int, error: DocumentError, head: bytes) -> Lost:
    header = _parse_header(head)
    member = _identity(header.fields) if header else None
    origin = Origin(uri=piece.name, path=piece.uri, member=member, locator=window.locate(start, begun=bool(head)))
    return Lost(origin, error.code, error.message, None, head[: EXCERPT_BYTES + 1])


def _skip_blank(window: _Window) -> bool:
    """Pass over the line ends between records; False at the end of the stream."""
    while window.fill(1):
        blank = len(window.buffer) - len(window.buffer.lstrip(b"\r\n"))
        window.drop(blank)
        if window.buffer:
            return True
    window.raise_error()
    return False


def _next_record(piece: FileSlice, window: _Window, config: InputConfig) -> Found | Lost | Skipped:
    """The record at the window's start, passed over. A damaged one takes with it what cannot be read."""
    start = window.position
    header = _read_header(window)
    if header is None:
        return _resync(piece, window, start, 1, "corrupt_warc", "here no record of a WARC file begins")
    whole = header.size + header.length
    if header.length > config.max_record_bytes + _HTTP_ROOM:
        return _pass_over(piece, window, header, config)
    have = window.fill(whole + 4)
    if have < whole:
        window.raise_error()
        message = f"the record should have {header.length} bytes and the file ends after {have - header.size}"
        return _resync(piece, window, start, header.size, "truncated_warc", message)
    if not _ends_well(window, whole):
        return _resync(piece, window, start, header.size, "corrupt_warc", f"the record does not end after {header.length} bytes as it says")
    block = bytes(window.buffer[header.size : whole])
    locator = window.locate(start)
    window.drop(whole)
    return _skipped(header) or _document(piece, header, block, locator, config)


def _skipped(header: _Header) -> Skipped | None:
    """What a record is called in the counts where it is no document."""
    if header.kind not in DOCUMENTS:
        return Skipped(f"warc_{header.kind}")
    return Skipped("warc_lookup") if _NO_DOCUMENT.match(header.fields.get("content-type", "")) else None


def _ends_well(window: _Window, whole: int) -> bool:
    """Is the block followed by two line ends, by the next record or by the end?"""
    if window.buffer[whole : whole + 4] == b"\r\n\r\n":
        return True
    window.fill(whole + 16)
    after = bytes(window.buffer[whole : whole + 16]).lstrip(b"\r\n")
    return not after or after.startswith(b"WARC/")


def _read_header(window: _Window) -> _Header | None:
    size = 1024
    while True:
        have = window.fill(min(size, _MAX_HEADER))
        header = _parse_header(bytes(window.buffer[:_MAX_HEADER]))
        if header or have < size or have >= _MAX_HEADER or not window.buffer.startswith(b"WARC/"):
            return header
        size *= 4


def _parse_header(data: bytes, at: int = 0) -> _Header | None:
    version = _VERSION.match(data, at)
    end = _HEADER_END.search(data, version.end(), at + _MAX_HEADER) if version else None
    if not version or not end:
        return None
    fields = parse_headers(data[version.end() : end.start()])
    kind, length = fields.get("warc-type", "").lower(), fields.get("content-length", "")
    if _VERSION.search(data, version.end(), end.start()):
        return None  # it was cut, and another begins within
    if kind not in (*DOCUMENTS, *_OTHERS) or not re.fullmatch(r"[0-9]{1,15}", length):
        return None
    return _Header(end.end() - at, kind, int(length), fields)


def _resync(piece: FileSlice, window: _Window, start: int, skip: int, code: str, message: str) -> Lost:
    """Pass over everything up to the next header that makes sense, at least `skip` bytes: one dead letter."""
    head = bytes(window.buffer[:_MAX_HEADER])
    lost = _lost(piece, window, start, DocumentError(code, message), head)
    window.drop(skip - 1)
    while True:
        have = window.fill(2 * _MAX_HEADER)
        whole = have < 2 * _MAX_HEADER
        found = _find_header(bytes(window.buffer), have if whole else have - _LIKELY_HEADER)
        if found is None and whole:
            window.raise_error()
        if found is not None or whole:
            window.drop(have if found is None else found)
            return lost
        window.drop(have - _LIKELY_HEADER - 1)


def _find_header(data: bytes, stop: int) -> int | None:
    """The first place in [1, stop) where a header stands that makes sense."""
    end: re.Match[bytes] | None = None
    for match in _VERSION.finditer(data, 1):
        if match.start() >= stop:
            break
        if end is None or end.start() < match.end() - 2:  # looked for once for all candidates before it
            end = _HEADER_END.search(data, match.end() - 2)
            if end is None:
                break
        if end.end() - match.start() <= _LIKELY_HEADER and _parse_header(data, match.start()):
            return match.start()
    return None


def _pass_over(piece: FileSlice, window: _Window, header: _Header, config: InputConfig) -> Lost | Skipped:
    """A record over the limit, by chunks. Where a header stands within it, its length is what is wrong."""
    start, left = window.position, header.size + header.length
    head = bytes(window.buffer[:_MAX_HEADER])
    shown = head[header.size : header.size + EXCERPT_BYTES + 1]
    locator = window.locate(start)
    origin = Origin(uri=piece.name, path=piece.uri, member=_identity(header.fields), locator=locator, length=header.length)
    window.drop(header.size)
    left -= header.size
    while left > 0:
        have = min(left, window.fill(min(left, 4 * _MAX_HEADER)))
        if not have:
            window.raise_error()
            message = f"the record should have {header.length} bytes and the file ends {left} bytes before"
            return Lost(origin, "truncated_warc", message, None, shown)
        data = bytes(window.buffer[:have])
        found = next((m.start() for m in re.finditer(rb"(?<=\r\n\r\n)WARC/1\.", data) if _parse_header(data, m.start())), None)
        if found is not None:
            window.drop(found)
            return Lost(origin, "corrupt_warc", f"another record begins before this one's {header.length} bytes have ended", None, shown)
        step = have if have == left else max(1, have - 2 * _MAX_HEADER)
        window.drop(step)
        left -= step
    if skipped := _skipped(header):
        return skipped
    message = f"a record of {header.length} bytes; input.max_record_bytes is {config.max_record_bytes}"
    return Lost(origin, "record_too_large", message, None, shown)


def _identity(fields: dict[str, str]) -> str | None:
    return fields.get("warc-record-id", "").strip("<> ")[:500] or None


def _document(piece: FileSlice, header: _Header, block: bytes, locator: int, config: InputConfig) -> Found | Lost:
    fields = header.fields
    media_type, charset = split_media_type(fields.get("content-type"))
    origin = Origin(
        uri=piece.name,
        path=piece.uri,
        member=_identity(fields),
        locator=locator,
        length=len(block),
        media_type=media_type,
        charset=charset,
        retrieved_at=fields.get("warc-date", "")[:40] or None,
        url=fields.get("warc-target-uri", "").strip("<> ")[:4096] or None,
        truncated=fields.get("warc-truncated", "")[:40] or None,
    )
    try:
        if is_damaged(block, fields):
            raise DocumentError("corrupt_warc", "neither the record nor what it carries has the digest that its header states")
        if header.kind == "response":
            response = parse_response(block, config.max_record_bytes)
            block = response.body
            if response.status is None and media_type == "application/http":
                raise DocumentError("bad_http", "the record says that it holds an HTTP response, and it does not begin as one")
            if response.status is not None:
                origin = replace(origin, media_type=response.media_type, charset=response.charset)
                if not 200 <= response.status < 300:
                    raise DocumentError("http_status", f"the server answered with status {response.status}: this is no document")
        if not block:
            raise DocumentError("empty_file", "the record has no content")
        if len(block) > config.max_record_bytes:
            message = f"a document of {len(block)} bytes; input.max_record_bytes is {config.max_record_bytes}"
            raise DocumentError("record_too_large", message)
    except DocumentError as error:
        return Lost(origin, error.code, error.message, None, block[: EXCERPT_BYTES + 1])
    return Found(origin, block, "file")
