"""Which parser reads a document: content first, name second, declared media type third.

A wrong name must not matter: name and media type are asked only where the content says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.parsers.source import Parser, Source

__all__ = ["choose"]

_BY_SUFFIX = {".html": "html", ".htm": "html", ".xhtml": "html", ".shtml": "html"}
_BY_MEDIA_TYPE = {"text/html": "html", "application/xhtml+xml": "html"}


def choose(source: Source, formats: Sequence[Parser]) -> tuple[Parser, str]:
    """The parser that reads `source`, and the evidence for it in words, for example ``content: root element nitf``."""
    *specific, fallback = formats
    for parser in specific:
        if evidence := parser.recognise(source):
            return parser, f"content: {evidence}"
    by_name = {parser.NAME: parser for parser in formats}
    # A fragment of mark-up says too little; with a tag in it, a name or a declared type is enough.
    if "<" in source.head:
        suffix = source.name[source.name.rfind(".") :] if "." in source.name else ""
        if suffix in _BY_SUFFIX:
            return by_name[_BY_SUFFIX[suffix]], f"name: {suffix}"
        if source.media_type in _BY_MEDIA_TYPE:
            return by_name[_BY_MEDIA_TYPE[source.media_type]], f"media type: {source.media_type}"
    return fallback, f"content: {fallback.recognise(source)}"
