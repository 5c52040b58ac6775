"""The sketch of a document: everything that later steps compare, as one row of packed columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from pipeline.config import DedupConfig
from pipeline.dedup.engine import Sketched, start_engine
from pipeline.dedup.facts import is_global, split_guid, write_facts
from pipeline.dedup.shingles import text_key
from pipeline.records import Metadata

__all__ = ["SketchInput", "SketchReader", "band_name", "sketch", "sketch_schema"]


@dataclass(frozen=True, slots=True)
class SketchInput:
    """What the sketch of a document is made from.

    Attributes:
        ordinal: place of the document in its split.
        doc_id: 32 hex digits.
        text: clean text; `key_spans` of it are left out of the comparison.
        removed: True for a kill notice or a cancellation: it takes part in finding versions and never stands for anything.
    """

    ordinal: int
    doc_id: str
    text: str
    key_spans: tuple[tuple[int, int], ...]
    raw_sha256: str
    metadata: Metadata
    mt_band: str
    flag_kinds: tuple[str, ...]
    source_uri: str
    removed: bool = False


class SketchReader(Protocol):
    """Finds sketches by node, ``split number << 32 | ordinal``."""

    def rows(self, nodes: npt.NDArray[np.uint64], columns: Sequence[str]) -> pa.Table:
        """The rows of `nodes`, in their order, with the `columns` and a column `node` (uint64)."""
        ...


def band_name(band: int) -> str:
    """Name of the column of a band."""
    return f"band_{band:03d}"


def sketch_schema(config: DedupConfig) -> pa.Schema:
    """Columns of a sketch.

    - doc_id, and order: its first eight bytes as a number; what decides ties, independent of sharding.
    - text_key: BLAKE2b-128 of the folded comparison text; raw_key: first half of the raw record's SHA-256.
    - guid_key, slug_key: hashes that link versions, 0 where unknown.
    - n_shingles, shingles: distinct shingles (low 32 bits of XXH3-64), ascending; words: the tokens in order, see `shingles`.
    - band_*: hash of the rows of a band, null where the text is shorter than one shingle.
    - signature: uint32 little-endian, loadable with datasketch (see `signatures`); null where there is no shingle.
    - info: see `facts`.
    """
    bands = [pa.field(band_name(band), pa.uint64()) for band in range(config.bands)]
    return pa.schema(
        [
            pa.field("ordinal", pa.int64(), False),
            pa.field("doc_id", pa.binary(16), False),
            pa.field("order", pa.uint64(), False),
            pa.field("text_key", pa.binary(16), False),
            pa.field("raw_key", pa.binary(16), False),
            pa.field("guid_key", pa.uint64(), False),
            pa.field("slug_key", pa.uint64(), False),
            pa.field("n_shingles", pa.int32(), False),
            *bands,
            pa.field("signature", pa.binary()),
            pa.field("shingles", pa.list_(pa.uint32()), False),
            pa.field("words", pa.list_(pa.uint32()), False),
            pa.field("info", pa.string(), False),
        ]
    )


def sketch(inputs: Sequence[SketchInput], config: DedupConfig) -> pa.RecordBatch:
    """Sketch documents, one row each in the given order.

    >>> row = sketch([SketchInput(0, "00" * 16, "Rain fell all day.", (), "ab" * 32, Metadata(), "none", (), "a.txt")], DedupConfig())
    >>> row.num_rows, row.column("n_shingles")[0].as_py(), row.column("band_000")[0].as_py()
    (1, 1, None)
    """
    sketched = start_engine(config).sketch([(entry.text, entry.key_spans) for entry in inputs])
    ids = [bytes.fromhex(entry.doc_id) for entry in inputs]
    columns: dict[str, pa.Array] = {
        "ordinal": pa.array([entry.ordinal for entry in inputs], pa.int64()),
        "doc_id": pa.array(ids, pa.binary(16)),
        "order": pa.array([int.from_bytes(entry[:8], "big") for entry in ids], pa.uint64()),
        "text_key": pa.array([text_key(key, e.raw_sha256) for key, e in zip(sketched.keys, inputs, strict=True)], pa.binary(16)),
        "raw_key": pa.array([bytes.fromhex(entry.raw_sha256)[:16] for entry in inputs], pa.binary(16)),
        "guid_key": pa.array([_guid_key(entry.metadata) for entry in inputs], pa.uint64()),
        "slug_key": pa.array([_slug_key(entry.metadata) for entry in inputs], pa.uint64()),
        "n_shingles": pa.array(sketched.shingle_counts, pa.int32()),
        **{band_name(band): pa.array(sketched.bands[:, band], pa.uint64(), mask=~sketched.complete) for band in range(config.bands)},
        "signature": _signatures(sketched),
        "shingles": _lists(sketched.shingles, sketched.shingle_counts),
        "words": _lists(sketched.words, sketched.word_counts),
        "info": pa.array([_info(entry) for entry in inputs], pa.string()),
    }
    schema = sketch_schema(config)
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def _signatures(sketched: Sketched) -> pa.Array:
    raw = sketched.signatures.astype("<u4", copy=False)
    width = raw.shape[1] * 4
    whole = pa.array(raw.reshape(-1).view(f"V{width}"), pa.binary(width)) if len(raw) else pa.array([], pa.binary(width))
    return pc.if_else(pa.array(sketched.shingle_counts > 0), whole.cast(pa.binary()), pa.scalar(None, pa.binary()))


def _lists(values: npt.NDArray[np.uint32], counts: npt.NDArray[np.int64]) -> pa.Array:
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values, pa.uint32()))


def _guid_key(metadata: Metadata) -> int:
    guid, _ = split_guid(metadata.guid or "")
    if not guid:
        return 0
    scope = "" if is_global(guid) else (metadata.publisher or "").casefold()
    return _hash64("guid", scope, guid)


def _slug_key(metadata: Metadata) -> int:
    """A slug means something only within one agency or outlet; without either it links nothing."""
    slug = " ".join((metadata.slugline or "").casefold().split())
    scope = metadata.publisher or (metadata.text_agency[0] if metadata.text_agency else "")
    return _hash64("slug", scope.casefold(), slug) if slug and scope else 0


def _hash64(*parts: str) -> int:
    return xxhash.xxh3_64_intdigest("\0".join(parts).encode("utf-8", "surrogatepass")) or 1


def _info(entry: SketchInput) -> str:
    return write_facts(
        entry.metadata,
        uri=entry.source_uri,
        characters=len(entry.text),
        mt_band=entry.mt_band,
        flags=entry.flag_kinds,
        removed=entry.removed,
    )
