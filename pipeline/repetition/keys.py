"""Packed keys of a document's lines: what the corpus is counted by."""

from __future__ import annotations

import re
from collections.abc import Sequence

import xxhash

from pipeline.text.lines import Line, split_lines
from pipeline.text.zones import Zones, find_zones

__all__ = ["BODY", "HEAD", "MOST_LINES", "NOWHERE", "TAIL", "ZONE_BITS", "line_key", "line_keys", "name_zone", "site_key"]

BODY, HEAD, TAIL, NOWHERE = 0, 1, 2, 3
"""Zone of a line, in the lowest two bits of its packed key. A text without prose has no zones: an alert, a table."""

ZONE_BITS = 2

MOST_LINES = 400
"""Of a longer document the first and the last half of so many lines are counted: furniture stands at the edges."""

_LETTER = re.compile(r"[^\W\d_]")


def site_key(site: str) -> int:
    """64 bits that stand for a site; never 0, which stands for a document that is not counted."""
    return xxhash.xxh3_64_intdigest(site.encode("utf-8", "surrogatepass")) or 1


def line_key(line: Line, site: int) -> int | None:
    """The 62 bits that stand for a line of a site, or None for a line without a letter.

    Case, spaces and house typography are folded. Figures are not: in a table they are what the line says.

    >>> one, other = split_lines("It’s all here\\n  IT'S ALL  HERE")
    >>> line_key(one, 7) == line_key(other, 7), line_key(one, 7) == line_key(one, 8)
    (True, False)
    """
    folded = line.flat
    if "  " in folded or "\t" in folded:
        folded = " ".join(folded.split())
    if _LETTER.search(folded) is None:
        return None
    return xxhash.xxh3_64_intdigest(folded.encode("utf-8", "surrogatepass"), seed=site) >> ZONE_BITS


def name_zone(zones: Zones, number: int) -> int:
    """The zone bits of a line.

    >>> zones = find_zones("Title\\n" + "The ferry left the port at noon with all hands on board.\\n" * 8 + "Home")
    >>> [name_zone(zones, number) for number in range(10)]
    [1, 1, 0, 0, 0, 0, 2, 2, 2, 2]
    """
    first = zones.first_prose
    if first < 0:
        return NOWHERE
    if number <= first:
        return HEAD
    return TAIL if number >= zones.tail else BODY


def line_keys(text: str, site: int) -> list[int]:
    """The packed keys of a text, ``line_key << 2 | zone``, each line once, in the order of the text.

    A line that stands in several zones of the document counts for its body.
    """
    lines, zones = split_lines(text), find_zones(text)
    found: dict[int, int] = {}
    for line in _counted(lines):
        key = line_key(line, site)
        if key is not None:
            zone = name_zone(zones, line.number)
            found[key] = zone if found.setdefault(key, zone) == zone else BODY
    return [key << ZONE_BITS | zone for key, zone in found.items()]


def _counted(lines: Sequence[Line]) -> Sequence[Line]:
    half = MOST_LINES // 2
    return lines if len(lines) <= MOST_LINES else (*lines[:half], *lines[-half:])
