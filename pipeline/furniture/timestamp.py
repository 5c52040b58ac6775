"""When it was published or changed, as sites print it over or under a story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._chronicle import entry_times
from pipeline.furniture._dates import is_time_line, may_be_time, read_time
from pipeline.furniture._names import agency_named, known_source, looks_like_name, tidy_name
from pipeline.furniture._phrases import line_phrase, phrases_in, starts
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, core, flatten, fold, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger, has_loose_line
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "timestamp", 2

_LONGEST = 160
_DEEPEST = 12
_UNDER = 6
"""Lines over and under a story in which the pages of the samples print their times; the deepest stand tenth and fifth."""

_NOBODY = frozenset(
    {"admin", "administrator", "staff", "editor", "web desk", "news desk", "redaktion", "redacción", "редакция", "by", "posted", "in"}
)
_META_CUT = re.compile(r"\s(?=(?:来源|來源|作者|记者|編輯|编辑|字号)[:：])|\s*[|•·—–／]\s*|\s-\s|\s{2,}|,\s(?=[A-Z][a-z]+$)")
_COUNT = re.compile(r"(?:\d{1,6}\s?)+(?:[kKmM]|views?|reads?|shares?|comments?)?")
_PLACE = re.compile(r"[A-ZÀ-ÞА-ЯІЇЄ][\w’'.-]*(?: [A-ZÀ-ÞА-ЯІЇЄ][\w’'.-]*){0,2}(?:, [A-ZÀ-ÞА-Я][\w’'.-]*)?")
_READ_TIME = re.compile(
    r"\b\d{1,3}[ -]?min(?:ute)?s?(?: read\b| de lecture\b| de lectura\b| de leitura\b| di lettura\b| czytania\b)"
    r"|\b\d{1,3} min\.? ?lesezeit\b",
    re.IGNORECASE,
)
_FULL_DATE = re.compile(r"\b[A-Z][a-z]{2,8}\.? \d{1,2}, (?:19|20)\d\d\b|\b\d{1,2}\.? [^\W\d_]{3,10}\.? (?:19|20)\d\d\b")
_CLOCK_ONLY = re.compile(r"\d{1,2}[:.h]\d\d(?:[:.]\d\d)?\s?(?:[ap]\.?m\.?|[A-Z]{2,4}|uhr|h)?", re.IGNORECASE)
_SEGMENT = re.compile(r"\s*[|•·;／]\s*|\s[-–—]\s")


def may_have_times(text: str, context: Context) -> bool:
    """Whether a line begins like a time."""
    return any(len(line.text) <= _LONGEST and may_be_time(line.core) for line in split_lines(text))


TRIGGER = Trigger(questions=(has_loose_line, may_have_times))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield times as facts and deletions of lines that hold nothing but times and their labels.

    A complete date becomes `published_at` (or `modified_at` after "updated"); a date without a year, an ambiguous one and "2 hours
    ago" become hints. A line goes before the story or after it; inside the story it must have a label. Dates
    over the entries of a chronicle or a live blog stay.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board."
    >>> facts = [f for f in find(f"Ferry sinks\\nUpdated: May 4, 2023\\n{body}", Context(doc, Metadata())) if isinstance(f, Fact)]
    >>> [(f.name, f.value) for f in facts]
    [('modified_at', '2023-05-04')]
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    zones = find_zones(text)
    removals = []
    for line in lines:
        if not line.core or len(line.text) > _LONGEST:
            continue
        zone = zones.name(line.number)
        if may_be_time(line.core) and is_time_line(line.text):
            if _labelled(line.text) or (_stands_apart(line, zones) and line.number not in entry_times(text)):
                yield from read_stamps(line.text, context.language)
                removals.append(Removal(line.number, line.number, "timestamp", f"form: nothing but dates, times and labels; zone: {zone}"))
        elif _beside_story(line, zones) and (facts := read_meta(line, context.language)) is not None:
            yield from facts
            evidence = f"form: date, author, place and counts between separators; zone: {zone}"
            removals.append(Removal(line.number, line.number, "timestamp", evidence))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _stands_apart(line: Line, zones: Zones) -> bool:
    """Outside the story. In a list without prose, and between paragraphs, a bare date is a heading of the story ("May 4")."""
    if zones.first_prose < 0:
        return line.number <= 2
    return zones.after_prose(line.number) or (line.number < zones.first_prose and line.number < _DEEPEST)


def _beside_story(line: Line, zones: Zones) -> bool:
    """Over the story or right under it, where themes print author, date and counts in one line."""
    return zones.first_prose >= 0 and _stands_apart(line, zones) and line.number <= zones.last_prose + _UNDER


def read_meta(line: Line, language: str | None) -> list[Fact] | None:
    """The facts of a line that holds a time beside an author, a source, a place, a section or counts; None where it is no such line.

    >>> line = split_lines("Reuters | Bergen | Updated: 20-03-2023 14:37 GMT")[0]
    >>> [(fact.name, fact.value) for fact in read_meta(line, "en")]
    [('text_agency', 'Reuters'), ('modified_at', '2023-03-20T14:37:00+00:00')]
    """
    if not re.search(r"\d", line.text):
        return None
    found = _read_pieces(line.text, language)
    return found if found is not None else _read_pieces(_spread(line.text), language)


def _read_pieces(text: str, language: str | None) -> list[Fact] | None:
    facts: list[Fact] = []
    timed = False
    for segment in _META_CUT.split(text):
        piece = segment.strip(" ,.()[]|")
        if not piece:
            continue
        if is_time_line(piece):
            timed = True
            facts += read_stamps(piece, language)
        elif line_phrase(core(piece), "read_time"):
            timed = True
        elif (found := _read_piece(piece, language)) is not None:
            facts += found
        else:
            return None
    return facts if timed else None


def _read_piece(piece: str, language: str | None) -> list[Fact] | None:
    """What a piece between separators says: nothing but a source, a name, a section, a count or a short place; else None."""
    if agency := agency_named(piece):
        return [Fact("text_agency", agency)]
    if known_source(piece) or line_phrase(core(piece), "share_label", "comment_label", "section_label", "navigation_label"):
        return []
    credit = starts("credits.toml", "source_credit", language).match(flatten(piece)) if ":" in flatten(piece) else None
    if credit and (agency := agency_named(piece[credit.start("names") : credit.end("names")])):
        return [Fact("text_agency", agency)]
    prefix = starts("bylines.toml", "prefix", language).match(flatten(piece))
    name = piece[prefix.end() :].strip(" :") if prefix else piece
    if looks_like_name(name, announced=prefix is not None):
        return [Fact("byline", tidy_name(name))]
    if _COUNT.fullmatch(piece) or fold(piece) in _NOBODY:
        return []
    return [] if _PLACE.fullmatch(piece) else None


def _spread(text: str) -> str:
    """Put separators where a theme prints none: `admin March 20, 2023 0 8 2 minutes read`."""
    return _READ_TIME.sub(" | ", _FULL_DATE.sub(lambda match: f" | {match[0]} | ", text))


def read_stamps(text: str, language: str | None) -> Iterator[Fact]:
    """The times of a line as facts.

    >>> [(f.name, f.value) for f in read_stamps("Published May 4, 2023 10:00 GMT | Updated 2 hours ago", "en")]
    [('published_at', '2023-05-04T10:00:00+00:00'), ('published_hints', 'Updated 2 hours ago')]
    """
    for segment in _with_clocks(_segments(text)):
        if not re.search(r"\d", segment):
            continue
        stamp = read_time(segment, language)
        modified = _label("modified_label").search(fold(segment)) is not None
        if stamp is None:
            yield Fact("published_hints", segment)
        else:
            yield Fact("modified_at" if modified else "published_at", stamp.iso)


def _with_clocks(segments: Iterator[str]) -> Iterator[str]:
    """Join a clock to the date before it: `20 MAR 2023 - 14:37`."""
    held = ""
    for segment in segments:
        if held and _CLOCK_ONLY.fullmatch(segment):
            held = f"{held} {segment}"
            continue
        if held:
            yield held
        held = segment
    if held:
        yield held


def _labelled(text: str) -> bool:
    folded = fold(text)
    return any(_label(kind).search(folded) for kind in ("published_label", "modified_label"))


def _segments(text: str) -> Iterator[str]:
    """Cut at separators and before a second label, so that each piece has one time."""
    for piece in _SEGMENT.split(text):
        folded = fold(piece)
        starts = [m.start() for m in _label("modified_label").finditer(folded) if m.start() > 4]
        if starts and len(folded) == len(piece) and re.search(r"\d", piece[: starts[0]]):
            yield piece[: starts[0]].strip(" ,")
            yield piece[starts[0] :].strip()
        elif piece.strip():
            yield piece.strip()


@cache
def _label(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{phrase.pattern})" for phrase in phrases_in("dates.toml", kind)))
