"""JSON of AP's content interface: an item inside ``data.item``, with its text as NITF or HTML beside or inside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields, nitf
from pipeline.parsers.html_body import HtmlBody, parse_html_body
from pipeline.parsers.jsontext import load_object
from pipeline.parsers.markup import parse_xml, root_name
from pipeline.parsers.source import Reading, Source
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "ap-json", 2

_MAPPED = frozenset(
    (
        *("altids", "uri", "type", "version", "versioncreated", "firstcreated", "embargoed", "pubstatus", "urgency", "editorialpriority"),
        *("slugline", "headline", "title", "bylines", "byline", "located", "datelinelocation", "language", "usageterms", "copyrightholder"),
        *("copyrightnotice", "ednote", "keywords", "description_caption", "description_creditline", "provider", "body_nitf", "body_html"),
        *("body_xhtml", "nitf"),
    )
)


def recognise(source: Source) -> str | None:
    """A JSON object with ``data.item`` or with an ``altids.itemid`` that a record sequence number goes with.

    >>> recognise(Source('{"api_version": "1.1", "data": {"item": {"uri": "x", "altids": {"itemid": "0f"}}}}'))
    'JSON object with data.item'
    """
    if not source.head.startswith("{") or not ('"altids"' in source.text or '"api_version"' in source.text):
        return None
    try:
        value, _ = load_object(source.text)
    except DocumentError:
        return None  # the row parser says what is wrong with it
    return _evidence(value)


def _evidence(value: Mapping[str, Any]) -> str | None:
    data = value.get("data")
    if isinstance(data, Mapping) and isinstance(data.get("item"), Mapping) and ("altids" in data["item"] or "api_version" in value):
        return "JSON object with data.item"
    altids = value.get("altids")
    if isinstance(altids, Mapping) and "itemid" in altids and any(key.lower() == "recordsequencenumber" for key in altids):
        return "JSON object with altids.itemid and a record sequence number"
    return None


def read(source: Source, config: InputConfig) -> Reading:
    """The text, one block a line, and the item's metadata.

    Raises:
        DocumentError: ``bad_json``, ``too_deep``, or a code of the text's mark-up.
    """
    whole, replaced = load_object(source.text)
    data = whole.get("data")
    item = data["item"] if isinstance(data, Mapping) and isinstance(data.get("item"), Mapping) else whole
    pick = Picker()
    metadata = _metadata(pick, item)
    body = _body(item, whole, metadata.title)
    captions = pick.all("captions", ([fields.as_text(item.get("description_caption"))], "description_caption"))
    extra = fields.extra({key: item[key] for key in sorted(item) if key not in _MAPPED or key == "altids"})
    metadata = metadata.with_values(captions=captions, extra=extra, metadata_sources=pick.sources)
    metadata = fields.with_body(metadata, body.captions, body.byline, body.dateline, body.notes)
    return Reading(body.text, metadata, replaced=replaced)


def _metadata(pick: Picker, item: Mapping[str, Any]) -> Metadata:
    altids = item.get("altids") if isinstance(item.get("altids"), Mapping) else {}
    ids = {key.lower(): fields.as_text(value) for key, value in (altids or {}).items()}

    def text(*names: str) -> list[tuple[str | None, str]]:
        return [(fields.as_text(item.get(name)), name) for name in names]

    number = ids.get("recordsequencenumber")
    version = pick("version", (number, "altids.recordsequencenumber"), *text("version"))
    created = fields.as_text(item.get("versioncreated"))
    kinds = fields.as_list(item.get("editorialtypes")) + fields.as_list(item.get("signals"))
    marker = next((found for kind in kinds if (found := fields.version_marker(fields.as_text(kind)))), None)
    return Metadata(
        title=pick("title", *text("headline", "title")),
        guid=pick("guid", (ids.get("itemid"), "altids.itemid"), *text("uri")),
        version=version,
        version_marker=pick("version_marker", (marker, "editorialtypes")),
        published_at=pick("published_at", *text("firstcreated"), (fields.first_created(None, created, version), "versioncreated")),
        modified_at=pick("modified_at", (created, "versioncreated")),
        embargoed_until=pick("embargoed_until", *text("embargoed")),
        pubstatus=pick(
            "pubstatus",
            ("canceled" if marker in ("KILL", "WITHDRAWN") else None, "editorialtypes"),
            (fields.pubstatus(fields.as_text(item.get("pubstatus"))), "pubstatus"),
            ("usable", "default"),
        ),
        urgency=pick("urgency", *((fields.urgency(item.get(name)), name) for name in ("urgency", "editorialpriority"))),
        slugline=pick("slugline", *text("slugline", "title")),
        byline=pick.first(
            "byline", *((fields.bylines(_by(entry) for entry in fields.as_list(item.get(name))), name) for name in ("bylines", "byline"))
        ),
        dateline=pick("dateline", *text("located"), (_place(item.get("datelinelocation")), "datelinelocation")),
        creditline=pick("creditline", *text("description_creditline")),
        publisher=pick("publisher", *text("provider"), ("AP", "format")),
        usage_terms=pick(
            "usage_terms", (" ".join(fields.texts(fields.as_text(term) for term in fields.as_list(item.get("usageterms")))), "usageterms")
        ),
        copyright_holder=pick("copyright_holder", *text("copyrightholder")),
        rights_notices=pick.all("rights_notices", (_texts(item.get("copyrightnotice")), "copyrightnotice")),
        editor_notes=pick.all("editor_notes", (_texts(item.get("ednote")), "ednote")),
        keywords=pick.all("keywords", (_names(item.get("keywords")), "keywords"), (_names(item.get("subject")), "subject")),
        language=pick("language", (fields.language_tag(fields.as_text(item.get("language"))), "language")),
        item_type=pick("item_type", (fields.item_type(fields.as_text(item.get("type"))), "type")),
    )


def _texts(value: Any) -> list[str | None]:
    return [fields.as_text(entry) for entry in fields.as_list(value)]


def _body(item: Mapping[str, Any], whole: Mapping[str, Any], title: str | None) -> HtmlBody:
    for holder in (item, whole):
        for key in ("body_nitf", "nitf", "body_xhtml", "body_html"):
            value = holder.get(key)
            if isinstance(value, Mapping):
                value = value.get("body_html") or value.get("content") or value.get("value")
            if isinstance(value, str) and value.strip():
                return _read_body(value, title)
    return HtmlBody("")


def _read_body(value: str, title: str | None) -> HtmlBody:
    if (root_name(value[:4096]) or "").lower() != "nitf":
        return parse_html_body(value, title)
    reading = nitf.body_reading(parse_xml(value))
    inner = reading.metadata
    return HtmlBody(reading.text, inner.captions, inner.byline, inner.dateline, inner.editor_notes)


def _by(entry: Any) -> str | None:
    if not isinstance(entry, Mapping):
        return fields.as_text(entry)
    return fields.as_text(entry.get("by")) or fields.as_text(entry.get("name"))


def _place(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return None
    return ", ".join(fields.texts(fields.as_text(value.get(key)) for key in ("city", "countryareaname", "countryname"))) or None


def _names(value: Any) -> list[str | None]:
    return [fields.as_text(e.get("name")) if isinstance(e, Mapping) else fields.as_text(e) for e in fields.as_list(value)]
