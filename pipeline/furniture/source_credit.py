"""Where the text comes from: `Source: ...`, an agency or outlet alone at the end, `(ANSA)` after the last sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._names import agency_named, looks_like_outlet, outlet_named
from pipeline.furniture._phrases import starts
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact, KeySpan
from pipeline.text.lines import Line, flatten, fold, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger, has_loose_line
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "source_credit", 2

_PARTS = re.compile(r"\s*(?:[/,;+&|·•、，]|\s[-–—]\s|\b(?:and|und|et|y|e|en|i|и|та|і|ve|with|avec|mit|con)\b)\s*")
_GENERIC = re.compile(
    r"(?:other |news |the |de |las |les |den |der |die |die nachrichten|le |and )*(?:agencies|agency|agenturen"
    r"|nachrichtenagenturen|agences?|agencias|agências|agenzie|persbureaus|agencje|"
    r"агентств[ао]?|агенції|ajanslar|wires?|wire (?:services|reports)|wire service|staff|staff reports?|bureau"
    r"|web ?desk|news ?desk|online|internet|redaktion|redacción|rédaction|redazione|redactie|redação|"
    r"inputs?|reports?|files)"
)
_TRAILING = re.compile(r"(?<=[.!?”\"»’…)])\s*(?P<credit>[(\[/<（]\s*(?P<name>[^()\[\]/<>（）]{2,40})\s*[)\]/>）])\s*\.?\s*$")
_TRAILING_DASH = re.compile(
    r"(?<=[.!?”\"»’…])\s*(?P<credit>[-–—]{1,2}\s*(?:[Ww]ith )?(?P<name>[A-ZÀ-ÞА-Я][\w.&-]{1,20}(?: [A-ZА-Я][\w.&-]{1,20}){0,3}))\s*\.?\s*$"
)
_TRAILING_BARE = re.compile(r"(?<=[.!?”\"»…])\s+(?P<credit>(?P<name>[A-ZÀ-ÞА-Я][\w-]{1,14}))\s*$")
_TRAILED = 60
"""Code points before a line's end in which a credit behind the last sentence stands."""

_SIGNED = re.compile(r"[a-zà-ÿ]{2,3}(?:[/,-][a-zà-ÿ]{2,4}){0,4}\s*\((?P<names>[^()]{2,80})\)")
_INITIALS = re.compile(
    r"[a-zà-ÿ]{2,4}(?:[/-][a-zà-ÿ]{2,4}){0,4}|[(\[]?[A-Z]{2,3}/[A-Z]{2,3}[)\]]?|\(?[a-z]{2}/\w{2,10}\)?"
    r"|dpa:\d{6}-\d{2}-\d{5,8}/\d+|©?\s?dpa-infocom.{0,40}"
)


def may_end_in_credit(text: str, context: Context) -> bool:
    """Whether the last line closes with a bracket or a slash, has a dash near its end, or ends without punctuation."""
    lines = split_lines(text)
    tail = lines[-1].text[-_TRAILED:] if lines else "."
    return tail[-1].isalnum() or tail[-1] == "_" or any(mark in tail for mark in ")]/>）–—-")


TRIGGER = Trigger(questions=(has_loose_line, may_end_in_credit))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield text agencies, publisher and source hints as facts, deletions of credit lines, and a key span for a credit in a paragraph.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board.\\n" * 2
    >>> [(f.name, f.value) for f in find(body + "Source: Reuters", Context(doc, Metadata())) if isinstance(f, Fact)]
    [('text_agency', 'Reuters')]
    >>> [type(f).__name__ for f in find(body.rstrip() + " (ANSA).", Context(doc, Metadata()))]
    ['Fact', 'KeySpan']
    """
    lines = split_lines(text)
    if not lines:
        return
    zones = find_zones(text)
    removals: list[Removal] = []
    signed, credits = _trailing(lines, zones)
    for line in lines:
        edge = zones.after_prose(line.number) or zones.before_prose(line.number)
        if not edge or len(line.text) > 160 or len(lines) == 1:
            continue
        facts, evidence = _judge(line, zones, context, line.number - 1 in (signed, removals[-1].last if removals else -2))
        if evidence:
            yield from facts
            removals.append(Removal(line.number, line.number, "source_credit", evidence))
    yield from credits
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _judge(line: Line, zones: Zones, context: Context, after_credit: bool) -> tuple[list[Fact], str]:
    """(facts, evidence) of a line that is a credit, or ([], "")."""
    zone = f"zone: {zones.name(line.number)}"
    bare = line.text.strip(" ()[]<>*_.（）【】/–—-|")
    head = zones.before_prose(line.number)
    match = starts("credits.toml", "source_credit", context.language).match(flatten(bare))
    if match:
        start = match.start("names")
        facts, known = read_sources(bare[start : start + len(match["names"])], labelled=True)
        if known or (facts and ":" in flatten(bare[:start])):
            return facts, f"formula: a label of a source; {zone}"
        return [], ""
    if match := _SIGNED.fullmatch(line.text):
        facts, known = read_sources(match["names"])
        if known:
            return facts, f"form: initials before agencies in brackets; formula: agencies; {zone}"
    facts, known = read_sources(bare)
    may_be_title = head and line.number == 0 and context.metadata.title is None
    if known and not may_be_title:
        return facts, f"formula: nothing but agencies or outlets; {zone}"
    if looks_like_outlet(bare) and not may_be_title:
        return [Fact("publisher_hints", bare)], f"form: nothing but a name that only outlets bear; {zone}"
    if after_credit and _INITIALS.fullmatch(line.text):
        return [], f"form: initials under a credit; {zone}"
    return [], ""


def read_sources(text: str, *, labelled: bool = False) -> tuple[list[Fact], bool]:
    """Facts of a list of agencies and outlets, and whether every part of it is known; after a label "agencies" is known too.

    >>> read_sources("AFP and Harbor Post")[1], [f.value for f in read_sources("AFP, agencies")[0]]
    (False, ['AFP'])
    """
    facts: list[Fact] = []
    known = labelled
    for part in _PARTS.split(text):
        name = re.sub(r"^(?:the|The|der|die|das|la|le|el|von|du|de|der)\s+", "", part.strip(" .()[]©"))
        if not name:
            continue
        if agency := agency_named(name):
            facts.append(Fact("text_agency", agency))
            known = True
        elif outlet := outlet_named(name):
            facts.append(Fact("publisher_hints", outlet))
            known = True
        elif not _GENERIC.fullmatch(fold(name)):
            if looks_like_outlet(name) and not facts:
                return [Fact("publisher_hints", name)], known
            # An office or a company behind a label is where figures come from, and publishes nothing here.
            return facts, labelled and name[0].isupper() and len(name) <= 60
    return facts, known


def _trailing(lines: tuple[Line, ...], zones: Zones) -> tuple[int, list[Finding]]:
    """An agency after the last sentence stays in the text; it counts as a credit and not for the comparison.

    The first value is the number of its line, or -2 where there is none.
    """
    for line in lines[max(0, zones.last_prose) :]:
        for pattern in (_TRAILING, _TRAILING_DASH, _TRAILING_BARE):
            match = pattern.search(line.text, max(0, len(line.text) - _TRAILED))
            agency = agency_named(match["name"]) if match else None
            if match and agency:
                span = KeySpan(line.text_start + match.start("credit"), line.text_start + match.end("credit"))
                return line.number, [Fact("text_agency", agency), span]
    return -2, []
