"""NewsML-G2 items: news items with their text inside as NITF, XHTML or plain text, and items that are not text.

Messages that carry several items are taken apart by `members` before they come here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from lxml import etree

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields, nitf
from pipeline.parsers.html_body import HtmlBody, parse_html_body, read_html_body
from pipeline.parsers.markup import child, children, local, parse_xml, root_name, text_of
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.parsers.sources import Picker, add_sources
from pipeline.records import Metadata

__all__ = ["ITEMS", "NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "newsml-g2", 2

ITEMS = frozenset(("newsitem", "packageitem", "conceptitem", "knowledgeitem", "planningitem", "catalogitem"))
_ROOTS = ITEMS | {"newsmessage", "itemset", "contentset"}
_NAMESPACE = "iptc.org/std/nar/"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TYPES = {
    "packageitem": "composite",
    "conceptitem": "concept",
    "knowledgeitem": "concept",
    "planningitem": "planning",
    "catalogitem": "concept",
}


def recognise(source: Source) -> str | None:
    """Recognised by its root element together with the NAR namespace, the standard's name or a guid.

    >>> recognise(Source('<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="a">'))
    'root element newsItem'
    """
    name = root_name(source.head)
    if name is None or name.lower() not in _ROOTS:
        return None
    return f"root element {name}" if any(sign in source.head for sign in (_NAMESPACE, "NewsML-G2", "guid=", "<inlineXML")) else None


def read(source: Source, config: InputConfig) -> Reading:
    """The body, one block a line, and the metadata of the item.

    Raises:
        DocumentError: ``bad_xml``, ``xml_entities``, ``too_deep``, ``too_large``, ``no_text`` for a message without an item.
    """
    root = parse_xml(source.text)
    if local(root) == "contentset":  # the content alone, as archives cut it out
        around = etree.Element("newsItem")
        around.append(root)
        root = around
    items = [root] if local(root) in ITEMS else [e for e in root.iter() if local(e) in ITEMS]
    item = next((e for e in items if e.get("guid") is not None), items[0] if items else None)
    if item is None:
        raise DocumentError("no_text", f"the {local(root)} element carries no item")
    meta, content = child(item, "itemmeta"), child(item, "contentmeta")
    pick = Picker()
    metadata = _content_fields(pick, _item_fields(pick, item, meta, content), meta, content, item.get(_XML_LANG))
    return _with_body(item, metadata.with_values(extra=_extra(item, meta, content), metadata_sources=pick.sources))


def _item_fields(pick: Picker, item: etree._Element, meta: etree._Element | None, content: etree._Element | None) -> Metadata:
    rights = list(children(item, "rightsinfo"))
    created, version = text_of(child(meta, "versioncreated")), fields.as_text(item.get("version"))
    first = text_of(child(meta, "firstcreated"))
    signal, note = _signal(meta)
    stated = child(content, "language")
    return Metadata(
        guid=pick("guid", (fields.as_text(item.get("guid")), "@guid")),
        version=pick("version", (version, "@version")),
        version_marker=pick("version_marker", (signal, "itemMeta/signal"), (note, "itemMeta/edNote/@role")),
        language=pick(
            "language",
            (fields.language_tag(stated.get("tag") if stated is not None else None), "contentMeta/language"),
            (fields.language_tag(item.get(_XML_LANG)), "@xml:lang"),
        ),
        published_at=pick(
            "published_at",
            (first, "itemMeta/firstCreated"),
            (fields.first_created(None, created, version), "itemMeta/versionCreated"),
        ),
        published_hints=pick.all("published_hints", ([text_of(child(content, "contentcreated"))], "contentMeta/contentCreated")),
        modified_at=pick("modified_at", (created, "itemMeta/versionCreated")),
        embargoed_until=pick("embargoed_until", (text_of(child(meta, "embargoed")), "itemMeta/embargoed")),
        pubstatus=_status(pick, meta, signal),
        publisher=pick("publisher", (_named(child(meta, "provider")), "itemMeta/provider")),
        item_type=pick(
            "item_type",
            (_TYPES.get(local(item)), "root element"),
            (fields.item_type(_code(child(meta, "itemclass"))), "itemMeta/itemClass"),
        ),
        editor_notes=pick.all("editor_notes", ((text_of(note) for note in children(meta, "ednote")), "itemMeta/edNote")),
        usage_terms=pick("usage_terms", (_joined(text_of(t) for r in rights for t in children(r, "usageterms")), "rightsInfo/usageTerms")),
        copyright_holder=pick(
            "copyright_holder",
            (next((n for r in rights for h in children(r, "copyrightholder") if (n := _named(h))), None), "rightsInfo/copyrightHolder"),
        ),
        rights_notices=pick.all(
            "rights_notices", ((text_of(n) for r in rights for n in children(r, "copyrightnotice")), "rightsInfo/copyrightNotice")
        ),
    )


def _signal(meta: etree._Element | None) -> tuple[str | None, str | None]:
    """What the item does to the version before it, as its signals and the roles of its notes to editors say."""
    signals = (fields.version_marker(_code(s)) for s in children(meta, "signal"))
    roles = (fields.version_marker(note.get("role")) for note in children(meta, "ednote"))
    return next((marker for marker in signals if marker), None), next((marker for marker in roles if marker), None)


def _status(pick: Picker, meta: etree._Element | None, signal: str | None) -> str | None:
    return pick(
        "pubstatus",
        ("canceled" if signal in ("KILL", "WITHDRAWN") else None, "itemMeta/signal"),
        (fields.pubstatus(_code(child(meta, "pubstatus"))), "itemMeta/pubStatus"),
        ("usable", "default"),
    )


def _content_fields(
    pick: Picker, metadata: Metadata, meta: etree._Element | None, content: etree._Element | None, language: str | None
) -> Metadata:
    subjects = [_named(s) for s in children(content, "subject")]
    return replace(
        metadata,
        urgency=pick("urgency", (fields.urgency(text_of(child(content, "urgency"))), "contentMeta/urgency")),
        title=pick(
            "title",
            (_headline(content, language) if content is not None else None, "contentMeta/headline"),
            (text_of(child(meta, "title")), "itemMeta/title"),
        ),
        slugline=pick("slugline", (text_of(child(content, "slugline")), "contentMeta/slugline")),
        byline=pick.first(
            "byline",
            (fields.bylines(text_of(b) for b in children(content, "by")), "contentMeta/by"),
            (fields.bylines(_named(c) for c in children(content, "creator")), "contentMeta/creator"),
        ),
        dateline=pick(
            "dateline",
            (text_of(child(content, "dateline")), "contentMeta/dateline"),
            (_located(content) if content is not None else None, "contentMeta/located"),
        ),
        creditline=pick("creditline", (text_of(child(content, "creditline")), "contentMeta/creditline")),
        captions=pick.all(
            "captions", ((text_of(d) for d in children(content, "description") if _role(d) == "caption"), "contentMeta/description")
        ),
        keywords=pick.all(
            "keywords", ((text_of(k) for k in children(content, "keyword")), "contentMeta/keyword"), (subjects, "contentMeta/subject")
        ),
        section=pick("section", (next((n for g in children(content, "genre") if (n := _named(g))), None), "contentMeta/genre")),
    )


def _with_body(item: etree._Element, metadata: Metadata) -> Reading:
    contents = child(item, "contentset")
    inline = [e for holder in children(contents, "inlinexml") for e in holder]
    for element in inline:
        if local(element) == "nitf":
            body = nitf.body_reading(element)
            return Reading(body.text, _filled_from_nitf(metadata, body.metadata), tool="nitf")
    for element in inline:
        page = read_html_body(element, metadata.title)
        if page.text:
            return Reading(page.text, _with_page(metadata, page), tool="xhtml")
    for data in children(contents, "inlinedata"):
        kind, value = (data.get("contenttype") or "text/plain").lower(), "".join(data.itertext())
        if "html" in kind:
            page = parse_html_body(value, metadata.title)
            return Reading(page.text, _with_page(metadata, page), tool="inline html")
        if kind.startswith("text/") and value.strip():
            return Reading(join_blocks(unwrap(value.strip("\r\n"))), metadata, tool="inline text")
    return Reading("", metadata)


def _filled_from_nitf(metadata: Metadata, inner: Metadata) -> Metadata:
    # The byline of the document is the one that was meant to be printed; the item's creator may be a system.
    byline = inner.byline or metadata.byline
    known = dict(metadata.metadata_sources)
    if inner.byline:
        known.pop("byline", None)
    outer = replace(metadata, byline=byline, captions=fields.texts([*metadata.captions, *inner.captions]))
    filled = replace(nitf.fill(outer, inner), published_at=metadata.published_at, extra=metadata.extra)
    return filled.with_values(metadata_sources=add_sources(tuple(known.items()), inner.metadata_sources, "nitf/"))


def _with_page(metadata: Metadata, page: HtmlBody) -> Metadata:
    return fields.with_body(metadata, page.captions, page.byline, page.dateline, page.notes)


def _extra(item: etree._Element, meta: etree._Element | None, content: etree._Element | None) -> str | None:
    links = [e.get("residref") or e.get("href") for e in children(meta, "link")]
    remote = [e.get("href") or e.get("residref") for e in children(item, "contentset", "remotecontent")]
    grouped = [e.get("residref") for g in children(item, "groupset", "group") for e in children(g, "itemref")]
    digital = child(content, "digitalsourcetype")
    return fields.extra(
        {
            "altids": [text for holder in (content, meta) for e in children(holder, "altid") if (text := text_of(e))],
            "subjects": [_concept(s) for s in children(content, "subject")],
            "places": [_concept(s) for s in children(content, "located")],
            "info_sources": [_concept(s) for s in children(content, "infosource")],
            "signals": [code for s in children(meta, "signal") if (code := _code(s))],
            "services": [_concept(s) for s in children(meta, "service")],
            "associations": [str(ref) for ref in (*links, *remote, *grouped) if ref],
            "digital_source_type": _code(digital),
            "descriptions": [text for d in children(content, "description") if _role(d) != "caption" and (text := text_of(d))],
        }
    )


def _concept(element: etree._Element) -> dict[str, Any]:
    found = {"code": _code(element), "name": text_of(child(element, "name"))}
    return {key: value for key, value in found.items() if value}


def _headline(content: etree._Element, language: str | None) -> str | None:
    ranked = []
    for order, headline in enumerate(children(content, "headline")):
        if text := text_of(headline):
            other_role = _role(headline) not in (None, "main", "headline", "title")
            other_language = headline.get(_XML_LANG) not in (None, language)
            ranked.append((other_role, other_language, order, text))
    return min(ranked)[3] if ranked else None


def _located(content: etree._Element) -> str | None:
    # Where no dateline is printed, the place that the content is located in stands in it by custom.
    return _named(child(content, "located")) if text_of(child(child(content, "located"), "name")) else None


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
    return text_of(child(element, "name")) or fields.as_text(literal) or fields.bare_code(element.get("qcode"))


def _joined(values: Iterable[str | None]) -> str | None:
    return " ".join(fields.texts(values)) or None
