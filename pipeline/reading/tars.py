"""Tar archives as a stream, whole or damaged: the entries, each with its content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import DocumentError
from pipeline.reading.archives import Damage, Entry
from pipeline.reading.sniff import TAR_BLOCK, is_tar_header, tar_number
from pipeline.reading.streams import CHUNK_BYTES, Peekable

__all__ = ["list_tar"]

_MAX_EXTENSION = 2**20
"""Long names and attributes are some hundred bytes."""

_FILES = (b"0", b"\0", b"7")
_WITHOUT_DATA = (b"1", b"2", b"3", b"4", b"5", b"6")
_KINDS = {b"1": "a link", b"2": "a link", b"3": "a device", b"4": "a device", b"6": "a pipe", b"S": "a sparse file"}
_PAX = re.compile(rb"(\d{1,8}) ([^=\n]{1,200})=")


@dataclass(frozen=True, slots=True)
class _Header:
    name: bytes
    size: int
    kind: bytes


class _Stream:
    """A stream that is read in pieces of given sizes; `position` is how many bytes have been taken."""

    def __init__(self, source: Peekable) -> None:
        self._source, self._buffer = source, b""
        self._broken = False
        self.position = 0
        self.ended = False  # blocks of zeros have been seen, and nothing behind them

    def look(self, size: int) -> bytes:
        """The next bytes, fewer only at the end; nothing is taken."""
        parts, have = [self._buffer], len(self._buffer)
        try:
            while have < size and (chunk := self._source.read_some()):
                parts.append(chunk)
                have += len(chunk)
        except DocumentError:
            self._broken = True
            raise
        self._buffer = b"".join(parts)
        return self._buffer[:size]

    def take(self, size: int) -> bytes:
        """The next bytes, fewer only at the end."""
        data = self.look(size)
        self._buffer = self._buffer[len(data) :]
        self.position += len(data)
        return data

    def content(self, size: int) -> Iterator[bytes]:
        """The content of a member."""
        left = size
        while left:
            chunk = self.take(min(left, CHUNK_BYTES))
            if not chunk:
                raise DocumentError("truncated_tar", f"the archive ends {left} bytes before its member does")
            left -= len(chunk)
            yield chunk

    def recover(self) -> bool:
        """Pass over everything up to the next header, at least one byte; False where there is none."""
        least = 1
        while True:
            try:
                if self._broken:
                    least = 0
                    if not self._resume():
                        return False
                data = self.look(CHUNK_BYTES)
                for match in re.finditer(b"ustar", data[257 + least :]):
                    start = match.start() + least
                    if is_tar_header(data[start : start + TAR_BLOCK]):
                        self.take(start)
                        return True
                self.take(max(1, len(data) - TAR_BLOCK) if len(data) == CHUNK_BYTES else len(data))
                if len(data) < CHUNK_BYTES:
                    return False
                least = 0
            except DocumentError:
                continue  # the next damage in a row; one dead letter stands for both

    def _resume(self) -> bool:
        self._buffer, self._broken = b"", False
        self.position += 1  # nobody knows how many bytes are missing; no place is used twice
        return self._source.resume()


def list_tar(source: Peekable) -> Iterator[Entry | Damage]:
    """Yield the members of a tar archive in their order; folders are left out.

    Codes of damage: ``corrupt_tar``, ``truncated_tar``, and those of the compression around it.
    """
    stream = _Stream(source)
    while True:
        start = stream.position
        try:
            header = _next_header(stream)
        except DocumentError as error:
            yield Damage(start, error)
            if not stream.recover():
                return
            continue
        if header is None:
            return
        offset, end = stream.position - TAR_BLOCK, stream.position + header.size
        content = stream.content(header.size)
        name = header.name.decode("utf-8", "backslashreplace")
        if header.kind in _FILES and not name.endswith("/"):
            yield Entry(name, offset, header.size, content)
        elif header.kind not in (*_FILES, b"5"):
            what = _KINDS.get(header.kind, "of a kind of its own")
            yield Entry(name, offset, 0, content, DocumentError("not_a_file", f"the member is {what}; only plain files are read"))
        try:
            for _ in content:
                pass
            if stream.position == end:
                stream.take(-header.size % TAR_BLOCK)
        except DocumentError as error:
            yield Damage(stream.position, error)
            end = stream.position + 1
        if stream.position < end and not stream.recover():  # in the member; who read it has put that on record
            return


def _next_header(stream: _Stream) -> _Header | None:
    """The next header, with what the headers before it say of its member; None at the end. Blocks of zeros are passed over."""
    given: dict[str, bytes] = {}
    while block := stream.look(TAR_BLOCK):
        if not any(block):
            stream.take(TAR_BLOCK)
            stream.ended = True
            continue
        stream.ended = False
        if len(block) < TAR_BLOCK:
            raise DocumentError("truncated_tar", "the archive ends in the middle of a header")
        header = _parse(block)
        if header is None:
            raise DocumentError("corrupt_tar", f"at byte {stream.position} there is no header of a member")
        stream.take(TAR_BLOCK)
        if header.kind not in (b"x", b"g", b"L", b"K", b"V"):
            size = given.get("size", b"")
            if header.kind in _WITHOUT_DATA:
                size = b"0"
            return _Header(given.get("path", header.name), int(size) if re.fullmatch(rb"\d{1,15}", size) else header.size, header.kind)
        if header.size > _MAX_EXTENSION:
            raise DocumentError("corrupt_tar", f"at byte {stream.position} there are attributes of {header.size} bytes")
        data = stream.take(header.size)
        stream.take(-header.size % TAR_BLOCK)
        if header.kind == b"L":
            given["path"] = data.split(b"\0")[0]
        elif header.kind == b"x":
            given |= _attributes(data)
    if not stream.ended:
        stream.ended = True
        raise DocumentError("truncated_tar", "the archive ends without its end mark; members that it should have may be missing")
    return None


def _attributes(data: bytes) -> dict[str, bytes]:
    """Attributes of POSIX: ``length key=value`` and a line end each."""
    found: dict[str, bytes] = {}
    at = 0
    while match := _PAX.match(data, at):
        end = at + int(match[1])
        if end <= match.end():
            break
        found[match[2].decode("latin-1")] = data[match.end() : end - 1]
        at = end
    return found


def _parse(block: bytes) -> _Header | None:
    if not is_tar_header(block):
        return None
    size = tar_number(block[124:136])
    name, prefix = block[:100].split(b"\0")[0], block[345:500].split(b"\0")[0]
    if block[257:263] == b"ustar\0" and prefix:
        name = prefix + b"/" + name
    return None if size is None else _Header(name, size, block[156:157])
