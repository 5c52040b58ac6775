"""A teaser of a video: its headline, its length, its headline again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._chronicle import entry_times
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.text.lines import Line, ends_sentence, is_headline, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger
from pipeline.text.zones import find_zones

NAME, VERSION = "video_teaser", 2

_SOURCED = re.compile(r"(?:\d{1,2}:)?\d{1,2}:\d\d\s*[-–—•|·]\s*(?:Source|Quelle|Fuente|Fonte|Bron|Источник|Credit)s?\s*:.{1,40}")
_LENGTH = re.compile(r"(?:\d{1,2}:)?\d{1,2}:\d\d|\d{1,2} ?(?:min|m|sec|s)\.?(?: ?\d{1,2} ?(?:sec|s)\.?)?", re.IGNORECASE)


def _is_short_number(line: Line) -> bool:
    return len(line.text) <= 60 and line.text[0].isdigit()


TRIGGER = Trigger(questions=(lambda text, context: any(map(_is_short_number, split_lines(text))),))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield deletions of both copies of a headline that stand around a bare time, and of the time.

    A time with its source ("02:47 - Source: ABC") takes the headline over it along, and so does a bare time between paragraphs the
    headline beside it. It may be the headline of the story itself: then the first copy is the title and stays for the title rule.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board."
    >>> [e.before for e in find(f"{body}\\nWatch the ferry turn\\n02:47\\nWatch the ferry turn\\n{body}", Context(doc, Metadata()))]
    ['Watch the ferry turn\\n02:47\\nWatch the ferry turn\\n']
    """
    lines = split_lines(text)
    yield from remove_lines(text, lines, _teasers(text, lines, context), NAME, VERSION)


def _teasers(text: str, lines: tuple[Line, ...], context: Context) -> Iterator[Removal]:
    zones = find_zones(text)
    for line in lines:
        if not _is_short_number(line) or not 0 < line.number < len(lines) - 1:
            continue
        sourced = _SOURCED.fullmatch(line.text) is not None
        if not sourced and (not _LENGTH.fullmatch(line.text) or line.number in entry_times(text)):
            continue
        before, after = lines[line.number - 1], lines[line.number + 1]
        # The first line of a plain text is its headline, even where the player repeats it.
        title_may_be = context.parsed.title_in_text and context.metadata.title is None and before.number == 0
        same = bool(before.core) and before.core == after.core
        evidence = f"form: bare time; zone: {zones.name(line.number)}"
        if same and not ends_sentence(after.text):
            first = line.number if title_may_be else before.number
            yield Removal(first, after.number, "video_teaser", f"repetition: the same headline before and after a bare time; {evidence}")
        elif sourced:
            first = before.number if not title_may_be and is_headline(before.text) and not before.prose else line.number
            yield Removal(first, line.number, "video_teaser", f"formula: length and source of a video; {evidence}")
        elif zones.first_prose < line.number < zones.last_prose and (before.prose != after.prose):
            other = after if before.prose else before
            if is_headline(other.text) and other.text.count(" ") >= 3:
                first, last = sorted((line.number, other.number))
                yield Removal(first, last, "video_teaser", f"form: a headline beside a bare time; zone: between paragraphs, {evidence}")
