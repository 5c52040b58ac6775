"""The books of a finished dataset, counted again from its files: rows, ids, representatives and clusters.

Ids are kept as 16 bytes each in numpy arrays, which is all the memory that grows with the corpus.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc

from pipeline.errors import DatasetError
from pipeline.report.dataset import RECORD_TABLES, Dataset, list_parts, read_footer, scan
from pipeline.schema import TABLES

__all__ = ["check_books", "check_clusters", "check_ids", "check_representatives"]

_COUNTERS = (
    ("edits_by_rule", "edits"),
    ("removed_by_filter", "removed"),
    ("dead_letters_by_code", "dead_letters"),
    ("relations", "relations"),
)
"""Counters of the manifest that add up to the rows of a table."""
_NOBODY = "0" * 32
_NO_ID = np.zeros((), [("high", "u8"), ("low", "u8")])


def check_books(dataset: Dataset) -> tuple[str, list[str]]:
    """Rows by file, by table and in the books; records in; and the counters, which add up to them."""
    manifest, problems = dataset.manifest, []
    for entry in manifest["files"]:
        if str(entry["path"]).endswith(".parquet"):
            rows = read_footer(dataset, entry["path"]).metadata.num_rows
            if rows != entry["rows"]:
                problems.append(f"{entry['path']} has {rows} rows, the manifest says {entry['rows']}")
    listed = {entry["path"]: entry["rows"] for entry in manifest["files"]}
    for table in TABLES:
        rows = sum(listed[part] for part in list_parts(manifest, table))
        if rows != manifest["tables"][table]["rows"]:
            problems.append(f"the parts of {table} have {rows} rows, the manifest says {manifest['tables'][table]['rows']}")
    books = manifest["books"]
    for table in RECORD_TABLES:
        if books[table] != manifest["tables"][table]["rows"]:
            problems.append(f"the books count {books[table]} {table}, the table has {manifest['tables'][table]['rows']} rows")
    for name, table in _COUNTERS:
        counted = sum(manifest["counters"].get(name, {}).values())
        if counted != manifest["tables"][table]["rows"]:
            problems.append(f"the counter {name} adds up to {counted}, {table} has {manifest['tables'][table]['rows']} rows")
    total = sum(books[table] for table in RECORD_TABLES)
    if not (books["balanced"] and books["records"] == total == manifest["input"]["records"]):
        problems.append(f"{manifest['input']['records']} records came in, the books count {books['records']}, the tables hold {total}")
    return f"{books['records']:,} in = " + " + ".join(f"{books[table]:,} {table}" for table in RECORD_TABLES), problems


def check_ids(dataset: Dataset) -> tuple[str, list[str]]:
    """No id occurs twice in the tables that hold records."""
    ids = np.sort(np.concatenate([_read_ids(dataset, table, "doc_id") for table in RECORD_TABLES]))
    doubles = np.unique(ids[1:][ids[1:] == ids[:-1]])
    return f"{len(ids):,} ids in {len(RECORD_TABLES)} tables", [f"{_spell(value)} occurs more than once" for value in doubles]


def check_representatives(dataset: Dataset) -> tuple[str, list[str]]:
    """Whatever stands for a copy is a document. What an earlier run of a corpus holds is checked over all of its runs."""
    documents = _read_ids(dataset, "documents", "doc_id")
    representatives = _read_ids(dataset, "duplicates", "representative_id")
    if "corpus" in dataset.manifest:
        representatives = representatives[_read_ids(dataset, "duplicates", "doc_id", "representative_run_id") == _NO_ID]
    wanted = np.unique(representatives)
    _, found = _find(np.sort(documents), wanted)
    problems = [f"{_spell(value)} stands for copies and is not in documents" for value in wanted[~found] if _spell(value) != _NOBODY]
    return f"{len(wanted):,} representatives of {dataset.manifest['tables']['duplicates']['rows']:,} copies", problems


def check_clusters(dataset: Dataset) -> tuple[str, list[str]]:
    """A representative and its copies name one cluster and one size, and there are as many of them. Clusters of a corpus span its runs."""
    if "corpus" in dataset.manifest:
        return "those of a corpus are checked over all of its runs", []
    documents = _read_ids(dataset, "documents", "doc_id")
    order = np.argsort(documents)
    documents, clusters = documents[order], _read_ids(dataset, "documents", "cluster_id")[order]
    sizes = _read_sizes(dataset, "documents")[order]
    places, found = _find(documents, _read_ids(dataset, "duplicates", "representative_id"))
    places = places[found]
    other = clusters[places] != _read_ids(dataset, "duplicates", "cluster_id")[found]
    other |= sizes[places] != _read_sizes(dataset, "duplicates")[found]
    problems = [f"copies of {_spell(value)} name another cluster or size than it does" for value in np.unique(documents[places[other]])]
    members = np.bincount(places, minlength=len(documents)) + 1
    for at in np.flatnonzero(members != sizes):
        problems.append(f"cluster {_spell(clusters[at])} should have {sizes[at]} members, there are {members[at]}")
    return f"{int((sizes > 1).sum()):,} clusters", problems


def _read_ids(dataset: Dataset, table: str, column: str, where: str | None = None) -> np.ndarray:
    """An id column as a sortable array; null is `_NOBODY`, and so are rows in which the column `where` is null."""
    chunks = [b""]
    for part in list_parts(dataset.manifest, table):
        for batch in scan(dataset, part, [column, *([where] if where else [])], 65_536):
            values = pc.if_else(batch.column(1).is_valid(), batch.column(0), None) if where else batch.column(0)
            ids = pc.fill_null(values, _NOBODY).to_pylist()
            try:
                chunks.append(bytes.fromhex("".join(ids)))
            except ValueError:
                raise DatasetError(f"{part} holds a {column} that is not 32 hex digits") from None
            if len(chunks[-1]) != 16 * len(ids):
                raise DatasetError(f"{part} holds a {column} that is not 32 hex digits")
    # Big-endian numbers sort like the digits. Read as such, and turned into the machine's own order, which numpy sorts faster.
    raw = np.frombuffer(b"".join(chunks), dtype=[("high", ">u8"), ("low", ">u8")])
    return raw.astype([("high", "u8"), ("low", "u8")])


def _read_sizes(dataset: Dataset, table: str) -> np.ndarray:
    chunks = [np.zeros(0, np.int64)]
    for part in list_parts(dataset.manifest, table):
        for batch in scan(dataset, part, ["cluster_size"], 65_536):
            chunks.append(pc.fill_null(batch.column(0), 1).to_numpy().astype(np.int64))
    return np.concatenate(chunks)


def _find(ordered: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places of `wanted` in `ordered`, and which of them are really there."""
    if not len(ordered):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    places = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return places, ordered[places] == wanted


def _spell(value: Any) -> str:
    return f"{int(value['high']):016x}{int(value['low']):016x}"
