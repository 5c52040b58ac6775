"""SGML newswire as research corpora have it: ``<DOC><DOCNO>...``, ``<DOC id="..." type="story">``, ``<REUTERS ...>``, ``<doc id= title=>``.

No XML parser reads these files: ampersands stand bare, end tags may be missing. Fields are found by their tags alone.
"""

from __future__ import annotations

import html
import re

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.slices import attribute
from pipeline.parsers.source import Reading, Source, join_blocks, squeeze
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["DOCUMENTS", "NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "sgml", 2

DOCUMENTS = ("DOC", "REUTERS")
_START = re.compile(r"(?:<!DOCTYPE\s+(?:lewis|doc)\b[^>]{0,200}>\s*)?<(DOC|REUTERS)(?:\s[^<>]{0,1000})?>", re.IGNORECASE)
_SIGNS = re.compile(r"<(?:DOCNO|DOCID|HEADLINE|TEXT|DATELINE|HL|HEAD|BODY|TITLE|TOPICS|DD|DATE|STORYID)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][\w.\-]{0,30})(?:\s[^<>]{0,500})?/?>")
_REFERENCE = re.compile(r"&(?:amp|lt|gt|quot|apos|[A-Za-z]{2,10}|#\d{1,6}|#x[0-9a-fA-F]{1,6});")
_PARAGRAPH = re.compile(r"</?(?:P|TEXT|BODY|BR|LP|TURN)(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_NESTED = re.compile(r"<(TITLE|HEADLINE|DATELINE|BYLINE|AUTHOR)(?:\s[^<>]{0,200})?>[^<]{0,2000}</\1\s*>", re.IGNORECASE)
_NOT_TEXT = frozenset(("advis", "other", "multi"))


def recognise(source: Source) -> str | None:
    """A ``DOC`` or ``REUTERS`` element first, with a field of such corpora or an id.

    >>> recognise(Source("<DOC>\\n<DOCNO> AB-001 </DOCNO>\\n<TEXT>"))
    'first element DOC'
    """
    match = _START.match(source.head)
    if match is None or source.head.startswith("<?xml"):
        return None
    return f"first element {match[1]}" if _SIGNS.search(source.head) or attribute(match[0], "id") else None


def read(source: Source, config: InputConfig) -> Reading:
    """Body paragraphs, one a line, with the breaks of full lines taken out, and the fields before it.

    Raises:
        DocumentError: ``no_text`` where there is no document, ``several_documents``.
    """
    text = source.text
    starts = list(re.finditer(r"<(DOC|REUTERS)(?=[\s>])[^<>]{0,1000}>", text, re.IGNORECASE))
    if not starts:
        raise DocumentError("no_text", "no DOC element was found")
    if len(starts) > 1:
        raise DocumentError(
            "several_documents", f"the file has {len(starts)} DOC elements, which are read one by one from a whole file only"
        )
    tag, inner = starts[0][0], text[starts[0].end() :]
    inner = (
        re.sub(r"</(?:DOC|REUTERS)\s*>[\s\S]*\Z", "", inner, flags=re.IGNORECASE)
        if re.search(r"</(?:DOC|REUTERS)\s*>", inner, re.I)
        else inner
    )
    found = _fields(inner)
    body = found.get("BODY") or _NESTED.sub("", found.get("TEXT", "")) or found.get("LP") or (inner if not found else "")
    return Reading(join_blocks(_paragraphs(body)), _metadata(tag, found), marks=_marks(tag))


def _fields(text: str) -> dict[str, str]:
    """Content of each element by name in upper case; the first one wins; an element without end tag goes up to the next tag."""
    found: dict[str, str] = {}
    opened: dict[str, int] = {}
    for match in _TAG.finditer(text):
        name = match[2].upper()
        if match[1]:
            start = opened.pop(name, None)
            if start is not None:
                found.setdefault(name, text[start : match.start()])
        elif name not in found:
            opened.setdefault(name, match.end())
    for name, start in opened.items():
        if name not in ("P", "BR"):
            end = _TAG.search(text, start) if name not in ("TEXT", "BODY", "LP") else None
            found.setdefault(name, text[start : end.start() if end else len(text)])
    return found


def _metadata(tag: str, found: dict[str, str]) -> Metadata:
    def first(*names: str) -> list[tuple[str | None, str]]:
        return [(_line(found.get(name)), name) for name in names]

    def stated(name: str) -> tuple[str | None, str]:
        return attribute(tag, name), f"@{name}"

    pick = Picker()
    kind = (attribute(tag, "type") or "").lower()
    topics = re.findall(r"<D>([^<]{0,200})</D>", found.get("TOPICS", "") + found.get("PLACES", ""))
    number = next((value for value, _ in (*first("DOCNO", "DOCID"), stated("id")) if value), "")
    addresses = [
        (value if value and value.startswith(("http://", "https://")) else None, name) for value, name in (stated("url"), *first("URL"))
    ]
    return Metadata(
        title=pick("title", *first("HEADLINE", "HL", "HEAD", "TITLE"), (_line(attribute(tag, "title")), "@title")),
        guid=pick("guid", *first("DOCNO", "DOCID"), stated("id"), stated("NEWID")),
        canonical_url=pick("canonical_url", *addresses),
        published_hints=pick.all("published_hints", (re.findall(r"(?<!\d)(?:19|20)\d{6}(?!\d)", number), "document number")),
        published_at=pick(
            "published_at", *((_date(text), name) for text, name in first("DATE_TIME", "DATETIME", "DATE", "DD", "PUBDATE") if text)
        ),
        byline=pick.first("byline", *((fields.bylines([text]), name) for text, name in first("BYLINE", "AUTHOR", "BY"))),
        dateline=pick("dateline", *first("DATELINE")),
        publisher=pick("publisher", *first("SOURCE", "SO")),
        slugline=pick("slugline", *first("SLUG", "SLUGLINE", "KEYWORD")),
        section=pick("section", *first("SECTION")),
        keywords=pick.all(
            "keywords", (topics, "TOPICS"), ((_line(found.get("SUBJECT")) or "").split(";") if not topics else [], "SUBJECT")
        ),
        copyright_holder=pick("copyright_holder", *(first("CO") if "AN" in found else [])),
        language=pick("language", *((fields.language_tag(text), name) for text, name in first("LANGUAGE", "LANG"))),
        item_type=pick("item_type", ("text", "format")),
        extra=fields.extra(
            {
                "type": kind or None,
                "fields": {n: t for n in ("FILEID", "FIRST", "SECOND", "PROFILE", "GRAPHIC", "NOTE") if (t := _line(found.get(n)))},
            }
        ),
    ).with_values(metadata_sources=pick.sources)


def _marks(tag: str) -> tuple[str, ...]:
    kind = (attribute(tag, "type") or "").lower()
    return (f"type:{kind}",) if kind in _NOT_TEXT else ()


def _date(text: str | None) -> str | None:
    """A date as stated; six and eight digits are read as year, month and day."""
    plain = (text or "").lstrip("= ").strip()
    if worded := re.match(r"(\d{1,2})-([A-Z]{3})-(\d{4}) (\d\d:\d\d:\d\d)", plain):
        month = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC".find(worded[2])
        if month >= 0 and month % 3 == 0:
            return f"{worded[3]}-{month // 3 + 1:02d}-{int(worded[1]):02d}T{worded[4]}"
    match = re.fullmatch(r"(\d\d)?(\d\d)(\d\d)(\d\d)", plain)
    if match and 1 <= int(match[3]) <= 12 and 1 <= int(match[4]) <= 31:
        century = match[1] or ("19" if int(match[2]) >= 70 else "20")
        return f"{century}{match[2]}-{match[3]}-{match[4]}"
    return plain or None


def _line(text: str | None) -> str | None:
    if text is None:
        return None
    return squeeze(_plain(_TAG.sub(" ", text)).lstrip("= "))


def _paragraphs(body: str) -> list[str]:
    """Paragraphs by their tags; inside them by layout."""
    parts = _PARAGRAPH.split(body)
    return [paragraph for part in parts for paragraph in unwrap(_plain(_TAG.sub("", part)).strip("\r\n"))]


def _plain(text: str) -> str:
    """References resolved; control characters of the old wire taken out."""
    resolved = _REFERENCE.sub(lambda match: html.unescape(match[0]), text)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", resolved)
