"""Finds records of a dataset by what a person has at hand: an id or the beginning of one, a file, a URL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.report.dataset import RECORD_TABLES, TEXT_TABLES, Dataset, list_parts, scan
from pipeline.schema import arrow_schema

__all__ = ["Brief", "Match", "find_documents", "look_up"]

_LEAST_PREFIX = 4
"""Hex digits that a prefix of an id needs; fewer say little and are as likely part of a file name."""


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a query may mean, and where its row is."""

    doc_id: str
    table: str
    part: str
    source_uri: str
    byte_offset: int | None
    title: str | None


@dataclass(frozen=True, slots=True)
class Brief:
    """What is said about a document when another one is explained."""

    doc_id: str
    table: str
    title: str | None
    publisher: str | None
    source_uri: str


def find_documents(dataset: Dataset, query: str) -> list[Match]:
    """All records that a query means best, in order of file, place and id.

    Better beats worse: the id itself; the file, URL or guid itself; the end of a path; the beginning of an id; any end of a file name;
    and last a path that ends in the file's name within the run.
    """
    best: list[Match] = []
    reached = len(_RANKS)
    columns = ("doc_id", "source_uri", "byte_offset", "title", "canonical_url", "guid")
    for table in RECORD_TABLES:
        names = [name for name in columns if name in arrow_schema(table).names]
        for part in list_parts(dataset.manifest, table):
            for batch in scan(dataset, part, names, 65_536):
                for row in batch.filter(_may_match(batch, query)).to_pylist():
                    rank = _rank(row, query)
                    if rank < reached:
                        best, reached = [], rank
                    if rank == reached < len(_RANKS):
                        best.append(Match(row["doc_id"], table, part, row["source_uri"], row["byte_offset"], row.get("title")))
    return sorted(best, key=lambda match: (match.source_uri, match.byte_offset or 0, match.doc_id))


def look_up(dataset: Dataset, doc_ids: Iterable[str]) -> dict[str, Brief]:
    """What there is to say in brief about some documents, by id; ids that no table holds are left out."""
    wanted = pa.array(sorted(set(doc_ids)), pa.string())
    found: dict[str, Brief] = {}
    for table in TEXT_TABLES if len(wanted) else ():
        for part in list_parts(dataset.manifest, table):
            for batch in scan(dataset, part, ["doc_id", "title", "publisher", "source_uri"], 65_536):
                for row in batch.filter(pc.is_in(batch.column("doc_id"), wanted)).to_pylist():
                    found[row["doc_id"]] = Brief(row["doc_id"], table, row["title"], row["publisher"], row["source_uri"])
    return found


def _may_match(batch: pa.RecordBatch, query: str) -> pa.BooleanArray:
    """A mask that lets through every row that any rank accepts; it only spares Python the others."""
    uris = batch.column("source_uri")
    masks = [pc.starts_with(batch.column("doc_id"), query.lower()), pc.ends_with(uris, query), pc.is_in(uris, _endings(query))]
    masks += [pc.equal(batch.column(name), query) for name in ("canonical_url", "guid") if name in batch.schema.names]
    return reduce(pc.or_, (pc.fill_null(mask, False) for mask in masks))


def _endings(path: str) -> pa.Array:
    parts = path.split("/")
    return pa.array(["/".join(parts[start:]) for start in range(len(parts))], pa.string())


def _rank(row: dict[str, Any], query: str) -> int:
    return next((rank for rank, accepts in enumerate(_RANKS) if accepts(row, query)), len(_RANKS))


_RANKS: tuple[Callable[[dict[str, Any], str], bool], ...] = (
    lambda row, query: row["doc_id"] == query.lower(),
    lambda row, query: query in (row["source_uri"], row.get("canonical_url"), row.get("guid")),
    lambda row, query: row["source_uri"].endswith("/" + query),
    lambda row, query: bool(re.fullmatch(f"[0-9a-f]{{{_LEAST_PREFIX},}}", query.lower())) and row["doc_id"].startswith(query.lower()),
    lambda row, query: bool(query) and row["source_uri"].endswith(query),
    lambda row, query: query.endswith("/" + row["source_uri"]),
)
