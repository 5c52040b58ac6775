"""Files that hold several documents -> one small document each, as bytes that `parse` reads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from pipeline.errors import DocumentError
from pipeline.parsers import decoding, newsml_g2
from pipeline.parsers.markup import local, parse_xml, root_name
from pipeline.parsers.source import Source

__all__ = ["Member", "split_members"]


@dataclass(frozen=True, slots=True)
class Member:
    """One document of a file that holds several. `member_id` is unique in the file and depends on the file's bytes alone."""

    member_id: str
    data: bytes
    media_type: str | None


def split_members(data: bytes, name: str) -> list[Member] | None:
    """The documents of a file that holds several, in their order; None for a file that is one document.

    A file that cannot be read as several is one document, whose parser then says what is wrong with it.
    """
    start = data[:65_536].lstrip(b"\xef\xbb\xbf \t\r\n\0")[:1]
    if start != b"<":
        return None
    try:
        source = Source(decoding.decode(data).text)
    except DocumentError:
        return None
    root = (root_name(source.head) or "").lower()
    if root == "newsmessage":
        return _items(source)
    return None


def _items(source: Source) -> list[Member] | None:
    try:
        root = parse_xml(source.text)
    except DocumentError:
        return None
    items = [e for s in root.iter() if local(s) == "itemset" for e in s if local(e) in newsml_g2.ITEMS and e.get("guid") is not None]
    return numbered([(str(e.get("guid")), etree.tostring(e, encoding="utf-8", with_tail=False), "application/xml") for e in items]) or None


def numbered(found: list[tuple[str, bytes, str | None]]) -> list[Member]:
    """Members with ids that are unique: an id that comes again takes ``#2``, ``#3``, ..., and an empty one its ordinal from 1."""
    seen: dict[str, int] = {}
    members = []
    for ordinal, (identity, data, media_type) in enumerate(found, 1):
        base = re.sub(r"\s+", " ", identity).strip()[:500] or str(ordinal)
        seen[base] = seen.get(base, 0) + 1
        unique = base if seen[base] == 1 else f"{base}#{seen[base]}"
        while seen[base] > 1 and unique in seen:
            seen[base] += 1
            unique = f"{base}#{seen[base]}"
        seen.setdefault(unique, 1)
        members.append(Member(unique, data, media_type))
    return members
