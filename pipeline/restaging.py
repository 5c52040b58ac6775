"""Takes recurring lines out of staged shards. Text goes from one shard file to another; what follows sees other refs and nothing else.

A shard none of whose documents changes stays as it is. Any other is written anew, rows and sketches, into a folder beside it that is named
by what recurs, with a manifest that is written last: a rerun in which the same lines recur finds it there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import desk
from pipeline.config import Config
from pipeline.provenance import apply, sequence, shift_spans
from pipeline.records import Edit, JudgedDocument, RepairedDocument, ShardRef
from pipeline.repetition.columns import unpack_lines
from pipeline.repetition.counting import RecurringLines
from pipeline.repetition.keys import site_key
from pipeline.repetition.lines import find_edits
from pipeline.repetition.sites import name_site
from pipeline.rows import STAGED_SCHEMA, document_row, read_repaired, to_batch
from pipeline.sketchfiles import SketchFiles
from pipeline.staging import (
    is_compared,
    iterate_rows,
    open_table,
    shard_path,
    sketch_input,
    sketch_path,
    sketch_staged,
    staged_sketch_schema,
)
from pipeline.storage import Storage, join

__all__ = ["strip_document", "strip_shard"]

_ROWS_AT_ONCE = 2048
_TEXT_COLUMNS = ("ordinal", "title", "text", "canonical_url", "publisher", "source_uri")


def strip_shard(ref: ShardRef, recurring: RecurringLines, storage: Storage, config: Config) -> ShardRef:
    """Take recurring lines out of the documents of a shard.

    Returns:
        The ref of the shard that stands for it from now on: itself, where nothing changes.
    """
    suspects = _suspects(ref, recurring, storage)
    if not len(suspects):
        return ref
    changed = replace(ref, folder=join(ref.folder, f"stripped-{recurring.name}"))
    manifest = join(changed.folder, f"shard-{ref.first:09d}.json")
    if (sketch_rows := _load(manifest, changed, storage)) is not None:
        return replace(changed, sketch_rows=sketch_rows)
    edits = _find(ref, suspects, recurring, storage, config)
    if not edits:
        return ref
    changed = replace(changed, sketch_rows=_rewrite(ref, changed, edits, storage, config))
    with storage.create(manifest) as file:
        file.write(json.dumps({"digest": ref.digest, "sketch_rows": changed.sketch_rows}).encode())
    return changed


def strip_document(row: Mapping[str, Any], found: list[Edit], config: Config) -> JudgedDocument:
    """The document of a staged row without some spans; what is measured on its text is measured again.

    Args:
        found: deletions in the coordinates of the row's text.
    """
    old = read_repaired(row)
    edits = sequence(old.text, found)
    spans = [(item.start, item.end) for items in (old.flags, old.mt_evidence) for item in items] + list(old.key_spans)
    moved = iter(shift_spans(spans, edits))
    repaired = RepairedDocument(
        old.parsed,
        apply(old.text, edits),
        old.metadata,
        old.edits + tuple(edits),
        tuple(replace(flag, start=start, end=end) for flag, (start, end) in zip(old.flags, moved, strict=False)),
        tuple(replace(item, start=start, end=end) for item, (start, end) in zip(old.mt_evidence, moved, strict=False)),
        tuple(moved),
    )
    # The column holds single precision; a limit on the score must not be passed by its last bit.
    return desk.judge_again(repaired, round(row["mt_score"], 6), row["mt_band"], config)


def _load(manifest: str, changed: ShardRef, storage: Storage) -> int | None:
    """How many sketches an earlier try has written, or None where it did not come to its end or had other documents."""
    if not all(storage.exists(path) for path in (manifest, shard_path(changed), sketch_path(changed))):
        return None
    with storage.open(manifest) as file:
        found = json.loads(file.read())
    return int(found["sketch_rows"]) if found["digest"] == changed.digest else None


def _suspects(ref: ShardRef, recurring: RecurringLines, storage: Storage) -> Any:
    """Ordinals of documents that hold a recurring line."""
    if not ref.sketch_rows or not len(recurring):
        return np.empty(0, np.int64)
    files = SketchFiles([ref], lambda _: storage)
    rows = recurring.rows_with(*unpack_lines(files.column(0, "line_keys")))
    ordinals = files.column(0, "ordinal").to_numpy()[rows]
    files.release()
    return ordinals


def _find(ref: ShardRef, suspects: Any, recurring: RecurringLines, storage: Storage, config: Config) -> dict[int, list[Edit]]:
    """Edits by ordinal, of documents that have any."""
    found: dict[int, list[Edit]] = {}
    with storage.open(shard_path(ref)) as file:
        for batch in pq.ParquetFile(file).iter_batches(1024, columns=list(_TEXT_COLUMNS)):
            for row in batch.filter(pc.is_in(batch.column("ordinal"), pa.array(suspects, pa.int64()))).to_pylist():
                site = name_site(row["canonical_url"], row["publisher"], row["source_uri"])
                edits = find_edits(row["text"], site_key(site), site, recurring, config.repetition, titled=row["title"] is not None)
                if edits:
                    found[row["ordinal"]] = edits
    return found


def _rewrite(ref: ShardRef, changed: ShardRef, edits: Mapping[int, list[Edit]], storage: Storage, config: Config) -> int:
    """Write the rows and the sketches of `changed`; return how many sketches there are."""
    schema = staged_sketch_schema(config)
    old = SketchFiles([ref], lambda _: storage)
    sketches, sketch_rows = pa.Table.from_arrays([old.column(0, name) for name in schema.names], schema=schema), 0
    with ExitStack() as files:
        table = files.enter_context(open_table(files.enter_context(storage.create(shard_path(changed)))))
        output = files.enter_context(pa.ipc.new_file(files.enter_context(storage.create(sketch_path(changed))), schema))
        for batch in iterate_rows(ref, storage, _ROWS_AT_ONCE):
            judged = {row["ordinal"]: strip_document(row, edits[row["ordinal"]], config) for row in _rows_of(batch, edits)}
            table.write_batch(_replace_rows(batch, {number: document_row(document) for number, document in judged.items()}))
            part = _replace_sketches(sketches.filter(pc.is_in(sketches["ordinal"], batch.column("ordinal"))), judged, config)
            output.write_table(part)
            sketch_rows += part.num_rows
    old.release()
    return sketch_rows


def _rows_of(batch: pa.RecordBatch, edits: Mapping[int, list[Edit]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = batch.filter(pc.is_in(batch.column("ordinal"), pa.array(list(edits), pa.int64()))).to_pylist()
    return rows


def _replace_sketches(sketches: pa.Table, judged: Mapping[int, JudgedDocument], config: Config) -> pa.Table:
    kept = sketches.filter(pc.invert(pc.is_in(sketches["ordinal"], pa.array(list(judged), pa.int64()))))
    compared = [sketch_input(document) for document in judged.values() if is_compared(document.verdict)]
    if compared:
        kept = pa.concat_tables([kept, pa.Table.from_batches([sketch_staged(compared, config)])]).sort_by("ordinal")
    return kept.combine_chunks()


def _replace_rows(batch: pa.RecordBatch, rows: Mapping[int, dict[str, Any]]) -> pa.RecordBatch:
    if not rows:
        return batch
    whole = pa.Table.from_batches([batch, to_batch(list(rows.values()), STAGED_SCHEMA)])
    numbers = {ordinal: position for position, ordinal in enumerate(batch.column("ordinal").to_pylist())}
    order = np.arange(batch.num_rows)
    order[[numbers[ordinal] for ordinal in rows]] = np.arange(batch.num_rows, whole.num_rows)
    return whole.take(pa.array(order)).combine_chunks().to_batches()[0]
