"""NITF 3.x, with and without namespace: elements are matched by local name."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.markup import blocks, child, children, local, parse_xml, root_name, text_of
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "body_reading", "read", "recognise"]

NAME, VERSION = "nitf", 1

_NOT_BODY = frozenset(("media", "ednote", "fn", "body.head", "body.end"))


def recognise(source: Source) -> str | None:
    """Recognised by its root element.

    >>> recognise(Source('<?xml version="1.0"?><nitf version="-//IPTC//DTD NITF 3.6//EN">'))
    'root element nitf'
    """
    return "root element nitf" if (root_name(source.head) or "").lower() == "nitf" else None


def read(source: Source, config: InputConfig) -> Reading:
    """Body paragraphs, one a line, and the metadata of head and body.head.

    Raises:
        DocumentError: ``bad_xml``, ``xml_entities``, ``too_deep``, ``too_large``.
    """
    return body_reading(parse_xml(source.text))


def body_reading(root: etree._Element) -> Reading:
    """The reading of an ``nitf`` element, also one that another format carries."""
    head, body = child(root, "head"), child(root, "body")
    content = child(body, "body.content")
    if body is None:
        raise DocumentError("no_text", "the NITF document has no body element")
    text = join_blocks(blocks(content, _NOT_BODY)) if content is not None else join_blocks(blocks(body, _NOT_BODY))
    return Reading(text, _with_body_head(_docdata(root, head), body), tool=None)


def _docdata(root: etree._Element, head: etree._Element | None) -> Metadata:
    data = child(head, "docdata")
    issued, released = child(data, "date.issue"), child(data, "date.release")
    key, holder = child(data, "du-key"), child(data, "doc.copyright")
    metas = [(m.get("name", "").lower(), m.get("content", "")) for m in children(head, "meta")]
    wanted = dict(reversed(metas))
    editor = child(data, "ed-msg")
    rights = child(data, "doc.rights")
    keywords = [k.get("key") for k in children(data, "key-list", "keyword")]
    subjects = [_subject(s) for s in children(head, "tobject", "tobject.subject")]
    return Metadata(
        title=text_of(child(head, "title")),
        language=fields.language_tag(root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("lang")),
        guid=fields.as_text(_attribute(child(data, "doc-id"), "id-string")),
        version=fields.as_text(_attribute(key, "version")),
        published_at=_attribute(issued, "norm") or text_of(issued),
        embargoed_until=_attribute(released, "norm"),
        pubstatus=fields.pubstatus(_attribute(data, "management-status")) if data is not None else None,
        urgency=fields.urgency(_attribute(child(data, "urgency"), "ed-urg")),
        slugline=fields.as_text(wanted.get("anpa-keyword")) or fields.as_text(_attribute(key, "key")),
        copyright_holder=fields.as_text(_attribute(holder, "holder")),
        usage_terms=fields.as_text(_attribute(rights, "owner")) if text_of(rights) is None else text_of(rights),
        editor_notes=fields.texts([_attribute(editor, "info"), text_of(editor)]),
        keywords=fields.texts([*keywords, *subjects]),
        section=fields.as_text(_attribute(child(data, "fixture"), "fix-id")),
        item_type="text",
    )


def _with_body_head(metadata: Metadata, body: etree._Element) -> Metadata:
    head = child(body, "body.head")
    rights = child(head, "rights")
    headline = text_of(child(head, "hedline", "hl1")) or text_of(child(head, "headline", "hl1"))
    captions = [text_of(c) for m in body.iter() if local(m) == "media" for c in m.iter() if local(c) == "media-caption"]
    notes = [text_of(note) for note in children(head, "note") if note.get("type", "std") in ("pa", "npa")]
    return replace(
        metadata,
        title=headline or metadata.title,
        byline=fields.bylines(text_of(b) for b in children(head, "byline")),
        dateline=text_of(child(head, "dateline")),
        creditline=text_of(child(head, "distributor")),
        publisher=text_of(child(head, "distributor")),
        copyright_holder=metadata.copyright_holder or text_of(child(rights, "rights.owner")),
        rights_notices=fields.texts([text_of(rights)]),
        captions=fields.texts(captions),
        editor_notes=fields.texts([*metadata.editor_notes, *notes]),
    )


def _subject(element: etree._Element) -> str | None:
    for name in ("tobject.subject.detail", "tobject.subject.matter", "tobject.subject.type"):
        if element.get(name):
            return str(element.get(name))
    return None


def _attribute(element: etree._Element | None, name: str) -> str | None:
    value = None if element is None else element.get(name)
    return str(value) if value else None
