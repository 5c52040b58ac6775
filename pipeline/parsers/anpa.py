"""ANPA 1312, as AP and others sent it: SYN SYN SOH, two header lines, STX, slug and header lines that begin with ``^``, text, ETX."""

from __future__ import annotations

import re

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.iptc7901 import control_free
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import Reading, Source, join_blocks, squeeze
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "anpa1312", 2

_ENVELOPE = re.compile(r"\x16{1,4}\x01\s*([A-Za-z])(\d{3,4})[\x1c\x1e\x1f]([\w\-]{0,40})")
_SECOND = re.compile(
    r"([A-Za-z]) ([A-Za-z])[ ]?[\x11-\x14\x0e\x0f]{0,4}\s?"  # priority, category, typesetting
    r"((?:am|pm|bc|ap)?-?[\w\-.'’&]{1,60})([^\r\n\x02]{0,80}?)"  # keyword slug, version
    r"[ ]+(\d{1,2}-\d{1,2})[ ]+(\d{0,5})",  # date, words
    re.IGNORECASE,
)
_PRIORITY = {"f": 1, "b": 2, "u": 3, "r": 4, "d": 5, "a": 6, "h": 7, "s": 8}
_FOOTER = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4}|\d\d)\s+(\d\d)(\d\d)\s?(GMT|UTC|Z|E[SD]T|C[SD]T|M[SD]T|P[SD]T)")
_ZONES = {"GMT": "Z", "UTC": "Z", "Z": "Z", "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00"}
_ZONES |= {"MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00"}
_NOTE = re.compile(
    r"^\(?(?:Eds?:|EDITOR'?S?’? ?'?S? NOTE|Editors:|AP Photos?\b|AP Graphics?\b|AP Video\b|With AP Photos?\b|NOTE CONTENTS?)", re.IGNORECASE
)
_VERSION = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th) )?(?:Ld-?Writethru|Ld|Lead|Writethru|Add|Sub|Insert|CORRECT(?:ION|IVE)|KILL|WITHHOLD|ADVISORY|UPDATE)\b[^,]*",
    re.I,
)


def recognise(source: Source) -> str | None:
    """Two SYN and a start of header with service letter and story number, and a start of text after it.

    >>> recognise(Source("\\x16\\x16\\x01a0123\\x1fint-\\nr i\\x13\\x11bc-storm 03-20 0120\\n\\x02^BC-Storm<\\n"))
    'ANPA 1312 envelope'
    """
    if "\x16" not in source.head[:2000]:
        return None
    match = _ENVELOPE.search(source.head[:2000])
    return "ANPA 1312 envelope" if match and "\x02" in source.text[match.end() : match.end() + 4000] else None


def read(source: Source, config: InputConfig) -> Reading:
    """Paragraphs of the text, one a line; headline, byline and notes are read from the lines that begin with a caret.

    Raises:
        DocumentError: ``no_text`` without a start of text.
    """
    envelope = _ENVELOPE.search(source.text)
    start = source.text.find("\x02", envelope.end() if envelope else 0)
    if start < 0:
        raise DocumentError("no_text", "there is no start of text in the message")
    end = source.text.find("\x03", start)
    body = source.text[start + 1 : end if end >= 0 else len(source.text)]
    after = source.text[end:] if end >= 0 else ""
    second = _SECOND.search(source.text[envelope.end() if envelope else 0 : start])
    heads, paragraphs = _split_body(body)
    slug, title, byline, notes, texts = _read_heads(heads)
    time = _time(after)
    version = _VERSION.search(f"{slug or ''},{second[4] if second else ''}")
    pick = Picker()
    metadata = Metadata(
        title=pick("title", (title, "line with ^")),
        byline=pick.first("byline", (fields.bylines(byline), "line with ^By")),
        slugline=pick("slugline", (_keyword(second[3]) if second else None, "header keyword"), (slug, "line with ^")),
        version_marker=pick("version_marker", (squeeze(version[0]) if version else None, "header version")),
        urgency=pick("urgency", (_PRIORITY.get(second[1].lower()) if second else None, "header priority")),
        published_at=pick("published_at", (time, "footer")),
        modified_at=pick("modified_at", (time, "footer")),
        pubstatus=pick("pubstatus", ("usable", "default")),
        publisher=pick("publisher", ("AP" if re.match(r"\x03?\s*AP-", after) else None, "footer")),
        editor_notes=pick.all("editor_notes", (notes, "line with ^Eds")),
        item_type=pick("item_type", ("text", "format")),
        extra=fields.extra(_envelope_values(envelope, second)),
    ).with_values(metadata_sources=pick.sources)
    return Reading(join_blocks(paragraphs or texts), metadata)


def _envelope_values(envelope: re.Match[str] | None, second: re.Match[str] | None) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    if envelope:
        values |= {"sequence": envelope[1] + envelope[2], "selector": envelope[3] or None}
    if second:
        values |= {"category": second[2], "word_count": second[6] or None, "cycle_date": second[5]}
    return values


def _split_body(body: str) -> tuple[list[str], list[str]]:
    """Header lines (they begin with a caret) and the paragraphs after them."""
    heads: list[str] = []
    rest: list[str] = []
    for raw in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        # A backspace overprinted an accent; the bare letter is all that such copy keeps.
        line = control_free(raw.replace("\b", "").replace("\t", "    "))
        if line.startswith("^") and not any(part.strip() for part in rest):
            heads.append(line)
        elif heads and not rest and not line.startswith(" ") and line.strip() and not heads[-1].rstrip().endswith(("<", "=")):
            heads[-1] += " " + line
        else:
            rest.append(re.sub(r"^\^|[<^=]+\s*$", "", line))
    cleaned = [text for head in heads if (text := squeeze(re.sub(r"^\^+|[<^=\s]+$", "", head).replace("^", " ")))]
    return cleaned, unwrap("\n".join(rest))


def _read_heads(heads: list[str]) -> tuple[str | None, str | None, list[str], list[str | None], list[str]]:
    slug: str | None = None
    title: str | None = None
    byline: list[str] = []
    notes: list[str | None] = []
    texts: list[str] = []
    for index, head in enumerate(heads):
        if _NOTE.match(head):
            notes.append(head.strip("()"))
        elif index == 0 and re.match(r"[A-Z]{2}-|[\w'’.&-]+(?:,|$)", head) and len(heads) > 1:
            slug = head
        elif re.match(r"By\s+\S", head):
            byline.append(head)
        elif byline and re.search(r"\b(?:Writer|Press|Correspondent|Editor|Service)\b", head):
            byline[-1] += f", {head}"
        elif title is None:
            title = head
        else:
            texts.append(head)
    return slug, title, byline, notes, texts


def _keyword(stated: str) -> str | None:
    """The keyword that is the same in all versions.

    >>> _keyword("bc-kelsund-bridge-1stld-writethru"), _keyword("bc-goldleads")
    ('bc-kelsund-bridge', 'bc-goldleads')
    """
    return squeeze(re.sub(r"[-_,]+(?:\d+(?:st|nd|rd|th)[-_]?)(?:ld|lead|add|sub|writethru|insert).*$", "", stated, flags=re.IGNORECASE))


def _time(text: str) -> str | None:
    match = _FOOTER.search(text[:200])
    if match is None:
        return None
    month, day = int(match[1]), int(match[2])
    year = int(match[3]) if len(match[3]) == 4 else int(match[3]) + (1900 if int(match[3]) >= 70 else 2000)
    if not (1 <= month <= 12 and 1 <= day <= 31 and int(match[4]) < 24 and int(match[5]) < 60):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}T{match[4]}:{match[5]}:00{_ZONES[match[6].upper()]}"
