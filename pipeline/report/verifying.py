"""Checks a finished dataset against its manifest and against itself: hashes, schemas, books, and the undo of every edit.

Text is read in small batches and edits part by part, so that memory does not grow with the corpus beyond 16 bytes a document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import DatasetError
from pipeline.report.dataset import MANIFEST, RECORD_TABLES, TIMES, Dataset, list_parts, read_footer, scan
from pipeline.report.verify_books import check_books, check_clusters, check_ids, check_representatives
from pipeline.report.verify_edits import check_edits
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
        except (KeyError, TypeError, AttributeError) as error:
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
        schema = read_footer(dataset, part).schema_arrow
        if not schema.equals(arrow_schema(table)):
            problems.append(f"{part} has other columns than {table}: {_differ(schema, arrow_schema(table))}")
        elif (schema.metadata or {}).get(b"schema_id") != (arrow_schema(table).metadata or {})[b"schema_id"]:
            problems.append(f"{part} does not carry the id of its schema")
    return f"{len(parts)} parts of {len(TABLES)} tables", problems


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


def _differ(found: pa.Schema, wanted: pa.Schema) -> str:
    missing, extra = sorted(set(wanted.names) - set(found.names)), sorted(set(found.names) - set(wanted.names))
    changed = [name for name in wanted.names if name in found.names and not found.field(name).equals(wanted.field(name))]
    words = [
        f"{label} {', '.join(names[:3])}" for label, names in (("missing", missing), ("unknown", extra), ("changed", changed)) if names
    ]
    return "; ".join(words) or "their order"


CHECKS: tuple[tuple[str, Callable[[Dataset], _Outcome]], ...] = (
    ("every listed file has its hash", _check_hashes),
    ("no file is unlisted", _check_listing),
    ("every part has its table's schema", _check_schemas),
    ("the books balance", check_books),
    ("every id occurs once", check_ids),
    ("every representative is in documents", check_representatives),
    ("every cluster is whole", check_clusters),
    ("settings and run are the same throughout", _check_configuration),
    ("undoing the edits gives every source text back", check_edits),
)
"""Name and function of each check, cheap ones first."""
