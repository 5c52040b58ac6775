"""RSS 0.9x, 1.0 and 2.0, Atom, and WordPress exports (WXR): one entry with the head of its feed.

A feed is taken apart into its entries by `members`. An entry with its full content is a document; one with a summary alone is
marked ``stub``.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.html_body import HtmlBody, parse_html_body, read_html_body
from pipeline.parsers.markup import child, children, local, parse_xml, root_name, text_of
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["ENTRIES", "NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "feed", 2

ENTRIES = frozenset(("item", "entry"))
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_EXPORT = "wordpress.org/export/"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_WP_STATUS = {"publish": "usable", "inherit": "usable", "trash": "canceled"}
_SHORTCODE = re.compile(r"\[/?(?:gallery|embed|audio|video|playlist|vc_\w+|et_pb_\w+)(?:\s[^\]]{0,2000})?\]")

_LONG_SUMMARY = 1500
"""Characters. A summary is a teaser by its name; sites that have no other element for the whole text write it there, and it is long."""


def recognise(source: Source) -> str | None:
    """Recognised by its root element, ``feed`` only with the Atom namespace.

    >>> recognise(Source('<?xml version="1.0"?><rss version="2.0"><channel>'))
    'root element rss'
    """
    name, head = root_name(source.head) or "", source.head
    if name.lower() == "rss" or (name == "channel" and "<item" in head):
        return f"root element {name}"
    if name == "RDF" and ("purl.org/rss" in head or "my.netscape.com/rdf" in head):
        return "root element RDF with the RSS namespace"
    if name in ("feed", "entry") and ("w3.org/2005/Atom" in head or "purl.org/atom" in head):
        return f"root element {name} with the Atom namespace"
    return None


def read(source: Source, config: InputConfig) -> Reading:
    """The entry's content, one block a line, and its metadata.

    Raises:
        DocumentError: ``bad_xml``, ``xml_entities``, ``too_deep``, ``too_large``, ``no_text`` for a feed without entries,
            ``several_documents`` for one with more than one.
    """
    root = parse_xml(source.text)
    entries = [e for e in root.iter() if local(e) in ENTRIES and local(e.getparent() if e.getparent() is not None else e) != "image"]
    if not entries:
        raise DocumentError("no_text", "the feed has no entries")
    if len(entries) > 1:
        raise DocumentError("several_documents", f"the feed has {len(entries)} entries, which are read one by one from a whole file only")
    entry = entries[0]
    if _EXPORT in source.head or any(_EXPORT in (uri or "") for uri in root.nsmap.values()):
        return _read_export(root, entry)
    body, full = _content(entry)
    pick = Picker()
    metadata = _metadata(pick, root, entry).with_values(
        captions=pick.all("captions", (_media_captions(entry), "media:description")),
        extra=_extra(entry, body.text if full else None),
        metadata_sources=pick.sources,
    )
    metadata = fields.with_body(metadata, body.captions, body.byline, body.dateline, body.notes)
    return Reading(body.text, metadata, format="atom" if local(entry) == "entry" else "rss", marks=() if full else ("stub",))


def _metadata(pick: Picker, root: etree._Element, entry: etree._Element) -> Metadata:
    head = child(root, "channel") if local(root) in ("rss", "rdf") else root
    head = None if head is entry else head
    about = entry.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about") or None
    return Metadata(
        title=pick("title", (_plain(_pick(entry, "title")), "title")),
        guid=pick("guid", *_each(entry, "guid", "id"), (about, "@rdf:about")),
        canonical_url=pick("canonical_url", (_link(entry), "link")),
        published_at=pick("published_at", *_each(entry, "pubdate", "published", "issued", "date", "created")),
        modified_at=pick("modified_at", *_each(entry, "updated", "modified")),
        byline=pick.first("byline", (fields.bylines(_authors(entry)), "author"), (fields.bylines(_authors(head)), "feed author")),
        publisher=pick(
            "publisher",
            *_each(entry, "publisher"),
            (_plain(_pick(child(entry, "source"), "title")), "source/title"),
            *_each(entry, "source"),
            (_plain(_pick(head, "title")), "feed title"),
        ),
        language=pick("language", *_languages(root, head, entry)),
        keywords=pick.all(
            "keywords",
            ((c.get("term") or c.get("label") or text_of(c) for c in children(entry, "category")), "category"),
            ((text_of(c) for c in children(entry, "subject")), "dc:subject"),
        ),
        rights_notices=pick.all(
            "rights_notices",
            ([_first(entry, "rights", "copyright")], "rights"),
            ([] if _first(entry, "rights", "copyright") else [_first(head, "rights", "copyright")], "feed rights"),
        ),
        creditline=pick(
            "creditline", (next((text for c in entry.iter() if local(c) == "credit" and (text := text_of(c))), None), "media:credit")
        ),
        item_type=pick("item_type", ("text", "format")),
    )


def _content(entry: etree._Element) -> tuple[HtmlBody, bool]:
    """The body, and whether it is the whole text and not a teaser."""
    title = _plain(_pick(entry, "title"))
    for element in entry:
        if local(element) == "encoded" and _CONTENT in element.tag:
            body = parse_html_body(_shortcodes("".join(element.itertext()))[0], title)
            if body.text:
                return body, True
    content = child(entry, "content")
    if content is not None and not content.get("src") and not content.get("url"):
        body = _typed(content, title)
        if body.text:
            return body, True
    full = child(entry, "fulltext") if child(entry, "fulltext") is not None else child(entry, "full-text")
    if full is not None:
        return _typed(full, title), True
    summary = child(entry, "summary") if child(entry, "summary") is not None else child(entry, "description")
    if summary is None:
        return HtmlBody(""), False
    body = _typed(summary, title)
    return body, len(body.text) >= _LONG_SUMMARY and not re.search(r"(?:\[?…\]?|\[?\.\.\.\]?)\s*$", body.text)


def _typed(element: etree._Element, title: str | None) -> HtmlBody:
    if len(element):
        return read_html_body(element, title)
    text = element.text or ""
    if (element.get("type") or "html") == "text" or not re.search(r"<[A-Za-z/!]|&(?:#|\w+;)", text):
        return HtmlBody(join_blocks(unwrap(text.strip("\r\n"))))
    return parse_html_body(text, title)


def _read_export(root: etree._Element, entry: etree._Element) -> Reading:
    """A post of a WordPress export: blank lines in its content are paragraphs, and its status is known."""
    wp = {local(e): text_of(e) for e in entry if _EXPORT in e.tag}
    encoded = next((e for e in entry if local(e) == "encoded" and _CONTENT in e.tag), None)
    markup, captions = _shortcodes("".join(encoded.itertext()) if encoded is not None else "")
    if not re.search(r"<p[\s>]", markup):
        markup = "".join(f"<p>{part}</p>" for part in re.split(r"\n[ \t\r]*\n", markup) if part.strip())
    pick = Picker()
    metadata = _metadata(pick, root, entry)
    body = parse_html_body(markup, metadata.title)
    kind, status = wp.get("post_type") or "post", (wp.get("status") or "publish").lower()
    excerpt = next((text_of(e) for e in entry if local(e) == "encoded" and "excerpt" in e.tag), None)
    item_type = "text" if kind in ("post", "page", "article", "news") else "picture" if kind == "attachment" else kind
    metadata = metadata.with_values(
        captions=pick.all("captions", (captions, "caption shortcode")),
        published_at=pick(
            "published_at",
            (_gmt(wp.get("post_date_gmt")), "wp:post_date_gmt"),
            *_each(entry, "pubdate", "published", "issued", "date", "created"),
            (wp.get("post_date"), "wp:post_date"),
        ),
        modified_at=pick("modified_at", (_gmt(wp.get("post_modified_gmt")), "wp:post_modified_gmt"), *_each(entry, "updated", "modified")),
        pubstatus=pick("pubstatus", (_WP_STATUS.get(status, "withheld"), "wp:status")),
        slugline=pick("slugline", (wp.get("post_name"), "wp:post_name")),
        item_type=pick("item_type", (item_type, "wp:post_type")),
        extra=fields.extra({"post_id": wp.get("post_id"), "post_type": kind, "status": status, "summary": excerpt}),
        metadata_sources=pick.sources,
    )
    metadata = fields.with_body(metadata, body.captions, body.byline, body.dateline, body.notes)
    return Reading(body.text, metadata, format="wxr")


def _gmt(value: str | None) -> str | None:
    # WordPress writes zeros for a draft that was never published.
    return value.replace(" ", "T") + "Z" if value and re.fullmatch(r"[12]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d", value) else None


def _shortcodes(markup: str) -> tuple[str, list[str | None]]:
    """Take out WordPress's bracketed codes, and read the captions among them.

    >>> _shortcodes('One [caption id="1"]<img/> A quay[/caption] two [gallery ids="3"]')
    ('One  two ', ['A quay'])
    """
    captions: list[str | None] = []
    pieces: list[str] = []
    position = 0
    while (start := markup.find("[caption", position)) >= 0:
        inner, end = markup.find("]", start) + 1, markup.find("[/caption]", start)
        if end < 0 or not 0 < inner <= end:
            break
        captions.append(_plain(markup[inner:end]))
        pieces.append(markup[position:start])
        position = end + len("[/caption]")
    pieces.append(markup[position:])
    return _SHORTCODE.sub("", "".join(pieces)), captions


def _extra(entry: etree._Element, full: str | None) -> str | None:
    enclosures = [e.get("url") for e in entry.iter() if local(e) == "enclosure"]
    enclosures += [e.get("href") for e in children(entry, "link") if e.get("rel") == "enclosure"]
    summary = child(entry, "summary") if child(entry, "summary") is not None else child(entry, "description")
    values: dict[str, Any] = {"associations": [url for url in enclosures if url], "comments": _first(entry, "comments")}
    if full is not None and summary is not None:
        values["summary"] = _typed(summary, None).text
    return fields.extra(values)


def _authors(element: etree._Element | None) -> list[str | None]:
    found: list[str | None] = []
    for name in ("creator", "author"):
        for author in children(element, name):
            person = text_of(child(author, "name")) if len(author) else text_of(author)
            # RSS 2.0 wants an address with the name behind it: jo@example.org (Jo Lind)
            match = re.fullmatch(r"\S+@\S+\s+\((.+)\)", person or "")
            found.append(match[1] if match else person)
        if found:
            return found
    return found


def _media_captions(entry: etree._Element) -> list[str | None]:
    media = "search.yahoo.com/mrss"
    return [_plain("".join(e.itertext())) for e in entry.iter() if isinstance(e.tag, str) and media in e.tag and local(e) == "description"]


def _link(entry: etree._Element) -> str | None:
    for link in children(entry, "link"):
        address = link.get("href") if link.get("href") and link.get("rel", "alternate") == "alternate" else text_of(link)
        if address and address.startswith(("http://", "https://")):
            return str(address)
    guid = child(entry, "guid")
    said = text_of(guid)
    return (
        said
        if guid is not None and guid.get("isPermaLink", "true") == "true" and (said or "").startswith(("http://", "https://"))
        else None
    )


def _languages(root: etree._Element, head: etree._Element | None, entry: etree._Element) -> list[tuple[str | None, str]]:
    stated = [
        (entry.get(_XML_LANG), "@xml:lang"),
        *_each(entry, "language"),
        (_first(head, "language"), "feed language"),
        (head.get(_XML_LANG) if head is not None else None, "feed @xml:lang"),
        (root.get(_XML_LANG), "feed @xml:lang"),
    ]
    return [(fields.language_tag(value), source) for value, source in stated]


def _each(element: etree._Element | None, *names: str) -> list[tuple[str | None, str]]:
    return [(text_of(child(element, name)), name) for name in names]


def _pick(element: etree._Element | None, name: str) -> str | None:
    found = [e for e in children(element, name) if "mrss" not in e.tag] if element is not None else []
    return "".join(found[0].itertext()) if found else None


def _plain(markup: str | None) -> str | None:
    """Text of a value that may hold escaped HTML."""
    if not markup or not markup.strip():
        return None
    if not re.search(r"<[A-Za-z/!]|&(?:#|\w+;)", markup):
        return fields.as_text(markup)
    return fields.as_text(parse_html_body(markup).text.replace("\n", " "))


def _first(element: etree._Element | None, *names: str) -> str | None:
    for name in names:
        if text := text_of(child(element, name)):
            return text
    return None
