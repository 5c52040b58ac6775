"""Arrow IPC, files and streams: rows as records, as those of Parquet are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
from pyarrow import ipc

from pipeline.config import InputConfig
from pipeline.reading.columns import MAX_DEPTH, is_too_deep
from pipeline.reading.letters import Found, Lost, slice_origin
from pipeline.reading.rows import ARROW_ERRORS, MAX_BATCH_ROWS, first_line, row_records
from pipeline.records import FileSlice, Origin

__all__ = ["read_arrow"]

MAGIC = b"ARROW1\0\0"
_ROWS_A_BYTE = 64
"""A file with more rows than this for each of its bytes is not to be believed."""


class _Bounded:
    """A file that gives no more than it has, however much a damaged length asks for."""

    closed = False

    def __init__(self, handle: BinaryIO, size: int) -> None:
        self._handle, self._size = handle, size

    def read(self, count: int = -1) -> bytes:
        left = max(0, self._size - self._handle.tell())
        return self._handle.read(left if count < 0 else min(count, left))

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._handle.seek(offset, whence)

    def tell(self) -> int:
        return self._handle.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """The file is closed by who opened it."""


def read_arrow(piece: FileSlice, handle: BinaryIO, size: int, config: InputConfig) -> Iterator[Found | Lost]:
    """Yield every row of an Arrow file or stream, located by its number.

    Args:
        piece: the file, for the origin of records.
        handle: the file, seekable.
        size: its bytes.
        config: limits; `text_field` tells which binary column is text.

    A batch that is damaged is lost by the row where its number of rows is known, else as one (code ``corrupt_arrow``). Where the footer
    of a file is damaged, its batches are read as the stream that they are.
    """
    row = 0
    none = True
    for batch in _batches(_Bounded(handle, size)):
        none = False
        if isinstance(batch, str):
            yield _lost(piece, row, batch)
            row += 1
            continue
        if reason := _unsound(batch, size):
            count = min(batch.num_rows, size)
            for number in range(row, row + max(1, count)):
                yield _lost(piece, number, reason)
            row += max(1, count)
            continue
        for start in range(0, batch.num_rows, MAX_BATCH_ROWS):
            yield from row_records(piece, batch.slice(start, MAX_BATCH_ROWS), row + start, config)
        row += batch.num_rows
    if none or not row:
        yield Lost(slice_origin(piece, size), "empty_file", "the Arrow file has no rows")


def _lost(piece: FileSlice, row: int, reason: str) -> Lost:
    return Lost(Origin(uri=piece.name, path=piece.uri, locator=row), "corrupt_arrow", f"the Arrow data is damaged: {reason}")


def _batches(handle: _Bounded) -> Iterator[pa.RecordBatch | str]:
    """The batches, and a reason for each that cannot be read."""
    handle.seek(0)
    if handle.read(len(MAGIC)) == MAGIC:
        try:
            file = ipc.open_file(handle)
            count = file.num_record_batches
        except ARROW_ERRORS:
            handle.seek(len(MAGIC))
        else:
            if _is_deep(file.schema):
                yield f"columns are nested more than {MAX_DEPTH} levels deep"
                return
            for index in range(count):
                try:
                    yield file.get_batch(index)
                except ARROW_ERRORS as error:
                    yield f"batch {index}: {first_line(error)}"
            return
    else:
        handle.seek(0)
    try:
        stream = ipc.open_stream(handle)
        if _is_deep(stream.schema):
            yield f"columns are nested more than {MAX_DEPTH} levels deep"
            return
        yield from stream
    except ARROW_ERRORS as error:
        yield first_line(error)


def _is_deep(schema: pa.Schema) -> bool:
    return any(is_too_deep(field.type) for field in schema)


def _unsound(batch: pa.RecordBatch, size: int) -> str | None:
    """Why a batch cannot be read without reading outside of it, or None."""
    if batch.num_rows > _ROWS_A_BYTE * size:
        return f"a batch of {batch.num_rows} rows in a file of {size} bytes"
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            column.validate(full=True)
        except ARROW_ERRORS as error:
            # Text that is not UTF-8 costs its rows, which is found out later; the places of the values must be right.
            if not _is_sound_as_bytes(column):
                return f"column {name!r}: {first_line(error)}"
    return None


def _is_sound_as_bytes(column: pa.Array) -> bool:
    kinds = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}
    if column.type not in kinds:
        return False
    try:
        column.view(kinds[column.type]).validate(full=True)
    except ARROW_ERRORS:
        return False
    return True
