"""Compressed files as a stream of decompressed chunks. What comes before a damage is given out; then the damage is named, and reading can
go on at the next member."""

from __future__ import annotations

import bz2
import lzma
import math
import re
import zlib
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, Protocol

import zstandard

from pipeline.errors import DocumentError
from pipeline.reading.streams import CHUNK_BYTES, why

__all__ = ["DECODE_ERRORS", "FREE_EXPANSION_BYTES", "Decoder", "Decompressed", "decompressed_chunks", "make_decoder"]

FREE_EXPANSION_BYTES = 64 * 2**20
"""Up to here no file is taken for a bomb: so much fits in memory and on any disk."""

_READ_BYTES = 64 * 1024
_ZSTD_WINDOW = 2**27
"""What the zstd command accepts without ``--long=31``; a larger window is a claim on memory that a hostile file can make."""
_XZ_MEMORY = 128 * 2**20
"""``xz -9`` needs 65 MiB to decompress."""
DECODE_ERRORS = (zlib.error, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError)


_STARTS = {
    "gzip": re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\x00"),
}
_START_BYTES = 10
_TRIAL_BYTES = {"gzip": 64 * 1024, "zstd": 256 * 1024, "bzip2": 2**20, "xz": 64 * 1024}
"""A block of bzip2 is up to 900 kB and gives nothing out before it is complete; one of zstd, 128 KiB."""
_ZSTD_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
"""The frame that begins a .warc.zst and holds the dictionary of all others."""
_MAX_DICTIONARY = 16 * 2**20


class Decoder(Protocol):
    """One member, frame or stream."""

    def feed(self, data: bytes) -> bytes:
        """Decompress some more: at most about `CHUNK_BYTES` of output, the rest on further calls with no data.

        Of damaged data, what stands before the damage may be given out first; the error is then raised by the next call.
        """

    @property
    def hungry(self) -> bool:
        """It has no output left without more input."""

    @property
    def rest(self) -> bytes | None:
        """After the end, the bytes that follow; before it, None."""


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)
        self._error: zlib.error | None = None
        self.hungry = True

    def feed(self, data: bytes) -> bytes:
        if self._error is not None:
            raise self._error
        waiting, before = self._inner.unconsumed_tail + data, self._inner.copy()
        try:
            out = self._inner.decompress(waiting, CHUNK_BYTES)
        except zlib.error as error:
            # zlib keeps back all that it has read in the call that fails. What stands before the damage comes first, the error next.
            self._error, self.hungry = error, False
            return _read_up_to_damage(before, waiting)
        # zlib can hold output back that the bound cut off, with all input consumed: then the bound was reached.
        self.hungry = not self._inner.unconsumed_tail and len(out) < CHUNK_BYTES
        return out

    @property
    def rest(self) -> bytes | None:
        return self._inner.unused_data if self._inner.eof else None


def _read_up_to_damage(inner: zlib._Decompress, data: bytes) -> bytes:
    """The output of as many bytes as can be read."""
    parts = []
    while len(data) > 1:
        trial, half = inner.copy(), data[: len(data) // 2]
        try:
            parts.append(trial.decompress(half))
        except zlib.error:
            data = half
        else:
            inner, data = trial, data[len(half) :]
    return b"".join(parts)


class _Zstd:
    # The binding bounds no output, so that input goes in small steps: a block of 4 bytes can make 128 KiB. Two sizes keep both
    # the usual case fast and the worst case at some 10 MiB.
    STEP, CAREFUL_STEP = 256, 32

    def __init__(self, dictionary: bytes = b"") -> None:
        known = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._inner = zstandard.ZstdDecompressor(dict_data=known, max_window_size=_ZSTD_WINDOW).decompressobj()
        self._waiting = memoryview(b"")
        self._step = self.STEP

    def feed(self, data: bytes) -> bytes:
        if data:
            self._waiting = memoryview(bytes(self._waiting) + data)
        parts, size = [], 0
        while self._waiting and size < CHUNK_BYTES and not self._inner.eof:
            piece, self._waiting = self._waiting[: self._step], self._waiting[self._step :]
            parts.append(self._inner.decompress(piece))
            size += len(parts[-1])
            self._step = self.CAREFUL_STEP if len(parts[-1]) > CHUNK_BYTES else self.STEP
        return b"".join(parts)

    @property
    def hungry(self) -> bool:
        return not self._waiting

    @property
    def rest(self) -> bytes | None:
        return self._inner.unused_data + bytes(self._waiting) if self._inner.eof else None


class _Bounded:
    """bz2 and lzma have one interface."""

    def __init__(self, inner: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._inner = inner

    def feed(self, data: bytes) -> bytes:
        return self._inner.decompress(data, CHUNK_BYTES)

    @property
    def hungry(self) -> bool:
        return self._inner.needs_input

    @property
    def rest(self) -> bytes | None:
        return self._inner.unused_data if self._inner.eof else None


def make_decoder(compression: str, dictionary: bytes = b"") -> Decoder:
    """A decoder for one member of a compression; ``deflate`` is without any header."""
    if compression in ("gzip", "deflate"):
        return _Zlib(31 if compression == "gzip" else -15)
    if compression == "zstd":
        return _Zstd(dictionary)
    return _Bounded(bz2.BZ2Decompressor() if compression == "bzip2" else lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY))


def decompressed_chunks(handle: BinaryIO, compression: str, size: int, max_expansion: float) -> Iterator[bytes]:
    """The decompressed content of a file; see `Decompressed.chunks`."""
    return Decompressed(handle, compression, size, max_expansion).chunks()


class Decompressed:
    """The content of a compressed file: all its members, frames or streams, one after the other.

    Args:
        handle: the compressed file, seekable.
        compression: ``gzip``, ``zstd``, ``bzip2`` or ``xz``.
        size: bytes of the compressed file.
        max_expansion: of more than `size` times this, and more than `FREE_EXPANSION_BYTES`, nothing is given out.
        start, end: members that begin in [start, end) are read; one must begin at `start`.

    Attributes:
        member: where in the file the member begins that is being read.
        given: bytes given out so far, those before a damage included.
        members: (given, member) for each member whose first byte has been given out; who reads may take from its left end.
        wanted: how a member must begin after a damage, in decompressed bytes; empty accepts all.
    """

    def __init__(
        self, handle: BinaryIO, compression: str, size: int, max_expansion: float, *, start: int = 0, end: float = math.inf
    ) -> None:
        self._handle, self._compression = handle, compression
        self._size, self._max_expansion = size, max_expansion
        self._end = end
        self._source = _Source(handle)
        self._source.seek(start)
        self._dictionary = b""
        self._over = False
        # Each damage costs a search, and a hostile file can be nothing but beginnings of members: bounded work, whatever it holds.
        self._work = 16 * size + 2**28
        self.member, self.given = start, 0
        self.members: deque[tuple[int, int]] = deque()
        self.wanted = b""

    def chunks(self) -> Iterator[bytes]:
        """The content from here on.

        Raises:
            DocumentError: ``truncated_<compression>``, ``corrupt_<compression>``, ``expansion_limit`` or ``unreadable_file``.
        """
        limit = max(FREE_EXPANSION_BYTES, int(self._size * self._max_expansion))
        for chunk in self._decode():
            if self.given + len(chunk) > limit:
                # Cut at the limit itself, so that what is given out does not depend on the size of chunks.
                self._over = True
                rest, self.given = limit - self.given, limit
                if rest > 0:
                    yield chunk[:rest]
                grown = f"more than {limit} bytes come out of {self._size}"
                message = f"{grown}, which is taken for a bomb; input.max_expansion is {self._max_expansion:g}"
                raise DocumentError("expansion_limit", message)
            if not self.members or self.members[-1][1] != self.member:
                self.members.append((self.given, self.member))
            self.given += len(chunk)
            yield chunk

    def resume(self) -> Iterator[bytes] | None:
        """After a damage: the content from the next sound member on; None where there is none."""
        try:
            start = None if self._over else self.find_member(self.member + 1)
        except DocumentError:
            start = None  # the disk fails, which is on record
        if start is None:
            return None
        self._source.seek(start)
        return self.chunks()

    def _decode(self) -> Iterator[bytes]:
        source, compression = self._source, self._compression
        while (first := source.next_member()) is not None and source.position - len(first) < self._end:
            self.member = source.position - len(first)
            if compression == "zstd" and _ZSTD_SKIPPABLE.match(first):
                self._skip_frame()
                continue
            decoder = self._checked_decoder()
            data = first
            try:
                while True:
                    self._work -= len(data)
                    if chunk := decoder.feed(data):
                        yield chunk
                    data = b""
                    if decoder.rest is not None:
                        source.push_back(decoder.rest)
                        break
                    if decoder.hungry and not (data := source.read()):
                        place = f"the {compression} data ends at byte {source.position} in the middle of a stream"
                        raise DocumentError(f"truncated_{compression}", place)
            except DECODE_ERRORS as error:
                place = f"the {compression} data is damaged at or before byte {source.position}: {error}"
                raise DocumentError(f"corrupt_{compression}", place) from None

    def _checked_decoder(self) -> Decoder:
        try:
            return make_decoder(self._compression, self._dictionary)
        except zstandard.ZstdError as error:
            raise DocumentError("corrupt_zstd", f"the dictionary at the start of the file cannot be used: {error}") from None

    def _skip_frame(self) -> None:
        """Pass over a skippable frame of zstd; the one at the start of a file may hold the dictionary."""
        head = self._read_at(self.member, 8)
        end = self.member + 8 + int.from_bytes(head[4:], "little")
        if len(head) < 8 or end > self._size:
            raise DocumentError("truncated_zstd", f"the zstd data ends at byte {self._size} in the middle of a skippable frame")
        if self.member == 0 and head.startswith(_ZSTD_DICTIONARY) and end - 8 <= _MAX_DICTIONARY:
            content = self._read_at(8, end - 8)
            if _STARTS["zstd"].match(content):
                try:
                    content = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompress(content, max_output_size=_MAX_DICTIONARY)
                except zstandard.ZstdError as error:
                    raise DocumentError("corrupt_zstd", f"the dictionary at the start of the file is damaged: {error}") from None
            self._dictionary = content
        self._source.seek(end)

    def _read_at(self, start: int, count: int) -> bytes:
        try:
            self._handle.seek(start)
            return self._handle.read(count)
        except OSError as error:
            raise DocumentError("unreadable_file", f"reading stopped at byte {start}: {why(error)}") from None

    def find_member(self, start: int, stop: float = math.inf) -> int | None:
        """The first place in [start, stop) where a member begins that can be read, and reads as `wanted`.

        Raises:
            DocumentError: ``unreadable_file``.
        """
        pattern = _STARTS[self._compression]
        while start < stop and (block := self._read_at(start, CHUNK_BYTES)) and self._work > 0:
            self._work -= len(block)
            for match in pattern.finditer(block):
                if start + match.start() >= stop:
                    return None
                if self._work > 0 and self._is_sound(start + match.start()):
                    return start + match.start()
            start += max(1, len(block) - _START_BYTES + 1)
        return None

    def _is_sound(self, start: int) -> bool:
        data = self._read_at(start, _TRIAL_BYTES[self._compression])
        self._work -= len(data)
        try:
            decoder = self._checked_decoder()
            out = decoder.feed(data)
            if not decoder.hungry and decoder.rest is None:
                decoder.feed(b"")  # what is damaged gives out what stands before, and says so only now
        except (*DECODE_ERRORS, DocumentError):
            return False
        if self.wanted:
            return out.startswith(self.wanted)
        return bool(out) or decoder.rest is not None


class _Source:
    """Compressed input, with what a decoder did not want pushed back. `position` is how many bytes have been taken."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self._back = b""
        self.position = 0
        handle.seek(0)

    def read(self) -> bytes:
        if self._back:
            data, self._back = self._back, b""
        else:
            try:
                data = self._handle.read(_READ_BYTES)
            except OSError as error:
                raise DocumentError("unreadable_file", f"reading stopped at byte {self.position}: {why(error)}") from None
        self.position += len(data)
        return data

    def seek(self, position: int) -> None:
        self._handle.seek(position)
        self._back, self.position = b"", position

    def push_back(self, data: bytes) -> None:
        self.position -= len(data)
        self._back = data

    def next_member(self) -> bytes | None:
        """The first bytes of what follows; None at the end of the file.

        Zeros between members and after the last are padding, as tapes and ``xz`` write it.
        """
        while data := self.read():
            if kept := data.lstrip(b"\0"):
                return kept
        return None
