"""Compressed files as a stream of decompressed chunks. What comes before a damage is given out; then the damage is named."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

import zstandard

from pipeline.errors import DocumentError
from pipeline.reading.streams import CHUNK_BYTES, why

__all__ = ["FREE_EXPANSION_BYTES", "decompressed_chunks"]

FREE_EXPANSION_BYTES = 64 * 2**20
"""Up to here no file is taken for a bomb: so much fits in memory and on any disk."""

_READ_BYTES = 64 * 1024
_ZSTD_WINDOW = 2**27
"""What the zstd command accepts without ``--long=31``; a larger window is a claim on memory that a hostile file can make."""
_XZ_MEMORY = 128 * 2**20
"""``xz -9`` needs 65 MiB to decompress."""
_ERRORS = (zlib.error, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError)


class _Decoder(Protocol):
    """One member, frame or stream."""

    def feed(self, data: bytes) -> bytes:
        """Decompress some more: at most about `CHUNK_BYTES` of output, the rest on further calls with no data."""

    @property
    def hungry(self) -> bool:
        """It has no output left without more input."""

    @property
    def rest(self) -> bytes | None:
        """After the end, the bytes that follow; before it, None."""


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self.hungry = True

    def feed(self, data: bytes) -> bytes:
        out = self._inner.decompress(self._inner.unconsumed_tail + data, CHUNK_BYTES)
        # zlib can hold output back that the bound cut off, with all input consumed: then the bound was reached.
        self.hungry = not self._inner.unconsumed_tail and len(out) < CHUNK_BYTES
        return out

    @property
    def rest(self) -> bytes | None:
        return self._inner.unused_data if self._inner.eof else None


class _Zstd:
    # The binding bounds no output, so that input goes in small steps: a block of 4 bytes can make 128 KiB. Two sizes keep both
    # the usual case fast and the worst case at some 10 MiB.
    STEP, CAREFUL_STEP = 256, 32

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
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


def _decoder(compression: str) -> _Decoder:
    if compression == "gzip":
        return _Gzip()
    if compression == "zstd":
        return _Zstd()
    return _Bounded(bz2.BZ2Decompressor() if compression == "bzip2" else lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY))


def decompressed_chunks(handle: BinaryIO, compression: str, size: int, max_expansion: float) -> Iterator[bytes]:
    """The decompressed content of a file: all its members, frames or streams, one after the other.

    Args:
        handle: the compressed file, read from its start.
        compression: ``gzip``, ``zstd``, ``bzip2`` or ``xz``.
        size: bytes of the compressed file.
        max_expansion: of more than `size` times this, and more than `FREE_EXPANSION_BYTES`, nothing is given out.

    Raises:
        DocumentError: ``truncated_<compression>``, ``corrupt_<compression>``, ``expansion_limit`` or ``unreadable_file``.
    """
    limit = max(FREE_EXPANSION_BYTES, int(size * max_expansion))
    given = 0
    for chunk in _decode(handle, compression):
        if given + len(chunk) > limit:
            # Cut at the limit itself, so that what is given out does not depend on the size of chunks.
            if limit > given:
                yield chunk[: limit - given]
            grown = f"more than {limit} bytes come out of {size}"
            raise DocumentError("expansion_limit", f"{grown}, which is taken for a bomb; input.max_expansion is {max_expansion:g}")
        given += len(chunk)
        yield chunk


def _decode(handle: BinaryIO, compression: str) -> Iterator[bytes]:
    source = _Source(handle)
    while (first := source.next_member()) is not None:
        decoder = _decoder(compression)
        data = first
        try:
            while True:
                if chunk := decoder.feed(data):
                    yield chunk
                data = b""
                if decoder.rest is not None:
                    source.push_back(decoder.rest)
                    break
                if decoder.hungry and not (data := source.read()):
                    place = f"the {compression} data ends at byte {source.position} in the middle of a stream"
                    raise DocumentError(f"truncated_{compression}", place)
        except _ERRORS as error:
            place = f"the {compression} data is damaged at or before byte {source.position}: {error}"
            raise DocumentError(f"corrupt_{compression}", place) from None


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
