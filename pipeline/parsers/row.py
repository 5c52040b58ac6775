"""A row: one JSON object, as a JSONL line, a Parquet row or a file of its own. Its columns are mapped by the configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.html_body import parse_html_body
from pipeline.parsers.jsontext import load_object, refuse_repeated
from pipeline.parsers.source import Reading, Source
from pipeline.parsers.sources import Picker, add_sources
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "row", 2

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
_BLOCK_NAMES = "p|div|h[1-6]|ul|ol|figure|section|article|blockquote|table|header|main|br"
_BLOCK_FIRST = re.compile(rf"\s*(?:<!--.{{0,300}}?-->\s*){{0,3}}<(?:{_BLOCK_NAMES})[\s>/]", re.IGNORECASE | re.DOTALL)
_TAG_FIRST = re.compile(r"\s*<[A-Za-z!]")
_BLOCK_LAST = re.compile(rf"</(?:{_BLOCK_NAMES})\s*>\s*(?:<!--[^>]{{0,30}}-->\s*)?$", re.IGNORECASE)
_BLOCK = re.compile(rf"<(?:{_BLOCK_NAMES})[\s>/]", re.IGNORECASE)
_CLOSED = re.compile(rf"</(?:{_BLOCK_NAMES})\s*>|<br\s*/?>\s*<br", re.IGNORECASE)
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

    def first(self, setting: str, kind: str, usable: Callable[[list[str]], bool] = bool) -> tuple[list[str], str]:
        """Texts of the configured column, else of the first usual one that has usable values, and its name; empty where there is none.

        A value with more in it than its text, such as an outlet's id beside its name, stays among the rest too.
        """
        for path in (setting,) if setting else _USUAL[kind]:
            before = set(self.used)
            found, value = self.find(path)
            texts = _plain_values(value) if found else []
            if not usable(texts) or _has_more(value):
                self.used = before
            if usable(texts):
                return texts, path
        return [], ""

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

    A text that is a page is read as one, and one that is mark-up from its beginning on as an article's body.

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
    if _is_fragment(text):
        return _fragment(text, metadata, replaced)
    return Reading(text, metadata, title_in_text=metadata.title is None, replaced=replaced)


def _metadata(row: _Row, config: InputConfig) -> Metadata:
    pick = Picker()

    def one(name: str, setting: str, kind: str) -> str | None:
        texts, column = row.first(setting, kind, _is_one)
        return pick(name, (texts[0] if texts else None, column))

    guid = one("guid", config.id_field, "") if config.id_field else None
    title = one("title", config.title_field, "title")
    url = one("canonical_url", config.url_field, "url")
    date = one("published_at", config.date_field, "date")
    tags, tag_column = row.first(
        config.language_field, "language", lambda found: _is_one(found) and fields.language_tag(found[0]) is not None
    )
    publisher = one("publisher", config.publisher_field, "publisher")
    byline, byline_column = row.first(config.byline_field, "byline")
    return Metadata(
        guid=guid,
        title=title,
        canonical_url=url,
        published_at=date,
        language=pick("language", (fields.language_tag(tags[0]) if tags else None, tag_column)),
        publisher=publisher,
        byline=pick.first("byline", (fields.bylines(byline), byline_column)),
        extra=fields.extra(row.rest()),  # last: only now it is known what is mapped
        metadata_sources=pick.sources,
    )


def _page(text: str, metadata: Metadata, source: Source, config: InputConfig, replaced: int) -> Reading:
    """A row that holds a page: what the row says of itself comes before what the page says."""
    from pipeline.parsers import html_page

    page = html_page.read(replace(source, text=text, data=b"", url=metadata.canonical_url, is_utf8=False), config)
    known = {name: value for name in Metadata.__slots__ if (value := getattr(metadata, name)) not in (None, ())}
    known["metadata_sources"] = add_sources(metadata.metadata_sources, page.metadata.metadata_sources, "page: ")
    return replace(
        page, metadata=page.metadata.with_values(**known), format="row", tool=f"html {page.tool or ''}".strip(), replaced=replaced
    )


def _is_fragment(text: str) -> bool:
    """Whether a text is mark-up from its beginning on, as content systems keep a body; a tag or two in plain text is not.

    >>> _is_fragment("<p>One</p><p>Two</p>"), _is_fragment("<p> begins a paragraph in HTML."), _is_fragment("One<br>two<br>three")
    (True, False, False)
    >>> _is_fragment("<b>Oslo</b> <p>One</p><p>Two</p>"), _is_fragment("<P>One<P>Two<P>Three"), _is_fragment("<p> and <div> are elements.")
    (True, True, False)
    """
    if not _TAG_FIRST.match(text):
        return False
    blocks, ended = len(_BLOCK.findall(text)), _BLOCK_LAST.search(text[-40:]) is not None
    if not _BLOCK_FIRST.match(text):
        return blocks >= 2 and ended
    return ended or blocks >= 3 or (blocks == 2 and _CLOSED.search(text) is not None)


def _fragment(text: str, metadata: Metadata, replaced: int) -> Reading:
    body = parse_html_body(text, metadata.title)
    if not body.text:
        raise DocumentError("no_text", "the text column holds mark-up without text")
    metadata = fields.with_body(metadata, body.captions, body.byline, body.dateline, body.notes)
    return Reading(body.text, metadata, tool="html fragment", replaced=replaced, title_in_text=metadata.title is None)


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
