"""Parquet rows as records: canonical JSON, one object a row, located by row number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet

from pipeline.config import InputConfig
from pipeline.identity import sha256_hex
from pipeline.reading.columns import MAX_DEPTH, Undecodable, is_too_deep, plain_values, unique_names
from pipeline.reading.letters import EXCERPT_BYTES, Found, Lost, slice_origin
from pipeline.reading.streams import file_size, why
from pipeline.records import FileSlice, Origin

__all__ = ["ARROW_ERRORS", "MAX_BATCH_ROWS", "canonical_json", "first_line", "read_rows", "row_records"]

BATCH_BYTES = 4 * 2**20
"""Decoded data of a batch, about. With Arrow's copy, Python's values and the JSON some 20 MB are held."""

MAX_BATCH_ROWS = 1024

ARROW_ERRORS = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What pyarrow raises on a damaged file; the last for names of columns."""


def canonical_json(row: dict[str, Any]) -> bytes:
    """One spelling for one row: sorted keys, no blanks, UTF-8.

    >>> canonical_json({"b": 1, "a": "é"}).decode()
    '{"a":"é","b":1}'
    """
    return json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def read_rows(
    piece: FileSlice, handle: BinaryIO, config: InputConfig, *, row_groups: tuple[int, int] | None = None
) -> Iterator[Found | Lost]:
    """Yield every row of some row groups of a Parquet file.

    Args:
        piece: the slice that is read, for the origin of records.
        handle: the Parquet file, seekable.
        config: limits; `text_field` tells which binary column is text.
        row_groups: [first, last) of the row groups; None for all.

    What cannot be decoded is lost by the row where the footer says how many rows there are (code ``corrupt_parquet``), else at once.
    """
    whole, size = slice_origin(piece), file_size(handle)
    try:
        # No pre-buffering: pages are read one by one, so that a row group may be larger than memory.
        file = parquet.ParquetFile(handle, pre_buffer=False, buffer_size=2**20, page_checksum_verification=True)
        footer = file.metadata
        counts = [footer.row_group(index).num_rows for index in range(footer.num_row_groups)]
        if min(counts, default=0) < 0 or len(counts) > size:
            yield Lost(whole, "corrupt_parquet", "the footer of the Parquet file counts its rows or row groups wrongly")
            return
        if any(is_too_deep(field.type) for field in file.schema_arrow):
            yield Lost(whole, "corrupt_parquet", f"columns are nested more than {MAX_DEPTH} levels deep")
            return
    except ARROW_ERRORS as error:
        yield Lost(whole, "corrupt_parquet", f"the footer of the Parquet file cannot be read: {first_line(error)}")
        return
    if row_groups is None and not sum(counts):
        yield Lost(whole, "empty_file", "the Parquet file has no rows")
        return
    for group in range(*(row_groups or (0, len(counts)))):
        yield from _read_group(piece, file, group, sum(counts[:group]), counts[group], size, config)


def _read_group(
    piece: FileSlice, file: parquet.ParquetFile, group: int, first: int, count: int, size: int, config: InputConfig
) -> Iterator[Found | Lost]:
    row = first
    try:
        for batch in file.iter_batches(_batch_rows(file, group, count), row_groups=[group], use_threads=False):
            for record in islice(row_records(piece, batch, row, config), first + count - row):
                yield record
                row += 1
        reason = f"it holds {row - first} rows and its footer says {count}"
    except ARROW_ERRORS as error:
        reason = first_line(error)
    left = first + count - row
    if not left:
        return
    message = f"row group {group} of the Parquet file is damaged: {reason}"
    if left > size:
        # A footer that promises more rows than the file has bytes is not to be believed, and must not fill the books.
        yield Lost(Origin(uri=piece.name, path=piece.uri, locator=row), "corrupt_parquet", f"{message}; {left} rows")
        return
    for lost in range(row, first + count):
        yield Lost(Origin(uri=piece.name, path=piece.uri, locator=lost), "corrupt_parquet", message)


def _batch_rows(file: parquet.ParquetFile, group: int, count: int) -> int:
    size: int = max(1, file.metadata.row_group(group).total_byte_size)
    return max(1, min(MAX_BATCH_ROWS, BATCH_BYTES * count // size))


def row_records(piece: FileSlice, batch: pa.RecordBatch, first: int, config: InputConfig) -> Iterator[Found | Lost]:
    """The rows of a batch, numbered from `first`."""
    for row, values in enumerate(_row_values(batch, config), first):
        yield _record(piece, row, values, config)


def _row_values(batch: pa.RecordBatch, config: InputConfig) -> Iterator[dict[str, Any]]:
    names = unique_names(batch.schema.names)
    columns = [plain_values(column, binary_is_text=name == config.text_field) for name, column in zip(names, batch.columns, strict=True)]
    for values in zip(*columns, strict=True) if columns else [()] * batch.num_rows:
        yield dict(zip(names, values, strict=True))


def _record(piece: FileSlice, row: int, values: dict[str, Any], config: InputConfig) -> Found | Lost:
    origin = Origin(uri=piece.name, path=piece.uri, locator=row)
    for name, value in values.items():
        if (broken := _find_undecodable(value)) is not None:
            return Lost(origin, "bad_utf8", f"column {name!r} holds text that is not valid UTF-8", None, broken.data)
    data = canonical_json(values)
    if len(data) > config.max_record_bytes:
        message = f"a row of {len(data)} bytes as JSON; input.max_record_bytes is {config.max_record_bytes}"
        return Lost(
            Origin(uri=piece.name, path=piece.uri, locator=row, length=len(data)),
            "record_too_large",
            message,
            sha256_hex(data),
            data[: EXCERPT_BYTES + 1],
        )
    return Found(Origin(uri=piece.name, path=piece.uri, locator=row, length=len(data)), data, "row")


def _find_undecodable(value: Any) -> Undecodable | None:
    if isinstance(value, Undecodable):
        return value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for part in inner if (found := _find_undecodable(part)) is not None), None)


def first_line(error: Exception) -> str:
    """What an error of Arrow says, without the lines that say where in its code."""
    return why(error).strip().split("\n", 1)[0][:200]
