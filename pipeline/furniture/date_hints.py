"""Phrases of the story that hint at its day: "on Monday", "last Friday", "on March 20". Nothing is removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._phrases import phrases_in
from pipeline.records import Fact
from pipeline.text.lines import even, fold
from pipeline.text.rules import Context, Finding

NAME, VERSION = "date_hints", 1

_PREPOSITION = re.compile(r"^(?:on|this|late|early|by|since|until|from|for|am|le|el|na|no|op|w|we|в|во|у) ")
_MOST = 6
"""Hints a document: the first ones stand nearest to the day of publication, later ones tell of other days."""


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield the first phrases that name a day, each once, as printed.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> [f.value for f in find("It sank on Monday, the crew said last Friday. It sank on Monday.", Context(doc, Metadata(language="en")))]
    ['on Monday', 'last Friday']
    """
    seen: set[str] = set()
    for match in _pattern(context.language).finditer(even(text)):
        phrase = text[match.start() : match.end()].strip()
        key = _PREPOSITION.sub("", fold(phrase))
        if key not in seen:
            seen.add(key)
            yield Fact("published_hints", phrase)
            if len(seen) == _MOST:
                return


@cache
def _pattern(language: str | None) -> re.Pattern[str]:
    entries = [phrase for phrase in phrases_in("dates.toml", "relative_day") if language in phrase.languages]
    entries = entries or [phrase for phrase in phrases_in("dates.toml", "relative_day") if "en" in phrase.languages]
    months = "|".join(phrase.pattern for phrase in phrases_in("dates.toml", "month"))
    month_day = (
        rf"(?:\b(?:on |am |le |el |em |il |op |w )?(?:{months})\.? \d{{1,2}}\b(?!\d)(?:, \d{{4}})?)"
        if language in (None, "en")
        else r"(?!)"
    )
    return re.compile("|".join([*(phrase.pattern for phrase in entries), month_day]), re.IGNORECASE)
