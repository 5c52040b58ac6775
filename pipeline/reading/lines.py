"""Records that are lines (JSONL), in slices of a file of any size, with bounded memory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import DocumentError
from pipeline.reading.letters import EXCERPT_BYTES
from pipeline.reading.streams import Peekable

__all__ = ["BrokenLine", "Line", "LongLine", "split_lines"]

BOM = b"\xef\xbb\xbf"
_BLANK_LINES = re.compile(rb"[ \t\r\n]*\n")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end, and the byte offset where it starts."""

    offset: int
    data: bytes

    @property
    def length(self) -> int:
        """Bytes of the line."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class LongLine:
    """A line over the limit; `length` (bytes) and `sha256` are of all of it, `head` is its beginning."""

    offset: int
    length: int
    sha256: str
    head: bytes


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """Where the stream broke: `offset`, `length` and `head` are of what could be read of the line that was cut."""

    offset: int
    length: int
    head: bytes
    error: DocumentError


def split_lines(source: Peekable, start: int, end: float, limit: int, *, inside: bool = False) -> Iterator[Line | LongLine | BrokenLine]:
    r"""Yield the lines that start in [start, end), wherever they end. Blank lines are passed over.

    A line ends with LF or CR LF; neither counts as part of it. A byte order mark at offset 0 is left out.

    Args:
        source: the file's bytes from `start` on; with `inside`, from one byte before.
        start, end: byte offsets in the file; `end` may be infinite.
        limit: bytes of a line, at most; of a longer one no more than `limit` bytes are held.
        inside: `start` may be in the middle of a line, which belongs to the slice before.

    >>> [line.data for line in split_lines(Peekable(iter([b"a\r\n\nb", b"c\n"])), 0, 6, 10)]
    [b'a', b'bc']
    >>> [line.data for line in split_lines(Peekable(iter([b"b", b"c\nd"])), 5, 9, 10, inside=True)]
    [b'd']
    """
    position = start - 1 if inside else start
    if start == 0 and source.peek(len(BOM)) == BOM:
        source.skip(len(BOM))
        position = len(BOM)
    while True:
        cut = _Cut(position, start)
        try:
            yield from _lines_of(source, cut, end, limit, skipping=inside)
            return
        except DocumentError as error:
            yield BrokenLine(cut.line.offset, cut.line.length, cut.line.head(), error) if cut.line else BrokenLine(cut.floor, 0, b"", error)
            if not source.resume():
                return
        # Behind a damage nobody knows how many bytes are missing; places go on from here, each after the last.
        position, inside = cut.position + 1, False


class _Cut:
    """Where `_lines_of` stands: bytes passed over, and the line that has begun, or None where a foreign one is passed over."""

    __slots__ = ("floor", "line", "position")

    def __init__(self, position: int, floor: int) -> None:
        self.position, self.floor = position, max(position, floor)
        self.line: _OpenLine | None = None


def _lines_of(source: Peekable, cut: _Cut, end: float, limit: int, *, skipping: bool) -> Iterator[Line | LongLine]:
    cut.line = line = None if skipping else _OpenLine(cut.position, limit)
    for chunk in source:
        at = 0
        while (newline := chunk.find(b"\n", at)) >= 0:
            if line is not None and (closed := line.close(chunk[at:newline])):
                yield closed
            at = newline + 1
            if chunk[at : at + 1].isspace() and (blank := _BLANK_LINES.match(chunk, at)):
                at = blank.end()  # a megabyte of line ends must not cost a million turns of this loop
            if cut.position + at >= end:
                return
            cut.line = line = _OpenLine(cut.position + at, limit)
        if line is None and cut.position + len(chunk) >= end:
            return
        if line is not None:
            line.add(chunk[at:])
        cut.position += len(chunk)
        cut.floor = max(cut.floor, cut.position)
    if line is not None and (closed := line.close(b"")):
        yield closed


class _OpenLine:
    """The line being read. Over the limit, only its hash, its length and its beginning are kept."""

    __slots__ = ("cr", "digest", "length", "limit", "offset", "parts")

    def __init__(self, offset: int, limit: int) -> None:
        self.offset, self.limit, self.length = offset, limit, 0
        self.parts: list[bytes] = []
        self.digest: hashlib._Hash | None = None
        self.cr = False  # a CR has been seen that may be half of the line's end, and is not in the hash yet

    def head(self) -> bytes:
        """Its first bytes."""
        return b"".join(self.parts)[: EXCERPT_BYTES + 1]

    def add(self, part: bytes) -> None:
        """More of the line; no LF in it."""
        if not part:
            return
        self.length += len(part)
        if self.digest is not None:
            self.parts = [(self.parts[0] + part[: EXCERPT_BYTES + 1])[: EXCERPT_BYTES + 1]]
            self._hash(self.digest, part)
            return
        self.parts.append(part)
        if self.length > self.limit + 1:  # one more than the limit, for a CR
            whole = b"".join(self.parts)
            self.parts = [whole[: EXCERPT_BYTES + 1]]
            self.digest = hashlib.sha256()
            self._hash(self.digest, whole)

    def _hash(self, digest: hashlib._Hash, part: bytes) -> None:
        if self.cr:
            digest.update(b"\r")
        self.cr = part.endswith(b"\r")
        digest.update(memoryview(part)[:-1] if self.cr else part)

    def close(self, rest: bytes) -> Line | LongLine | None:
        """The whole line, `rest` being its last bytes before the LF; None where it is blank."""
        if self.parts:
            self.add(rest)
            if self.digest is not None:
                length = self.length - self.cr
                return LongLine(self.offset, length, self.digest.hexdigest(), self.head()[:length])
            rest = b"".join(self.parts)
        data = rest.removesuffix(b"\r")
        if len(data) > self.limit:
            return LongLine(self.offset, len(data), hashlib.sha256(data).hexdigest(), data[: EXCERPT_BYTES + 1])
        return Line(self.offset, data) if data and not data.isspace() else None
