"""Undoes and redoes every edit of a finished dataset, part by part."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import provenance
from pipeline.errors import DatasetError
from pipeline.records import Edit
from pipeline.report.dataset import TEXT_TABLES, Dataset, list_parts, scan

__all__ = ["check_edits"]


def check_edits(dataset: Dataset) -> tuple[str, list[str]]:
    """Parts of one name come from one staged shard, so a document's edits stand in the part that is named like its own."""
    problems: list[str] = []
    documents = edits = 0
    waiting: dict[str, tuple[str, dict[str, Any], list[dict[str, Any]]]] = {}
    stray: dict[str, list[dict[str, Any]]] = {}
    text_parts = [part for table in TEXT_TABLES for part in list_parts(dataset.manifest, table)]
    edit_parts = set(list_parts(dataset.manifest, "edits"))
    for name in sorted({part.partition("/")[2] for part in (*text_parts, *edit_parts)}):
        table = _Edits(dataset, f"edits/{name}" if f"edits/{name}" in edit_parts else None)
        edits += table.rows
        for part in (part for part in text_parts if part.partition("/")[2] == name):
            for row in _rows(dataset, part, ("doc_id", "text", "text_sha256", "source_text_sha256", "n_edits")):
                documents += 1
                found = table.take(row["doc_id"])
                if len(found) == row["n_edits"]:
                    problems += _check_document(part, row, found)
                else:
                    waiting[row["doc_id"]] = (part, row, found)
        stray |= {doc_id: stray.get(doc_id, []) + table.take(doc_id) for doc_id in table.left()}
    for doc_id, (part, row, found) in sorted(waiting.items()):
        found = sorted(found + stray.pop(doc_id, []), key=lambda edit: int(edit["seq"]))
        if len(found) == row["n_edits"]:
            problems += _check_document(part, row, found)
        else:
            problems.append(f"{doc_id} in {part} should have {row['n_edits']} edits, there are {len(found)}")
    problems += [f"edits of {doc_id}, which no table holds" for doc_id in sorted(stray)]
    return f"{edits:,} edits of {documents:,} documents", problems


def _check_document(part: str, row: dict[str, Any], rows: Sequence[dict[str, Any]]) -> list[str]:
    where = f"{row['doc_id']} in {part}"
    if [edit["seq"] for edit in rows] != list(range(len(rows))):
        return [f"{where}: its edits are not numbered from 0 without a gap"]
    if _sha256(row["text"]) != row["text_sha256"]:
        return [f"{where}: the text does not have the hash text_sha256"]
    edits = [Edit(e["start"], e["end"], e["before"], e["after"], e["kind"], e["rule"], e["rule_version"]) for e in rows]
    wrong = next(
        (e["seq"] for e, edit in zip(rows, edits, strict=True) if e["op"] != edit.op or edit.end - edit.start != len(edit.before)), None
    )
    if wrong is not None:
        return [f"{where}: edit {wrong} contradicts itself in op, span or before"]
    try:
        source = provenance.undo(row["text"], edits)
        again = provenance.apply(source, edits)
    except ValueError as error:
        return [f"{where}: {error}"]
    if _sha256(source) != row["source_text_sha256"]:
        return [f"{where}: undoing its edits does not give the source text back"]
    return [] if again == row["text"] else [f"{where}: applying its edits again does not give the text back"]


class _Edits:
    """The edits of one part, by document. Kept as an Arrow table: as Python objects they would take ten times the room."""

    def __init__(self, dataset: Dataset, part: str | None) -> None:
        columns = ["doc_id", "seq", "op", "start", "end", "before", "after", "kind", "rule", "rule_version"]
        batches = list(scan(dataset, part, columns, 65_536)) if part else []
        self.rows = sum(batch.num_rows for batch in batches)
        self._places: dict[str, tuple[int, int]] = {}
        if self.rows:
            self._table = pa.Table.from_batches(batches).sort_by([("doc_id", "ascending"), ("seq", "ascending")]).combine_chunks()
            runs = pc.run_end_encode(self._table.column("doc_id").chunk(0))
            ends = [0, *runs.run_ends.to_pylist()]
            self._places = {i: (a, b - a) for i, (a, b) in zip(runs.values.to_pylist(), pairwise(ends), strict=True)}

    def take(self, doc_id: str) -> list[dict[str, Any]]:
        """The edits of a document in order; they are then no longer among `left`."""
        if doc_id not in self._places:
            return []
        taken: list[dict[str, Any]] = self._table.slice(*self._places.pop(doc_id)).to_pylist()
        return taken

    def left(self) -> list[str]:
        """Ids that nobody has asked for."""
        return sorted(self._places)


def _rows(dataset: Dataset, part: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    for batch in scan(dataset, part, columns, 256):
        try:
            yield from batch.to_pylist()
        except UnicodeDecodeError as error:  # a flipped bit passes the decompression and shows only here
            raise DatasetError(f"{part} holds text that is not valid UTF-8: {error}") from None


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
