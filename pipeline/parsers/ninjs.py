"""ninjs 1.x, 2.x and 3.x: news in JSON. Keys are matched without regard to case, since 3.x renamed them to camelCase."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields, nitf
from pipeline.parsers.html_body import HtmlBody, parse_html_body
from pipeline.parsers.jsontext import load_object
from pipeline.parsers.markup import parse_xml, root_name
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "is_item", "read", "recognise"]

NAME, VERSION = "ninjs", 2

_HINT = re.compile(
    r'"(?:versioncreated|ninjs|headlines|bodies|body_\w+|headline|eventdetails|pubstatus|renditions|standard)"', re.IGNORECASE
)
_BESIDE_GUID = frozenset(
    ("versioncreated", "pubstatus", "headline", "slugline", "urgency", "body_html", "body_xhtml", "body_text", "bodies")
)
_MAPPED = frozenset(
    (
        *(
            "uri",
            "guid",
            "source",
            "provider",
            "embargotime",
            "version",
            "versioncreated",
            "firstcreated",
            "contentcreated",
            "embargoed",
            "embargoeduntil",
            "pubstatus",
            "urgency",
        ),
        *("slugline", "headline", "headlines", "title", "byline", "by", "located", "language", "type", "usageterms", "copyrightholder"),
        *("copyrightnotice", "ednote", "keywords", "bodies", "descriptions"),
    )
)


def recognise(source: Source) -> str | None:
    """A JSON object with a ``uri`` and at least two other keys that only ninjs has.

    >>> recognise(Source('{"uri": "urn:x:1", "versioncreated": "2024-01-02T03:04:05Z", "headline": "H"}'))
    'JSON object with uri, versioncreated'
    """
    text = source.head
    if not text.startswith("{") or not ('"uri"' in source.text or '"guid"' in source.text) or not _HINT.search(source.text):
        return None
    try:
        item, _ = load_object(source.text)
    except DocumentError:
        return None  # the row parser says what is wrong with it
    return is_item(item)


def is_item(item: Mapping[str, Any]) -> str | None:
    """The evidence that a JSON object is a ninjs item, or None."""
    low = {key.lower() for key in item}
    if isinstance(item.get("guid"), str) and "versioncreated" in low and len(_BESIDE_GUID & low) >= 3:
        return "JSON object with guid, versioncreated and other keys of ninjs"
    if "uri" not in low or not isinstance(item.get("uri"), str):
        return None
    if _standard(item).lower().endswith("ninjs"):
        return "JSON object that names the standard ninjs"
    for key in ("versioncreated", "pubstatus", "eventdetails", "renditions", "bodies", "headlines"):
        if key in low:
            return f"JSON object with uri, {key}"
    if "version" in low and any(key.startswith("body_") for key in low):
        return "JSON object with uri, version and a body"
    return None


def read(source: Source, config: InputConfig) -> Reading:
    """Body and metadata of one item.

    Raises:
        DocumentError: ``bad_json``, ``not_an_object``, ``too_deep``, or a code of the body's mark-up.
    """
    item, replaced = load_object(source.text)
    low = {key.lower(): item[key] for key in sorted(item, reverse=True)}
    pick = Picker()
    metadata = _metadata(pick, low)
    body, tool = _body(low, metadata.title)
    marks: tuple[str, ...] = ()
    if not body.text and metadata.item_type in ("text", None) and (lead := _description(low)):
        # A text of which only the summary was sent.
        body, tool, marks = HtmlBody(lead), "description", ("stub",)
    # A composite with a body of its own is a story with what goes with it; as delivered its type stays in `extra`.
    kind = "text" if metadata.item_type == "composite" and body.text else metadata.item_type
    captions = pick.all("captions", (_associated_captions(low), "associations"))
    metadata = metadata.with_values(item_type=kind, captions=captions, extra=_extra(low), metadata_sources=pick.sources)
    metadata = fields.with_body(metadata, body.captions, body.byline, body.dateline, body.notes)
    return Reading(body.text, metadata, tool=tool, marks=marks, replaced=replaced)


def _metadata(pick: Picker, item: Mapping[str, Any]) -> Metadata:
    def text(*names: str) -> list[tuple[str | None, str]]:
        return [(fields.as_text(item.get(name)), name) for name in names]

    sources = [(_named(item.get(name)), name) for name in ("infosources", "infosource")]
    created = fields.as_text(item.get("versioncreated"))
    marker = _marker(item)
    return Metadata(
        title=pick("title", (_main(item.get("headlines")), "headlines"), *text("headline", "title")),
        language=pick("language", (fields.language_tag(fields.as_text(item.get("language"))), "language")),
        guid=pick("guid", *text("uri", "guid")),
        version=pick("version", *text("version")),
        version_marker=pick("version_marker", marker),
        published_at=pick(
            "published_at",
            *text("firstcreated"),
            (fields.first_created(None, created, fields.as_text(item.get("version"))), "versioncreated"),
        ),
        modified_at=pick("modified_at", (created, "versioncreated")),
        embargoed_until=pick("embargoed_until", *text("embargoeduntil", "embargoed", "embargotime")),
        pubstatus=pick(
            "pubstatus",
            ("canceled" if marker[0] in ("KILL", "WITHDRAWN") else None, marker[1]),
            (fields.pubstatus(fields.as_text(item.get("pubstatus"))), "pubstatus"),
            ("usable", "default"),
        ),
        urgency=pick("urgency", (fields.urgency(item.get("urgency")), "urgency")),
        slugline=pick("slugline", *text("slugline")),
        byline=pick.first("byline", *((fields.bylines(_texts(item.get(name))), name) for name in ("byline", "by"))),
        dateline=pick("dateline", *text("dateline", "located")),
        creditline=pick("creditline", *text("creditline"), *sources),
        publisher=pick("publisher", *text("provider", "source"), *sources),
        usage_terms=pick("usage_terms", *text("usageterms"), (_usage_terms(item.get("rightsinfo")), "rightsinfo")),
        copyright_holder=pick("copyright_holder", *text("copyrightholder")),
        rights_notices=pick.all("rights_notices", (_texts(item.get("copyrightnotice")), "copyrightnotice")),
        editor_notes=pick.all("editor_notes", (_texts(item.get("ednote")), "ednote")),
        keywords=pick.all(
            "keywords", (_texts(item.get("keywords")), "keywords"), *((_names(item.get(name)), name) for name in ("subjects", "subject"))
        ),
        section=pick("section", *((_named(item.get(name)), name) for name in ("genres", "genre"))),
        item_type=pick(
            "item_type",
            (fields.item_type(fields.as_text(item.get("type"))), "type"),
            ("event" if "eventdetails" in item else None, "eventdetails"),
        ),
    )


def _marker(item: Mapping[str, Any]) -> tuple[str | None, str]:
    """What the item does to the version before it, as its signals or its editorial role say, which agencies add to the standard."""
    for name in ("signals", "signal", "editorialrole", "editorialtypes"):
        for code in _texts(item.get(name)) + [
            fields.as_text(e.get("code")) for e in fields.as_list(item.get(name)) if isinstance(e, Mapping)
        ]:
            if marker := fields.version_marker(code):
                return marker, name
    return None, ""


def _usage_terms(rights: Any) -> str | None:
    """The terms of use inside an object of rights, under whichever of its usual names."""
    if not isinstance(rights, Mapping):
        return None
    low = {key.lower(): value for key, value in rights.items()}
    return fields.as_text(low.get("usageterms"))


def _body(item: Mapping[str, Any], title: str | None) -> tuple[HtmlBody, str | None]:
    """The richest body: HTML keeps paragraphs that the plain form often lost, and NITF keeps the lead."""
    candidates: list[tuple[int, str, str]] = []
    for body in fields.as_list(item.get("bodies")):
        low = {key.lower(): value for key, value in body.items()} if isinstance(body, Mapping) else {}
        value = low.get("value")
        if isinstance(value, str):
            candidates.append((*_body_kind(f"{low.get('role', '')} {low.get('contenttype', '')}", value), value))
    for key in sorted(item):
        value = item[key]
        if key.startswith("body_") and isinstance(value, str):
            candidates.append((*_body_kind(key[5:], value), value))
    for _, kind, value in sorted(candidates, key=lambda candidate: candidate[0]):
        found = _read_body(kind, value, title)
        if found.text:
            return found, f"{kind} body"
    return HtmlBody(""), None


def _body_kind(said: str, value: str) -> tuple[int, str]:
    """Rank and kind of a body by what its role and content type say, and by its value where they say nothing."""
    said = said.lower()
    if "html" in said or (not said.strip() and re.search(r"<p[\s>]", value)):
        return 0, "html"
    if "nitf" in said and (root_name(value[:4096]) or "").lower() == "nitf":
        return 1, "nitf"
    if "xml" in said or value.lstrip().startswith("<"):
        return 3, "html"
    return 2, "text"


def _read_body(kind: str, value: str, title: str | None) -> HtmlBody:
    if kind == "nitf":
        reading = nitf.body_reading(parse_xml(value))
        inner = reading.metadata
        return HtmlBody(reading.text, inner.captions, inner.byline, inner.dateline, inner.editor_notes)
    if kind == "html":
        return parse_html_body(value, title)
    lines = join_blocks(unwrap(value)).split("\n")
    return HtmlBody("\n".join(lines[1:] if title and lines[0] == title else lines))


def _associated_captions(item: Mapping[str, Any]) -> list[str | None]:
    captions = []
    for entry in fields.as_list(item.get("associations")):
        if isinstance(entry, Mapping) and fields.item_type(fields.as_text(entry.get("type"))) in ("picture", "graphic", "video"):
            captions.append(_description(entry))
    return captions


def _description(item: Mapping[str, Any]) -> str | None:
    return fields.as_text(item.get("description_text")) or _main(item.get("descriptions"))


def _extra(item: Mapping[str, Any]) -> str | None:
    composite = fields.item_type(fields.as_text(item.get("type"))) == "composite"
    kept = {k: v for k, v in item.items() if (k not in _MAPPED and not k.startswith("body_")) or (k == "type" and composite)}
    return fields.extra(kept)


def _main(values: Any) -> str | None:
    """The value whose role is main, else the first."""
    entries = [e for e in fields.as_list(values) if isinstance(e, Mapping) and fields.as_text(e.get("value"))]
    entries.sort(key=lambda e: fields.as_text(e.get("role")) not in ("main", None))
    return fields.as_text(entries[0].get("value")) if entries else None


def _texts(value: Any) -> list[str | None]:
    entries = value if isinstance(value, list) else [value]
    return [
        fields.as_text(e.get("name") or e.get("value") or e.get("by")) if isinstance(e, Mapping) else fields.as_text(e) for e in entries
    ]


def _names(value: Any) -> list[str | None]:
    return [fields.as_text(e.get("name")) for e in fields.as_list(value) if isinstance(e, Mapping)]


def _named(value: Any) -> str | None:
    return next((name for name in _names(value) if name), None)


def _standard(item: Mapping[str, Any]) -> str:
    standard = item.get("standard", item.get("$standard"))
    return str(standard.get("name", "")) if isinstance(standard, Mapping) else ""
