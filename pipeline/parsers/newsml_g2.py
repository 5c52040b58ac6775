"""NewsML-G2 items: news items with their text inside as NITF or XHTML, and items that are not text.

Packages and messages that carry several items are taken apart by `members` before they come here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lxml import etree

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields, nitf
from pipeline.parsers.htmlbody import read_html_body
from pipeline.parsers.markup import blocks, child, children, local, parse_xml, root_name, text_of
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.records import Metadata

__all__ = ["ITEMS", "NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "newsml-g2", 1

ITEMS = frozenset(("newsitem", "packageitem", "conceptitem", "knowledgeitem", "planningitem", "catalogitem"))
_ROOTS = ITEMS | {"newsmessage", "contentset"}
_NAMESPACE = "http://iptc.org/std/nar/"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TYPES = {
    "packageitem": "composite",
    "conceptitem": "concept",
    "knowledgeitem": "concept",
    "planningitem": "planning",
    "catalogitem": "concept",
}


def recognise(source: Source) -> str | None:
    """Recognised by its root element and the NAR namespace or the standard's name.

    >>> recognise(Source('<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="a">'))
    'root element newsItem'
    """
    name = root_name(source.head)
    if name is None or name.lower() not in _ROOTS:
        return None
    return f"root element {name}" if _NAMESPACE in source.head or "NewsML-G2" in source.head or "guid=" in source.head else None


def read(source: Source, config: InputConfig) -> Reading:
    """The body, one block a line, and the metadata of the item.

    Raises:
        DocumentError: ``bad_xml``, ``xml_entities``, ``too_deep``, ``too_large``, ``no_text`` for a message without an item.
    """
    root = parse_xml(source.text)
    if local(root) in ITEMS:
        return _read_item(root)
    items = [element for element in root.iter() if local(element) in ITEMS and _is_item(element)]
    if items:
        return _read_item(items[0])
    raise DocumentError("no_text", f"the {local(root)} element carries no item")


def _is_item(element: etree._Element) -> bool:
    return element.get("guid") is not None


def _read_item(item: etree._Element) -> Reading:
    meta, content = child(item, "itemmeta"), child(item, "contentmeta")
    metadata = _item_fields(item, meta, content)
    metadata = _content_fields(metadata, content)
    return _with_body(item, metadata)


def _item_fields(item: etree._Element, meta: etree._Element | None, content: etree._Element | None) -> Metadata:
    rights = list(children(item, "rightsinfo"))
    provider = child(meta, "provider")
    status, kind = child(meta, "pubstatus"), child(meta, "itemclass")
    return Metadata(
        guid=fields.as_text(item.get("guid")),
        version=fields.as_text(item.get("version")),
        language=fields.language_tag(_language(item, content)),
        published_at=fields.first_created(
            text_of(child(meta, "firstcreated")), text_of(child(meta, "versioncreated")), fields.as_text(item.get("version"))
        ),
        published_hints=fields.texts([text_of(child(content, "contentcreated"))]),
        modified_at=text_of(child(meta, "versioncreated")),
        embargoed_until=text_of(child(meta, "embargoed")),
        pubstatus=fields.pubstatus(_code(status)) or "usable",
        publisher=_named(provider),
        item_type=_TYPES.get(local(item)) or fields.item_type(_code(kind)),
        title=text_of(child(meta, "title")),
        editor_notes=fields.texts(text_of(note) for note in children(meta, "ednote")),
        usage_terms=_joined(text_of(t) for r in rights for t in children(r, "usageterms")),
        copyright_holder=next((n for r in rights for h in children(r, "copyrightholder") if (n := _named(h))), None),
        rights_notices=fields.texts(text_of(n) for r in rights for n in children(r, "copyrightnotice")),
    )


def _content_fields(metadata: Metadata, content: etree._Element | None) -> Metadata:
    if content is None:
        return metadata
    subjects = [_named(s) for s in children(content, "subject")]
    by = [text_of(b) for b in children(content, "by")] or [_named(c) for c in children(content, "creator")]
    return replace(
        metadata,
        urgency=fields.urgency(text_of(child(content, "urgency"))),
        title=_headline(content) or metadata.title,
        slugline=text_of(child(content, "slugline")),
        byline=fields.bylines(by),
        dateline=text_of(child(content, "dateline")),
        creditline=text_of(child(content, "creditline")),
        keywords=fields.texts([*(text_of(k) for k in children(content, "keyword")), *subjects]),
        section=next((n for g in children(content, "genre") if (n := _named(g))), None),
    )


def _with_body(item: etree._Element, metadata: Metadata) -> Reading:
    content = child(item, "contentset")
    captions = [text_of(d) for d in children(item, "contentmeta", "description") if _role(d) == "caption"]
    metadata = replace(metadata, captions=fields.texts(captions))
    inline = child(content, "inlinexml")
    if inline is not None and len(inline):
        inner = inline[0]
        if local(inner) == "nitf":
            body = nitf.body_reading(inner)
            return Reading(body.text, _filled(metadata, body.metadata), tool="nitf")
        page = read_html_body(inner, metadata.title)
        return Reading(page.text, replace(metadata, captions=fields.texts([*metadata.captions, *page.captions])), tool="xhtml")
    data = child(content, "inlinedata")
    if data is not None and (data.get("contenttype") or "text/plain").lower().startswith("text/"):
        return Reading(join_blocks("".join(data.itertext()).split("\n")), metadata, tool="inlineData")
    if metadata.item_type in (None, "text") and inline is not None:
        return Reading(join_blocks(blocks(inline)), metadata)
    return Reading("", metadata)


def _filled(metadata: Metadata, inner: Metadata) -> Metadata:
    # The item speaks first; NITF inside fills what it left open.
    updates = {name: getattr(inner, name) for name in Metadata.__slots__ if getattr(metadata, name) in (None, ()) and getattr(inner, name)}
    if inner.byline:
        updates["byline"] = inner.byline
    return replace(metadata, **updates)


def _headline(content: etree._Element) -> str | None:
    ranked = sorted(
        ((_rank(h), order, text) for order, h in enumerate(children(content, "headline")) if (text := text_of(h))),
    )
    return ranked[0][2] if ranked else None


def _rank(headline: etree._Element) -> int:
    role = _role(headline)
    return 0 if role in (None, "main", "headline", "title") else 1


def _role(element: etree._Element) -> str | None:
    bare = fields.bare_code(element.get("role"))
    return bare.lower() if bare else None


def _code(element: etree._Element | None) -> str | None:
    if element is None:
        return None
    code = element.get("qcode") or element.get("uri") or element.get("literal")
    return str(code) if code else None


def _named(element: etree._Element | None) -> str | None:
    if element is None:
        return None
    literal = element.get("literal")
    return text_of(child(element, "name")) or (str(literal) if literal else None) or fields.bare_code(element.get("qcode"))


def _language(item: etree._Element, content: etree._Element | None) -> str | None:
    stated = child(content, "language")
    tag = stated.get("tag") if stated is not None else None
    if tag:
        return str(tag)
    value = item.get(_XML_LANG)
    return str(value) if value else None


def _joined(values: Iterable[str | None]) -> str | None:
    return " ".join(fields.texts(values)) or None
