"""Phrases of the story that hint at its day: "on Monday", "last Friday", "on March 20". Nothing is removed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from pipeline.furniture._literals import opening_literal
from pipeline.furniture._phrases import factored, phrases_in, split_alternatives
from pipeline.records import Fact
from pipeline.text.lines import flat_text
from pipeline.text.rules import Context, Finding
from pipeline.text.scanning import Clause
from pipeline.text.triggers import Trigger, places

NAME, VERSION = "date_hints", 1

_MOST = 6
"""Hints a document: the first ones stand nearest to the day of publication, later ones tell of other days."""


class _Vocabulary(NamedTuple):
    days: re.Pattern[str]
    openings: frozenset[str]
    """Strings with which every match of `days` begins: it is tried only where one of them stands."""
    lead: re.Pattern[str]
    trail: re.Pattern[str]
    spaced: bool


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield the first phrases that name a day, each day once, as printed.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> text = "It sank on Monday, the crew said last Friday. On Monday it rained. It was found on March 20."
    >>> [f.value for f in find(text, Context(doc, Metadata(language="en")))]
    ['on Monday', 'last Friday', 'on March 20']
    """
    flat = flat_text(text)
    vocabulary = _vocabulary(context.language or "en")
    seen: set[str] = set()
    end = 0
    standing: Iterable[int] = range(len(flat)) if "" in vocabulary.openings else _standing(vocabulary, text, flat, context)
    for place in standing:
        match = vocabulary.days.match(flat, place) if place >= end else None
        if match is None:
            continue
        start, end = match.span()
        trail = vocabulary.trail.match(flat, end)
        if vocabulary.spaced and (flat[start - 1 : start].isalnum() or (trail is None and flat[end : end + 1].isalnum())):
            continue
        if match[0] in seen:
            continue
        seen.add(match[0])
        lead = vocabulary.lead.search(flat, max(0, start - 24), start)
        yield Fact("published_hints", text[lead.start() if lead else start : trail.end() if trail else end])
        if len(seen) == _MOST:
            return


def _standing(vocabulary: _Vocabulary, text: str, flat: str, context: Context) -> Iterable[int]:
    return (start for start, _ in places(TRIGGER, lambda: vocabulary.openings, text, flat, context))


def openings(language: str | None) -> frozenset[Clause]:
    """What a text in a language must hold for a day to be named in it."""
    return frozenset((frozenset((text,)),) for text in _vocabulary(language or "en").openings)


TRIGGER = Trigger(phrases=openings)


@cache
def _vocabulary(language: str) -> _Vocabulary:
    known = language if any(language in phrase.languages for phrase in phrases_in("dates.toml", "relative_day")) else "en"
    days, dated, lead, trail = (_pattern(kind, known) for kind in ("relative_day", "dated_day", "day_lead", "day_trail"))
    spaced = known not in ("zh", "ja", "ko")
    gap = r"\s" if spaced else r"\s?"
    parts = [part for pattern in (days, dated) if pattern for part in split_alternatives(pattern)]
    return _Vocabulary(
        re.compile(factored(parts)),
        frozenset(map(opening_literal, parts)),
        re.compile(rf"(?<!\w)(?:{lead}){gap}\Z" if lead else r"(?!)"),
        re.compile(rf"\s?(?:{trail})(?!\w)" if trail else r"(?!)"),
        spaced,
    )


def _pattern(kind: str, language: str) -> str:
    return "|".join(phrase.pattern for phrase in phrases_in("dates.toml", kind) if language in phrase.languages)
