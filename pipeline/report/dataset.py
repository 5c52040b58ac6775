"""Opens a finished dataset: its manifest and the parts that the manifest lists. Never a directory listing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import DatasetError
from pipeline.storage import LocalStorage, Storage, join

__all__ = [
    "MANIFEST",
    "RECORD_TABLES",
    "TEXT_TABLES",
    "TIMES",
    "Dataset",
    "first_value",
    "list_parts",
    "open_dataset",
    "read_footer",
    "scan",
]

MANIFEST = "run.json"
TIMES = "run_times.json"
TEXT_TABLES = ("documents", "duplicates", "removed")
"""The tables whose rows have a text and the columns of `documents`."""
RECORD_TABLES = (*TEXT_TABLES, "dead_letters")
"""The tables that hold input records; every record is in exactly one of them."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset that somebody reads: where it is, what its manifest says, and how its files are opened."""

    folder: str
    manifest: Mapping[str, Any]
    storage: Storage = field(default_factory=LocalStorage)


def open_dataset(folder: str, storage: Storage | None = None) -> Dataset:
    """Read the manifest of a dataset.

    Raises:
        DatasetError: there is no `run.json`, or it is not a manifest of copydesk.
    """
    storage = storage or LocalStorage()
    name = join(folder, MANIFEST)
    try:
        with storage.open(name) as file:
            content = file.read()
    except (FileNotFoundError, NotADirectoryError):
        if not storage.exists(folder):
            raise DatasetError(f"{folder} does not exist; the output of `copydesk run` would be accepted") from None
        raise DatasetError(f"{folder} is not a dataset: it holds no {MANIFEST}, which a finished run writes last") from None
    except OSError as error:
        raise DatasetError(f"{name} cannot be read: {error.strerror or error}") from None
    try:
        manifest = json.loads(content)
    except ValueError as error:
        raise DatasetError(f"{name} is damaged: {error}") from None
    if not isinstance(manifest, dict) or not _lists_files(manifest.get("files")) or "copydesk" not in manifest:
        raise DatasetError(f"{name} is not a manifest of copydesk: it lists no files")
    for entry in manifest["files"]:
        path = PurePosixPath(entry["path"])
        # A manifest comes with the data: it must not lead a reader outside the folder.
        if not path.parts or path.is_absolute() or ".." in path.parts:
            raise DatasetError(f"{name} lists a path outside the dataset: {entry['path']!r}")
    return Dataset(folder, manifest, storage)


def list_parts(manifest: Mapping[str, Any], table: str) -> list[str]:
    """Paths of a table's Parquet parts, relative to the dataset, in order.

    >>> list_parts({"files": [{"path": "edits/part-00000.parquet"}, {"path": "README.md"}]}, "edits")
    ['edits/part-00000.parquet']
    """
    paths = (str(entry["path"]) for entry in manifest["files"])
    return sorted(path for path in paths if path.startswith(f"{table}/") and path.endswith(".parquet"))


def scan(dataset: Dataset, part: str, columns: Sequence[str] | None = None, batch_size: int = 1024) -> Iterator[pa.RecordBatch]:
    """Read one part in small batches, so that a large text column never stands in memory as a whole.

    Raises:
        DatasetError: the part is missing or is no readable Parquet file.
    """
    try:
        with dataset.storage.open(join(dataset.folder, part)) as file:
            yield from pq.ParquetFile(file).iter_batches(batch_size, columns=columns, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(f"{part} cannot be read: {str(error).splitlines()[0]}") from None


def read_footer(dataset: Dataset, part: str) -> pq.ParquetFile:
    """A part of which nothing but schema and row counts may be used: the file behind it is closed.

    Raises:
        DatasetError: as for `scan`.
    """
    try:
        with dataset.storage.open(join(dataset.folder, part)) as file:
            return pq.ParquetFile(file)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(f"{part} cannot be read: {str(error).splitlines()[0]}") from None


def first_value(dataset: Dataset, table: str, column: str, where: tuple[str, Any] | None = None) -> Any:
    """The first value of a column of a table, or None where the table is empty.

    Args:
        where: another column and the value that the row must have in it.
    """
    for part in list_parts(dataset.manifest, table):
        for batch in scan(dataset, part, [column, where[0]] if where else [column]):
            for row in batch.to_pylist():
                if where is None or row[where[0]] == where[1]:
                    return row[column]
    return None


def _lists_files(entries: object) -> bool:
    return isinstance(entries, list) and all(isinstance(entry, dict) and isinstance(entry.get("path"), str) for entry in entries)
