"""When it was published or changed, as sites print it over or under a story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._dates import is_time_line, may_be_time, read_time
from pipeline.furniture._phrases import phrases_in
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import fold, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.zones import find_zones

NAME, VERSION = "timestamp", 1

_SEGMENT = re.compile(r"\s*[|•·;／]\s*|\s[-–—]\s")


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield times as facts and deletions of lines that hold nothing but times and their labels.

    A complete date becomes `published_at` (or `modified_at` after "updated"); a date without a year, an ambiguous one and "2 hours
    ago" become hints. A line goes before the story or after it; inside the story it must have a label.

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
        if not line.core or not may_be_time(line.core) or not is_time_line(line.text):
            continue
        zone = zones.name(line.index)
        # In a list without prose, and between paragraphs, a bare date is a heading of the story ("May 4" in a chronicle).
        outside = zones.after_prose(line.index) if line.index > zones.first_prose else line.index < 8
        listed = zones.first_prose < 0 and line.index > 2
        if (listed or not outside) and not _labelled(line.text):
            continue
        yield from read_stamps(line.text, context.language)
        removals.append(Removal(line.index, line.index, "timestamp", f"form: nothing but dates, times and labels; zone: {zone}"))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def read_stamps(text: str, language: str | None) -> Iterator[Fact]:
    """The times of a line as facts.

    >>> [(f.name, f.value) for f in read_stamps("Published May 4, 2023 10:00 GMT | Updated 2 hours ago", "en")]
    [('published_at', '2023-05-04T10:00:00+00:00'), ('published_hints', 'Updated 2 hours ago')]
    """
    for segment in _segments(text):
        if not re.search(r"\d", segment):
            continue
        stamp = read_time(segment, language)
        modified = _label("modified_label").search(fold(segment)) is not None
        if stamp is None:
            yield Fact("published_hints", segment)
        else:
            yield Fact("modified_at" if modified else "published_at", stamp.iso)


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
