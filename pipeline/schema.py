"""The Arrow schemas of the output tables, made from `schemas/*.json`, which are their single source.

Each file is a JSON Schema (2020-12) whose properties carry an `x-arrow` type in a small grammar:
``string``, ``int32``, ``timestamp[us, UTC]``, ``list<T>``, ``struct<name: T, ...>``.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pyarrow as pa

from pipeline.resources import list_resources, read_text

__all__ = ["CORPUS_TABLES", "TABLES", "arrow_schema", "json_schema", "parse_type", "schema_version"]

TABLES = ("documents", "duplicates", "removed", "dead_letters", "edits", "relations", "passages", "index")
"""All output tables, the four that hold input records first."""

CORPUS_TABLES = ("supersedes", "retractions")
"""Tables that a run of a corpus has besides: what it says about documents of earlier runs."""

_SIMPLE: dict[str, pa.DataType] = {
    "string": pa.string(),
    "binary": pa.binary(),
    "bool": pa.bool_(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "timestamp[us, UTC]": pa.timestamp("us", tz="UTC"),
}


def schema_version(table: str) -> int:
    """Newest version on file of a table's schema.

    >>> schema_version("documents") >= 1
    True
    """
    versions = [int(m[1]) for name in list_resources("schemas") if (m := re.fullmatch(rf"{table}\.v(\d+)\.json", name))]
    if not versions:
        raise KeyError(f"no schema for table {table!r}; there are {', '.join(TABLES)}")
    return max(versions)


@cache
def json_schema(table: str) -> dict[str, Any]:
    """The JSON Schema of a table (newest version)."""
    loaded: dict[str, Any] = json.loads(read_text("schemas", f"{table}.v{schema_version(table)}.json"))
    return loaded


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The Arrow schema of a table, with descriptions and the schema's id in the metadata.

    >>> arrow_schema("edits").field("start").type
    DataType(int32)
    """
    source = json_schema(table)
    required = set(source["required"])
    fields = [
        pa.field(name, parse_type(prop["x-arrow"]), name not in required, {"description": prop["description"]})
        for name, prop in source["properties"].items()
    ]
    return pa.schema(fields, metadata={"schema_id": source["$id"], "description": source["description"]})


def parse_type(text: str) -> pa.DataType:
    """The Arrow type that a `x-arrow` string names.

    Raises:
        ValueError: the string is not in the grammar.

    >>> parse_type("list<struct<kind: string, start: int32>>")
    ListType(list<element: struct<kind: string, start: int32>>)
    """
    text = text.strip()
    if text in _SIMPLE:
        return _SIMPLE[text]
    if match := re.fullmatch(r"fixed_size_binary\[(\d+)\]", text):
        return pa.binary(int(match[1]))
    if match := re.fullmatch(r"list<(.+)>", text):
        # Parquet names the item of a list `element`; the same name in memory keeps both schemas equal.
        return pa.list_(pa.field("element", parse_type(match[1])))
    if match := re.fullmatch(r"struct<(.+)>", text):
        members = (part.split(":", 1) for part in re.split(r",\s*(?![^<>]*>)", match[1]))
        return pa.struct([pa.field(name.strip(), parse_type(kind)) for name, kind in members])
    raise ValueError(f"unknown x-arrow type {text!r}; known are {', '.join(_SIMPLE)}, list<T> and struct<name: T, ...>")
