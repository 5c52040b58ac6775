"""Writes the final tables from the staged shards, one task a shard, and closes the books.

Publish: a staged shard and what was decided about its rows -> parts of the tables, with their hashes and counters.
Commit: all parts -> `run.json` and the pages for people. A dataset without `run.json` is not one, so it is written last.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.config import Config
from pipeline.errors import BooksError
from pipeline.records import Decision, ShardRef
from pipeline.repetition.tally import tally_lines
from pipeline.rows import decision_columns
from pipeline.schema import arrow_schema
from pipeline.staging import iterate_rows, sketch_path
from pipeline.storage import Storage, join

__all__ = ["Constants", "HashingFile", "Part", "PartWriter", "PublishedShard", "publish_shard", "signature_scheme"]

HOLDING_TABLES = ("documents", "duplicates", "removed", "dead_letters")
"""The tables of which exactly one holds each input record."""


@dataclass(frozen=True, slots=True)
class Constants:
    """Columns that are the same in every row of a run."""

    run_id: str
    pipeline_version: str
    config_sha256: str
    rules_sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """A finished file of the dataset."""

    table: str
    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PublishedShard:
    """What Publish hands to Commit about one shard."""

    key: int
    split_id: str
    number: int
    rows: int
    parts: tuple[Part, ...] = ()
    counters: dict[str, dict[str, int]] = field(default_factory=dict)


class PartWriter:
    """Writes one part of a table, in row groups of bounded text size; the file appears when it is closed, and only if it has rows."""

    def __init__(self, table: str, path: str, name: str, storage: Storage, config: Config, *, even_if_empty: bool = False) -> None:
        self._file: HashingFile | None = None
        self._writer: pq.ParquetWriter | None = None
        self.table, self._path, self._name, self._storage, self._config = table, path, name, storage, config
        self._schema = arrow_schema(table)
        self._pending: list[pa.RecordBatch] = []
        self._pending_bytes = 0
        self.rows = 0
        if even_if_empty:
            self._open()

    def add(self, batch: pa.RecordBatch) -> None:
        """Append rows in the columns of the table's schema."""
        if batch.num_rows:
            self._pending.append(batch)
            self._pending_bytes += batch.nbytes
            self.rows += batch.num_rows
            if self._pending_bytes >= self._config.output.row_group_bytes:
                self._flush()

    def close(self) -> Part | None:
        """Finish the file; None where there was nothing to write."""
        self._flush()
        if self._writer is None or self._file is None:
            return None
        self._writer.close()
        self._file.close()
        return Part(self.table, self._name, self.rows, self._file.count, self._file.digest.hexdigest())

    def __del__(self) -> None:
        # Where publishing fails, pyarrow's own finaliser would write to a file that is closed by then, and complain.
        if self._file is not None and self._writer is not None and not self._file.closed:
            with suppress(OSError, pa.ArrowException):
                self._writer.close()
            self._file.abandon()

    def _flush(self) -> None:
        if self._pending:
            whole = pa.Table.from_batches(self._pending, self._schema)
            self._pending, self._pending_bytes = [], 0
            self._open().write_table(whole, row_group_size=max(1, whole.num_rows))

    def _open(self) -> pq.ParquetWriter:
        if self._writer is None:
            self._file = HashingFile(self._storage, join(self._path, self._name))
            self._writer = pq.ParquetWriter(
                pa.PythonFile(self._file, mode="w"),
                self._schema,
                compression="zstd",
                compression_level=self._config.output.compression_level,
                write_page_index=True,
                use_content_defined_chunking=True,
            )
        return self._writer


class _AbandonedError(Exception):
    """Tells an open file that what it holds must not appear."""


class HashingFile:
    """A new file that is hashed as it is written, strictly forwards, and appears when it is closed."""

    def __init__(self, storage: Storage, path: str) -> None:
        self._stack = ExitStack()
        self._file = self._stack.enter_context(storage.create(path))
        self.digest, self.count, self.closed = hashlib.sha256(), 0, False

    def write(self, data: Any) -> int:
        """Append bytes."""
        view = memoryview(data)
        self.digest.update(view)
        self.count += view.nbytes
        self._file.write(view)
        return view.nbytes

    def tell(self) -> int:
        """Bytes written."""
        return self.count

    def flush(self) -> None:
        """Hand everything to the file below."""
        self._file.flush()

    def close(self) -> None:
        """Let the file appear; once."""
        if not self.closed:
            self.closed = True
            self._stack.close()

    def abandon(self) -> None:
        """Leave nothing to see."""
        self.closed = True
        with suppress(_AbandonedError), self._stack:
            raise _AbandonedError


def publish_shard(
    ref: ShardRef,
    decisions: Sequence[Decision],
    relations: pa.Table | None,
    folder: str,
    storage: Storage,
    constants: Constants,
    config: Config,
    passages: pa.Table | None = None,
) -> PublishedShard:
    """Write every row of a staged shard to its table.

    Args:
        decisions: those about this shard's rows; a row without one stands alone.
        relations: rows of the table `relations` that this shard publishes, or None.
        passages: rows of the table `passages` that it publishes, or None.

    Raises:
        BooksError: the ids written are not exactly the ids staged.
    """
    counters: dict[str, Counter[str]] = {"skipped": Counter(dict(ref.skipped))} if ref.skipped else {}
    if not ref.rows:
        return PublishedShard(ref.key, ref.split_id, ref.number, 0, counters={group: dict(counter) for group, counter in counters.items()})
    name = f"part-{ref.number:05d}-{ref.first:09d}.parquet"
    tables_written = (*HOLDING_TABLES, "edits", "relations", "passages", "index")
    writers = {table: PartWriter(table, folder, f"{table}/{name}", storage, config) for table in tables_written}
    by_node = {decision.node: decision for decision in decisions}
    if len(by_node) != len(decisions):
        raise BooksError(f"shard {ref.key}: two decisions about one document")
    staged, written = hashlib.blake2b(digest_size=16), []
    tables: dict[str, str] = {}
    for batch in iterate_rows(ref, storage):
        ids = batch.column("doc_id").to_pylist()
        staged.update("".join(ids).encode())
        nodes = [(ref.number << 32) + ordinal for ordinal in batch.column("ordinal").to_pylist()]
        decided = [by_node.pop(node, None) for node in nodes]
        placed = [d.table if d else t for d, t in zip(decided, batch.column("staged_table").to_pylist(), strict=True)]
        tables |= zip(ids, placed, strict=True)
        for table in HOLDING_TABLES:
            chosen = [position for position, its_table in enumerate(placed) if its_table == table]
            if chosen:
                part = batch.take(pa.array(chosen))
                written += [ids[position] for position in chosen]
                rows = _final_rows(table, part, [decided[position] for position in chosen], constants)
                writers[table].add(rows)
                _count(counters, rows, table)
        edits = _edits(batch)
        writers["edits"].add(edits)
        _count_edits(counters, edits)
        counters.setdefault("recurring_lines", Counter()).update(tally_lines(batch))
    _check(ref, staged.hexdigest(), written, by_node)
    for name, pairs, kind in (("relations", relations, "relation"), ("passages", passages, "kind")):
        if pairs is not None and pairs.num_rows:
            counters[name] = Counter(pairs.column(kind).to_pylist())
            for batch in pairs.select(arrow_schema(name).names).cast(arrow_schema(name)).to_batches():
                writers[name].add(batch)
    _publish_index(ref, storage, tables, writers["index"], config)
    parts = tuple(part for writer in writers.values() if (part := writer.close()))
    plain = {group: dict(sorted(counter.items())) for group, counter in sorted(counters.items())}
    return PublishedShard(ref.key, ref.split_id, ref.number, ref.rows, parts, plain)


def signature_scheme(config: Config) -> str:
    """How the signatures of a run were made, as the index states it."""
    dedup = config.dedup
    return (
        f"words={dedup.shingle_size};characters={dedup.character_shingle_size};hash=xxh3_64&0xffffffff;"
        f"scheme=affine32;num_perm={dedup.bands * dedup.rows};seed={dedup.seed}"
    )


def _final_rows(table: str, part: pa.RecordBatch, decided: Sequence[Decision | None], constants: Constants) -> pa.RecordBatch:
    """Rows of one final table: the staged columns, and those that only the end of a run knows."""
    ids = part.column("doc_id").to_pylist()
    values: dict[str, list[Any]] = {
        name: [getattr(constants, name)] * len(ids) for name in ("run_id", "pipeline_version", "config_sha256", "rules_sha256")
    }
    if table in ("documents", "duplicates") or any(decided):
        columns = [decision_columns(d, doc_id) if d or table != "removed" else {} for d, doc_id in zip(decided, ids, strict=True)]
        values |= {name: [entry.get(name) for entry in columns] for name in decision_columns(None, "")}
    if table == "duplicates":
        for name in ("representative_id", "relation", "jaccard", "containment", "containment_of_representative", "representative_run_id"):
            values[name] = [getattr(d, name) for d in decided]
    if table == "removed":
        for name in ("filter", "reason", "removed_by"):
            staged = part.column(name).to_pylist()
            values[name] = [getattr(d, name) if d else old for d, old in zip(decided, staged, strict=True)]
    schema = arrow_schema(table)
    arrays = [pa.array(values[f.name], f.type) if f.name in values else part.column(f.name) for f in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _edits(batch: pa.RecordBatch) -> pa.RecordBatch:
    column = batch.column("edits")
    parents = pc.list_parent_indices(column)
    structs = column.flatten()
    schema = arrow_schema("edits")
    arrays = [batch.column("doc_id").take(parents) if f.name == "doc_id" else structs.field(f.name) for f in schema]
    return pa.RecordBatch.from_arrays([array.cast(f.type) for array, f in zip(arrays, schema, strict=True)], schema=schema)


def _check(ref: ShardRef, staged: str, written: list[str], left: Mapping[int, Decision]) -> None:
    if staged != ref.digest:
        raise BooksError(f"shard {ref.key} of split {ref.split_id} is not the one that was staged")
    if len(written) != ref.rows or len(set(written)) != ref.rows:
        raise BooksError(f"shard {ref.key}: {ref.rows} records were staged, {len(written)} written, {len(set(written))} distinct")
    if left:
        raise BooksError(f"shard {ref.key}: decisions about rows that it does not hold: {sorted(left)[:5]}")


def _count_edits(counters: dict[str, Counter[str]], edits: pa.RecordBatch) -> None:
    for group, column in (("edits_by_rule", "rule"), ("edits_by_kind", "kind")):
        counters.setdefault(group, Counter()).update(edits.column(column).to_pylist())


def _count(counters: dict[str, Counter[str]], rows: pa.RecordBatch, table: str) -> None:
    def count(group: str, column: str, unknown: str = "unknown") -> None:
        counters.setdefault(group, Counter()).update(value or unknown for value in rows.column(column).to_pylist())

    counters.setdefault("books", Counter())[table] += rows.num_rows
    if table == "dead_letters":
        count("dead_letters_by_code", "code")
        return
    count("formats", "format")
    counters.setdefault("flags_by_kind", Counter()).update(rows.column("flags").flatten().field("kind").to_pylist())
    if table == "removed":
        count("removed_by_filter", "filter")
    if table == "documents":
        count("languages", "language")
        count("mt_bands", "mt_band")
        sizes = [str(size) for size in rows.column("cluster_size").to_pylist() if size > 1]
        counters.setdefault("cluster_sizes", Counter()).update(sizes)


def _publish_index(ref: ShardRef, storage: Storage, tables: Mapping[str, str], writer: PartWriter, config: Config) -> None:
    if not ref.sketch_rows:
        return
    scheme = signature_scheme(config)
    with storage.open(sketch_path(ref)) as file:
        reader = pa.ipc.open_file(pa.PythonFile(file, mode="r"))
        for number in range(reader.num_record_batches):
            batch = reader.get_batch(number)
            ids = [value.hex() for value in batch.column("doc_id").to_pylist()]
            kept = [position for position, doc_id in enumerate(ids) if tables[doc_id] in ("documents", "duplicates")]
            chosen = batch.select(["text_key", "n_shingles", "signature"]).take(pa.array(kept, pa.int64()))
            arrays = {name: chosen.column(name) for name in ("text_key", "n_shingles", "signature")}
            arrays["doc_id"] = pa.array([ids[i] for i in kept], pa.string())
            arrays["table"] = pa.array([tables[ids[i]] for i in kept], pa.string())
            arrays["scheme"] = pa.array([scheme] * len(kept), pa.string())
            schema = arrow_schema("index")
            writer.add(pa.RecordBatch.from_arrays([arrays[f.name].cast(f.type) for f in schema], schema=schema))


def dump_json(value: Any) -> bytes:
    """JSON with sorted keys, readable, the same bytes everywhere."""
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
