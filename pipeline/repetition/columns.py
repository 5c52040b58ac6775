"""The sketch columns that lines are counted by: written by Stage, read back as packed arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.repetition.counting import LABELS, DocumentColumns, LineColumns
from pipeline.repetition.keys import line_keys, site_key

__all__ = ["COLUMNS", "DOCUMENT_COLUMNS", "FIELDS", "join_documents", "pack_lines", "unpack_documents", "unpack_lines"]

FIELDS = (
    pa.field("site_key", pa.uint64(), False),
    pa.field("labels", pa.binary(4 * LABELS), False),
    pa.field("line_keys", pa.list_(pa.uint64()), False),
)
"""Site (0: not counted), the first values of the signature, and the packed keys of the lines, see `keys.line_keys`."""

COLUMNS = tuple(field.name for field in FIELDS)
DOCUMENT_COLUMNS = ("site_key", "text_key", "order", "labels")


def pack_lines(texts: Sequence[tuple[str, str | None]], batch: pa.RecordBatch) -> list[pa.Array]:
    """The columns of `FIELDS` for some documents.

    Args:
        texts: each document's text and the name of its site; None for a document that is not counted.
        batch: their sketches.
    """
    sites = [0 if site is None else site_key(site) for _, site in texts]
    lines = [line_keys(text, site) if site else [] for (text, _), site in zip(texts, sites, strict=True)]
    # A text without a shingle has no signature and is like its exact copies only.
    pairs = zip(batch.column("signature").to_pylist(), batch.column("text_key").to_pylist(), strict=True)
    labels = [(signature or text_key * (LABELS // 4))[: 4 * LABELS].ljust(4 * LABELS, b"\0") for signature, text_key in pairs]
    arrays = (sites, labels, lines)
    return [pa.array(values, field.type) for values, field in zip(arrays, FIELDS, strict=True)]


def unpack_documents(columns: dict[str, pa.ChunkedArray]) -> DocumentColumns:
    """The `DOCUMENT_COLUMNS` of some documents as arrays; of the key of the text the first eight bytes."""
    words = _numbers(columns["text_key"], np.dtype("<u8"), 2)
    labels = _numbers(columns["labels"], np.dtype("<u4"), LABELS)
    site, order = (_flat(columns[name]) for name in ("site_key", "order"))
    return DocumentColumns(site, words[:, 0].astype(np.uint64), order, labels.astype(np.uint32))


def join_documents(shards: Sequence[DocumentColumns]) -> DocumentColumns:
    """Several shards, at least one, as one corpus."""
    site, text, order, labels = (np.concatenate(columns) for columns in zip(*shards, strict=True))
    return DocumentColumns(site, text, order, labels)


def unpack_lines(column: pa.ChunkedArray) -> LineColumns:
    """The `line_keys` of a shard as arrays."""
    keys, offsets = [np.empty(0, np.uint64)], [np.zeros(1, np.int64)]
    base = 0
    for chunk in column.chunks:
        bounds = chunk.offsets.to_numpy().astype(np.int64)
        keys.append(chunk.values.to_numpy()[bounds[0] : bounds[-1]])
        offsets.append(bounds[1:] - bounds[0] + base)
        base = int(offsets[-1][-1]) if len(offsets[-1]) else base
    return LineColumns(np.concatenate(keys), np.concatenate(offsets))


def _flat(column: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    flat: npt.NDArray[np.uint64] = np.concatenate([np.empty(0, np.uint64), *(chunk.to_numpy() for chunk in column.chunks)])
    return flat


def _numbers(column: pa.ChunkedArray, kind: np.dtype[Any], width: int) -> npt.NDArray[Any]:
    """A column of fixed-size binary without nulls as (rows, numbers)."""
    parts = [np.empty((0, width), kind)]
    for chunk in column.chunks:
        data = np.frombuffer(chunk.buffers()[1], kind).reshape(-1, width)
        parts.append(data[chunk.offset : chunk.offset + len(chunk)])
    return np.concatenate(parts)
