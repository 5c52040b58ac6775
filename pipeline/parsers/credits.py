"""Picture agencies in the credits that mark-up puts under pictures.

Only names that we know are taken: what else stands between slashes may be a person, a programme or a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pipeline.resources import load_toml

__all__ = ["photo_agencies"]

_CUT = re.compile(r"\s+via\s+|[/|•·／｜+©,;()\[\]]|\s[-–—]\s|:\s|\s&\s|\s+(?:for|by|von|pour|für|per|par|di|de)\s+", re.IGNORECASE)
_TRAILER = re.compile(r"\s+(?:photos?|fotos?|images?|pictures?|file|archives?|pool|handout)$", re.IGNORECASE)
_END = 160
"""Characters at the end of a caption in which its credit stands, where the mark-up does not set it apart."""


@cache
def _known() -> dict[str, str]:
    entries = load_toml("agencies.toml")["entry"]
    return {name.casefold(): entry["name"] for entry in entries for name in entry["pattern"].split("|")}


def photo_agencies(credits: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Agencies named by (caption, credit) pairs; of a caption without a credit, by what stands behind its last sentence.

    >>> photo_agencies([("A ferry leaves.", "Photo: Jo Lind/Reuters"), ("A quay. Jo Lind / AFP via Getty Images", "")])
    ('Reuters', 'AFP', 'Getty Images')
    >>> photo_agencies([("Reuters reported first, he said.", "")])
    ()
    """
    found: list[str] = []
    for caption, credit in credits:
        for part in _CUT.split(credit or _tail(caption)):
            name = _known().get(part.strip(" .").casefold()) or _known().get(_TRAILER.sub("", part.strip(" .")).casefold())
            if name and name not in found:
                found.append(name)
    return tuple(found)


def _tail(caption: str) -> str:
    """What follows the last full stop, or the last bracket."""
    tail = caption[-_END:]
    if match := re.search(r"[(\[]([^()\[\]]{2,120})[)\]]\.?$", tail):
        return match[1]
    parts = re.split(r"[.!?”\"»]\s+", tail)
    return parts[-1] if len(parts) > 1 and not tail.endswith((".", "!", "?")) else ""
