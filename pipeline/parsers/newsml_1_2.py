"""NewsML 1.0 to 1.2: a news item of components in components; the body is the component whose role says so.

Files with several news items are taken apart by `members` before they come here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields, nitf
from pipeline.parsers.html_body import parse_html_body, read_html_body
from pipeline.parsers.markup import child, children, local, parse_xml, root_name, text_of
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "newsml-1.2", 1

_BODY_ROLES = frozenset(("body", "main", "main text", "maintext", "main story", "text", "story", "article", "bodytext"))
_OTHER_TEXT = frozenset(
    ("headline", "subheadline", "summary", "abstract", "contact", "caption", "keywords", "teaser", "lead", "title", "slugline")
)
_MEDIA_ROLES = frozenset(
    ("photo", "picture", "video", "audio", "logo", "thumbnail", "stylesheet", "graphic", "image", "preview", "quicklook")
)
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
    body = _body(components)
    metadata = nitf.fill(_metadata(root, item, components), body.metadata)
    captions = [text_of(d) for c in components if _role(c) == "caption" for d in c.iter() if local(d) == "datacontent"]
    metadata = metadata.with_values(
        captions=fields.texts([*captions, *body.metadata.captions]),
        item_type=_item_type(item, components) or ("text" if body.text else None),
        extra=_extra(item, components),
    )
    return Reading(body.text, metadata, tool=body.tool)


def _metadata(root: etree._Element, item: etree._Element, components: Sequence[etree._Element]) -> Metadata:
    identifier, management = child(item, "identification", "newsidentifier"), child(item, "newsmanagement")
    lines = [line for c in components if _role(c) not in _MEDIA_ROLES for line in children(c, "newslines")]
    first = components[0] if components else None
    provider = child(first, "administrativemetadata", "provider", "party")
    sender = child(root, "newsenvelope", "sentfrom", "party")
    revision = text_of(child(identifier, "revisionid"))
    created = text_of(child(management, "thisrevisioncreated"))
    return Metadata(
        guid=text_of(child(identifier, "publicidentifier")) or text_of(child(identifier, "newsitemid")),
        version=revision,
        published_at=fields.first_created(text_of(child(management, "firstcreated")), created, revision),
        modified_at=created,
        pubstatus=fields.pubstatus(_formal(child(management, "status")) or "usable"),
        embargoed_until=_embargo(management),
        urgency=fields.urgency(_formal(child(management, "urgency"))),
        title=_line(lines, "headline"),
        slugline=_line(lines, "slugline") or text_of(child(item, "identification", "namelabel")),
        byline=fields.bylines(text_of(b) for line in lines for b in children(line, "byline")),
        dateline=_line(lines, "dateline"),
        creditline=_line(lines, "creditline"),
        rights_notices=fields.texts(text_of(r) for line in lines for name in ("copyrightline", "rightsline") for r in children(line, name)),
        keywords=fields.texts(
            [*(text_of(k) for line in lines for k in children(line, "keywordline")), *_properties(components, "keyword")]
        ),
        copyright_holder=_rights(components, "copyright", "copyrightholder"),
        usage_terms=_rights(components, "usagerights", "usagetype"),
        language=_language(item, components),
        section=_formal(child(first, "descriptivemetadata", "genre")),
        publisher=_formal(provider) or _formal(sender),
        editor_notes=fields.texts(text_of(i) for i in children(management, "instruction")),
    )


def _body(components: Sequence[etree._Element]) -> Reading:
    """The text of the component that says it is the body, else of one without a role; of several formats of it NITF first."""
    ranked = []
    for order, component in enumerate(components):
        role = _role(component)
        if role in _MEDIA_ROLES or role in _OTHER_TEXT:
            continue
        for content in component:
            if local(content) != "contentitem" or _is_binary(content):
                continue
            for data in content.iter():
                if local(data) == "datacontent":
                    ranked.append((0 if role in _BODY_ROLES else 1 if role is None else 2, _poverty(data), order, data))
    for *_, data in sorted(ranked, key=lambda entry: entry[:3]):
        reading = _content(data)
        if reading.text:
            return reading
    return Reading("")


def _is_binary(content: etree._Element) -> bool:
    mime = (_formal(child(content, "mimetype")) or "text/").lower()
    encoded = any((e.get("Notation") or "").lower() == "base64" for e in content.iter() if local(e) == "encoding")
    return encoded or mime.startswith(("image/", "video/", "audio/", "text/css"))


def _poverty(data: etree._Element) -> int:
    names = [local(e) for e in data]
    return 0 if "nitf" in names else 1 if names else 2


def _content(data: etree._Element) -> Reading:
    inner = next((e for e in data if local(e) == "nitf"), None)
    if inner is not None:
        return nitf.body_reading(inner)
    if len(data):
        page = read_html_body(data)
    elif re.search(r"<(?:p|div|br|html)[\s/>]", data.text or "", re.IGNORECASE):
        page = parse_html_body(data.text or "")
    else:
        return Reading(join_blocks(unwrap((data.text or "").strip("\r\n"))), tool="plain content")
    return Reading(
        page.text, Metadata(captions=page.captions, byline=page.byline, dateline=page.dateline, editor_notes=page.notes), tool="xhtml"
    )


def _extra(item: etree._Element, components: Sequence[etree._Element]) -> str | None:
    subjects = [e.get("FormalName") for e in item.iter() if local(e) in ("subject", "subjectmatter", "subjectdetail")]
    places = [e.get("Value") for c in components for e in children(c, "descriptivemetadata", "location", "property")]
    associated = [e.get("NewsItem") for e in children(item, "newsmanagement", "associatedwith")]
    hrefs = [e.get("Href") for c in components for e in children(c, "contentitem")]
    subheads = [text_of(d) for c in components if _role(c) == "subheadline" for d in c.iter() if local(d) == "datacontent"]
    return fields.extra(
        {
            "subjects": list(fields.texts(subjects)),
            "places": list(fields.texts(places)),
            "associations": list(fields.texts([*associated, *hrefs])),
            "subheadline": next((s for s in subheads if s), None),
        }
    )


def _embargo(management: etree._Element | None) -> str | None:
    """A change of the status to usable that lies in the future of the delivery is an embargo."""
    future = child(management, "statuswillchange")
    return text_of(child(future, "dateandtime")) if fields.pubstatus(_formal(child(future, "futurestatus"))) == "usable" else None


def _rights(components: Sequence[etree._Element], *path: str) -> str | None:
    return next((t for c in components for e in children(c, "rightsmetadata", *path) if (t := text_of(e))), None)


def _properties(components: Sequence[etree._Element], name: str) -> list[str | None]:
    found = (e for c in components for e in children(c, "descriptivemetadata", "property"))
    return [e.get("Value") for e in found if (e.get("FormalName") or "").lower() == name]


def _role(component: etree._Element) -> str | None:
    name = _formal(child(component, "role"))
    return name.lower() if name else None


def _formal(element: etree._Element | None) -> str | None:
    value = None if element is None else element.get("FormalName")
    return str(value).strip() or None if value else None


def _line(lines: Sequence[etree._Element], name: str) -> str | None:
    return next((text for line in lines for e in children(line, name) if (text := text_of(e))), None)


def _language(item: etree._Element, components: Sequence[etree._Element]) -> str | None:
    for component in components:
        if tag := fields.language_tag(_formal(child(component, "descriptivemetadata", "language"))):
            return tag
    return fields.language_tag(item.get(_XML_LANG))


def _item_type(item: etree._Element, components: Sequence[etree._Element]) -> str | None:
    """The media type of the first component with content; several kinds beside text are still a text."""
    kinds = [_formal(child(c, "contentitem", "mediatype")) for c in components]
    types = [fields.item_type(kind) for kind in kinds if kind]
    if "text" in types or not types:
        return None
    return types[0]
