"""Phrases of the story that hint at its day: "on Monday", "last Friday", "on March 20". Nothing is removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from pipeline.furniture._phrases import phrases_in
from pipeline.records import Fact
from pipeline.text.lines import flat_text
from pipeline.text.rules import Context, Finding

NAME, VERSION = "date_hints", 1

_MOST = 6
"""Hints a document: the first ones stand nearest to the day of publication, later ones tell of other days."""


class _Vocabulary(NamedTuple):
    days: re.Pattern[str]
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
    for match in vocabulary.days.finditer(flat):
        start, end = match.span()
        if vocabulary.spaced and (
            flat[start - 1 : start].isalnum() or (flat[end : end + 1].isalnum() and not vocabulary.trail.match(flat, end))
        ):
            continue
        if match[0] in seen:
            continue
        seen.add(match[0])
        if lead := vocabulary.lead.search(flat, max(0, start - 24), start):
            start = lead.start()
        if trail := vocabulary.trail.match(flat, end):
            end = trail.end()
        yield Fact("published_hints", text[start:end])
        if len(seen) == _MOST:
            return


@cache
def _vocabulary(language: str) -> _Vocabulary:
    known = language if any(language in phrase.languages for phrase in phrases_in("dates.toml", "relative_day")) else "en"
    days, lead, trail = (_patterns(kind, known) for kind in ("relative_day", "day_lead", "day_trail"))
    spaced = known not in ("zh", "ja", "ko")
    if known == "en":
        days = f"{days}|{_english_date()}"
    gap = r"\s" if spaced else r"\s?"
    return _Vocabulary(
        re.compile(days),
        re.compile(rf"(?<!\w)(?:{lead}){gap}\Z" if lead else r"(?!)"),
        re.compile(rf"\s?(?:{trail})(?!\w)" if trail else r"(?!)"),
        spaced,
    )


def _patterns(kind: str, language: str) -> str:
    return "|".join(phrase.pattern for phrase in phrases_in("dates.toml", kind) if language in phrase.languages)


def _english_date() -> str:
    """A month and a day as English prints them; the numeral must follow, so that "may" and "march" are no hints."""
    names = "january|february|march|april|may|june|july|august|september|october|november|december"
    return rf"(?:(?:{names})|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?) \d{{1,2}}(?!\d)"
