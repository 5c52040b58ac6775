"""Which parser reads a document: content first, name second, declared media type third.

A wrong name must not matter: name and media type are asked only where the content says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.parsers.source import Parser, Source

__all__ = ["choose"]

_BY_SUFFIX = {".html": "html", ".htm": "html", ".xhtml": "html", ".shtml": "html", ".json": "row"}
_BY_MEDIA_TYPE = {"text/html": "html", "application/xhtml+xml": "html", "application/json": "row"}


def choose(source: Source, formats: Sequence[Parser]) -> tuple[Parser, str]:
    """The parser that reads `source`, and the evidence for it in words, for example ``content: root element nitf``."""
    *specific, fallback = formats
    for parser in specific:
        if evidence := parser.recognise(source):
            return parser, f"content: {evidence}"
    by_name = {parser.NAME: parser for parser in formats}
    suffix = source.name[source.name.rfind(".") :] if "." in source.name else ""
    for name, evidence in (
        (_BY_SUFFIX.get(suffix), f"name: {suffix}"),
        (_BY_MEDIA_TYPE.get(source.media_type or ""), f"media type: {source.media_type}"),
    ):
        if name and _could_be(name, source):
            return by_name[name], evidence
    return fallback, f"content: {fallback.recognise(source)}"


def _could_be(name: str, source: Source) -> bool:
    # A fragment of mark-up or a broken record says too little by itself; plain prose is neither, whatever it is called.
    if name == "html":
        return "<" in source.head
    return source.head[:1] in ("{", "[", '"') or re.fullmatch(r"-?[0-9][0-9.eE+\-]{0,40}|true|false|null", source.head.strip()) is not None
