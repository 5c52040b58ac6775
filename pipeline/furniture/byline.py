"""Who wrote it: a line of names before the story, with or without "By", a role and an outlet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._authors import CONTACT, Credit, read_names, roles, split_prefix
from pipeline.furniture._dates import is_time_line, read_time
from pipeline.furniture._names import known_source
from pipeline.furniture._phrases import starts
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, ends_sentence, flatten, fold, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger, has_loose_line
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "byline", 2
TRIGGER = Trigger(questions=(has_loose_line,))

_LONGEST = 200
_DEEPEST = 10
"""Lines of the head that are looked at; the gold bylines stand second, the deepest seen in wire copy sixth."""


_UPDATED = re.compile(r"updat|modified|aktualisiert|mis à jour|actualizad|atualizad|aggiornat|bijgewerkt|обновл|оновл|güncelle|更新|수정")
_DATED = re.compile(r"\s+(?:on|am|le|el|em|il|op)\s+(?=[^,|]{0,24}\d).*$")
_PLACED = re.compile(r"(?P<names>.{4,60}), (?P<place>[A-ZÀ-ÞА-ЯІЇЄ][\w’'-]{2,24})")


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield each author as a fact, an agency in the line as text agency, and a deletion of the line.

    With "By" or its like in another language the line may name people, roles, agencies and outlets; without it the line must be
    nothing but names, right under the headline, and the story must not speak of a person of that name.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board."
    >>> [f.value for f in find(f"By ANA RUIZ and Jo Lind, Staff Writers\\n{body}", Context(doc, Metadata())) if isinstance(f, Fact)]
    ['Ana Ruiz', 'Jo Lind']
    >>> list(find(f"By Monday night it was over\\n{body}", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    zones = find_zones(text)
    removals: list[Removal] = []
    for line in _candidates(lines, zones, context.language):
        credit, evidence = _judge(line, lines, text, zones, context.language)
        if credit is None:
            if removals and removals[-1].last == line.number - 1 and zones.before_prose(line.number) and _is_role(line.text):
                removals[-1] = removals[-1]._replace(last=line.number)
            continue
        for name in credit.names:
            yield Fact("byline", name)
        for agency in credit.agencies:
            yield Fact("text_agency", agency)
        if (stamp := read_time(line.text, context.language)) and not _UPDATED.search(line.flat):
            yield Fact("published_at", stamp.iso)
        removals.append(Removal(line.number, line.number, "byline", evidence))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _candidates(lines: tuple[Line, ...], zones: Zones, language: str | None) -> Iterator[Line]:
    """Lines before the story, a few after its first sentences (a standfirst is prose, too), and what looks like a byline at the end."""
    head = zones.first_prose if zones.first_prose >= 0 else min(3, len(lines) - 1)
    for line in lines[: min(head, _DEEPEST)]:
        if len(line.text) <= _LONGEST:
            yield line
    if zones.first_prose < 0:
        return
    for line in lines[min(head, _DEEPEST) :]:
        if line.prose or len(line.text) > _LONGEST or (_DEEPEST < line.number <= zones.last_prose):
            continue
        if line.text[0] in "—–" or split_prefix(line.text, language) or _title_after(line.text) or _beside_time(line, lines):
            yield line


def _beside_time(line: Line, lines: tuple[Line, ...]) -> bool:
    """Whether the line before or after gives a time of publication."""
    return line.number <= _DEEPEST and any(
        is_time_line(other.text) for other in lines[max(0, line.number - 1) : line.number + 2] if other is not line
    )


def _judge(line: Line, lines: tuple[Line, ...], text: str, zones: Zones, language: str | None) -> tuple[Credit | None, str]:
    """(credit, evidence) of a byline, or (None, "")."""
    shown = line.text.strip()
    zone = f"zone: {zones.name(line.number)}"
    if name := _title_after(shown):
        return Credit((name,)), f"formula: a reporter's title after a name; {zone}"
    if zones.before_prose(line.number) and _is_nameless(line, language) and not ends_sentence(shown):
        return Credit(), f"formula: a byline that names nobody; {zone}"
    prefix, rest = split_prefix(shown, language) or ("", shown)
    if ends_sentence(rest) and not rest.endswith(("Jr.", "Sr.")):
        return None, ""
    credit = read_names(_DATED.sub("", rest) if prefix else rest, strict=not prefix, language=language)
    if credit.unknown and zones.before_prose(line.number) and (placed := _PLACED.fullmatch(rest)):
        credit = read_names(placed["names"], strict=True, language=language)
    if credit.unknown or not (credit.names or credit.agencies):
        return None, ""
    if prefix:
        return credit, f"formula: “{prefix}”; form: names with capitals; {zone}"
    if not credit.names or any(_mentioned(name, line, text) for name in credit.names):
        return None, ""
    if zones.before_prose(line.number) and line.number <= 4:
        return credit, f"{zone}, under the headline; form: nothing but names and roles"
    if not zones.after_prose(line.number) and _beside_time(line, lines):
        return credit, "zone: head, beside the time of publication; form: nothing but names and roles"
    if shown[0] in "—–":
        return credit, f"{zone}, after the story; form: a dash before a name"
    return None, ""


def is_byline(line: Line, language: str | None) -> bool:
    """Whether a line says who wrote the text, by its words: `By Ana Ruiz`, `Von unserem Korrespondenten`. Names alone may be anything."""
    if len(line.text) > _LONGEST or (ends_sentence(line.text) and line.text.count(" ") > 5):
        return False
    if _is_nameless(line, language):
        return True
    if _title_after(line.text):
        return True
    found = split_prefix(line.text, language)
    if found is None or ends_sentence(found[1]):
        return False
    credit = read_names(found[1], strict=False, language=language)
    return not credit.unknown and bool(credit.names or credit.agencies)


def _is_nameless(line: Line, language: str | None) -> bool:
    """`By our own correspondent`: a byline that names nobody."""
    return starts("bylines.toml", "nameless", language).match(line.core) is not None if line.core else False


def _title_after(text: str) -> str | None:
    """The name before 기자, 記者 and the like where they are the whole line."""
    match = None if text.isascii() else starts("bylines.toml", "title_after").match(flatten(text))
    return match["name"].strip() if match else None


def _is_role(text: str) -> bool:
    """Whether a line under a byline says nothing but what the author is: `White House Reporter`, `Harbor Post`."""
    if len(text) > 60 or ends_sentence(text) or text.count(" ") > 6:
        return False
    if known_source(text) or CONTACT.fullmatch(text.strip()):
        return True
    left = roles().sub("", fold(text))
    return left != fold(text) and len(re.findall(r"\w{2,}", left)) <= 3 and not re.search(r"\d", left)


def _is_card(row: str, name: str) -> bool:
    """Whether a line after the story begins with the name and says what its bearer does."""
    flat = flatten(row.strip())
    return flat.startswith(flatten(name)) and (flat == flatten(name) or starts("credits.toml", "bio").match(flat) is not None)


def _mentioned(name: str, line: Line, text: str) -> bool:
    """Whether prose speaks of the person, so that the line is a topic or a heading and not a credit."""
    # A credit at the end, "(Reporting by ...)", and a card about the author confirm the byline instead.
    rest = "\n".join(row for row in text[line.after :].split("\n") if not row.lstrip().startswith(("(", "[")) and not _is_card(row, name))
    if name in rest or flatten(name) in flatten(rest):
        return True
    surname = name.split()[-1]
    return len(surname) > 3 and surname in rest and re.search(rf"\b{re.escape(surname)}\b", rest) is not None
