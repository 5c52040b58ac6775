"""NewsML 1.0 to 1.2: a news item of components in components; the body is the component whose role says so.

Files with several news items are taken apart by `members` before they come here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields, nitf
from pipeline.parsers.html_body import parse_html_body, read_html_body
from pipeline.parsers.markup import child, children, local, parse_xml, root_name, text_of
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import Reading, Source, join_blocks
from pipeline.parsers.sources import Picker, add_sources
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "newsml-1.2", 2

_BODY_ROLES = frozenset(("body", "main", "main text", "maintext", "main story", "text", "story", "article", "bodytext"))
_OTHER_TEXT = frozenset(
    ("headline", "subheadline", "summary", "abstract", "contact", "caption", "keywords", "teaser", "lead", "title", "slugline")
)
_MEDIA_ROLES = frozenset(
    ("photo", "picture", "video", "audio", "logo", "thumbnail", "stylesheet", "graphic", "image", "preview", "quicklook")
)
_INSTRUCTIONS = (
    *(("kill", "KILL"), ("delete", "KILL"), ("cancel", "KILL"), ("withdraw", "WITHDRAWN"), ("withhold", "WITHHOLD")),
    *(("correct", "CORRECTION"), ("rectif", "CORRECTION"), ("update", "UPDATE")),
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
    pick = Picker()
    outer = _metadata(pick, root, item, components)
    captions = [text_of(d) for c in components if _role(c) == "caption" for d in c.iter() if local(d) == "datacontent"]
    outer = outer.with_values(
        captions=pick.all("captions", (captions, "NewsComponent role Caption"), (body.metadata.captions, "body")),
        item_type=pick("item_type", (_item_type(item, components), "MediaType"), ("text" if body.text else None, "format")),
        metadata_sources=pick.sources,
    )
    metadata = nitf.fill(outer, body.metadata).with_values(
        extra=_extra(item, components), metadata_sources=add_sources(pick.sources, body.metadata.metadata_sources, "nitf/")
    )
    return Reading(body.text, metadata, tool=body.tool)


def _metadata(pick: Picker, root: etree._Element, item: etree._Element, components: Sequence[etree._Element]) -> Metadata:
    identifier, management = child(item, "identification", "newsidentifier"), child(item, "newsmanagement")
    first = components[0] if components else None
    revision, created = text_of(child(identifier, "revisionid")), text_of(child(management, "thisrevisioncreated"))
    marker = _marker(management)
    return Metadata(
        guid=pick(
            "guid",
            (text_of(child(identifier, "publicidentifier")), "NewsIdentifier/PublicIdentifier"),
            (text_of(child(identifier, "newsitemid")), "NewsIdentifier/NewsItemId"),
        ),
        version=pick("version", (revision, "NewsIdentifier/RevisionId")),
        version_marker=pick("version_marker", (marker, "NewsManagement/Instruction")),
        published_at=pick(
            "published_at",
            (text_of(child(management, "firstcreated")), "NewsManagement/FirstCreated"),
            (fields.first_created(None, created, revision), "NewsManagement/ThisRevisionCreated"),
        ),
        modified_at=pick("modified_at", (created, "NewsManagement/ThisRevisionCreated")),
        pubstatus=pick(
            "pubstatus",
            ("canceled" if marker in ("KILL", "WITHDRAWN") else None, "NewsManagement/Instruction"),
            (fields.pubstatus(_formal(child(management, "status"))), "NewsManagement/Status"),
            ("usable", "default"),
        ),
        embargoed_until=pick("embargoed_until", (_embargo(management), "NewsManagement/StatusWillChange")),
        urgency=pick("urgency", (fields.urgency(_formal(child(management, "urgency"))), "NewsManagement/Urgency")),
        publisher=pick(
            "publisher",
            (_formal(child(first, "administrativemetadata", "provider", "party")), "AdministrativeMetadata/Provider"),
            (_formal(child(root, "newsenvelope", "sentfrom", "party")), "NewsEnvelope/SentFrom"),
        ),
        section=pick("section", (_formal(child(first, "descriptivemetadata", "genre")), "DescriptiveMetadata/Genre")),
        language=pick(
            "language",
            (_language(components), "DescriptiveMetadata/Language"),
            (fields.language_tag(item.get(_XML_LANG)), "NewsItem/@xml:lang"),
        ),
        editor_notes=pick.all("editor_notes", ((text_of(i) for i in children(management, "instruction")), "NewsManagement/Instruction")),
        copyright_holder=pick("copyright_holder", (_rights(components, "copyright", "copyrightholder"), "RightsMetadata/Copyright")),
        usage_terms=pick("usage_terms", (_rights(components, "usagerights", "usagetype"), "RightsMetadata/UsageRights")),
        **_lines(pick, item, components),
    )


def _lines(pick: Picker, item: etree._Element, components: Sequence[etree._Element]) -> dict[str, Any]:
    lines = [line for c in components if _role(c) not in _MEDIA_ROLES for line in children(c, "newslines")]

    def all_of(name: str) -> list[str | None]:
        return [text_of(e) for line in lines for e in children(line, name)]

    return {
        "title": pick("title", (_line(lines, "headline"), "NewsLines/HeadLine")),
        "slugline": pick(
            "slugline",
            (_line(lines, "slugline"), "NewsLines/SlugLine"),
            (text_of(child(item, "identification", "namelabel")), "Identification/NameLabel"),
        ),
        "byline": pick.first("byline", (fields.bylines(all_of("byline")), "NewsLines/ByLine")),
        "dateline": pick("dateline", (_line(lines, "dateline"), "NewsLines/DateLine")),
        "creditline": pick("creditline", (_line(lines, "creditline"), "NewsLines/CreditLine")),
        "rights_notices": pick.all(
            "rights_notices", (all_of("copyrightline"), "NewsLines/CopyrightLine"), (all_of("rightsline"), "NewsLines/RightsLine")
        ),
        "keywords": pick.all(
            "keywords", (all_of("keywordline"), "NewsLines/KeywordLine"), (_properties(components, "keyword"), "Property Keyword")
        ),
    }


def _marker(management: etree._Element | None) -> str | None:
    """What the item does to the revision before it, as the instruction's formal name says."""
    names = [(_formal(i) or "").lower() for i in children(management, "instruction")]
    return next((marker for name in names for sign, marker in _INSTRUCTIONS if sign in name), None)


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
    identifier = child(item, "identification", "newsidentifier")
    subjects = [e.get("FormalName") for e in item.iter() if local(e) in ("subject", "subjectmatter", "subjectdetail")]
    places = [e.get("Value") for c in components for e in children(c, "descriptivemetadata", "location", "property")]
    associated = [e.get("NewsItem") for e in children(item, "newsmanagement", "associatedwith")]
    hrefs = [e.get("Href") for c in components for e in children(c, "contentitem")]
    subheads = [text_of(d) for c in components if _role(c) == "subheadline" for d in c.iter() if local(d) == "datacontent"]
    return fields.extra(
        {
            "altids": list(fields.texts([text_of(child(identifier, name)) for name in ("newsitemid", "publicidentifier")])),
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


def _language(components: Sequence[etree._Element]) -> str | None:
    stated = (_formal(child(c, "descriptivemetadata", "language")) for c in components)
    return next((tag for name in stated if (tag := fields.language_tag(name))), None)


def _item_type(item: etree._Element, components: Sequence[etree._Element]) -> str | None:
    """The media type of the first component with content; several kinds beside text are still a text."""
    kinds = [_formal(child(c, "contentitem", "mediatype")) for c in components]
    types = [fields.item_type(kind) for kind in kinds if kind]
    if "text" in types or not types:
        return None
    return types[0]
