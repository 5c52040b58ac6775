"""A row: one JSON object, as a JSONL line, a Parquet row or a file of its own. Its columns are mapped by the configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.jsontext import load_object, refuse_repeated
from pipeline.parsers.source import Reading, Source
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "row", 1

_USUAL: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "url": ("url", "canonical_url"),
    "date": ("published_at", "date", "published"),
    "language": ("language", "lang"),
    "publisher": ("publisher", "source", "site"),
    "byline": ("byline", "author", "authors"),
}
"""Names that a column usually has; `InputConfig` states the same ones."""

_PAGE = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)?(?:<!doctype\s+html|<html[\s>]|<\?xml[^>]{0,200}\?>\s*<(?:!doctype\s+)?html)", re.IGNORECASE | re.DOTALL
)
_SHOWN = 12


def recognise(source: Source) -> str | None:
    """A file that holds one JSON object.

    >>> recognise(Source(' {"text": "..."}')), recognise(Source("{{ template }}"))
    ('JSON object', None)
    """
    return "JSON object" if re.match(r'\{\s*(?:"|\})', source.head) and source.text.rstrip("\0 \t\r\n").endswith("}") else None


@dataclass(slots=True)
class _Row:
    """Columns of a row, of which those that were mapped are known."""

    columns: Mapping[str, Any]
    used: set[str] = field(default_factory=set)

    def find(self, path: str) -> tuple[bool, Any]:
        """The value at a name or a dotted path; a column whose own name has dots comes first."""
        if path in self.columns:
            self.used.add(path)
            return True, self.columns[path]
        value: Any = self.columns
        for part in path.split("."):
            if not isinstance(value, Mapping) or part not in value:
                return False, None
            refuse_repeated(value, part)
            value = value[part]
        self.used.add(path)
        return True, value

    def first(self, setting: str, kind: str, usable: Callable[[list[str]], bool] = bool) -> list[str]:
        """Texts of the configured column, else of the first usual one that has usable values; empty where there is none.

        A value with more in it than its text, such as an outlet's id beside its name, stays among the rest too.
        """
        for path in (setting,) if setting else _USUAL[kind]:
            before = set(self.used)
            found, value = self.find(path)
            texts = _plain_values(value) if found else []
            if not usable(texts) or _has_more(value):
                self.used = before
            if usable(texts):
                return texts
        return []

    def rest(self) -> dict[str, Any]:
        """What was not mapped; a nested value that was mapped is cut out of a copy of its object."""
        kept: dict[str, Any] = dict(self.columns)
        for path in sorted(self.used):
            if path in kept:
                del kept[path]
            elif "." in path:
                kept = _cut(kept, path.split("."))
        return kept


def read(source: Source, config: InputConfig) -> Reading:
    """The text column and the mapped metadata; all other columns go to `extra` as they are.

    Raises:
        DocumentError: ``bad_json``, ``not_an_object``, ``too_deep``, ``no_text_field``, ``bad_text_type``.
    """
    columns, replaced = load_object(source.text)
    row = _Row(columns)
    found, value = row.find(config.text_field)
    if not found:
        names = ", ".join(repr(name[:40]) for name in sorted(columns)[:_SHOWN]) or "none"
        more = f" and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else ""
        raise DocumentError("no_text_field", f"the record has no field {config.text_field!r}; it has {names}{more}")
    text = _text(value, config.text_field)
    metadata = _metadata(row, config)
    if _PAGE.match(text[:4096]) and text.count("</") >= 3:
        return _page(text, metadata, source, config, replaced)
    return Reading(text, metadata, title_in_text=metadata.title is None, replaced=replaced)


def _metadata(row: _Row, config: InputConfig) -> Metadata:
    guid = row.first(config.id_field, "", _is_one) if config.id_field else []
    title = row.first(config.title_field, "title", _is_one)
    url = row.first(config.url_field, "url", _is_one)
    date = row.first(config.date_field, "date", _is_one)
    language = row.first(config.language_field, "language", lambda texts: _is_one(texts) and fields.language_tag(texts[0]) is not None)
    publisher = row.first(config.publisher_field, "publisher", _is_one)
    byline = row.first(config.byline_field, "byline")
    return Metadata(
        guid=_one(guid),
        title=_one(title),
        canonical_url=_one(url),
        published_at=_one(date),
        language=fields.language_tag(_one(language)),
        publisher=_one(publisher),
        byline=fields.bylines(byline),
        extra=fields.extra(row.rest()),  # last: only now it is known what is mapped
    )


def _page(text: str, metadata: Metadata, source: Source, config: InputConfig, replaced: int) -> Reading:
    from pipeline.parsers import html_page

    page = html_page.read(replace(source, text=text, data=b"", url=metadata.canonical_url), config)
    known = {name: value for name in Metadata.__slots__ if (value := getattr(metadata, name)) not in (None, ())}
    return replace(
        page, metadata=page.metadata.with_values(**known), format="row", tool=f"html {page.tool or ''}".strip(), replaced=replaced
    )


def _text(value: Any, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(entry, str) for entry in value):
        return "\n".join(value)
    raise DocumentError("bad_text_type", f"the field {name!r} holds {_type_name(value)}; accepted are a string and a list of strings")


def _type_name(value: Any) -> str:
    names = {dict: "an object", list: "a list of other values", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _plain_values(value: Any) -> list[str]:
    """Texts of a value: a scalar, a list of them, or objects with a name."""
    entries = value if isinstance(value, list) else [value]
    found = [fields.as_text(e.get("name")) if isinstance(e, Mapping) else fields.as_text(e) for e in entries]
    return [text for text in found if text]


def _has_more(value: Any) -> bool:
    entries = value if isinstance(value, list) else [value]
    return any(isinstance(entry, Mapping) and len(entry) > 1 for entry in entries)


def _is_one(texts: list[str]) -> bool:
    return len(texts) == 1


def _one(texts: list[str]) -> str | None:
    return texts[0] if texts else None


def _cut(tree: dict[str, Any], path: list[str]) -> dict[str, Any]:
    key, *rest = path
    inner = tree.get(key)
    kept = dict(tree)
    if not rest:
        kept.pop(key, None)
    elif isinstance(inner, dict):
        smaller = _cut(inner, rest)
        if smaller:
            kept[key] = smaller
        else:
            kept.pop(key, None)
    return kept
