"""Notes of editors to readers and to other editors: corrections, updates, advisories."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._phrases import clauses, literals, starts
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger
from pipeline.text.zones import Zones, edge_lines, find_zones

NAME, VERSION = "editor_notes", 1

_LONGEST = 900
_CORRECTS = re.compile(r"[(\[]\s*(?:Corrects|Corrige|Korrigiert|Berichtigt|Fixes|This version corrects)")
_SHOWN = re.compile(r"\s*[:：—–)\]】]|\s+-\s|\s*=\s")
# Notes that say by their sentence, not by a colon, what they are.
_SENTENCE = re.compile(
    r"[(\[*]*(?:an? (?:earlier|previous) version|this (?:story|article|post|report|headline|copy|is a|breaking)|in einer früheren|"
    r"dieser artikel wird|"
    r"une version|cet article a|una versión anterior|este artículo (?:ha|fue)|uma versão|esta (?:matéria|reportagem"
    r"|notícia)|una versione|articolo in|"
    r"in een eerdere|новость|материал|новина|матеріал|haber güncelleniyor|developing story|check back"
    r"|more to follow|notizia in|noticia en|notícia em)",
    re.IGNORECASE,
)


def labels() -> list[str]:
    """Strings of which a note to other newsrooms has one."""
    return sorted(literals("versions.toml", "advisory")() | literals("versions.toml", "note")())


TRIGGER = Trigger(phrases=clauses(("credits.toml", "editor_note")), listed=labels)


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield each note as a fact and a deletion of its line.

    A note begins with its label and a colon, dash or bracket; or with one of the few sentences that only a note has, in the head or
    tail zone.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board.\\n"
    >>> [f.value for f in find(body + "Editor’s note: The date was corrected.", Context(doc, Metadata())) if isinstance(f, Fact)]
    ['Editor’s note: The date was corrected.']
    >>> list(find(body + "Correction is a hard word for a minister, and he did not use it.", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    zones = find_zones(text)
    edge = {line.number for line in edge_lines(text)}
    language = context.language
    removals: list[Removal] = []
    for line in lines:
        if len(line.text) > _LONGEST or (line.number not in edge and line.text[0] not in "([*" and ":" not in line.flat[:40]):
            continue
        if evidence := _judge(line, zones, language):
            yield Fact("editor_notes", line.text.strip("()[] ") if line.text[0] in "([" else line.text)
            if _CORRECTS.match(line.text):
                yield Fact("version_marker", "CORRECTED")
            removals.append(Removal(line.number, line.number, "editor_note", evidence))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _judge(line: Line, zones: Zones, language: str | None) -> str | None:
    text = line.text
    zone = zones.name(line.number)
    if text[0] in "([" and zone != "body" and starts("versions.toml", "advisory").match(text):
        return f"formula: advisory line; form: in brackets; zone: {zone}"
    if zone != "body" and starts("versions.toml", "note").match(text.lstrip("#*(_- ")):
        return f"formula: note to editors; zone: {zone}"
    match = starts("credits.toml", "editor_note", language).match(line.flat)
    if not match:
        return None
    label = match[0].strip("([* ")
    if _SHOWN.match(text, match.end()):
        strong = zone != "body" or text[0] in "([*" or len(label.split()) >= 2
        return f"formula: “{label}”; form: a label before a colon, dash or bracket" if strong else None
    if zone != "body" and _SENTENCE.match(line.flat):
        return f"formula: “{label}”; zone: {zone}"
    if len(text) <= 60 and zone != "body" and match.end() >= len(text.rstrip(" .)]*")):
        return f"formula: “{label}”; form: the whole line; zone: {zone}"
    return None
