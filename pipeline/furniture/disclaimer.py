"""Statements of a site that it translates by machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._phrases import search_regex
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Evidence
from pipeline.text.lines import Line, ends_sentence, fold, is_headline, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "disclaimer", 1

WEIGHT = 0.97
"""Weight of an explicit disclaimer in `mt_score` (DESIGN section 5: a declaration)."""

_LONGEST = 1200
_SHORT_LABEL = 120


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield evidence of machine translation and a deletion per disclaimer.

    A paragraph of the head or tail zone is one where three kinds of words meet: of translating, of machinery, and by which the
    page speaks of itself; or where a fixed phrase ("automatically translated") is the whole of a short line. News about translation
    quotes somebody, reports in the third person, or stands in the body: it stays.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board.\\n"
    >>> note = "This article was translated automatically and may contain errors."
    >>> [type(f).__name__ for f in find(body * 2 + note, Context(doc, Metadata()))]
    ['Evidence', 'Edit']
    >>> list(find(body * 2 + "The court used a machine to translate the plea, the clerk told reporters.", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    zones = find_zones(text)
    for line in lines:
        zone = zones.name(line.index)
        if zone == "body" or len(line.text) > _LONGEST:
            continue
        evidence = _judge(line, fold(line.text), zones)
        if evidence:
            yield Evidence("explicit_disclaimer", line.start, line.end, line.text, WEIGHT)
            removal = Removal(line.index, line.index, "translation_disclaimer", f"formula: {evidence}; zone: {zone}")
            yield from remove_lines(text, lines, [removal], NAME, VERSION)


def _judge(line: Line, folded: str, zones: Zones) -> str | None:
    translates = _words("translate_word").search(folded)
    if not translates:
        return None
    if '"' in folded or _reports(folded):
        return None
    phrase = _words("phrase").search(folded)
    if phrase and len(folded) <= _SHORT_LABEL and not (is_headline(line.text) and zones.in_head(line.index) and line.index == 0):
        if not ends_sentence(line.text) or _words("self_word").search(folded):
            return f"“{phrase[0]}” on a short line"
    self_word = _words("self_word").search(folded)
    machine = _words("automatic_word").search(folded)
    if self_word and machine and not (zones.first_prose == line.index and zones.last_prose == line.index):
        return f"“{translates[0]}”, “{machine[0]}” and “{self_word[0]}” together"
    return None


@cache
def _words(kind: str) -> re.Pattern[str]:
    return search_regex("disclaimers.toml", kind)


def _reports(folded: str) -> bool:
    """Whether the paragraph reports what somebody said, as a story does and a disclaimer does not."""
    return search_regex("citing.toml", "reporting").search(folded) is not None
