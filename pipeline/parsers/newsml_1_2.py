"""NewsML 1.x: one news item with components in components; the body is the component whose role is Body or Main."""

from __future__ import annotations

from lxml import etree

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields, nitf
from pipeline.parsers.htmlbody import read_html_body
from pipeline.parsers.markup import blocks, child, children, local, parse_xml, root_name, text_of
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "newsml-1.2", 1

_BODY_ROLES = ("body", "main", "main text", "maintext", "text", "story", "article")
_MEDIA_ROLES = frozenset(("photo", "picture", "video", "audio", "logo", "thumbnail", "stylesheet", "graphic", "caption"))
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def recognise(source: Source) -> str | None:
    """Recognised by its root element.

    >>> recognise(Source('<NewsML Version="1.2">'))
    'root element NewsML'
    """
    return "root element NewsML" if root_name(source.head) in ("NewsML", "NEWSML") else None


def read(source: Source, config: InputConfig) -> Reading:
    """The body of the first news item and its metadata.

    Raises:
        DocumentError: ``bad_xml``, ``xml_entities``, ``too_deep``, ``too_large``, ``no_text`` without a news item.
    """
    root = parse_xml(source.text)
    item = next((e for e in root.iter() if local(e) == "newsitem"), None)
    if item is None:
        raise DocumentError("no_text", "the NewsML document has no news item")
    components = [e for e in item.iter() if local(e) == "newscomponent"]
    text, inner, captions, tool = _body(item, components)
    metadata = _metadata(root, item, components).with_values(captions=captions)
    if inner is not None:
        filled = {
            n: getattr(inner, n) for n in Metadata.__slots__ if getattr(metadata, n) in (None, ()) and getattr(inner, n) not in (None, ())
        }
        metadata = metadata.with_values(**filled)
    return Reading(text, metadata.with_values(item_type="text" if text else _media_type(components)), tool=tool)


def _metadata(root: etree._Element, item: etree._Element, components: list[etree._Element]) -> Metadata:
    identifier = child(item, "identification", "newsidentifier")
    management = child(item, "newsmanagement")
    lines = [line for c in components if _role(c) not in _MEDIA_ROLES for line in children(c, "newslines")]
    provider = child(root, "newsenvelope", "sentfrom", "party")
    return Metadata(
        guid=text_of(child(identifier, "publicidentifier")) or text_of(child(identifier, "newsitemid")),
        version=text_of(child(identifier, "revisionid")),
        published_at=text_of(child(management, "firstcreated")),
        modified_at=text_of(child(management, "thisrevisioncreated")),
        pubstatus=fields.pubstatus(_formal(child(management, "status"))),
        urgency=fields.urgency(_formal(child(management, "urgency"))),
        title=_line(lines, "headline"),
        slugline=_line(lines, "slugline") or text_of(child(item, "identification", "namelabel")),
        byline=fields.bylines(text_of(b) for line in lines for b in children(line, "byline")),
        dateline=_line(lines, "dateline"),
        creditline=_line(lines, "creditline"),
        rights_notices=fields.texts(text_of(r) for line in lines for name in ("copyrightline", "rightsline") for r in children(line, name)),
        keywords=fields.texts(text_of(k) for line in lines for k in children(line, "keywordline")),
        copyright_holder=next(
            (t for c in components for h in children(c, "rightsmetadata", "copyright", "copyrightholder") if (t := text_of(h))), None
        ),
        usage_terms=next(
            (t for c in components for h in children(c, "rightsmetadata", "usagerights", "usagetype") if (t := text_of(h))), None
        ),
        language=_language(item, components),
        publisher=_formal(provider) or _formal(child(components[0] if components else None, "administrativemetadata", "provider", "party")),
        editor_notes=fields.texts(text_of(i) for i in children(management, "instruction")),
    )


def _body(item: etree._Element, components: list[etree._Element]) -> tuple[str, Metadata | None, tuple[str, ...], str | None]:
    """The text of the component that says it is the body; of several versions of it the richest format."""
    ranked = []
    for order, component in enumerate(components):
        role = _role(component)
        if role in _MEDIA_ROLES:
            continue
        for content in children(component, "contentitem"):
            data = child(content, "datacontent")
            if data is not None:
                ranked.append((0 if role in _BODY_ROLES else 1 if role is None else 2, _richness(content, data), order, data))
    captions = fields.texts(text_of(d) for c in components if _role(c) == "caption" for d in c.iter() if local(d) == "datacontent")
    for rank, _, _, data in sorted(ranked, key=lambda entry: entry[:3]):
        if rank == 2:
            break
        text, inner, found = _content(data)
        if text:
            return text, inner, fields.texts([*captions, *found]), "nitf" if inner else None
    return "", None, captions, None


def _richness(content: etree._Element, data: etree._Element) -> int:
    names = [local(e) for e in data]
    if "nitf" in names:
        return 0
    return 1 if names else 2


def _content(data: etree._Element) -> tuple[str, Metadata | None, tuple[str, ...]]:
    inner = next((e for e in data if local(e) in ("nitf", "html", "body", "div", "body.content")), None)
    if inner is not None and local(inner) == "nitf":
        reading = nitf.body_reading(inner)
        return reading.text, reading.metadata, reading.metadata.captions
    if len(data):
        body = read_html_body(inner if inner is not None else data)
        return body.text, None, body.captions
    return join_blocks([data.text]) if data.text and "<" not in data.text else join_blocks(blocks(data)), None, ()


def _role(component: etree._Element) -> str | None:
    name = _formal(child(component, "role"))
    return name.lower() if name else None


def _formal(element: etree._Element | None) -> str | None:
    value = None if element is None else element.get("FormalName")
    return str(value).strip() or None if value else None


def _line(lines: list[etree._Element], name: str) -> str | None:
    return next((text for line in lines for e in children(line, name) if (text := text_of(e))), None)


def _language(item: etree._Element, components: list[etree._Element]) -> str | None:
    for component in components:
        if tag := fields.language_tag(_formal(child(component, "descriptivemetadata", "language"))):
            return tag
    return fields.language_tag(item.get(_XML_LANG))


def _media_type(components: list[etree._Element]) -> str | None:
    roles = {fields.item_type(_role(c)) for c in components} & {"picture", "video", "audio", "graphic"}
    return min(roles) if roles else None  # type: ignore[type-var]
