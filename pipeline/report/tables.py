"""Describes the output tables in words, from their schemas: `copydesk schema` and docs/tables.md."""

from __future__ import annotations

import difflib
import json
import textwrap

from pipeline.errors import ConfigError
from pipeline.schema import CORPUS_TABLES, TABLES, arrow_schema, json_schema

__all__ = ["FORMS", "describe_tables"]

FORMS = ("text", "json", "arrow", "markdown")


def describe_tables(table: str | None = None, form: str = "text") -> str:
    """All tables, or one, in one of `FORMS`; ends with a line feed.

    Raises:
        ConfigError: there is no such table.

    >>> print(describe_tables("relations").splitlines()[0])
    relations (urn:copydesk:schema:relations:1): Verified relations between documents.
    """
    known = (*TABLES, *CORPUS_TABLES)
    if table is not None and table not in known:
        close = difflib.get_close_matches(table, known, n=1, cutoff=0.5)
        raise ConfigError(f"no table {table!r}; " + (f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"))
    tables = known if table is None else (table,)
    if form == "json":
        schemas = {name: json_schema(name) for name in tables}
        return json.dumps(schemas[table] if table else schemas, indent=2, ensure_ascii=False) + "\n"
    if form == "arrow":
        return "\n".join(_describe_arrow(name, titled=table is None) for name in tables)
    if form == "markdown":
        page = "\n".join(_describe_markdown(name) for name in tables)
        return page if table else _HEAD + "\n" + page
    return "\n".join(_describe_plainly(name) for name in tables)


_HEAD = """# Output tables

<!-- Made by `copydesk schema --markdown` from schemas/*.json; change it there. -->

Every input record is in exactly one of `documents`, `duplicates`, `removed` and `dead_letters`; the other tables say what happened to
it. A run of a corpus has `supersedes` and `retractions` besides. Columns are fixed and versioned. A column that may be null is null where
nothing is known: never false, never an empty string.
"""


def _describe_markdown(table: str) -> str:
    source = json_schema(table)
    shared = set(arrow_schema("documents").names) if table in ("duplicates", "removed") else set()
    lines = [f"## {table}", "", f"{source['description']} Schema `{source['$id']}`.", ""]
    if shared:
        lines += ["All columns of `documents`, and:", ""]
    lines += ["| column | type | null | what it holds |", "|---|---|---|---|"]
    for name, prop in source["properties"].items():
        if name not in shared:
            null = "" if name in source["required"] else "yes"
            lines.append(f"| `{name}` | `{prop['x-arrow']}` | {null} | {prop['description'].replace('|', chr(92) + '|')} |")
    return "\n".join([*lines, ""])


def _describe_plainly(table: str) -> str:
    source = json_schema(table)
    lines = [f"{table} ({source['$id']}): {source['description']}"]
    for name, prop in source["properties"].items():
        null = "" if name in source["required"] else ", may be null"
        lines.append(f"  {name}: {prop['x-arrow']}{null}")
        lines += textwrap.wrap(prop["description"], 110, initial_indent="      ", subsequent_indent="      ")
    return "\n".join([*lines, ""])


def _describe_arrow(table: str, *, titled: bool) -> str:
    fields = [f"{field.name}: {field.type}{'' if field.nullable else ' not null'}" for field in arrow_schema(table)]
    return "\n".join([*([f"# {table}"] if titled else []), *fields, ""])
