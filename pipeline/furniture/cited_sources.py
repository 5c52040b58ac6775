"""Agencies and outlets that the story cites: "according to CNN", "told Reuters". Never a text agency, and nothing is removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._phrases import joined, name_pattern, phrases
from pipeline.records import Fact
from pipeline.text.lines import flat_text, fold
from pipeline.text.rules import Context, Finding
from pipeline.text.scanning import EDGE
from pipeline.text.triggers import Trigger, places

NAME, VERSION = "cited_sources", 1

_BEFORE, _AFTER = 60, 48
"""Code points around a name in which a word of citing must stand: half a sentence."""
_NEAR = 16
"""The same for a name that is also an ordinary word ("Time", "Fortune"): the word of citing stands next to it."""

_WORD = re.compile(r"[A-ZÀ-ÞĀ-ŽА-ЯІЇЄҐ][^\W_]*")
_OTHER_SCRIPTS = re.compile(r"[\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LONGER_BEFORE = re.compile(r"[A-ZÀ-Þ][\w’'-]* (?:of|for|and|&) (?:the )?$")
_LONGER_AFTER = re.compile(
    r" (?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|News|TV)[A-ZÀ-Þ][a-zà-ÿ]"
)

_Name = tuple[str, str, bool]
"""A name as printed, as we record it, and whether it is one only after "The"."""


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield each source once, in the order of the text, under the name by which the story calls it or, for a short form, its full name.

    A name counts beside a word of citing in the same paragraph only: a story about the outlet's own business names it and cites nobody.
    The dateline's agency is not a source.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> [f.value for f in find("It sank, according to Tass. He told the FT that it would.", Context(doc, Metadata()))]
    ['Tass', 'Financial Times']
    >>> list(find("A BBC van stood on the quay. The Ministry of Foreign Affairs said so.", Context(doc, Metadata())))
    []
    """
    found: dict[str, None] = {}
    for start, end, name in sorted(_names(text, places(TRIGGER, printed_names, text, text, context))):
        if name not in found and not _is_dateline(text, start, context) and _is_cited(text, start, end, context.language):
            found[name] = None
    for name in found:
        yield Fact("cited_sources", name)


@cache
def _by_name() -> dict[str, tuple[_Name, ...]]:
    """What each name stands for that is printed with a capital in Latin or Cyrillic letters; "The" before it is left out."""
    index: dict[str, set[_Name]] = {}
    for name, canonical in _all_names():
        bare = name.removeprefix("The ")
        head = re.match(r"[^\W_]+", bare)
        if head and _WORD.fullmatch(head[0]) and not _OTHER_SCRIPTS.search(name):
            index.setdefault(bare, set()).add((bare, canonical, bare != name))
    return {name: tuple(sorted(entries)) for name, entries in index.items()}


def _all_names() -> Iterator[tuple[str, str]]:
    for file in ("agencies.toml", "outlets.toml"):
        for phrase in phrases(file):
            if phrase.kind != "photo_agency":
                yield from ((name, phrase.name or name) for name in phrase.names)


@cache
def _uncapitalised() -> dict[str, str]:
    """Names that begin with a small letter (dpa, taz, la Repubblica), and those in scripts without capitals, the longest first."""
    small = {(name, canonical) for name, canonical in _all_names() if name[0].islower() and not _OTHER_SCRIPTS.search(name)}
    others = {(name, canonical) for name, canonical in _all_names() if _OTHER_SCRIPTS.search(name) and len(name) > 2}
    return dict([*sorted(small), *sorted(others, key=lambda entry: (-len(entry[0]), entry))])


@cache
def printed_names() -> frozenset[str]:
    """Every name that is looked for, as printed."""
    return frozenset((*_by_name(), *_uncapitalised()))


def names_apart() -> list[str]:
    """The same as strings for the trigger: words of their own, but in scripts that glue particles to a name."""
    return sorted(name if _OTHER_SCRIPTS.search(name) else f"{EDGE}{name}{EDGE}" for name in printed_names())


TRIGGER = Trigger(listed=names_apart)


def _names(text: str, standing: list[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    """(start, end, name) of every known name in the text."""
    found: list[tuple[int, int, str]] = []
    for start, name in standing:
        end = start + len(name)
        for _, canonical, needs_article in _by_name().get(name, ()):
            whole = not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
            if whole and (not needs_article or text[max(0, start - 4) : start].lower() == "the "):
                found.append((start, -end, _display(name, canonical)))
    reached = 0
    for start, negative_end, shown in sorted(found):  # of names that begin at one place the longest
        if start >= reached:
            reached = -negative_end
            yield start, reached, shown
    present = {name for _, name in standing}
    for name, canonical in _uncapitalised().items():
        if name in present and (match := re.search(name_pattern(name), text)):
            yield match.start(), match.end(), _display(name, canonical)


def _display(printed: str, canonical: str) -> str:
    """The printed form where it differs from ours in capitals only, else ours."""
    return printed if printed == canonical or fold(printed) == fold(canonical) else canonical


def _is_dateline(text: str, start: int, context: Context) -> bool:
    dateline = context.metadata.dateline
    return dateline is not None and text.find(dateline, max(0, start - len(dateline)), start + len(dateline)) >= 0


def _is_cited(text: str, start: int, end: int, language: str | None) -> bool:
    if _LONGER_BEFORE.search(text, max(0, start - 40), start) or _LONGER_AFTER.match(text, end):
        return False
    ordinary = text[start:end].isalpha() and text[start + 1 : end].islower() and text[start:end].isascii()
    before, after = (_NEAR, _NEAR) if ordinary else (_BEFORE, _AFTER)
    flat = flat_text(text)
    line_start = flat.rfind("\n", 0, start) + 1
    line_end = flat.find("\n", end)
    near = joined("citing.toml", "near", language)
    if near.search(flat[max(line_start, start - before) : start]):
        return True
    return near.search(flat[end : min(line_end if line_end >= 0 else len(text), end + after)]) is not None
