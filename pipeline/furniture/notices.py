"""Banners about cookies and about what has to be paid for, as whole sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._phrases import clauses, words
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Flag
from pipeline.text.lines import Line, flat_text, is_headline, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "notices", 1

_DATA = "notices.toml"
_LONGEST = 600
TRIGGER = Trigger(phrases=clauses((_DATA, "consent"), (_DATA, "paywall")))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield a deletion per notice, and a flag ``paywall`` where the page says that there is more for those who pay.

    A notice speaks in the first or second person or of this page; a line that quotes, reports speech or may be the headline stays.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board.\\n" * 2
    >>> [e.kind for e in find(body + "We use cookies to improve your experience.", Context(doc, Metadata())) if not isinstance(e, Flag)]
    ['consent_notice']
    >>> list(find(body + "Websites use cookies to follow people, the court said.", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    zones = find_zones(text)
    whole = flat_text(text)
    removals = []
    for line in lines:
        if not 12 <= len(line.text) <= _LONGEST:
            continue
        found = _search(line, whole, context.language)
        if found is None or _is_story(line, found[1], whole, context):
            continue
        kind = found[0]
        removals.append(Removal(line.number, line.number, f"{kind}_notice", _evidence(line, zones, kind)))
        if kind == "paywall" and zones.in_tail(line.number):
            yield Flag("paywall", line.text_start, line.end, line.text[:80], "likely", NAME)
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _search(line: Line, whole: str, language: str | None) -> tuple[str, re.Match[str]] | None:
    for kind in ("consent", "paywall"):
        if match := words(_DATA, kind, language, whole).search(line.flat):
            return kind, match
    return None


def _is_story(line: Line, found: re.Match[str], whole: str, context: Context) -> bool:
    """Whether the line quotes or reports; a word of reporting inside the formula itself (Chinese "signifies") is none."""
    rest = f"{line.flat[: found.start()]}|{line.flat[found.end() :]}"
    reports, quotes = (words("citing.toml", kind, context.language, whole) for kind in ("reporting", "inscription"))
    if '"' in line.flat or reports.search(rest) or quotes.search(line.flat):
        return True
    return line.number == 0 and context.metadata.title is None and is_headline(line.text)


def _evidence(line: Line, zones: Zones, kind: str) -> str:
    zone = zones.name(line.number)
    second = f"zone: {zone}" if zone != "body" else "form: the page speaks to its reader on a line of its own"
    return f"formula: {'cookies and consent' if kind == 'consent' else 'a story for those who pay'}; {second}"
