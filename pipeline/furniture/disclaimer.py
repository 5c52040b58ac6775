"""Statements of a site that it translates by machine."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.furniture._phrases import Words, clauses, words
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Evidence
from pipeline.text.lines import Line, ends_sentence, is_headline, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger
from pipeline.text.zones import Zones, edge_lines, edge_text, find_zones

NAME, VERSION = "disclaimer", 1
TRIGGER = Trigger(phrases=clauses(("disclaimers.toml", "translate_word")))

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
    whole = edge_text(text)
    if not _words("translate_word", context, whole).search(whole):
        return
    removals = []
    for line in edge_lines(text):
        if len(line.text) <= _LONGEST and (evidence := _judge(line, whole, zones, context)):
            yield Evidence("explicit_disclaimer", line.text_start, line.end, line.text, WEIGHT)
            evidence = f"formula: {evidence}; zone: {zones.name(line.number)}"
            removals.append(Removal(line.number, line.number, "translation_disclaimer", evidence))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _judge(line: Line, whole: str, zones: Zones, context: Context) -> str | None:
    """Which words make the line a disclaimer, or None."""
    flat = line.flat
    translates = _words("translate_word", context, whole).search(flat)
    if not translates or '"' in flat or words("citing.toml", "reporting", context.language, whole).search(flat):
        return None
    self_word = _words("self_word", context, whole).search(flat)
    phrase = _words("phrase", context, whole).search(flat)
    is_title = line.number == 0 and context.metadata.title is None and is_headline(line.text)
    if phrase and len(flat) <= _SHORT_LABEL and not is_title and (self_word or not ends_sentence(line.text)):
        return f"“{phrase[0]}” on a short line"
    machine = _words("automatic_word", context, whole).search(flat)
    only_paragraph = zones.first_prose == zones.last_prose == line.number
    if self_word and machine and not only_paragraph:
        return f"“{translates[0]}”, “{machine[0]}” and “{self_word[0]}” together"
    return None


def _words(kind: str, context: Context, whole: str) -> Words:
    return words("disclaimers.toml", kind, context.language, whole)
