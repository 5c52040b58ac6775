"""Writes what later runs compare against: the files in `lookup/` of a run (docs/corpus.md says what each is for).

Every function writes one file with a name that depends on its content's place alone, so that a retried bundle writes the same bytes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from pipeline.config import DedupConfig
from pipeline.corpus.elders import ELDER_NODE, row_bases, to_corpus_nodes
from pipeline.corpus.fresh import Fresh, bands_of, first_of_text
from pipeline.corpus.postings import upper_half, write_lookup, write_postings
from pipeline.dedup.relations import COLUMNS, RELATION_SCHEMA
from pipeline.publishing import HashingFile, Part
from pipeline.records import Decision, ShardRef
from pipeline.sketchfiles import as_uint64
from pipeline.staging import sketch_path
from pipeline.storage import Storage, join

__all__ = [
    "GUID",
    "SLUG",
    "STANDING_SCHEMA",
    "TEXT",
    "standing_table",
    "write_bands",
    "write_edges",
    "write_keys",
    "write_light",
    "write_samples",
    "write_sketches",
    "write_standing",
]

TEXT, GUID, SLUG = 0, 1, 2
"""Groups of `keys.parquet`."""

SKETCH_ROWS = 64
"""Documents a batch of a sketch file: some 300 kB, so that few pages are touched for one candidate."""

_LIGHT_GROUP = 65_536
_EDGE_GROUP = 4_096

STANDING_SCHEMA = pa.schema(
    [
        ("node", pa.uint64()),
        ("table", pa.string()),
        ("cluster_id", pa.string()),
        ("cluster_size", pa.int32()),
        ("representative_id", pa.string()),
        ("representative_run_id", pa.string()),
    ]
)
"""What a document of a cluster was when its run ended; one without a row stood alone. `node` is the one that later runs use."""


def write_bands(fresh: Fresh, group: int, config: DedupConfig, folder: str, storage: Storage) -> Part:
    """`bands-<group>.parquet`: of each text its smallest document."""
    alone = _alone(fresh)
    rows = fresh.rows
    groups, keys, owners = [np.empty(0, np.int64)], [np.empty(0, np.uint32)], [np.empty(0, np.int64)]
    for band in bands_of(group, config):
        column = fresh.band(band)
        chosen = np.flatnonzero(alone & ~np.ma.getmaskarray(column))
        groups.append(np.full(len(chosen), band, np.int64))
        keys.append(upper_half(np.ma.getdata(column)[chosen]))
        owners.append(rows[chosen])
    name = f"lookup/bands-{group}.parquet"
    return write_postings(np.concatenate(groups), np.concatenate(keys), np.concatenate(owners), name, folder, storage)


def write_samples(fresh: Fresh, folder: str, storage: Storage) -> Part:
    """`samples.parquet`: sampled shingles, of each text those of its smallest document."""
    chosen = np.flatnonzero(_alone(fresh))
    samples = fresh.column("sample")
    samples = samples.take(pa.array(chosen)) if len(samples) else pa.array([], pa.list_(pa.uint32()))
    keys = samples.flatten().to_numpy(zero_copy_only=False)
    rows = np.repeat(fresh.rows[chosen], _sizes(samples))
    return write_postings(np.zeros(len(keys), np.int64), keys, rows, "lookup/samples.parquet", folder, storage)


def write_keys(fresh: Fresh, folder: str, storage: Storage) -> Part:
    """`keys.parquet`: texts, ids and slugs of all documents."""
    rows = fresh.rows
    groups, keys, owners = [], [], []
    for group, values in ((TEXT, fresh.words("text_key")[:, 0]), (GUID, fresh.numbers("guid_key")), (SLUG, fresh.numbers("slug_key"))):
        chosen = np.flatnonzero(values != 0) if group != TEXT else np.arange(len(values))
        groups.append(np.full(len(chosen), group, np.int64))
        keys.append(upper_half(values[chosen]))
        owners.append(rows[chosen])
    return write_postings(np.concatenate(groups), np.concatenate(keys), np.concatenate(owners), "lookup/keys.parquet", folder, storage)


def write_light(fresh: Fresh, folder: str, storage: Storage) -> Part:
    """`light.parquet`: what bucket rules need to know of a document."""
    rows = fresh.rows
    columns = [
        pa.array(rows.astype(np.uint32)),
        fresh.column("doc_id").cast(pa.binary(16)),
        fresh.column("text_key").cast(pa.binary(16)),
        pa.array(_sizes(fresh.column("sample")).astype(np.int32)),
    ]
    table = pa.table(columns, names=["row", "doc_id", "text_key", "n_sample"])
    packed = {"row": "DELTA_BINARY_PACKED"}
    return write_lookup(
        table, "lookup/light.parquet", folder, storage, row_group_size=_LIGHT_GROUP, use_dictionary=False, column_encoding=packed
    )


def write_sketches(ref: ShardRef, refs: Sequence[ShardRef], folder: str, storage: Storage, staged: Storage) -> Part:
    """`sketch-<first row>.arrow`: the columns of the staged sketches by which a pair is verified."""
    base = row_bases(refs)[ref.number]
    name = f"lookup/sketch-{base + ref.first:09d}.arrow"
    file = HashingFile(storage, join(folder, name))
    with staged.open(sketch_path(ref)) as handle:
        reader = pa.ipc.open_file(pa.PythonFile(handle, mode="r"))
        kept = [entry.name for entry in reader.schema if entry.name in ("ordinal", *COLUMNS)]
        schema = pa.schema([reader.schema.field(column) for column in kept])
        with pa.ipc.new_file(pa.PythonFile(file, mode="w"), schema) as writer:
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number).select(kept)
                ordinals = pa.array(batch.column("ordinal").to_numpy() + base, pa.int64())
                place = schema.get_field_index("ordinal")
                whole = pa.RecordBatch.from_arrays([*batch.columns[:place], ordinals, *batch.columns[place + 1 :]], schema=schema)
                for start in range(0, whole.num_rows, SKETCH_ROWS):
                    # IPC would write the buffers of the whole batch for a slice of it.
                    piece = whole.slice(start, SKETCH_ROWS)
                    writer.write_batch(piece.take(pa.array(np.arange(piece.num_rows))))
    file.close()
    return Part("lookup", name, ref.sketch_rows, file.count, file.digest.hexdigest())


def write_edges(relations: Iterable[pa.Table], refs: Sequence[ShardRef], seq: int, folder: str, storage: Storage) -> Part:
    """`edges.parquet`: the merging relations that were proposed in this run, by the nodes that later runs use."""
    table = pa.concat_tables([RELATION_SCHEMA.empty_table(), *relations]).combine_chunks()
    table = table.filter(table.column("merges"))
    bases = row_bases(refs)
    for side in ("a_node", "b_node"):
        mapped = pa.array(to_corpus_nodes(as_uint64(table.column(side)), bases, seq), pa.uint64())
        table = table.set_column(table.schema.get_field_index(side), side, mapped)
    table = table.sort_by([("a_node", "ascending"), ("b_node", "ascending"), ("relation", "ascending")])
    return write_lookup(table, "lookup/edges.parquet", folder, storage, row_group_size=_EDGE_GROUP, use_dictionary=["relation"])


def standing_table(decisions: Sequence[Decision], refs: Sequence[ShardRef], seq: int) -> pa.Table:
    """What decisions say about new documents, as rows of `STANDING_SCHEMA`."""
    decisions = [decision for decision in decisions if decision.node < ELDER_NODE]
    nodes = to_corpus_nodes(np.array([decision.node for decision in decisions], np.uint64), row_bases(refs), seq)
    columns = [
        pa.array(nodes, pa.uint64()),
        *(pa.array([getattr(d, f.name) for d in decisions], f.type) for f in STANDING_SCHEMA if f.name not in ("node", "table")),
    ]
    columns.insert(1, pa.array([decision.table for decision in decisions], pa.string()))
    return pa.table(columns, schema=STANDING_SCHEMA)


def write_standing(tables: Iterable[pa.Table], folder: str, storage: Storage) -> Part:
    """`standing.parquet`."""
    table = pa.concat_tables([STANDING_SCHEMA.empty_table(), *tables]).combine_chunks().sort_by("node")
    return write_lookup(table, "lookup/standing.parquet", folder, storage, row_group_size=_LIGHT_GROUP)


def _alone(fresh: Fresh) -> np.ndarray:
    return first_of_text(fresh.words("text_key"), fresh.numbers("order"), fresh.nodes)


def _sizes(lists: pa.Array) -> np.ndarray:
    return np.diff(lists.offsets.to_numpy()) if len(lists) else np.empty(0, np.int64)
