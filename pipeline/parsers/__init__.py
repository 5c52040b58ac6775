"""Raw bytes -> `ParsedDocument`: decode, find out the format, extract text and metadata.

One file per format. A new one needs a line in `FORMATS` and a case file; see docs/adding-a-format.md.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from types import ModuleType

from pipeline.config import InputConfig
from pipeline.parsers import (
    anpa,
    ap_json,
    assets,
    decoding,
    feeds,
    html_page,
    iptc7901,
    json_feed,
    newsml_1_2,
    newsml_g2,
    ninjs,
    nitf,
    plain,
    row,
    sgml,
    sniff,
    xml_other,
    zczc,
)
from pipeline.parsers.members import Member, split_members
from pipeline.parsers.source import Parser, Reading, Source
from pipeline.parsers.sources import add_sources
from pipeline.records import Metadata, ParsedDocument, RawDocument

__all__ = ["FORMATS", "Member", "parse", "split_members"]

FORMATS: tuple[Parser, ...] = (
    newsml_g2,  # before NITF: an item carries NITF inside
    newsml_1_2,
    nitf,  # before HTML: the body of NITF has paragraphs and tables as HTML has
    feeds,
    sgml,  # before HTML: its documents are tags in text
    ap_json,  # before ninjs: an item of AP has all that makes a ninjs item
    json_feed,
    ninjs,  # before row: a ninjs item is a JSON object too
    row,
    html_page,
    xml_other,  # after HTML: XHTML may begin with an XML declaration
    anpa,  # before IPTC 7901: both begin with a start of header
    iptc7901,
    zczc,
    plain,  # last: everything that is text is plain text
)
"""Asked in this order; the first that recognises the content reads it."""


def parse(raw: RawDocument, config: InputConfig) -> ParsedDocument:
    """Decode one raw document, recognise its format and extract its text and metadata.

    Raises:
        DocumentError: ``empty_file``, ``blank_file``, ``not_text_data``, or a code of the format's parser.
    """
    if asset := assets.kind_of(raw):
        kind, evidence = asset
        return _parsed(raw, None, assets, evidence, assets.read(kind))
    if raw.kind == "row":
        decoded, evidence = decoding.decode_row(raw.data), "container: row"
        source = _source(raw, decoded)
        parser: Parser = next((p for p in (ap_json, ninjs) if p.recognise(source)), row)
    else:
        decoded = decoding.decode(raw.data, raw.origin.charset or _charset(raw.origin.media_type))
        source = _source(raw, decoded)
        parser, evidence = sniff.choose(source, FORMATS)
    reading = parser.read(source, config)
    return _parsed(raw, decoded, parser, evidence, reading)


def _source(raw: RawDocument, decoded: decoding.Decoded) -> Source:
    origin = raw.origin
    name = PurePosixPath((origin.url or origin.member or origin.uri).split("?")[0]).name.lower()
    media_type = (origin.media_type or "").split(";")[0].strip().lower() or None
    url = next((u for u in (origin.url, origin.member, origin.uri) if u and u.startswith(("http://", "https://"))), None)
    is_utf8 = decoded.encoding == "utf-8" and decoded.source != "bom" and not decoded.replaced
    return Source(decoded.text, raw.data, name, media_type, url, is_utf8)


def _charset(media_type: str | None) -> str | None:
    match = re.search(r"""\bcharset\s*=\s*["']?([\w.:\-]{1,40})""", media_type or "", re.IGNORECASE)
    return match[1] if match else None


def _parsed(
    raw: RawDocument, decoded: decoding.Decoded | None, parser: Parser | ModuleType, evidence: str, reading: Reading
) -> ParsedDocument:
    tool = f" with {reading.tool}" if reading.tool else ""
    return ParsedDocument(
        doc_id=raw.doc_id,
        ordinal=raw.ordinal,
        origin=raw.origin,
        raw_sha256=raw.raw_sha256,
        raw_bytes=len(raw.data),
        source_text=reading.text,
        metadata=_with_address(reading.metadata, raw.origin.url),
        format=reading.format or parser.NAME,
        extractor=f"{parser.NAME} {parser.VERSION}{tool}; {evidence}",
        encoding=decoded.encoding if decoded else None,
        encoding_source=decoded.source if decoded else None,
        encoding_confidence=decoded.confidence if decoded else None,
        replaced_bytes=(decoded.replaced if decoded else 0) + reading.replaced,
        title_in_text=reading.title_in_text,
        marks=reading.marks,
    )


def _with_address(metadata: Metadata, address: str | None) -> Metadata:
    """A document that does not say its own address has the one that it was retrieved from."""
    if metadata.canonical_url or not address:
        return metadata
    sources = add_sources(metadata.metadata_sources, (("canonical_url", "address"),))
    return metadata.with_values(canonical_url=address, metadata_sources=sources)
