"""Closes a run: checks the books by id over all tables, and writes `run.json` and the pages for people.

Everything here runs once a run, after all parts are written.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from pipeline.config import Config, fingerprint, to_mapping
from pipeline.errors import BooksError
from pipeline.publishing import HOLDING_TABLES, Constants, Part, PartWriter, PublishedShard, dump_json
from pipeline.repetition.tally import summarise_lines
from pipeline.schema import TABLES, arrow_schema, schema_version
from pipeline.storage import Storage, join

__all__ = ["Expected", "check_books", "commit"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the plan promised: how many splits, files and bytes the run has to account for, and how many hidden files it left out."""

    splits: int
    files: int
    bytes: int
    hidden: int = 0


def commit(
    shards: Sequence[PublishedShard],
    expected: Expected,
    folder: str,
    storage: Storage,
    constants: Constants,
    config: Config,
    more_parts: Sequence[Part] = (),
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Check the books, write the pages and, last, `run.json`; return its content.

    Args:
        more_parts: files that belong to no table of a shard.
        more: entries of `run.json` beside the usual ones.

    Raises:
        BooksError: a split is missing or double, or a document id is in more than one place.
    """
    from pipeline.report.card import croissant, dataset_card
    from pipeline.report.html import render_report

    shards = sorted(shards, key=lambda shard: shard.key)
    parts = [*(part for shard in shards for part in shard.parts), *more_parts]
    parts += _empty_parts(parts, folder, storage, config)
    parts.sort(key=lambda part: part.path)
    counters = _merge_counters(shards)
    books = check_books(shards, expected, counters.get("books", {}), _read_ids(parts, folder, storage))
    manifest = _manifest(parts, counters, books, expected, constants, config) | dict(more or {})
    pages = {
        "README.md": dataset_card(manifest).encode(),
        "croissant.json": dump_json(croissant(manifest)),
        "report.html": render_report(manifest, folder, storage).encode(),
    }
    for name, content in sorted(pages.items()):
        manifest["files"].append(_write_page(storage, folder, name, content))
    manifest["files"].sort(key=lambda entry: entry["path"])
    with storage.create(join(folder, "run.json")) as file:
        file.write(dump_json(manifest))
    return manifest


def check_books(shards: Sequence[PublishedShard], expected: Expected, counts: dict[str, int], ids: np.ndarray) -> dict[str, Any]:
    """Balance the books: every split published once, every record in exactly one table.

    Args:
        shards: what Publish did.
        counts: rows by table.
        ids: the doc_ids of the four holding tables, as read back from the files, dtype S16.

    Raises:
        BooksError: they do not balance.
    """
    numbers = {shard.number for shard in shards}
    if numbers != set(range(expected.splits)) or len({shard.key for shard in shards}) != len(shards):
        missing = sorted(set(range(expected.splits)) - numbers)
        raise BooksError(f"{expected.splits} splits were planned; missing are {missing[:5]}, published were {len(shards)} shards")
    records = sum(shard.rows for shard in shards)
    written = sum(counts.get(table, 0) for table in HOLDING_TABLES)
    distinct = len(np.unique(ids))
    if not records == written == len(ids) == distinct:
        raise BooksError(
            f"the books do not balance: {records} records were staged, {written} were counted into tables, "
            f"{len(ids)} ids stand in the files, {distinct} of them distinct"
        )
    return {"records": records, "balanced": True, **{table: counts.get(table, 0) for table in HOLDING_TABLES}}


def _write_page(storage: Storage, folder: str, name: str, content: bytes) -> dict[str, Any]:
    """Write a small file of the dataset; return its entry in the manifest."""
    with storage.create(join(folder, name)) as file:
        file.write(content)
    return {"path": name, "rows": None, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _empty_parts(parts: Sequence[Part], folder: str, storage: Storage, config: Config) -> list[Part]:
    """One part without rows for every table that has none, so that each table can be loaded with its schema."""
    empty = []
    for table in TABLES:
        if not any(part.table == table for part in parts):
            part = PartWriter(table, folder, f"{table}/part-empty.parquet", storage, config, even_if_empty=True).close()
            if part is not None:
                empty.append(part)
    return empty


def _read_ids(parts: Sequence[Part], folder: str, storage: Storage) -> np.ndarray:
    def chunks() -> Iterator[bytes]:
        for part in parts:
            if part.table in HOLDING_TABLES:
                with storage.open(join(folder, part.path)) as file:
                    for batch in pq.ParquetFile(file).iter_batches(65_536, columns=["doc_id"]):
                        yield bytes.fromhex("".join(batch.column(0).to_pylist()))

    return np.frombuffer(b"".join(chunks()), dtype="V16").view(np.dtype([("high", ">u8"), ("low", ">u8")]))


def _merge_counters(shards: Sequence[PublishedShard]) -> dict[str, dict[str, int]]:
    merged: dict[str, Counter[str]] = {}
    for shard in shards:
        for group, counts in shard.counters.items():
            merged.setdefault(group, Counter()).update(counts)
    return {group: dict(sorted(counts.items())) for group, counts in sorted(merged.items())}


def _manifest(
    parts: Sequence[Part],
    counters: dict[str, dict[str, int]],
    books: dict[str, Any],
    expected: Expected,
    constants: Constants,
    config: Config,
) -> dict[str, Any]:
    sizes = {int(size): count for size, count in counters.pop("cluster_sizes", {}).items()}
    counters.pop("books", None)
    recurring = summarise_lines(counters.pop("recurring_lines", {}))
    skipped = counters.pop("skipped", {}) | ({"hidden_file": expected.hidden} if expected.hidden else {})
    return {
        "copydesk": {"version": constants.pipeline_version, "schema_versions": {table: schema_version(table) for table in TABLES}},
        "run_id": constants.run_id,
        "config": to_mapping(config),
        "config_sha256": fingerprint(config),
        "rules_sha256": constants.rules_sha256,
        "input": {"files": expected.files, "bytes": expected.bytes, "records": books["records"], "skipped": skipped},
        "books": books,
        "counters": {**counters, "clusters": sum(sizes.values()), "largest_cluster": max(sizes, default=1 if books["documents"] else 0)},
        "repetition": recurring,
        "tables": {
            table: {
                "schema_id": (arrow_schema(table).metadata or {})[b"schema_id"].decode(),
                "rows": sum(part.rows for part in parts if part.table == table),
            }
            for table in TABLES
        },
        "files": [{"path": part.path, "rows": part.rows, "bytes": part.bytes, "sha256": part.sha256} for part in parts],
    }
