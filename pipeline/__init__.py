"""copydesk: raw news in, a clean, de-duplicated, auditable Parquet dataset out.

This module is free of Beam and imports quickly. The command is `copydesk`; the steps are plain functions in the
sub-packages; `pipeline.transforms` wires them into Beam.
"""

from pipeline.errors import BooksError, ConfigError, CopydeskError, DatasetError, DocumentError, OutputError
from pipeline.provenance import apply, undo
from pipeline.records import Edit

__version__ = "0.1.0"

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
    "undo",
]
