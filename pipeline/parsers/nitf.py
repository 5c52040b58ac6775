"""NITF 2.x and 3.x, with and without namespace: elements are matched by local name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.markup import blocks, child, children, local, parse_xml, root_name, text_of
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "body_reading", "fill", "read", "recognise"]

NAME, VERSION = "nitf", 2

_BESIDE = frozenset(("media", "media-caption", "body.head", "body.end", "nitf-table-metadata"))
_MESSAGES = (("kill", "KILL"), ("withdraw", "WITHDRAWN"), ("withhold", "WITHHOLD"), ("correct", "CORRECTION"), ("update", "UPDATE"))
"""What the kind of a message to editors holds, and the marker that stands for it."""

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def recognise(source: Source) -> str | None:
    """Recognised by its root element.

    >>> recognise(Source('<?xml version="1.0"?><nitf version="-//IPTC//DTD NITF 3.6//EN">'))
    'root element nitf'
    """
    return "root element nitf" if (root_name(source.head) or "").lower() == "nitf" else None


def read(source: Source, config: InputConfig) -> Reading:
    """Body paragraphs, one a line, and the metadata of head and body.head.

    Raises:
        DocumentError: ``bad_xml``, ``xml_entities``, ``too_deep``, ``too_large``, ``no_text`` without a body element.
    """
    return body_reading(parse_xml(source.text))


def body_reading(root: etree._Element) -> Reading:
    """The reading of an ``nitf`` element, also of one that another format carries.

    Raises:
        DocumentError: ``no_text`` without a body element.
    """
    head, body = child(root, "head"), child(root, "body")
    if body is None:
        raise DocumentError("no_text", "the NITF document has no body element")
    contents = list(children(body, "body.content")) or [body]
    text = join_blocks(block for content in contents for block in blocks(content, _is_beside))
    pick = Picker()
    metadata = _docdata(pick, root, head, body)
    metadata = _from_body(pick, metadata, body)
    return Reading(text, metadata.with_values(extra=_extra(head, body), metadata_sources=pick.sources))


def fill(metadata: Metadata, inner: Metadata) -> Metadata:
    """`metadata` of an envelope, with what it left open taken from the document inside."""
    updates = {}
    for name in Metadata.__slots__:
        if getattr(metadata, name) in (None, ()) and getattr(inner, name) not in (None, ()):
            updates[name] = getattr(inner, name)
    return replace(metadata, **updates)


def _is_beside(element: etree._Element, name: str) -> bool:
    return name in _BESIDE or (name == "note" and _is_note_to_editors(element))


def _is_note_to_editors(element: etree._Element) -> bool:
    return element.get("type") == "npa" or element.get("noteclass") in ("editorsnote", "hd")


def _docdata(pick: Picker, root: etree._Element, head: etree._Element | None, body: etree._Element) -> Metadata:
    data = child(head, "docdata")
    issued = child(data, "date.issue")
    key, editor, rights = child(data, "du-key"), child(data, "ed-msg"), child(data, "doc.rights")
    metas: dict[str, str] = {}
    for meta in children(head, "meta"):
        metas.setdefault((meta.get("name") or "").lower(), meta.get("content") or "")
    date = (_attribute(issued, "norm") or text_of(issued), "docdata/date.issue")
    stated = fields.pubstatus(_attribute(data, "management-status"))
    message = _message(editor)
    return Metadata(
        title=pick("title", (text_of(child(body, "body.head", "hedline", "hl1")), "hedline/hl1"), (text_of(child(head, "title")), "title")),
        language=pick("language", *_languages(root, metas, body)),
        guid=pick("guid", (fields.as_text(_attribute(child(data, "doc-id"), "id-string")), "docdata/doc-id/@id-string")),
        version=pick("version", (fields.as_text(_attribute(key, "version")), "docdata/du-key/@version")),
        published_at=pick("published_at", date),
        modified_at=pick("modified_at", date),
        embargoed_until=pick("embargoed_until", (_attribute(child(data, "date.release"), "norm"), "docdata/date.release")),
        pubstatus=pick(
            "pubstatus",
            ("canceled" if message in ("KILL", "WITHDRAWN") else None, "docdata/ed-msg/@msg-type"),
            (stated, "docdata/@management-status"),
            ("usable", "default"),
        ),
        urgency=pick("urgency", (fields.urgency(_attribute(child(data, "urgency"), "ed-urg")), "docdata/urgency/@ed-urg")),
        slugline=pick(
            "slugline",
            (fields.as_text(metas.get("anpa-keyword")), "meta anpa-keyword"),
            (fields.as_text(_attribute(key, "key")), "docdata/du-key/@key"),
        ),
        version_marker=pick(
            "version_marker", (message, "docdata/ed-msg/@msg-type"), (fields.as_text(metas.get("anpa-takekey")), "meta anpa-takekey")
        ),
        copyright_holder=pick(
            "copyright_holder",
            (fields.as_text(_attribute(child(data, "doc.copyright"), "holder")), "docdata/doc.copyright/@holder"),
            (text_of(child(body, "body.head", "rights", "rights.owner")), "body.head/rights/rights.owner"),
        ),
        usage_terms=pick("usage_terms", (text_of(rights) or fields.as_text(_attribute(rights, "info")), "docdata/doc.rights")),
        editor_notes=fields.texts([_attribute(editor, "info"), text_of(editor)]),
        keywords=pick.all(
            "keywords",
            ((k.get("key") for k in children(data, "key-list", "keyword")), "docdata/key-list/keyword"),
            ((_subject(s) for s in children(head, "tobject", "tobject.subject")), "tobject/tobject.subject"),
        ),
        section=pick("section", (fields.as_text(_attribute(child(data, "fixture"), "fix-id")), "docdata/fixture/@fix-id")),
        item_type=pick("item_type", ("text", "format")),
    )


def _languages(root: etree._Element, metas: Mapping[str, str], body: etree._Element) -> Iterator[tuple[str | None, str]]:
    yield fields.language_tag(root.get(_XML_LANG) or root.get("lang")), "@xml:lang"
    yield fields.language_tag(metas.get("language") or metas.get("lang")), "meta language"
    yield fields.language_tag(body.get(_XML_LANG) or body.get("lang")), "body/@xml:lang"


def _message(editor: etree._Element | None) -> str | None:
    """What a message to editors does to the version before it."""
    kind = (_attribute(editor, "msg-type") or "").lower()
    return next((marker for sign, marker in _MESSAGES if sign in kind), None)


def _from_body(pick: Picker, metadata: Metadata, body: etree._Element) -> Metadata:
    head = child(body, "body.head")
    rights = child(head, "rights")
    notes = [text_of(n) for n in body.iter() if local(n) == "note" and (_is_note_to_editors(n) or local(n.getparent()) == "body.head")]
    distributor = (text_of(child(head, "distributor")), "body.head/distributor")
    return replace(
        metadata,
        byline=pick.first("byline", (fields.bylines(_byline(b) for b in children(head, "byline")), "body.head/byline")),
        contributors=pick.all("contributors", ((text_of(t) for t in children(body, "body.end", "tagline")), "body.end/tagline")),
        dateline=pick("dateline", (text_of(child(head, "dateline")), "body.head/dateline")),
        creditline=pick("creditline", distributor),
        publisher=pick("publisher", distributor),
        rights_notices=pick.all("rights_notices", ([text_of(rights)], "body.head/rights")),
        captions=pick.all("captions", ((text_of(c) for c in body.iter() if local(c) == "media-caption"), "media/media-caption")),
        editor_notes=pick.all("editor_notes", (metadata.editor_notes, "docdata/ed-msg"), (notes, "note")),
    )


def _byline(element: etree._Element) -> str | None:
    """Name and role with a comma between, which some agencies print and others leave to the style sheet."""
    roles = [e for e in element.iter() if local(e) == "byttl"]
    names = join_blocks(blocks(element, lambda _, name: name == "byttl")).replace("\n", " ").strip(" ,")
    return ", ".join(fields.texts([names, *(text_of(role) for role in roles)])) or None


def _subject(element: etree._Element) -> str | None:
    for name in ("tobject.subject.detail", "tobject.subject.matter", "tobject.subject.type"):
        if element.get(name):
            return str(element.get(name))
    return None


def _extra(head: etree._Element | None, body: etree._Element) -> str | None:
    data = child(head, "docdata")
    inner = child(body, "body.head")
    return fields.extra(
        {
            "abstract": join_blocks(blocks(abstract)) if (abstract := child(inner, "abstract")) is not None else None,
            "subheadline": text_of(child(inner, "hedline", "hl2")),
            "places": [dict(sorted(e.attrib.items())) for e in children(data, "evloc")],
            "subjects": [dict(sorted(s.attrib.items())) for s in children(head, "tobject", "tobject.subject")],
            "altids": list(fields.texts(_other_ids(data))),
            "associations": [str(r.get("source")) for r in body.iter() if local(r) == "media-reference" and r.get("source")],
            "expires": _attribute(child(data, "date.expire"), "norm"),
            "series": dict(sorted(series.attrib.items())) if (series := child(data, "series")) is not None else None,
        }
    )


def _other_ids(data: etree._Element | None) -> list[str | None]:
    """Every document id after the first."""
    return [_attribute(e, "id-string") for e in list(children(data, "doc-id"))[1:]]


def _attribute(element: etree._Element | None, name: str) -> str | None:
    value = None if element is None else element.get(name)
    return str(value).strip() or None if value else None
