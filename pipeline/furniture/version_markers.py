"""Version markers, kill and embargo notices, slugs, notes between newsrooms and end marks of wire copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._phrases import literals, phrases_in, starts
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, ends_sentence, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger, has_line_of
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "version_markers", 1

_DATA = "versions.toml"
_HEAD_LINES = 8
_LONGEST = 140
"""A marker, slug or embargo line is a short line; longer ones begin the story."""

_END_MARK = 24
"""Longest end mark, with the stars and brackets that frame it."""

_STRONG_KILL = re.compile(r"(?:KILL\W+KILL|STORY WITHDRAWN|ADVISORY|BULLETIN KILL|ZURÜCK|MELDUNG|DÉPÊCHE|撤|【取|\[)")
_END_SYMBOL = re.compile(r"\s*(?:-\s?30\s?-|-0-|#{3}|#\s#\s#|\*{3}|\*\s\*\s\*)\s*")
_LATE = re.compile(
    r"\d{1,2}(?:st|nd|rd|th) Ld[\w-]*|Writethru|\d(?:st|nd|rd|th) (?:Add|Sub)|Correction|CORRECTED|UPDATE \d+|WRAPUP \d+|KILL"
)


def may_be_marked(text: str, context: Context) -> bool:
    """Whether there is a headline, or a line in the head that is short enough for a marker."""
    return context.metadata.title is not None or any(len(line.text) <= _LONGEST for line in split_lines(text)[:_HEAD_LINES])


TRIGGER = Trigger(listed=literals(_DATA, "kill"), questions=(may_be_marked, has_line_of(_END_MARK)))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield what wire copy says about itself as facts, and deletions of the lines that say nothing else.

    The marker of a headline is read here and cut off by the title rule. A kill notice sets `pubstatus` to ``canceled`` and keeps its
    text, which is all that it has.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text", title_in_text=True)
    >>> body = "The ferry left the port at noon with all hands on board."
    >>> [(f.name, f.value) for f in find(f"UPDATE 2-Ferry sinks\\n{body}\\n-30-", Context(doc, Metadata())) if isinstance(f, Fact)]
    [('version_marker', 'UPDATE 2')]
    """
    lines = split_lines(text)
    if not lines:
        return
    zones = find_zones(text)
    head = lines[: min(_HEAD_LINES, zones.first_prose + 1 if zones.first_prose >= 0 else _HEAD_LINES)]
    if _is_kill(head):
        yield Fact("version_marker", "KILL")
        yield Fact("pubstatus", "canceled", force=True)
    if context.metadata.title and (marker := read_marker(context.metadata.title)):
        yield Fact("version_marker", marker)
    removals: list[Removal] = []
    for line in head:
        yield from _read_head(line, len(lines), removals)
    removals += _end_marks(lines, zones)
    yield from remove_lines(text, lines, removals, NAME, VERSION)


@cache
def _regexes(kind: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(phrase.pattern) for phrase in phrases_in(_DATA, kind))


def _bare(text: str) -> str:
    """A line without the stars, dashes and brackets that frame notices."""
    return text.lstrip(" *-–—=_#([<>!.•")


def _is_end_mark(text: str) -> bool:
    return starts(_DATA, "end_mark").match(text.strip(" \t.*=_<>[](){}（）") or text) is not None


def _is_kill(head: tuple[Line, ...]) -> bool:
    """A kill notice says so in its first lines; a headline about killing has no colon, and no sentence that takes a story back."""
    kill = starts(_DATA, "kill")
    first = next((line for line in head[:4] if kill.match(_bare(line.text))), None)
    if first is None:
        return False
    return (
        bool(_STRONG_KILL.match(_bare(first.text)))
        or len(first.text) <= 40
        or any(regex.search(line.text) for regex in _regexes("kill_sentence") for line in head)
    )


def read_marker(title: str) -> str | None:
    """The version marker of a headline, or None.

    >>> read_marker("UPDATE 2-Ferry sinks"), read_marker("CORRECTED: Ferry sinks"), read_marker("Ferry sinks")
    ('UPDATE 2', 'CORRECTED', None)
    """
    match = next((match for regex in _regexes("title_mark") if (match := regex.search(title))), None)
    if not match:
        return None
    marker = next(group for group in match.groups() if group)
    return marker.strip(" -:：|[]【】()").replace("-", " ").upper()


def _read_head(line: Line, count: int, removals: list[Removal]) -> Iterator[Finding]:
    """Facts of one line of the head; lines that hold nothing else are added to `removals`."""
    text = line.text
    if len(text) > _LONGEST:
        return
    kind = formula = ""
    bare = _bare(text)
    if match := starts(_DATA, "head_mark").match(text):
        kind, formula = "version_marker", "version marker alone on its line"
        yield Fact("version_marker", match["marker"].upper())
    elif count > 1 and starts(_DATA, "hold").match(bare) and not ends_sentence(text) and not starts(_DATA, "embargo").match(bare):
        kind, formula = "version_marker", "hold notice"
        yield Fact("pubstatus", "withheld")
        yield Fact("version_marker", "HOLD")
    elif (match := starts(_DATA, "embargo").match(bare)) and _is_embargo(bare, match["when"]):
        kind, formula = "embargo", "embargo notice"
        yield Fact("embargoed_until", match["when"].strip(" .)]*") or text)
        yield Fact("pubstatus", "withheld")
    elif (match := starts(_DATA, "slug").match(text)) and not ends_sentence(text):
        kind, formula = "slug", "slug in capitals with hyphens or slashes"
        yield Fact("slugline", match["slug"])
        if late := _LATE.search(match["rest"] or ""):
            yield Fact("version_marker", late[0].upper())
    elif line.number < 4 and not line.prose and starts(_DATA, "wire_header").match(text):
        kind, formula = "wire_header", "transmission header"
    elif line.number < 3 and not ends_sentence(text) and (marker := read_marker(text)):
        yield Fact("version_marker", marker)
    if kind:
        removals.append(Removal(line.number, line.number, kind, f"zone: head; formula: {formula}"))


def _is_embargo(text: str, when: str) -> bool:
    """An embargo on a ship is news: the notice is in capitals, or has a colon and a time."""
    if ends_sentence(text) and text.count(" ") > 14:
        return False
    return text[:7].isupper() or (re.search(r"[:：]", text[:40]) is not None and re.search(r"\d", when) is not None)


def _end_marks(lines: tuple[Line, ...], zones: Zones) -> Iterator[Removal]:
    for line in lines[1:]:
        if line.number > zones.last_prose:
            if len(line.text) <= _END_MARK and _is_end_mark(line.text):
                yield Removal(line.number, line.number, "end_mark", "zone: tail; formula: end mark")
        elif len(line.text) <= 8 and _END_SYMBOL.fullmatch(line.text):
            yield Removal(line.number, line.number, "end_mark", "form: symbols only; formula: end or section mark")
