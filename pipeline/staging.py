"""Staged shards: what the fused pass leaves behind, and all that the rest of the run reads.

    <work>/staged/<fingerprint>/<split id>/
        shard-<first>.parquet    rows of STAGED_SCHEMA, edits included
        sketch-<first>.arrow     packed columns of the documents that are compared, in Arrow IPC, uncompressed
        split.json               written last: what the shards hold and which input they came from

A split whose `split.json` names the same input is not read again. Shards are named by the ordinal of their first record,
so that a retried bundle writes the same names and can leave nothing behind that counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config import Config
from pipeline.dedup import passages_columns
from pipeline.dedup.shingles import cut_spans
from pipeline.dedup.sketches import SketchInput, sketch, sketch_schema
from pipeline.errors import BooksError
from pipeline.records import DeadLetter, InputSplit, JudgedDocument, ShardRef, Verdict
from pipeline.repetition.columns import FIELDS, pack_lines
from pipeline.repetition.sites import name_site
from pipeline.rows import STAGED_SCHEMA, dead_letter_row, document_row, to_batch
from pipeline.storage import Storage, join

__all__ = [
    "NOTICE_FILTERS",
    "SplitWriter",
    "is_compared",
    "iterate_rows",
    "load_split",
    "open_table",
    "shard_path",
    "sketch_input",
    "sketch_path",
    "sketch_staged",
    "staged_sketch_schema",
]

NOTICE_FILTERS = ("kill_notice", "canceled")
"""Filters whose documents still take part in the comparison, since they act on other documents."""

_BATCH_ROWS = 512
_SKETCH_BATCH_ROWS = 4096


def is_compared(verdict: Verdict | None) -> bool:
    """Whether a document takes part in the comparison: if it is kept, or a notice that acts on others."""
    return verdict is None or verdict.filter in NOTICE_FILTERS


def shard_path(ref: ShardRef) -> str:
    """Path of a shard's rows."""
    return join(ref.folder, f"shard-{ref.first:09d}.parquet")


def sketch_path(ref: ShardRef) -> str:
    """Path of a shard's sketch columns."""
    return join(ref.folder, f"sketch-{ref.first:09d}.arrow")


def staged_sketch_schema(config: Config) -> pa.Schema:
    """Sketch columns as staged: those of `dedup.sketches`, and the sampled shingles in a column of their own.

    The sample is the prefix of the sorted shingles below 2**32 / sample_rate. In a column of its own it lies together on disk, so
    that the task that joins on it does not read all shingles. Where repetition is counted, its columns follow; and where passages
    are looked for, theirs.
    """
    fields = [*sketch_schema(config.dedup), pa.field("sample", pa.list_(pa.uint32()))]
    fields += FIELDS if config.repetition.enabled else ()
    fields += passages_columns.FIELDS if config.passages.enabled else ()
    return pa.schema(fields)


def sketch_staged(inputs: Sequence[SketchInput], config: Config) -> pa.RecordBatch:
    """Sketch documents in the columns of `staged_sketch_schema`."""
    batch = sketch(inputs, config.dedup)
    columns = [*batch.columns, _sample(batch, config)]
    if config.repetition.enabled:
        columns += pack_lines([(entry.text, _site(entry)) for entry in inputs], batch)
    if config.passages.enabled:
        texts = [None if entry.removed else cut_spans(entry.text, entry.key_spans) for entry in inputs]
        outlets = [name_site(entry.metadata.canonical_url, entry.metadata.publisher, "") for entry in inputs]
        columns += passages_columns.pack_passages(texts, outlets, batch.column("words"))
    return pa.RecordBatch.from_arrays(columns, schema=staged_sketch_schema(config))


def open_table(file: Any) -> pq.ParquetWriter:
    """A writer of staged rows: fast to write, read once or twice."""
    return pq.ParquetWriter(file, STAGED_SCHEMA, compression="zstd", compression_level=1, write_statistics=False)


class SplitWriter:
    """Writes the shards of one split. Use: `add` each record in order, then `close` with the number that Read saw."""

    def __init__(self, split: InputSplit, folder: str, storage: Storage, config: Config, fingerprint: str) -> None:
        self._split, self._folder, self._storage = split, folder, storage
        self._config, self._fingerprint = config, fingerprint
        self._refs: list[ShardRef] = []
        self._shard: _ShardWriter | None = None
        self._records = 0
        storage.delete_tree(self._manifest_path)  # the old manifest goes first: shards without one do not count

    @property
    def _manifest_path(self) -> str:
        return join(self._folder, "split.json")

    def add(self, record: JudgedDocument | DeadLetter) -> None:
        """Take the next record; they must come in the order of their ordinals."""
        ordinal = record.ordinal if isinstance(record, DeadLetter) else record.repaired.parsed.ordinal
        if ordinal != self._records:
            raise BooksError(f"split {self._split.split_id}: expected record {self._records}, got record {ordinal}")
        if self._shard is None:
            self._shard = _ShardWriter(self._folder, ordinal, self._split, self._storage, self._config)
        self._shard.add(record)
        self._records += 1
        if self._shard.rows >= self._config.output.shard_documents:
            self._finish_shard()

    def close(self, records: int, skipped: tuple[tuple[str, int], ...] = ()) -> list[ShardRef]:
        """Write what is left and the manifest. `skipped` as in `SplitEnd`.

        Raises:
            BooksError: Read saw another number of records than arrived here.
        """
        if records != self._records:
            raise BooksError(f"split {self._split.split_id}: {records} records were read but {self._records} arrived at Stage")
        if self._shard is not None or not self._refs:
            self._finish_shard()
        self._refs[0] = replace(self._refs[0], skipped=skipped)
        manifest = {
            "fingerprint": self._fingerprint,
            "input": _input_identity(self._split),
            "records": records,
            "skipped": skipped,
            "shards": [[ref.first, ref.rows, ref.sketch_rows, ref.digest] for ref in self._refs],
        }
        with self._storage.create(self._manifest_path) as file:
            file.write(json.dumps(manifest).encode())
        return self._refs

    def _finish_shard(self) -> None:
        writer = self._shard or _ShardWriter(self._folder, self._records, self._split, self._storage, self._config)
        self._refs.append(writer.close())
        self._shard = None

    def abandon(self) -> None:
        """Drop the shard that is being written, for a bundle that fails."""
        if self._shard is not None:
            self._shard.abandon()
            self._shard = None


def load_split(split: InputSplit, folder: str, storage: Storage, fingerprint: str) -> list[ShardRef] | None:
    """The shards of a split that an earlier try staged, or None where they are missing or stand for another input."""
    path = join(folder, "split.json")
    if not storage.exists(path):
        return None
    with storage.open(path) as file:
        manifest = json.loads(file.read())
    if manifest["fingerprint"] != fingerprint or manifest["input"] != _input_identity(split):
        return None
    refs = [ShardRef(folder, split.split_id, split.number, *entry) for entry in manifest["shards"]]
    refs[0] = replace(refs[0], skipped=tuple((kind, count) for kind, count in manifest["skipped"]))
    return refs if all(storage.exists(shard_path(ref)) and storage.exists(sketch_path(ref)) for ref in refs) else None


class _AbandonedError(Exception):
    """Tells the open files that what they hold must not appear."""


class _ShardWriter:
    def __init__(self, folder: str, first: int, split: InputSplit, storage: Storage, config: Config) -> None:
        self._open = False
        self._ref_parts = (folder, split.split_id, split.number, first)
        self._config, self._digest = config, hashlib.blake2b(digest_size=16)
        ref = ShardRef(*self._ref_parts, 0, 0, "")
        self._files = ExitStack()
        rows_file, sketch_file = (self._files.enter_context(storage.create(path)) for path in (shard_path(ref), sketch_path(ref)))
        self._table = open_table(rows_file)
        self._sketches = pa.ipc.new_file(sketch_file, staged_sketch_schema(config))
        self._rows: list[dict[str, Any]] = []
        self._inputs: list[SketchInput] = []
        self._batches: list[pa.RecordBatch] = []
        self.rows = self._sketch_rows = 0
        self._open = True

    def __del__(self) -> None:
        # A bundle that fails elsewhere forgets its writer; pyarrow's finaliser would then write to a file that is closed, and complain.
        self.abandon()

    def add(self, record: JudgedDocument | DeadLetter) -> None:
        if isinstance(record, DeadLetter):
            row = dead_letter_row(record)
        else:
            row = document_row(record)
            if is_compared(record.verdict):
                self._inputs.append(sketch_input(record))
        self._digest.update(row["doc_id"].encode())
        self._rows.append(row)
        self.rows += 1
        if len(self._rows) >= _BATCH_ROWS:
            self._flush()

    def close(self) -> ShardRef:
        self._flush()
        self._write_sketches()
        self._table.close()
        self._sketches.close()
        self._files.close()
        self._open = False
        return ShardRef(*self._ref_parts, self.rows, self._sketch_rows, self._digest.hexdigest())

    def abandon(self) -> None:
        if not self._open:
            return
        self._open = False
        with suppress(OSError, pa.ArrowException):  # a full disk may be why it is given up
            self._table.close()
            self._sketches.close()
        with suppress(_AbandonedError), self._files:
            raise _AbandonedError

    def _flush(self) -> None:
        if self._rows:
            self._table.write_batch(to_batch(self._rows, STAGED_SCHEMA))
            self._rows = []
        if self._inputs:
            self._batches.append(sketch_staged(self._inputs, self._config))
            self._inputs = []
        if sum(batch.num_rows for batch in self._batches) >= _SKETCH_BATCH_ROWS:
            self._write_sketches()

    def _write_sketches(self) -> None:
        if self._batches:
            whole = pa.concat_batches(self._batches)
            self._sketches.write_batch(whole)
            self._sketch_rows += whole.num_rows
            self._batches = []


def sketch_input(record: JudgedDocument) -> SketchInput:
    """What the sketch of a document is made from."""
    repaired, parsed = record.repaired, record.repaired.parsed
    return SketchInput(
        ordinal=parsed.ordinal,
        doc_id=parsed.doc_id,
        text=repaired.text,
        key_spans=repaired.key_spans,
        raw_sha256=parsed.raw_sha256,
        metadata=repaired.metadata,
        mt_band=record.mt_band,
        flag_kinds=tuple(flag.kind for flag in repaired.flags),
        source_uri=parsed.origin.uri,
        removed=record.verdict is not None,
    )


def _site(entry: SketchInput) -> str | None:
    # What a filter removed is here as a notice only, and a notice has no pages.
    return None if entry.removed else name_site(entry.metadata.canonical_url, entry.metadata.publisher, entry.source_uri)


def _sample(batch: pa.RecordBatch, config: Config) -> pa.Array:
    shingles = batch.column("shingles")
    values = shingles.flatten().to_numpy()
    offsets = shingles.offsets.to_numpy() - shingles.offsets[0].as_py()
    below = np.concatenate(([0], np.cumsum(values < 2**32 // config.dedup.sample_rate)))
    sample_offsets = below[offsets].astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(sample_offsets), pa.array(values[values < 2**32 // config.dedup.sample_rate], pa.uint32()))


def _input_identity(split: InputSplit) -> list[list[Any]]:
    return [[s.name, s.size, s.identity, s.start, s.end] for s in split.slices]


def iterate_rows(ref: ShardRef, storage: Storage, rows: int = 1024) -> Iterator[pa.RecordBatch]:
    """The rows of a staged shard in order, in batches of bounded size."""
    if ref.rows:
        with storage.open(shard_path(ref)) as file:
            yield from pq.ParquetFile(file).iter_batches(rows)
