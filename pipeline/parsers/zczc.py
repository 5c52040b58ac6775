"""Wire messages between ZCZC and NNNN, the marks of the telex: header lines that begin with a sign, then the text."""

from __future__ import annotations

import itertools
import re

from pipeline.config import InputConfig
from pipeline.parsers import fields
from pipeline.parsers.iptc7901 import control_free
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import Reading, Source, join_blocks, squeeze
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "zczc", 2

_START = re.compile(r"[\s\x00-\x1f]{0,40}ZCZC\b[^\n]{0,100}\n")
_END = re.compile(r"^\s*N{4}\b", re.MULTILINE)
_SIGNS = "$:=^*&+%#@"


def recognise(source: Source) -> str | None:
    """ZCZC on the first line.

    >>> recognise(Source("ZCZC ABC123\\n^Ferry late\\nText.\\nNNNN\\n"))
    'ZCZC'
    """
    return "ZCZC" if _START.match(source.text[:400]) else None


def read(source: Source, config: InputConfig) -> Reading:
    """Paragraphs of the text, one a line; the headline is the line with ``^``, else the first one with ``:``."""
    start = _START.match(source.text)
    rest = source.text[start.end() if start else 0 :]
    end = _END.search(rest)
    lines = rest[: end.start() if end else len(rest)].replace("\r", "").split("\n")
    header: dict[str, str] = {}
    signed = list(itertools.takewhile(lambda line: line.strip() and line[0] in _SIGNS, lines))
    for line in signed:
        header.setdefault(line[0], squeeze(control_free(line[1:])) or "")
    pick = Picker()
    slug = ":" if header.get("^") else "#"
    metadata = Metadata(
        title=pick("title", *((fields.as_text(header.get(sign)), f"line with {sign}") for sign in "^:")),
        slugline=pick("slugline", (fields.as_text(header.get(slug)), f"line with {slug}")),
        version_marker=pick("version_marker", *((fields.as_text(header.get(sign)), f"line with {sign}") for sign in "=@")),
        pubstatus=pick("pubstatus", ("usable", "default")),
        item_type=pick("item_type", ("text", "format")),
        extra=fields.extra({"category": header.get("$"), "subject": header.get("+"), "service": header.get("&")}),
    ).with_values(metadata_sources=pick.sources)
    return Reading(join_blocks(unwrap(control_free("\n".join(lines[len(signed) :])))), metadata)
