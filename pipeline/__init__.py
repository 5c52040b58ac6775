"""copydesk: raw news in, a clean, de-duplicated, auditable Parquet dataset out.

This module is free of Beam and imports quickly. The command is `copydesk`; the steps are plain functions in the
sub-packages; `pipeline.transforms` wires them into Beam.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.errors import BooksError, ConfigError, CopydeskError, DatasetError, DocumentError, OutputError
from pipeline.provenance import apply, undo
from pipeline.records import Edit
from pipeline.version import __version__

if TYPE_CHECKING:
    import pyarrow

    from pipeline.storage import Storage

__all__ = [
    "BooksError",
    "ConfigError",
    "CopydeskError",
    "DatasetError",
    "DocumentError",
    "Edit",
    "OutputError",
    "__version__",
    "apply",
    "load_corpus",
    "scan_corpus",
    "undo",
]


def load_corpus(folder: str, columns: Sequence[str] | None = None, beam_options: Sequence[str] = ()) -> pyarrow.Table:
    """All documents that stand in a corpus today, as one table in the order of runs; `scan_corpus` is for what does not fit into memory.

    Args:
        columns: of the table `documents`; None for all.
        beam_options: for an object store, for example ``--s3_endpoint_url=...``.

    Raises:
        DatasetError: it is no corpus, or a file cannot be read.
        ConfigError: an unknown column, or no file system for such an address.
    """
    from pipeline.corpus import loading  # pyarrow takes its time, and this module is imported by every command

    return loading.load_corpus(folder, columns, _storage_of(folder, beam_options))


def scan_corpus(
    folder: str, columns: Sequence[str] | None = None, beam_options: Sequence[str] = (), batch_size: int = 1024
) -> Iterator[pyarrow.RecordBatch]:
    """As `load_corpus`, in batches of bounded size."""
    from pipeline.corpus import loading

    return loading.scan_corpus(folder, columns, _storage_of(folder, beam_options), batch_size)


def _storage_of(folder: str, beam_options: Sequence[str]) -> Storage | None:
    from pipeline.storage import is_remote

    if not is_remote(folder):
        return None
    import importlib

    # By name, since this module lies below all others and must not bring Beam to those that know nothing of it.
    storage: Storage = importlib.import_module("pipeline.transforms.remote").open_storage(folder, beam_options)
    return storage
