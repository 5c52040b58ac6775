"""IPTC 7901: SOH, a header line, catch-lines, STX, headline and text, ETX, the time of transmission."""

from __future__ import annotations

import re

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import Reading, Source, join_blocks, squeeze
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "control_free", "read", "recognise", "transmitted_at"]

NAME, VERSION = "iptc7901", 2

_HEADER = re.compile(r"\x01\s*([A-Za-z]{1,10})(\d{1,6})[ \t]+([1-9])[ \t]+([A-Za-z+]{1,8})[ \t]+(\d{1,6})[ \t]*([^\r\n\x02]{0,200})")
_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)\s*(?:GMT|Z|UTC)?\s+([^\W\d_]{3})[^\W\d_]*\.?\s+(\d{4}|\d\d)\b")
_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
_GERMAN = {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}
_PRIVATE = re.compile(
    r"^[#* ]*(?:the following information is not (?:intended )?for publication|die folgenden informationen sind nicht zur veröffentlichung"
    r"|redaktionelle hinweise|notizblock|(?:dpa-)?notizblock|not for publication|nicht zur veröffentlichung)",
    re.IGNORECASE | re.MULTILINE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def recognise(source: Source) -> str | None:
    """A start of header with source, number, priority, category and word count, and a start of text after it.

    >>> recognise(Source("\\x01eca001 4 pl 120 Budget\\r\\nbudget/\\r\\n\\x02Headline\\r\\n"))
    'IPTC 7901 header'
    """
    if "\x01" not in source.head[:2000]:
        return None
    match = _HEADER.search(source.head[:2000])
    return "IPTC 7901 header" if match and "\x02" in source.text[match.end() : match.end() + 4000] else None


def read(source: Source, config: InputConfig) -> Reading:
    """Paragraphs of the text, one a line; the block that is not for publication goes to the notes.

    Raises:
        DocumentError: ``no_text`` without a start of text.
    """
    header = _HEADER.search(source.text)
    start = source.text.find("\x02", header.end() if header else 0)
    if start < 0:
        raise DocumentError("no_text", "there is no start of text in the message")
    end = source.text.find("\x03", start)
    body = source.text[start + 1 : end if end >= 0 else len(source.text)]
    after = source.text[end:] if end >= 0 else ""
    catch = source.text[header.end() if header else 0 : start]
    body, notes = _split_private(body)
    title, paragraphs = _headline(body)
    time = transmitted_at(after)
    pick = Picker()
    metadata = Metadata(
        title=pick("title", (title, "first line of the text")),
        urgency=pick("urgency", (fields.urgency(header[3]) if header else None, "header priority")),
        slugline=pick("slugline", (fields.as_text(control_free(" ".join(catch.split())).strip("/ ")), "catch-lines")),
        published_at=pick("published_at", (time, "end of text")),
        modified_at=pick("modified_at", (time, "end of text")),
        pubstatus=pick("pubstatus", ("usable", "default")),
        editor_notes=pick.all("editor_notes", (notes, "block not for publication")),
        item_type=pick("item_type", ("text", "format")),
        extra=fields.extra(
            {"source": header[1], "sequence": header[2], "category": header[4], "word_count": header[5], "keyword": squeeze(header[6])}
            if header
            else {}
        ),
    ).with_values(metadata_sources=pick.sources)
    return Reading(join_blocks(paragraphs), metadata)


def transmitted_at(text: str) -> str | None:
    """The time in a line such as ``201030 Mar 23`` (day, hour, minute), as ISO 8601 in UTC, which the standard prescribes.

    >>> transmitted_at("201030 Mar 23"), transmitted_at("991030 Mar 23")
    ('2023-03-20T10:30:00Z', None)
    """
    match = _TIME.search(text[:200])
    if match is None:
        return None
    month = _MONTHS.get(match[4].lower()) or _GERMAN.get(match[4].lower())
    day, hour, minute = int(match[1]), int(match[2]), int(match[3])
    if month is None or not (1 <= day <= 31 and hour < 24 and minute < 60):
        return None
    year = int(match[5]) if len(match[5]) == 4 else int(match[5]) + (1900 if int(match[5]) >= 70 else 2000)
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:00Z"


def control_free(text: str) -> str:
    """Text without the control characters of the wire."""
    return _CONTROL.sub("", text)


def _split_private(body: str) -> tuple[str, list[str | None]]:
    match = _PRIVATE.search(body)
    if match is None:
        return body, []
    return body[: match.start()], [squeeze(control_free(body[match.start() :]))]


def _headline(body: str) -> tuple[str | None, list[str]]:
    """The headline is what stands on the line of the start of text, or a first paragraph of its own without a full stop."""
    first, _, rest = body.partition("\n")
    paragraphs = unwrap(control_free(rest))
    if headline := squeeze(control_free(first)):
        return headline, paragraphs
    if len(paragraphs) > 1 and len(paragraphs[0]) <= 160 and not re.search(r"[.!?:]$|\([A-Za-z]{2,12}\)\s*[-–—_]", paragraphs[0]):
        return paragraphs[0], paragraphs[1:]
    return None, paragraphs
