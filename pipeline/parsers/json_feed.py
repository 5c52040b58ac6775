"""JSON Feed 1.x: one item with the head of its feed. A feed is taken apart into its items by `members`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.html_body import HtmlBody, parse_html_body
from pipeline.parsers.jsontext import load_object
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "json-feed", 2


def recognise(source: Source) -> str | None:
    """A JSON object whose ``version`` is an address of the format.

    >>> recognise(Source('{"version": "https://jsonfeed.org/version/1.1", "items": []}'))
    'version jsonfeed.org'
    """
    stated = re.search(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/', source.head)
    return "version jsonfeed.org" if source.head.startswith("{") and stated else None


def read(source: Source, config: InputConfig) -> Reading:
    """The item's content, one block a line, and its metadata.

    Raises:
        DocumentError: ``bad_json``, ``too_deep``, ``no_text`` for a feed without items, ``several_documents``.
    """
    feed, replaced = load_object(source.text)
    items = [item for item in fields.as_list(feed.get("items")) if isinstance(item, Mapping)]
    if not items:
        raise DocumentError("no_text", "the feed has no items")
    if len(items) > 1:
        raise DocumentError("several_documents", f"the feed has {len(items)} items, which are read one by one from a whole file only")
    item = items[0]
    title = fields.as_text(item.get("title"))
    body, full = _content(item, title)
    pick = Picker()
    metadata = Metadata(
        title=pick("title", (title, "title")),
        guid=pick("guid", (fields.as_text(item.get("id")), "id")),
        canonical_url=pick("canonical_url", (fields.as_text(item.get("url")), "url")),
        published_at=pick("published_at", (fields.as_text(item.get("date_published")), "date_published")),
        modified_at=pick("modified_at", (fields.as_text(item.get("date_modified")), "date_modified")),
        byline=pick.first("byline", (fields.bylines(_authors(item)), "authors"), (fields.bylines(_authors(feed)), "feed authors")),
        publisher=pick("publisher", (fields.as_text(feed.get("title")), "feed title")),
        language=pick(
            "language",
            (fields.language_tag(fields.as_text(item.get("language"))), "language"),
            (fields.language_tag(fields.as_text(feed.get("language"))), "feed language"),
        ),
        keywords=pick.all("keywords", ((fields.as_text(tag) for tag in fields.as_list(item.get("tags"))), "tags")),
        item_type=pick("item_type", ("text", "format")),
        extra=fields.extra({key: item[key] for key in sorted(item) if key in ("external_url", "summary", "image", "attachments")}),
    )
    metadata = fields.with_body(metadata.with_values(metadata_sources=pick.sources), body.captions, body.byline, body.dateline, body.notes)
    return Reading(body.text, metadata, marks=() if full else ("stub",), replaced=replaced)


def _content(item: Mapping[str, Any], title: str | None) -> tuple[HtmlBody, bool]:
    markup, plain, summary = (item.get(key) for key in ("content_html", "content_text", "summary"))
    if isinstance(markup, str) and markup.strip():
        return parse_html_body(markup, title), True
    if isinstance(plain, str) and plain.strip():
        return HtmlBody(join_blocks([plain])), True
    return HtmlBody(join_blocks([summary]) if isinstance(summary, str) else ""), False


def _authors(element: Mapping[str, Any]) -> list[str | None]:
    entries = fields.as_list(element.get("authors")) or fields.as_list(element.get("author"))
    return [fields.as_text(e.get("name")) if isinstance(e, Mapping) else fields.as_text(e) for e in entries]
