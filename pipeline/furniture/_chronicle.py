"""Dates and times that head the entries of a chronicle, a timetable or a live blog: parts of the story, not stamps of the page."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from pipeline.furniture._dates import is_time_line, may_be_time
from pipeline.text.lines import Line, ends_sentence, split_lines

__all__ = ["entry_times"]

_LONGEST = 48
_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-3])[:.h](?P<minute>[0-5]\d)\b")
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@lru_cache(maxsize=8)
def entry_times(text: str) -> frozenset[int]:
    r"""Numbers of the lines that hold the bare date or time of an entry.

    Entries come in numbers: two bare times of one form, each with a sentence after it, or three where the dates have years, since a
    page may print its own date over and under a story. Clocks must rise or fall from entry to entry.

    >>> sorted(entry_times("12 March\nThe crane drivers stop work.\n14 March\nThe dockers join them.\nUpdated: 15 March 2023"))
    [0, 2]
    >>> sorted(entry_times("4 May 2023\nThe ferry left the port at noon.\n4 May 2023"))
    []
    """
    lines = split_lines(text)
    groups: dict[str, list[Line]] = {}
    for line, following in pairwise(lines):
        if _is_bare_time(line) and _opens_entry(line, following, lines):
            groups.setdefault(_shape(line.text), []).append(line)
    found = [line.number for _, group in sorted(groups.items()) for line in group if _is_chronicle(group)]
    return frozenset(found)


def _is_bare_time(line: Line) -> bool:
    # Labels ("Updated:") begin with a letter; months and weekdays do, too, but then a figure follows soon.
    if len(line.text) > _LONGEST or not any(char.isdigit() for char in line.text[:14]) or ":" in line.text.rstrip("0123456789: ")[-1:]:
        return False
    return _CLOCK.fullmatch(line.text) is not None or (may_be_time(line.core) and is_time_line(line.text))


def _opens_entry(line: Line, following: Line, lines: tuple[Line, ...]) -> bool:
    if _is_bare_time(following):
        return False
    if line.number and lines[line.number - 1].core and lines[line.number - 1].core == following.core:
        return False  # a headline on both sides of a time is a video's
    after = lines[following.number + 1] if following.number + 1 < len(lines) else None
    return ends_sentence(following.text) or (after is not None and after.prose and len(following.text) <= 120)


def _shape(text: str) -> str:
    return _LETTERS.sub("a", _DIGITS.sub("0", text))


def _is_chronicle(group: list[Line]) -> bool:
    if len(group) < (3 if _YEAR.search(group[0].text) else 2):
        return False
    clocks = [_CLOCK.fullmatch(line.text) for line in group]
    if not all(clocks):
        return True
    minutes = [int(clock["hour"]) * 60 + int(clock["minute"]) for clock in clocks if clock]
    return sorted(set(minutes)) in (minutes, minutes[::-1])
