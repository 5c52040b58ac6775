"""What stands in a corpus today: the documents of all committed runs, without what later runs took back, with what they promoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.log import Corpus, Entry, open_corpus
from pipeline.corpus.takedowns import open_run
from pipeline.errors import ConfigError
from pipeline.report.dataset import Dataset, list_parts, scan
from pipeline.schema import arrow_schema
from pipeline.storage import Storage

__all__ = ["Amendments", "load_corpus", "read_amendments", "read_standings", "scan_corpus"]

_CLUSTER = ("cluster_id", "cluster_size", "duplicate_weight", "representative_reason", "carried_by")
"""Columns of `documents` that a later run may put anew."""


@dataclass(slots=True)
class Amendments:
    """What later runs say about the documents of each run, by run_id and doc_id; the newest word only.

    Attributes:
        gone: left out, with the cause.
        rows: rows of `supersedes`.
    """

    gone: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def of(self, run_id: str) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        """What concerns one run."""
        return self.gone.get(run_id, {}), self.rows.get(run_id, {})


def load_corpus(folder: str, columns: Sequence[str] | None = None, storage: Storage | None = None) -> pa.Table:
    """All documents that stand in a corpus, as one table in the order of runs; for what does not fit into memory see `scan_corpus`.

    Args:
        columns: of the table `documents`; None for all.
        storage: how to open it; local files if not given.

    Raises:
        DatasetError: it is no corpus, or a file cannot be read.
        ConfigError: an unknown column.
    """
    batches = list(scan_corpus(folder, columns, storage))
    return pa.Table.from_batches(batches, _schema(columns))


def scan_corpus(
    folder: str, columns: Sequence[str] | None = None, storage: Storage | None = None, batch_size: int = 1024
) -> Iterator[pa.RecordBatch]:
    """As `load_corpus`, in batches of bounded size."""
    corpus = open_corpus(folder, storage)
    schema = _schema(columns)
    said = read_amendments(corpus)
    for entry in corpus.entries:
        if entry.kind == "run":
            gone, rows = said.of(entry.run_id)
            run = open_run(corpus, entry)
            yield from _scan_table(run, "documents", schema, batch_size, gone, rows, None)
            promoted = {doc_id for doc_id, row in rows.items() if row["place"] == "documents" and doc_id not in gone}
            if promoted:
                yield from _scan_table(run, "duplicates", schema, batch_size, gone, rows, promoted)


def read_amendments(corpus: Corpus, entries: Sequence[Entry] | None = None) -> Amendments:
    """What the runs of a corpus say about earlier ones, in order."""
    said = Amendments()
    for entry in corpus.entries if entries is None else entries:
        run = open_run(corpus, entry)
        for row in _rows(run, "supersedes"):
            said.rows.setdefault(row["run_id"], {})[row["doc_id"]] = row
            if row["place"] == "documents":
                said.gone.get(row["run_id"], {}).pop(row["doc_id"], None)
        for row in _rows(run, "retractions"):
            said.gone.setdefault(row["run_id"], {})[row["doc_id"]] = row["cause"]
    return said


def read_standings(corpus: Corpus) -> pa.Table:
    """How every document of the corpus stands: doc_id, run_id, place, cluster_id and representative_id."""
    said = read_amendments(corpus)
    names = ("doc_id", "run_id", "place", "cluster_id", "representative_id")
    found: list[tuple[Any, ...]] = []
    for entry in corpus.entries:
        gone, rows = said.of(entry.run_id)
        run = open_run(corpus, entry)
        for table in ("documents", "duplicates", "removed") if entry.kind == "run" else ():
            columns = ["doc_id", "cluster_id", *(["representative_id"] if table == "duplicates" else [])]
            for part in list_parts(run.manifest, table):
                for batch in scan(run, part, columns, 65_536):
                    for row in batch.to_pylist():
                        doc_id = row["doc_id"]
                        now = rows.get(doc_id)
                        place, cluster = (now["place"], now["cluster_id"]) if now else (table, row["cluster_id"])
                        stands = now["representative_id"] if now else row.get("representative_id", doc_id)
                        if gone.get(doc_id) in ("killed", "taken_down"):
                            place = "removed"
                        if place == "removed":
                            cluster = stands = None
                        found.append((doc_id, entry.run_id, place, cluster, stands))
    return pa.table([pa.array(column, pa.string()) for column in zip(*found, strict=True)] if found else [[]] * 5, names=list(names))


def _schema(columns: Sequence[str] | None) -> pa.Schema:
    schema = arrow_schema("documents")
    if columns is None:
        return schema
    unknown = [name for name in columns if name not in schema.names]
    if unknown:
        raise ConfigError(f"documents has no column {unknown[0]!r}; `copydesk schema documents` lists them")
    return pa.schema([schema.field(name) for name in columns])


def _rows(run: Dataset, table: str) -> list[dict[str, Any]]:
    return [row for part in list_parts(run.manifest, table) for batch in scan(run, part) for row in batch.to_pylist()]


def _scan_table(
    run: Dataset,
    table: str,
    schema: pa.Schema,
    batch_size: int,
    gone: dict[str, str],
    rows: dict[str, dict[str, Any]],
    only: set[str] | None,
) -> Iterator[pa.RecordBatch]:
    """Rows of one table that stand, in the columns of `schema`; `only` these ids where given."""
    read = list(dict.fromkeys(["doc_id", *schema.names]))
    for part in list_parts(run.manifest, table):
        for batch in scan(run, part, read, batch_size):
            ids = batch.column("doc_id").to_pylist()
            kept = [i for i, doc_id in enumerate(ids) if doc_id not in gone and (only is None or doc_id in only)]
            if len(kept) != len(ids):
                batch = batch.take(pa.array(kept, pa.int64()))
            if batch.num_rows:
                said = [rows.get(ids[i]) for i in kept]
                arrays = [_amended(batch.column(entry.name), entry, said) for entry in schema]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _amended(column: pa.Array, entry: pa.Field, said: Sequence[dict[str, Any] | None]) -> pa.Array:
    """A column with the newest word of later runs put in."""
    if entry.name not in _CLUSTER or not any(said):
        return column
    news = [_value(row, entry.name) if row else None for row in said]
    mask = pa.array([row is not None for row in said])
    return pc.if_else(mask, pa.array(news, entry.type), column)


def _value(row: dict[str, Any], name: str) -> Any:
    return 1.0 / max(1, row["cluster_size"]) if name == "duplicate_weight" else row[name]
