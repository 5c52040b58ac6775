"""Where and when the story was filed, and by which agency: `OSLO, May 4 (ABC) -`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._dateline_forms import ALONE, BARE, CAPITALS_ONLY, FORMS, SIGNED, SIGNS
from pipeline.furniture._names import agency_named, known_source, outlet_named
from pipeline.furniture._phrases import phrases_in, split_alternatives
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Edit, Fact, KeySpan
from pipeline.text.lines import Line, ends_sentence, fold, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger, has_loose_line
from pipeline.text.zones import find_zones

NAME, VERSION = "dateline", 2

_PARAGRAPHS = 3
_SIGNED_WITHIN = 90
"""Code points from the beginning of a paragraph within which a dateline shows its first sign."""


def may_have_dateline(text: str, context: Context) -> bool:
    """Whether one of the first paragraphs has the signs of a dateline near its beginning."""
    return any(SIGNS.search(line.text, 0, _SIGNED_WITHIN) for line in _paragraphs(text))


TRIGGER = Trigger(questions=(has_loose_line, may_have_dateline))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield the dateline of the first paragraphs: facts, and a span for the comparison key, or a deletion where it may not stay.

    It must begin a paragraph. It counts where it names an agency or outlet that we know, or a place in capitals before a dash.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> text = "OSLO, May 4 (Reuters) - The ferry left the port at noon with all hands on board."
    >>> [getattr(f, "value", None) or (f.start, f.end) for f in find(text, Context(doc, Metadata()))]
    ['OSLO, May 4 (Reuters) -', 'Reuters', (0, 24)]
    >>> list(find("The ferry (Norway) - a new one - left the port at noon with all hands on board.", Context(doc, Metadata())))
    []
    """
    alone = _alone(text, context)
    if alone:
        yield from alone
        return
    for line in _paragraphs(text):
        found = read_dateline(line.text)
        if not found:
            continue
        length, agencies, names = found
        if line.text[:length].rstrip().endswith(":") and not agencies and _is_one_of_several(line, text):
            return
        raw = line.text[:length].strip()
        yield Fact("dateline", raw)
        for agency in agencies:
            yield Fact("text_agency", agency)
        for name in names:
            yield Fact("byline", name)
        start = line.text_start
        if context.config.keep_datelines:
            yield KeySpan(start, start + length)
        else:
            evidence = "zone: begins one of the first paragraphs; form: place, date, agency and dash"
            yield Edit(start, start + length, text[start : start + length], "", "dateline", NAME, VERSION, "certain", evidence)
        return


_LABEL = re.compile(r"[A-ZÀ-ÞА-ЯІЇЄ][A-ZÀ-ÞА-ЯІЇЄ ]{2,30}: ")


def _is_one_of_several(line: Line, text: str) -> bool:
    """Whether other paragraphs begin with capitals and a colon, too: then they are labels (`CLAIM:`, `FACTS:`) and no places."""
    return any(other.number != line.number and _LABEL.match(other.text) for other in split_lines(text))


def is_dateline(text: str) -> bool:
    """Whether a line is a dateline and nothing else: `BERGEN, May 4 (AP)`, `Oslo (dpa) -`.

    >>> is_dateline("BERGEN, May 4 (AP)"), is_dateline("BERGEN (AP) - The ferry left."), is_dateline("Ferry sinks (AP)")
    (True, False, False)
    """
    if len(text) > 90 or ends_sentence(text):
        return False
    match = ALONE.fullmatch(text) or BARE.fullmatch(text)
    return match is not None and (agency_named(match["agency"]) is not None or known_source(match["agency"]) is not None)


def reads_as_dateline(text: str) -> bool:
    """Whether a line begins with a dateline that names an agency or a day, so that it is the story and no headline.

    >>> reads_as_dateline("OSLO, May 4 (Reuters) - The ferry left"), reads_as_dateline("OSLO: The ferry left")
    (True, False)
    """
    found = read_dateline(text)
    return found is not None and (bool(found[1]) or re.search(r"\d", text[: found[0]]) is not None or text[found[0] :][:1] == "")


def _alone(text: str, context: Context) -> list[Finding]:
    """A dateline on a line of its own before the story: `Bergen ABC  —`. The line goes, as it is no part of a sentence any more."""
    lines = split_lines(text)
    zones = find_zones(text)
    for line in lines[: max(0, zones.first_prose)]:
        signed = SIGNED.fullmatch(line.text) if line.number or context.metadata.title else None
        match = ALONE.fullmatch(line.text) or BARE.fullmatch(line.text) or signed
        if match and (agency_named(match["agency"]) or (match.re is not SIGNED and known_source(match["agency"]))):
            agency = agency_named(match["agency"])
            facts: list[Finding] = [Fact("dateline", line.text)]
            if agency:
                facts.append(Fact("text_agency", agency))
            removal = Removal(line.number, line.number, "dateline", "zone: head, before the story; form: place, agency or outlet and dash")
            return [*facts, *remove_lines(text, lines, [removal], NAME, VERSION)]
    return []


def _paragraphs(text: str) -> Iterator[Line]:
    lines = split_lines(text)
    first = find_zones(text).first_prose
    if first < 0:
        yield from lines[:2]
        return
    prose = [line for line in lines[first : first + 2 * _PARAGRAPHS] if line.prose]
    yield from prose[:_PARAGRAPHS]


def read_dateline(paragraph: str) -> tuple[int, list[str], list[str]] | None:
    """(length in code points with the white space after it, agencies, names of reporters) of a dateline, or None.

    >>> read_dateline("МОСКВА, 20 марта. /ТАСС/. Паром вышел.")[1], read_dateline("(ANSA) – ROMA, 20 MAR – Il traghetto")[1]
    (['TASS'], ['ANSA'])
    """
    head = paragraph[:140]
    if not SIGNS.search(head, 0, _SIGNED_WITHIN):
        return None
    for name, form in FORMS:
        match = form.match(head)
        if not match:
            continue
        groups = match.groupdict()
        agencies, outlet = _agencies_in(groups.get("agency") or "")
        if (name == "agency" and not agencies) or (name == "agency_date" and not re.search(r"\d", match[0])):
            continue
        if not agencies and not outlet and name not in ("japanese_place", "korean"):
            if name != "place_agency" or not _place_in_capitals(groups):
                continue
            agencies = _agency_unknown_to_us(match)
        reporters = [part.strip() for part in re.split(r"[·,]", groups.get("name") or "") if part.strip()]
        return match.end(), agencies, reporters
    return _caps_only(head)


def _place_in_capitals(groups: dict[str, str | None]) -> bool:
    """`OSLO (Harbor Post) —`, an outlet that we do not know; an acronym with its meaning in brackets is no place."""
    place, inside = groups["place"] or "", groups["agency"] or ""
    if not place.isupper() or not re.search(r"[-–—]", groups["sep"] or "") or fold(place) in _no_place() or len(place) < 4:
        return False
    initials = "".join(word[0] for word in inside.split()).upper()
    return inside[:1].isupper() and (len(initials) < 2 or place.replace(" ", "") != initials)


_DAY_BEFORE_AGENCY = re.compile(r",\s[^\W\d]{3,12}\.?\s\d{1,2}(?:,?\s\d{4})?\s*[(\[]|,\s\d{1,2}\.?\s[^\W\d]{3,12}\.?(?:\s\d{4})?\s*[(\[]")


def _agency_unknown_to_us(match: re.Match[str]) -> list[str]:
    """`OSLO, May 4 (Nordwire) -`: place in capitals, day, name and dash is how agencies alone sign; without the day it may be an outlet.

    A name in this form has no inner punctuation and at most three words.
    """
    name = (match["agency"] or "").strip()
    signs = bool(_DAY_BEFORE_AGENCY.search(match[0])) and bool(re.fullmatch(r"[\w.&-]+(?: [\w.&-]+){0,2}", name))
    return [name] if signs else []


@cache
def _no_place() -> frozenset[str]:
    """Words in capitals before a colon or dash that are labels or organisations."""
    return frozenset(word for phrase in phrases_in("bylines.toml", "no_place") for word in split_alternatives(phrase.pattern))


def _caps_only(head: str) -> tuple[int, list[str], list[str]] | None:
    match = CAPITALS_ONLY.match(head)
    if not match:
        return None
    place = match["place"].strip()
    first = fold(place).split(",")[0].strip()
    city = place.split(",")[0].strip()
    if (
        not city.isupper()
        or first in _no_place()
        or not _no_place().isdisjoint(first.split())
        or known_source(city)
        or len(city) < 3
        or len(city.split()) > 4
    ):
        return None
    if match["sep"].strip() == ":" and not re.search(r"\d", match[0]) and (len(city) < 4 or len(city.split()) > 2 or len(head) < 60):
        return None
    return match.end(), [], []


def _agencies_in(text: str) -> tuple[list[str], bool]:
    """Agencies that a credit names, and whether it names an outlet."""
    found: list[str] = []
    outlet = False
    for part in re.split(r"\s*(?:/|,|&|\+|\||\band\b|\bund\b|\bet\b|\by\b|\be\b|\s[-–—]\s)\s*", text):
        part = re.sub(r"^(?:Корр\.|корр\.|Kor\.|via|©|Source:|by)\s*", "", part.strip())
        agency = agency_named(part) or agency_named(re.sub(r"\s*[-–—]?\s*\d.*$", "", part))
        if agency:
            if agency not in found:
                found.append(agency)
        elif outlet_named(part):
            outlet = True
    return found, outlet
