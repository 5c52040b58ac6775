"""A look at a few records before a run: whether the columns that were named are there. A typing error then costs a second, not an hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import Any

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.reading.read import read
from pipeline.records import InputSplit, RawDocument
from pipeline.storage import Storage

__all__ = ["probe_columns"]

_RECORDS = 20
_SHOWN = 12


def probe_columns(splits: Sequence[InputSplit], storage_for: Callable[[str], Storage], config: InputConfig) -> list[str]:
    """Warnings about columns that none of some rows has: the first records of the first, the middle and the last split.

    Input that holds no rows gives none. The column of the text counts as missing only where no other way to read the record was found.
    """
    settings = [item.name for item in fields(InputConfig) if item.name.endswith("_field") and getattr(config, item.name)]
    seen = _Seen()
    for number in sorted({0, len(splits) // 2, len(splits) - 1} & set(range(len(splits)))):
        for record in islice(read(splits[number], storage_for, config), _RECORDS):
            if isinstance(record, RawDocument) and (record.kind == "row" or record.data.lstrip()[:1] == b"{"):
                _look(record, settings, config, seen)
    if not seen.rows:
        return []
    names = ", ".join(repr(name[:40]) for name in sorted(seen.columns)[:_SHOWN])
    names += f" and {len(seen.columns) - _SHOWN} more" if len(seen.columns) > _SHOWN else ""
    missing = [name for name in settings if name not in seen.found]
    nobody = f"none of the {seen.rows} rows looked at has a" if seen.rows > 1 else "the one row looked at has no"
    return [
        f"{nobody} column {getattr(config, name)!r}, which is --{name.replace('_', '-')}; they have {names or 'none'}" for name in missing
    ]


@dataclass(slots=True)
class _Seen:
    rows: int = 0
    columns: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)


def _look(record: RawDocument, settings: Sequence[str], config: InputConfig, seen: _Seen) -> None:
    from pipeline import desk  # brings the parsers and their libraries
    from pipeline.parsers.jsontext import load_object

    try:
        if desk.parse(record, config).format != "row":
            return  # an agency's JSON has fields of its own
    except DocumentError as error:
        if error.code not in ("no_text_field", "bad_text_type"):
            return
    columns, _ = load_object(record.data.decode("utf-8", "replace"))
    seen.rows += 1
    seen.columns.update(columns)
    seen.found.update(name for name in settings if _has(columns, getattr(config, name)))


def _has(columns: Mapping[str, Any], path: str) -> bool:
    if path in columns:
        return True
    value: Any = columns
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True
