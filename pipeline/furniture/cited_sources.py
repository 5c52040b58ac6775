"""Agencies and outlets that the story cites: "according to CNN", "told Reuters". Never a text agency, and nothing is removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._phrases import name_pattern, phrases, words
from pipeline.records import Fact
from pipeline.text.lines import flat_text, fold
from pipeline.text.rules import Context, Finding

NAME, VERSION = "cited_sources", 1

_BEFORE, _AFTER = 60, 48
"""Code points around a name in which a word of citing must stand: half a sentence."""

_TOKEN = re.compile(r"[A-ZÀ-ÞĀ-ŽА-ЯІЇЄҐ«\"][\w’'&./-]*")
_OTHER_SCRIPTS = re.compile(r"[\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield each source once, in the order of the text, under the name by which the story calls it or, for a short form, its full name.

    A name counts beside a word of citing in the same paragraph only: a story about the outlet's own business names it and cites nobody.
    The dateline's agency is not a source.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> [f.value for f in find("It sank, according to Tass. He told the FT that it would.", Context(doc, Metadata()))]
    ['Tass', 'Financial Times']
    >>> list(find("A BBC van stood on the quay.", Context(doc, Metadata())))
    []
    """
    found: dict[str, int] = {}
    for start, end, name in _names(text):
        if name not in found and not _is_dateline(text, start, context) and _is_cited(text, start, end, context.language):
            found[name] = start
    for name in found:
        yield Fact("cited_sources", name)


@cache
def _by_first_word() -> dict[str, tuple[tuple[str, str], ...]]:
    """Names in Latin, Cyrillic and Greek letters by their first word, the longest first."""
    index: dict[str, list[tuple[str, str]]] = {}
    for file in ("agencies.toml", "outlets.toml"):
        for phrase in phrases(file):
            if phrase.kind == "photo_agency":
                continue
            for name in phrase.names:
                if not _OTHER_SCRIPTS.search(name):
                    index.setdefault(name.split()[0], []).append((name, phrase.name or name))
    return {word: tuple(sorted(set(names), key=lambda pair: (-len(pair[0]), pair))) for word, names in index.items()}


@cache
def _other_scripts() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {
        name: phrase.name or name
        for file in ("agencies.toml", "outlets.toml")
        for phrase in phrases(file)
        for name in phrase.names
        if _OTHER_SCRIPTS.search(name) and len(name) > 2
    }
    ordered = sorted(names, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(name_pattern, ordered))), names


@cache
def _small() -> tuple[tuple[str, str], ...]:
    """Names that begin with a small letter: dpa, taz, la Repubblica."""
    return tuple(pair for word, names in sorted(_by_first_word().items()) if word[0].islower() for pair in names)


def _names(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, name) of every known name in the text."""
    index = _by_first_word()
    end_of_last = 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word not in index:
            word = word.rstrip(".'’/").removesuffix("'s").removesuffix("’s")
        start = token.start()
        if word not in index or start < end_of_last:
            continue
        for name, canonical in index[word]:
            end = start + len(name)
            if text.startswith(name, start) and not text[end : end + 1].isalnum():
                end_of_last = end
                yield start, end, _display(name, canonical)
                break
    for name, canonical in _small():
        if name in text and (match := re.search(name_pattern(name), text)):
            yield match.start(), match.end(), _display(name, canonical)
    if not text.isascii() and _OTHER_SCRIPTS.search(text):
        regex, names = _other_scripts()
        for match in regex.finditer(text):
            yield match.start(), match.end(), _display(match[0], names[match[0]])


def _display(printed: str, canonical: str) -> str:
    """The printed form where it differs from ours in capitals only, else ours."""
    return printed if fold(printed) == fold(canonical) else canonical


def _is_dateline(text: str, start: int, context: Context) -> bool:
    dateline = context.metadata.dateline
    return dateline is not None and text[max(0, start - len(dateline)) : start + len(dateline)].find(dateline) >= 0


def _is_cited(text: str, start: int, end: int, language: str | None) -> bool:
    flat = flat_text(text)
    line_start = flat.rfind("\n", 0, start) + 1
    line_end = flat.find("\n", end)
    before = flat[max(line_start, start - _BEFORE) : start]
    after = flat[end : min(line_end if line_end >= 0 else len(text), end + _AFTER)]
    near = words("citing.toml", "near", language, flat)
    return near.search(before) is not None or near.search(after) is not None
