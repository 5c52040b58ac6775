"""XML of a vocabulary that no other parser knows: fields are found by the names that publishers give them.

Agencies and archives have formats of their own. Their elements are called headline, byline, body and so on all the same; what cannot be
found by its name is not guessed, and a document without a body under any of these names is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.html_body import HtmlBody, parse_html_body, read_html_body
from pipeline.parsers.markup import local, parse_xml, root_name, text_of
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "xml", 2

_BODIES = (
    "body.content",
    "bodytext",
    "body_html",
    "bodyhtml",
    "body",
    "fulltext",
    "full_text",
    "articlebody",
    "content",
    "text",
    "story",
    "maintext",
)
_TITLES = ("headline", "hedline", "hl1", "heading", "title", "head")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "guid": ("guid", "newsid", "doc-id", "docid", "documentid", "itemid", "articleid", "uuid", "id"),
    "version": ("version", "revision", "revisionid"),
    "published_at": ("firstcreated", "publishdate", "publicationdate", "pubdate", "published", "datepublished", "date"),
    "modified_at": ("versioncreated", "modified", "updated", "lastmodified", "thisrevisioncreated"),
    "embargoed_until": ("embargo", "embargoed", "embargodate"),
    "dateline": ("dateline",),
    "slugline": ("slugline", "slug", "keyword"),
    "creditline": ("creditline", "credit"),
    "publisher": ("provider", "publisher", "source", "agency"),
    "section": ("section", "category", "department"),
    "copyright_holder": ("copyrightholder",),
    "usage_terms": ("usageterms",),
    "canonical_url": ("url", "link", "canonical"),
}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_Found = Mapping[str, Sequence[etree._Element]]
_MOST = 50
"""Elements of one name that are looked at."""

_BYLINES = ("byline", "author", "by", "creator")
_NOTES = ("ednote", "editorsnote", "editornote", "notetoeditors", "tilredaktionen", "instructions")


def recognise(source: Source) -> str | None:
    """An XML declaration, a root element with a namespace, or one element from the beginning to the end.

    >>> recognise(Source('<?xml version="1.0"?><Story><Body>...</Body></Story>'))
    'XML with root element Story'
    >>> recognise(Source("<b>Late</b> The ferry left at nine.")) is None
    True
    """
    name, head = root_name(source.head), source.head
    if name is None or not head.startswith("<"):
        return None
    whole = source.text.rstrip("\0 \t\r\n").endswith((f"</{name}>", f":{name}>"))
    if head.startswith("<?xml") or whole or re.match(r"<[^>]{0,500}\sxmlns(?::\w+)?=", head):
        return f"XML with root element {name}"
    return None


def read(source: Source, config: InputConfig) -> Reading:
    """The body, one block a line, and the fields that are called what they are.

    Raises:
        DocumentError: ``bad_xml``, ``xml_entities``, ``too_deep``, ``too_large``, ``no_text`` where no element is called a body.
    """
    root = parse_xml(source.text)
    found: dict[str, list[etree._Element]] = {}
    for element in root.iter("*"):
        found.setdefault(local(element), []).append(element)
    holder = _longest(found, _BODIES, root)
    if holder is None:
        raise DocumentError(
            "no_text", f"XML with root element {etree.QName(root).localname}, which no parser knows and in which nothing is called a body"
        )
    pick = Picker()
    title = _pick(pick, "title", found, _TITLES, holder)
    body = _read_body(holder, title)
    language = pick(
        "language",
        (fields.language_tag(root.get(_XML_LANG) or root.get("lang")), "@xml:lang"),
        *((fields.language_tag(text_of(e)), "language") for e in found.get("language", ())[:1]),
    )
    metadata = _metadata(pick, found, holder).with_values(title=title, language=language, metadata_sources=pick.sources)
    return Reading(body.text, fields.with_body(metadata, body.captions, body.byline, body.dateline, body.notes))


def _metadata(pick: Picker, found: _Found, holder: etree._Element) -> Metadata:
    values: dict[str, Any] = {name: _pick(pick, name, found, names, holder) for name, names in _NAMES.items()}
    return Metadata(
        urgency=pick("urgency", *((fields.urgency(_first(found, (name,), holder)), name) for name in ("urgency", "priority"))),
        pubstatus=pick("pubstatus", *((fields.pubstatus(_first(found, (name,), holder)), name) for name in ("pubstatus", "status"))),
        byline=fields.bylines(pick.all("byline", *_named(found, _BYLINES, holder))),
        captions=pick.all("captions", *_named(found, ("caption", "phototext", "imagecaption"), holder)),
        editor_notes=pick.all("editor_notes", *_named(found, _NOTES, holder)),
        keywords=pick.all("keywords", *_named(found, ("keywords", "keyword", "subject"), holder)),
        rights_notices=pick.all("rights_notices", *_named(found, ("copyright", "rights"), holder)),
        item_type=pick("item_type", ("text", "format")),
        **values,
    )


def _pick(pick: Picker, field: str, found: _Found, names: Sequence[str], holder: etree._Element) -> str | None:
    return pick(field, *((_first(found, (name,), holder), name) for name in names))


def _named(found: _Found, names: Sequence[str], holder: etree._Element) -> list[tuple[list[str | None], str]]:
    return [(_all(found, (name,), holder), name) for name in names]


def _longest(found: _Found, names: Sequence[str], root: etree._Element) -> etree._Element | None:
    """The first of the names under which there is text; of several elements the one with most."""
    for name in names:
        elements = [element for element in found.get(name, ()) if element is not root][:_MOST]
        sizes = [len("".join(element.itertext()).strip()) for element in elements]
        if sizes and max(sizes) > 0:
            return elements[sizes.index(max(sizes))]
    return None


def _read_body(holder: etree._Element, title: str | None) -> HtmlBody:
    if len(holder):
        return read_html_body(holder, title)
    text = holder.text or ""
    if re.search(r"<(?:p|br|div|html|b|i|strong|em)[\s/>]", text, re.IGNORECASE):
        return parse_html_body(text, title)
    return HtmlBody(join_blocks(unwrap(text.strip("\r\n"))))


def _all(found: _Found, names: Sequence[str], holder: etree._Element) -> list[str | None]:
    """Texts of the elements of these names that are neither in the body nor around it."""
    around = set(holder.iterancestors())
    picked = [element for name in names for element in found.get(name, ())[:_MOST] if element not in around]
    return [_plain(element) for element in picked if element is not holder and holder not in set(element.iterancestors())]


def _first(found: _Found, names: Sequence[str], holder: etree._Element) -> str | None:
    return next((text for text in _all(found, names, holder) if text), None)


def _plain(element: etree._Element) -> str | None:
    text = text_of(element)
    if text and re.search(r"<(?:p|br|div|b|i|em|strong|span|a|sup|u)[\s/>]", text, re.IGNORECASE):
        return fields.as_text(parse_html_body(text).text.replace("\n", " "))
    return text
