"""The bytes of a file as a stream of chunks, with a look ahead, so that a reader is chosen by content before anything is consumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from pipeline.errors import DocumentError

__all__ = ["CHUNK_BYTES", "Peekable", "file_size", "plain_chunks", "why"]

CHUNK_BYTES = 256 * 1024
"""Large enough that the cost a chunk vanishes, small enough to hold several."""


def why(error: Exception) -> str:
    """The reason of an `OSError` in a few words, without the path: that stands in the record's origin."""
    return str(getattr(error, "strerror", None) or error or type(error).__name__)


def file_size(handle: BinaryIO) -> int:
    """Bytes of an open file; leaves the position at its start."""
    size = handle.seek(0, 2)
    handle.seek(0)
    return size


def plain_chunks(handle: BinaryIO, start: int = 0, size: int = 0) -> Iterator[bytes]:
    """The file from byte `start` on.

    Args:
        size: bytes that the file must have, so that one which shrinks while it is read is not taken for whole.

    Raises:
        DocumentError: ``unreadable_file``, where the file system fails in the middle; ``file_changed``.
    """
    position = start
    try:
        handle.seek(start)
        while chunk := handle.read(CHUNK_BYTES):
            position += len(chunk)
            yield chunk
    except OSError as error:
        raise DocumentError("unreadable_file", f"reading stopped at byte {position}: {why(error)}") from None
    if position < size:
        raise DocumentError("file_changed", f"the file had {size} bytes when it was listed, and ended at byte {position} while it was read")


class Peekable:
    """Chunks with a look ahead. A `DocumentError` that the look ahead meets is raised where reading gets there, not before.

    Args:
        chunks: the stream.
        resume: gives the stream behind a damage, or None; see `Decompressed.resume`.
    """

    def __init__(self, chunks: Iterator[bytes], resume: Callable[[], Iterator[bytes] | None] | None = None) -> None:
        self._chunks, self._resume = chunks, resume
        self._buffer = b""
        self._error: DocumentError | None = None
        self.exhausted = False

    @property
    def error(self) -> DocumentError | None:
        """What the look ahead met, where nothing can be read before it."""
        return None if self._buffer else self._error

    def resume(self) -> bool:
        """After an error was raised: go on behind the damage. False where there is nothing more that can be read."""
        chunks = self._resume() if self._resume else None
        if chunks is None:
            return False
        self._chunks, self._error, self._buffer, self.exhausted = chunks, None, b"", False
        return True

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, fewer only where the stream ends or breaks before; nothing is consumed."""
        parts, have = [self._buffer], len(self._buffer)
        while have < size and not self.exhausted and self._error is None:
            try:
                part = next(self._chunks, None)
            except DocumentError as error:
                self._error = error
                break
            if part is None:
                self.exhausted = True
            else:
                parts.append(part)
                have += len(part)
        self._buffer = b"".join(parts)
        return self._buffer[:size]

    def skip(self, size: int) -> None:
        """Consume bytes that were peeked at."""
        self._buffer = self._buffer[size:]

    def __iter__(self) -> Iterator[bytes]:
        if self._buffer:
            head, self._buffer = self._buffer, b""
            yield head
        if self._error is not None:
            raise self._error
        if not self.exhausted:
            yield from self._chunks

    def read_some(self) -> bytes:
        """The next bytes, as many as come at once; nothing at the end of the stream."""
        if self._buffer:
            head, self._buffer = self._buffer, b""
            return head
        if self._error is not None:
            raise self._error
        return b"" if self.exhausted else next(self._chunks, b"")

    def read_at_most(self, limit: int) -> bytes:
        """The whole stream where it is not longer than `limit` bytes, else more than `limit` of its first bytes."""
        parts, have = [], 0
        for chunk in self:
            parts.append(chunk)
            have += len(chunk)
            if have > limit:
                break
        return b"".join(parts)
