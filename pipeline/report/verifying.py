"""Checks a finished dataset against its manifest and against itself: hashes, schemas, books, and the undo of every edit.

Text is read in small batches and edits part by part, so that memory does not grow with the corpus beyond 16 bytes a document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import provenance
from pipeline.errors import DatasetError
from pipeline.records import Edit
from pipeline.report.dataset import MANIFEST, RECORD_TABLES, TEXT_TABLES, TIMES, Dataset, list_parts, scan
from pipeline.schema import TABLES, arrow_schema
from pipeline.storage import is_remote, join, local_path

__all__ = ["CHECKS", "Finding", "verify"]

_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: what was checked, in words.
        detail: how much was looked at.
        problems: how many things are wrong.
        examples: the first of them.
    """

    check: str
    detail: str
    problems: int = 0
    examples: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True where nothing is wrong."""
        return not self.problems


_Outcome = tuple[str, list[str]]
"""What was looked at, in words, and what is wrong."""


def verify(dataset: Dataset) -> Iterator[Finding]:
    """Yield one finding for each of `CHECKS`, in order. A part that cannot be read is a problem of every check that needs it."""
    for name, check in CHECKS:
        try:
            detail, problems = check(dataset)
        except DatasetError as error:
            detail, problems = "stopped", [str(error)]
        except (KeyError, TypeError) as error:
            detail, problems = "stopped", [f"{MANIFEST} is incomplete or not of its form: {error!r}"]
        yield Finding(name, detail, len(problems), tuple(problems[:_EXAMPLES]))


def _check_hashes(dataset: Dataset) -> _Outcome:
    problems, size = [], 0
    for entry in dataset.manifest["files"]:
        digest, length = hashlib.sha256(), 0
        try:
            with dataset.storage.open(join(dataset.folder, entry["path"])) as file:
                while block := file.read(2**20):
                    digest.update(block)
                    length += len(block)
        except FileNotFoundError:
            problems.append(f"{entry['path']} is missing")
            continue
        except OSError as error:
            problems.append(f"{entry['path']} cannot be read: {error.strerror or error}")
            continue
        size += length
        if length != entry["bytes"]:
            problems.append(f"{entry['path']} has {length} bytes, the manifest says {entry['bytes']}")
        elif digest.hexdigest() != entry["sha256"]:
            problems.append(f"{entry['path']} has another sha256 than the manifest says")
    return f"{len(dataset.manifest['files'])} files, {size:,} bytes", problems


def _check_listing(dataset: Dataset) -> _Outcome:
    """Hidden files are left alone: readers pass over them, and version control and desktops put them everywhere."""
    base = dataset.folder.rstrip("/") if is_remote(dataset.folder) else str(Path(local_path(dataset.folder)).absolute())
    listed = {entry["path"] for entry in dataset.manifest["files"]} | {MANIFEST, TIMES}
    found = (local_path(info.uri)[len(base) :].lstrip("/\\").replace("\\", "/") for info in dataset.storage.list_files(dataset.folder))
    seen = [path for path in found if not any(part.startswith(".") for part in path.split("/"))]
    return f"{len(seen)} files in the folder", [f"{path} is not listed in {MANIFEST}" for path in sorted(set(seen) - listed)]


def _check_schemas(dataset: Dataset) -> _Outcome:
    problems = []
    parts = [(table, part) for table in TABLES for part in list_parts(dataset.manifest, table)]
    for table in TABLES:
        wanted = (arrow_schema(table).metadata or {})[b"schema_id"].decode()
        if dataset.manifest["tables"][table]["schema_id"] != wanted:
            found = dataset.manifest["tables"][table]["schema_id"]
            problems.append(f"{table} is of schema {found}, this version of copydesk reads {wanted}")
    for table, part in parts:
        schema = _open_footer(dataset, part).schema_arrow
        if not schema.equals(arrow_schema(table)):
            problems.append(f"{part} has other columns than {table}: {_differ(schema, arrow_schema(table))}")
        elif (schema.metadata or {}).get(b"schema_id") != (arrow_schema(table).metadata or {})[b"schema_id"]:
            problems.append(f"{part} does not carry the id of its schema")
    return f"{len(parts)} parts of {len(TABLES)} tables", problems


def _check_books(dataset: Dataset) -> _Outcome:
    manifest, problems = dataset.manifest, []
    for entry in manifest["files"]:
        if str(entry["path"]).endswith(".parquet"):
            rows = _open_footer(dataset, entry["path"]).metadata.num_rows
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
    total = sum(books[table] for table in RECORD_TABLES)
    if not (books["balanced"] and books["records"] == total == manifest["input"]["records"]):
        problems.append(f"{manifest['input']['records']} records came in, the books count {books['records']}, the tables hold {total}")
    return f"{books['records']:,} in = " + " + ".join(f"{books[table]:,} {table}" for table in RECORD_TABLES), problems


def _check_ids(dataset: Dataset) -> _Outcome:
    ids = np.sort(np.concatenate([_read_ids(dataset, table, "doc_id") for table in RECORD_TABLES]))
    doubles = np.unique(ids[1:][ids[1:] == ids[:-1]])
    return f"{len(ids):,} ids in {len(RECORD_TABLES)} tables", [f"{_spell_id(value)} occurs more than once" for value in doubles]


def _check_representatives(dataset: Dataset) -> _Outcome:
    documents = np.sort(_read_ids(dataset, "documents", "doc_id"))
    wanted = np.unique(_read_ids(dataset, "duplicates", "representative_id"))
    places = np.searchsorted(documents, wanted)
    missing = [w for w, at in zip(wanted, places, strict=True) if at >= len(documents) or documents[at] != w]
    problems = [f"{_spell_id(value)} stands for copies and is not in documents" for value in missing]
    return f"{len(wanted):,} representatives of {dataset.manifest['tables']['duplicates']['rows']:,} copies", problems


def _check_configuration(dataset: Dataset) -> _Outcome:
    manifest, problems = dataset.manifest, []
    digest = hashlib.sha256(json.dumps(manifest["config"], sort_keys=True).encode()).hexdigest()
    if digest != manifest["config_sha256"]:
        problems.append(f"the settings in {MANIFEST} do not have the hash that it states")
    constants = {"run_id": manifest["run_id"], "config_sha256": manifest["config_sha256"], "rules_sha256": manifest["rules_sha256"]}
    rows = 0
    for table in RECORD_TABLES:
        names = [name for name in constants if name in arrow_schema(table).names]
        for part in list_parts(manifest, table):
            for batch in scan(dataset, part, names, 65_536):
                rows += batch.num_rows
                for name in names:
                    if not pc.all(pc.equal(batch.column(name), constants[name]), min_count=0).as_py():
                        problems.append(f"{part} has rows with another {name} than {MANIFEST}")
    return f"{rows:,} rows of run {manifest['run_id']}", sorted(set(problems))


def _check_edits(dataset: Dataset) -> _Outcome:
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
        yield from batch.to_pylist()


def _read_ids(dataset: Dataset, table: str, column: str) -> np.ndarray:
    """All values of an id column, nulls left out, as a sortable array of 16 bytes each."""
    chunks = []
    for part in list_parts(dataset.manifest, table):
        for batch in scan(dataset, part, [column], 65_536):
            ids = batch.column(0).drop_null().to_pylist()
            try:
                chunks.append(bytes.fromhex("".join(ids)))
            except ValueError:
                raise DatasetError(f"{part} holds a {column} that is not 32 hex digits") from None
            if len(chunks[-1]) != 16 * len(ids):
                raise DatasetError(f"{part} holds a {column} that is not 32 hex digits")
    return np.frombuffer(b"".join(chunks), dtype=[("high", ">u8"), ("low", ">u8")])


def _spell_id(value: Any) -> str:
    return f"{int(value['high']):016x}{int(value['low']):016x}"


def _open_footer(dataset: Dataset, part: str) -> pq.ParquetFile:
    try:
        with dataset.storage.open(join(dataset.folder, part)) as file:
            return pq.ParquetFile(file)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(f"{part} cannot be read: {str(error).splitlines()[0]}") from None


def _differ(found: pa.Schema, wanted: pa.Schema) -> str:
    missing, extra = sorted(set(wanted.names) - set(found.names)), sorted(set(found.names) - set(wanted.names))
    changed = [name for name in wanted.names if name in found.names and not found.field(name).equals(wanted.field(name))]
    words = [
        f"{label} {', '.join(names[:3])}" for label, names in (("missing", missing), ("unknown", extra), ("changed", changed)) if names
    ]
    return "; ".join(words) or "their order"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


CHECKS: tuple[tuple[str, Callable[[Dataset], _Outcome]], ...] = (
    ("every listed file has its hash", _check_hashes),
    ("no file is unlisted", _check_listing),
    ("every part has its table's schema", _check_schemas),
    ("the books balance", _check_books),
    ("every id occurs once", _check_ids),
    ("every representative is in documents", _check_representatives),
    ("settings and run are the same throughout", _check_configuration),
    ("undoing the edits gives every source text back", _check_edits),
)
"""Name and function of each check, cheap ones first."""
