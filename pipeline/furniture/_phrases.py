"""The phrases of `data/*.toml`, indexed so that a line is looked up in about a microsecond.

A file of phrases is a list of `[[entry]]` tables with id, pattern, kind, languages, zone, example, counter_example, source and
since. Patterns are regular expressions over folded text (`pipeline.text.lines.fold`: lower case, straight quotes).
The file's `match` says how: ``line`` (the whole line, punctuation at its ends left out), ``search`` (anywhere in the folded text), ``start`` (the beginning,
ignoring capitals, quotes straight), ``raw`` (as the pattern says, in the text as printed) or ``exact`` (an alternation of plain
names, with their capitals, as words of their own).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from pipeline.resources import load_toml
from pipeline.text.lines import core, even, fold

__all__ = [
    "Matcher",
    "Phrase",
    "line_phrase",
    "line_phrases",
    "matcher",
    "name_pattern",
    "phrases",
    "phrases_in",
    "search_regex",
    "split_alternatives",
]

_META = re.compile(r"[\\.^$*+?{}\[\]|()]")
_GLUING = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_GROUP_NAME = re.compile(r"\(\?P<\w+>")
_COVERED = frozenset(["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "uk", "tr", "ar", "zh", "ja", "ko"])
# Languages that identification takes for each other in short texts.
_NEIGHBOURS = {"es": "pt", "pt": "es", "ru": "uk", "uk": "ru", "zh": "ja", "ja": "zh"}
_QUANTIFIERS = frozenset("*+?{")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of a data file."""

    id: str
    pattern: str
    kind: str
    languages: tuple[str, ...]
    zone: str
    match: str
    name: str | None = None

    def found_in(self, text: str) -> bool:
        """Whether the phrase occurs in `text` in the way of its file; slow, for checking the data."""
        if self.match == "line":
            return re.fullmatch(self.pattern, core(text)) is not None
        if self.match == "search":
            return re.search(self.pattern, fold(text)) is not None
        if self.match == "start":
            return re.match(self.start_pattern, even(text), re.IGNORECASE) is not None
        if self.match == "raw":
            return re.search(self.pattern, text) is not None
        return re.search("|".join(map(name_pattern, self.names)), text) is not None

    @property
    def start_pattern(self) -> str:
        """The pattern with a word's end after it, unless it says itself where it ends or belongs to a script without spaces."""
        glued = "$" in self.pattern or not {"zh", "ja", "ko"}.isdisjoint(self.languages)
        return self.pattern if glued else rf"(?:{self.pattern})(?!\w)"

    @property
    def names(self) -> tuple[str, ...]:
        """The plain names of an entry of agencies or outlets."""
        return tuple(re.sub(r"\\(.)", r"\1", part) for part in split_alternatives(self.pattern))


def name_pattern(name: str) -> str:
    """A regular expression for a name as a word of its own; scripts that glue particles or words to it have no right border.

    >>> bool(re.search(name_pattern("AP"), "the AP said")), bool(re.search(name_pattern("AP"), "APEC")), bool(re.search(name_pattern("로이터"), "로이터는"))
    (True, False, True)
    """
    if _GLUING.search(name):
        return re.escape(name)
    return rf"(?<!\w){re.escape(name)}(?!\w)"


@cache
def phrases(file: str) -> tuple[Phrase, ...]:
    """All entries of one data file, in the order of the file."""
    tree: dict[str, Any] = load_toml(file)
    return tuple(
        Phrase(e["id"], e["pattern"], e["kind"], tuple(e["languages"]), e["zone"], tree["match"], e.get("name")) for e in tree["entry"]
    )


def split_alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern at its top level.

    >>> split_alternatives("home|(a|b) c|x[|]y")
    ['home', '(a|b) c', 'x[|]y']
    """
    parts, depth, start, index = [], 0, 0, 0
    while index < len(pattern):
        char = pattern[index]
        if char == "\\":
            index += 1
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "|" and depth == 0:
            parts.append(pattern[start:index])
            start = index + 1
        index += 1
    parts.append(pattern[start:])
    return parts


def _literal_prefix(pattern: str) -> str:
    """The literal characters that every match begins with.

    >>> _literal_prefix("read more:? .+"), _literal_prefix("(a|b)"), _literal_prefix("colou?r")
    ('read more', '', 'colo')
    """
    match = _META.search(pattern)
    if match is None:
        return pattern
    head = pattern[: match.start()]
    return head[:-1] if match.group() in _QUANTIFIERS else head


class _LineIndex:
    """Whole-line phrases: literal ones in a dictionary, the others by their first two characters."""

    def __init__(self, entries: tuple[Phrase, ...]) -> None:
        self.literals: dict[str, list[Phrase]] = {}
        self.buckets: dict[str, list[tuple[re.Pattern[str], Phrase]]] = {}
        self.others: list[tuple[re.Pattern[str], Phrase]] = []
        for phrase in entries:
            for part in split_alternatives(phrase.pattern):
                literal = part.replace("\\.", ".")
                if _META.search(part.replace("\\.", "")) is None:
                    self.literals.setdefault(literal, []).append(phrase)
                elif len(prefix := _literal_prefix(part)) >= 2:
                    self.buckets.setdefault(prefix[:2], []).append((re.compile(part), phrase))
                else:
                    self.others.append((re.compile(part), phrase))

    def find(self, key: str) -> Iterator[Phrase]:
        yield from self.literals.get(key, ())
        for regex, phrase in (*self.buckets.get(key[:2], ()), *self.others):
            if regex.fullmatch(key):
                yield phrase


@cache
def _line_index() -> _LineIndex:
    return _LineIndex(phrases("furniture.toml"))


@lru_cache(maxsize=4096)
def line_phrases(key: str) -> tuple[Phrase, ...]:
    """The phrases of furniture.toml that match a line's `core` as a whole.

    >>> [phrase.kind for phrase in line_phrases("back to top")]
    ['navigation_label']
    """
    return tuple(dict.fromkeys(_line_index().find(key))) if key else ()


def line_phrase(key: str, *kinds: str) -> Phrase | None:
    """The first phrase of one of these kinds that matches a line's `core` as a whole, or None."""
    for phrase in line_phrases(key):
        if phrase.kind in kinds:
            return phrase
    return None


@cache
def search_regex(file: str, kind: str) -> re.Pattern[str]:
    """One compiled alternation of all patterns of a kind, for folded text."""
    return re.compile("|".join(f"(?:{phrase.pattern})" for phrase in phrases_in(file, kind)))


def phrases_in(file: str, kind: str, language: str | None = None) -> tuple[Phrase, ...]:
    """The entries of one kind; with a language those that pages in it may carry: its own, its neighbours', English and `any`."""
    wanted = _page_languages(language)
    return tuple(p for p in phrases(file) if p.kind == kind and (wanted is None or not wanted.isdisjoint(p.languages)))


class Matcher:
    """Several patterns tried at the beginning of a text (or as each says), first as one expression that only says whether."""

    def __init__(self, patterns: tuple[str, ...], flags: int) -> None:
        self._any = re.compile("|".join(f"(?:{_GROUP_NAME.sub('(?:', pattern)})" for pattern in patterns), flags) if patterns else None
        self._each = tuple(re.compile(pattern, flags) for pattern in patterns)

    def match(self, text: str) -> re.Match[str] | None:
        """The match of the first pattern that begins `text`, or None."""
        if self._any is None or not self._any.match(text):
            return None
        return next((match for regex in self._each if (match := regex.match(text))), None)

    def search(self, text: str) -> re.Match[str] | None:
        """The first pattern's match anywhere in `text`, or None."""
        if self._any is None or not self._any.search(text):
            return None
        return next((match for regex in self._each if (match := regex.search(text))), None)


@cache
def matcher(file: str, kind: str, language: str | None = None) -> Matcher:
    """A matcher for the entries of one kind. Files that match at the start ignore capitals and want a word's end after the pattern.

    >>> matcher("bylines.toml", "prefix", "de").match("Von Ana Ruiz")[0]
    'Von'
    """
    entries = phrases_in(file, kind, language)
    starts = bool(entries) and entries[0].match == "start"
    return Matcher(tuple(p.start_pattern if starts else p.pattern for p in entries), re.IGNORECASE if starts else 0)


@cache
def _page_languages(language: str | None) -> frozenset[str] | None:
    """None stands for all: the language is unknown, or one for which there is no data."""
    if language not in _COVERED:
        return None
    return frozenset({language, "en", "any", *_NEIGHBOURS.get(language, "").split()})
