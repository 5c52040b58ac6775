"""Who else worked on it: reporting, editing, translation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._names import agency_named, known_source, looks_like_name, tidy_name
from pipeline.furniture._phrases import clauses, starts
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, flatten, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "contributors", 1

_DATA = "credits.toml"
TRIGGER = Trigger(phrases=clauses((_DATA, "contributor"), (_DATA, "contributor_after")))
_LONGEST = 500
_CUT = re.compile(r"\s*(?:[,;/、，・·　+&]|\b(?:and|und|et|y|e|en|i|и|та|і|ve|as well as|sowie|med)\b|(?<=\s)و(?=[^\W\d_]))\s*")
_FORMULA = re.compile(
    r"^(?:(?:with|and)\s)?(?:additional\s|further\s)?(?:reporting|editing|writing|research|production|graphics)\sby\s", re.IGNORECASE
)
_TAIL_WORDS = re.compile(
    r"\s(?:in|at|from|for|of|reporting from|en|à|aus|für|pour|para|per|voor|в|из|and other|with|on|da"
    r"|de)\s+[A-ZÀ-ÞА-ЯІЇЄ\d][^,;]*$|\s*\([^)]*\)$"
)
_OWNER = re.compile(
    r"^(?:The\s+)?(?P<outlet>[\w. ]{2,40}?)['’]s?\s+(?=[A-ZÀ-Þ])|^(?:Associated Press|AP|Reuters|AFP|CNN|BBC|NBC"
    r"|CBS|ABC)\s+(?:\w+\s+)?(?:writers?|reporters?|journalists?|correspondents?)\s+"
)
_NEXT = re.compile(
    r"[;.]\s*(?=(?:[A-ZÀ-ÞА-Я][\w]* ){0,3}(?:[Ee]diting|[Rr]eporting|[Ww]riting|[Rr]esearch|[Rr]edaktion|[Tt]radu"
    r"|[Ee]dit|[Bb]earbeitung|[Pp]roduction|[Gg]raphics|[Cc]ompil))"
)


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield each contributor as a fact, agencies as text agencies, and a deletion of the credit line.

    A credit begins with its formula (or ends with "contributed to this report") and names people; it stands in the tail zone, or in
    brackets.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board.\\n" * 2
    >>> credit = "(Reporting by Lee Park in Oslo and Jo Lind; Editing by Ana Ruiz)"
    >>> [f.value for f in find(body + credit, Context(doc, Metadata())) if isinstance(f, Fact)]
    ['Lee Park', 'Jo Lind', 'Ana Ruiz']
    >>> list(find(body + "Reporting by satellite is not new.", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    zones = find_zones(text)
    removals = []
    for line in lines:
        if len(line.text) > _LONGEST or (line.number < zones.tail and line.text[0] not in "([（【"):
            continue
        people, agencies = read_contributors(line.text, context.language)
        if not people:
            continue
        for person in people:
            yield Fact("contributors", person)
        for agency in agencies:
            yield Fact("text_agency", agency)
        removals.append(Removal(line.number, line.number, "contributor_credit", _evidence(line, zones)))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _evidence(line: Line, zones: Zones) -> str:
    return f"formula: credit for reporting, editing or translation; form: names follow; zone: {zones.name(line.number)}"


def read_contributors(text: str, language: str | None = None) -> tuple[list[str], list[str]]:
    """(people, agencies) of a credit line; both empty where it is none.

    >>> read_contributors("CNN’s Lee Park and Jo Lind contributed to this report.", "en")
    (['Lee Park', 'Jo Lind'], [])
    """
    people: list[str] = []
    agencies: list[str] = []
    bare = text.strip(" *_()[]（）【】").strip()
    for piece in _NEXT.split(bare):
        stripped = piece.strip()
        flat = flatten(stripped)
        match = starts(_DATA, "contributor_after", language).match(flat) or starts(_DATA, "contributor", language).match(flat)
        if not match:
            if people:
                continue
            return [], []
        found, named, unknown = _read_names(stripped[match.start("names") : match.end("names")])
        if unknown and not found:
            return ([], []) if not people else (people, agencies)
        people += [person for person in found if person not in people]
        agencies += [agency for agency in named if agency not in agencies]
    return people, agencies


def _read_names(text: str) -> tuple[list[str], list[str], bool]:
    names: list[str] = []
    agencies: list[str] = []
    unknown = False
    for raw in _CUT.split(text):
        part = _OWNER.sub("", _FORMULA.sub("", raw.strip(" .:*()[]")))
        part = _TAIL_WORDS.sub("", part).strip()
        if not part:
            continue
        if agency := agency_named(part):
            agencies.append(agency)
        elif looks_like_name(part, announced=True):
            names.append(tidy_name(part))
        elif not known_source(part) and not names:
            unknown = True
    return names, agencies, unknown
