"""A teaser of a video: its headline, its length, its headline again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._removal import Removal, remove_lines
from pipeline.text.lines import Line, ends_sentence, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.zones import find_zones

NAME, VERSION = "video_teaser", 1

_LENGTH = re.compile(r"(?:\d{1,2}:)?\d{1,2}:\d\d|\d{1,2} ?(?:min|m|sec|s)\.?(?: ?\d{1,2} ?(?:sec|s)\.?)?", re.IGNORECASE)


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield deletions of both copies of a headline that stand around a bare time, and of the time.

    It may be the headline of the story itself: then the first copy is the title and stays for the title rule.

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
        if len(line.text) > 9 or not _LENGTH.fullmatch(line.text) or not 0 < line.index < len(lines) - 1:
            continue
        before, after = lines[line.index - 1], lines[line.index + 1]
        same = bool(before.core) and before.core == after.core
        title_may_be = context.parsed.title_in_text and context.metadata.title is None and before.index == 0
        first = line.index if title_may_be or not same or ends_sentence(before.text) else before.index
        if same and not ends_sentence(after.text):
            evidence = f"repetition: the same headline before and after a bare time; form: bare time; zone: {zones.name(line.index)}"
            yield Removal(first, after.index, "video_teaser", evidence)
