"""The phrases of `data/*.toml`, indexed so that a line that holds none of them costs next to nothing.

A file of phrases is a list of `[[entry]]` tables with id, pattern, kind, languages, zone, example, counter_example, source and
since. Patterns are regular expressions; the file's `match` says where they are looked for:

- ``line``: the whole line, folded, punctuation at its ends left out (`pipeline.text.lines.core`);
- ``start``: the beginning of the line in the form of `flatten` (lower case, straight quotes);
- ``search``: anywhere in that form;
- ``raw``: as the pattern says, in the line as printed;
- ``exact``: an alternation of plain names, with their capitals, as words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from pipeline.furniture._literals import first_strings, required_literals, required_sets
from pipeline.resources import load_toml
from pipeline.text.lines import core, flatten, split_lines
from pipeline.text.scanning import Clause, find_starts

__all__ = [
    "Phrase",
    "Words",
    "clauses",
    "factored",
    "has_label",
    "joined",
    "line_phrase",
    "line_phrases",
    "literals",
    "name_pattern",
    "phrases",
    "phrases_in",
    "split_alternatives",
    "starts",
    "words",
]

_GLUING = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_GROUP_NAME = re.compile(r"\(\?P<\w+>")
_PLAIN = re.compile(r"(?:[^\\.^$*+?{}\[\]|()]|\\[.\-])+")
_COVERED = frozenset({"en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "uk", "tr", "ar", "zh", "ja", "ko"})
# Languages that identification takes for each other in short texts.
_NEIGHBOURS = {"es": "pt", "pt": "es", "ru": "uk", "uk": "ru", "zh": "ja", "ja": "zh"}


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
        if self.match == "start":
            return re.match(self.start_pattern, flatten(text)) is not None
        if self.match == "exact":
            return re.search("|".join(map(name_pattern, self.names)), text) is not None
        return re.search(self.pattern, text if self.match == "raw" else flatten(text)) is not None

    @property
    def start_pattern(self) -> str:
        """The pattern with a word's end after it, unless it says itself where it ends or belongs to a script without spaces."""
        glued = self.pattern.endswith("$") or not {"zh", "ja", "ko"}.isdisjoint(self.languages)
        return self.pattern if glued else rf"(?:{self.pattern})(?!\w)"

    @property
    def names(self) -> tuple[str, ...]:
        """The plain names of an entry of agencies or outlets."""
        return tuple(re.sub(r"\\(.)", r"\1", part) for part in split_alternatives(self.pattern))


def name_pattern(name: str) -> str:
    """A regular expression for a name as a word of its own; scripts that glue particles or words to it have no right border.

    >>> [bool(re.search(name_pattern(name), text)) for name, text in (("AP", "the AP said"), ("AP", "APEC"), ("로이터", "로이터는"))]
    [True, False, True]
    """
    return re.escape(name) if _GLUING.search(name) else rf"(?<!\w){re.escape(name)}(?!\w)"


@cache
def phrases(file: str) -> tuple[Phrase, ...]:
    """All entries of one data file, in the order of the file."""
    tree: dict[str, Any] = load_toml(file)
    return tuple(
        Phrase(e["id"], e["pattern"], e["kind"], tuple(e["languages"]), e["zone"], tree["match"], e.get("name")) for e in tree["entry"]
    )


def phrases_in(file: str, kind: str, language: str | None = None) -> tuple[Phrase, ...]:
    """The entries of one kind; with a language those that pages in it may carry: its own, its neighbours', English and `any`."""
    wanted = _page_languages(language)
    return tuple(p for p in phrases(file) if p.kind == kind and (wanted is None or not wanted.isdisjoint(p.languages)))


def _page_languages(language: str | None) -> frozenset[str] | None:
    """None stands for all: the language is unknown, or one for which there is no data."""
    if language is None or language not in _COVERED:
        return None
    return frozenset({language, "en", "any", *_NEIGHBOURS.get(language, "").split()})


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


class Starts:
    """Patterns that begin a text, found by its first characters."""

    def __init__(self, patterns: Iterable[tuple[str, Phrase]]) -> None:
        known: list[tuple[str, Phrase]] = []
        anywhere: list[tuple[str, Phrase]] = []
        by_first: dict[str, list[int]] = {}
        for pattern, phrase in patterns:
            firsts = first_strings(pattern)
            if firsts is None:
                anywhere.append((pattern, phrase))
            else:
                for first in firsts:
                    by_first.setdefault(first, []).append(len(known))
                known.append((pattern, phrase))
        # A text that begins with a longer key also begins with the shorter ones.
        self._buckets: dict[str, _Bucket] = {}
        for key in by_first:
            numbers = {number for length in range(1, len(key) + 1) for number in by_first.get(key[:length], ())}
            self._buckets[key] = _Bucket([*(known[number] for number in sorted(numbers)), *anywhere])
        self._anywhere = _Bucket(anywhere) if anywhere else None

    def match(self, text: str, position: int = 0) -> re.Match[str] | None:
        """The match of the first pattern that begins at `position`, or None."""
        found = self.find(text, position)
        return found[0] if found else None

    def find(self, text: str, position: int = 0) -> tuple[re.Match[str], Phrase] | None:
        """The same with its entry."""
        bucket = self._bucket(text, position)
        return bucket.find(text, position) if bucket else None

    def whole(self, text: str) -> Iterator[Phrase]:
        """Every entry that matches all of `text`."""
        bucket = self._bucket(text, 0)
        if bucket and bucket.joined().fullmatch(text):
            yield from (phrase for regex, phrase in bucket.each() if regex.fullmatch(text))

    def _bucket(self, text: str, position: int) -> _Bucket | None:
        get = self._buckets.get
        return (
            get(text[position : position + 3]) or get(text[position : position + 2]) or get(text[position : position + 1]) or self._anywhere
        )


class _Bucket:
    """Patterns with one first character: first tried as one expression that only says whether."""

    def __init__(self, items: list[tuple[str, Phrase]]) -> None:
        self._items = items
        self._joined: re.Pattern[str] | None = None
        self._each: list[tuple[re.Pattern[str], Phrase]] | None = None

    def find(self, text: str, position: int) -> tuple[re.Match[str], Phrase] | None:
        if not self.joined().match(text, position):
            return None
        return next(((match, phrase) for regex, phrase in self.each() if (match := regex.match(text, position))), None)

    def joined(self) -> re.Pattern[str]:
        if self._joined is None:
            self._joined = re.compile("|".join(f"(?:{_GROUP_NAME.sub('(?:', pattern)})" for pattern, _ in self._items))
        return self._joined

    def each(self) -> list[tuple[re.Pattern[str], Phrase]]:
        if self._each is None:
            self._each = [(re.compile(pattern), phrase) for pattern, phrase in self._items]
        return self._each


@cache
def starts(file: str, kind: str, language: str | None = None) -> Starts:
    """The entries of one kind as patterns that begin a text: `flatten` of a line, or for ``raw`` files the line itself.

    >>> starts("bylines.toml", "prefix", "de").match("von ana ruiz")[0]
    'von'
    """
    entries = phrases_in(file, kind, language)
    return Starts((p.pattern if p.match == "raw" else p.start_pattern, p) for p in entries)


def clauses(*places: tuple[str, str], by_language: bool = True) -> Callable[[str | None], frozenset[Clause]]:
    """For a `Trigger`: from a language to what a text must hold for some entry of these files and kinds to be in it.

    >>> languages = clauses(("captions.toml", "caption_label"))
    >>> (frozenset(("caption",)),) in languages("en")
    True
    """

    @cache
    def of_entries(language: frozenset[str] | None) -> frozenset[Clause]:
        patterns = {part for file, kind in places for part in _alternatives(file, kind, language)}
        return frozenset(map(required_sets, sorted(patterns)))

    def of_language(language: str | None) -> frozenset[Clause]:
        return of_entries(_page_languages(language) if by_language else None)

    return of_language


def literals(file: str, kind: str) -> Callable[[], frozenset[str]]:
    """For a `Trigger`: strings of which a text has one where some entry of this kind, in any language, is in it as printed."""
    return lambda: frozenset(text for part in _alternatives(file, kind, None) for text in required_literals(part) or ("",))


@cache
def _alternatives(file: str, kind: str, wanted: frozenset[str] | None) -> tuple[str, ...]:
    return tuple(
        part
        for phrase in phrases(file)
        if phrase.kind == kind and (wanted is None or not wanted.isdisjoint(phrase.languages))
        for part in split_alternatives(phrase.pattern)
    )


class Words:
    """Patterns that are looked for in lines of one text, those left out whose literal strings the text does not hold."""

    __slots__ = ("_regexes",)

    def __init__(self, regexes: tuple[re.Pattern[str], ...]) -> None:
        self._regexes = regexes

    def search(self, line: str) -> re.Match[str] | None:
        """A match in a line, or None."""
        for regex in self._regexes:
            if match := regex.search(line):
                return match
        return None


def factored(alternatives: Iterable[str]) -> str:
    """An alternation by first characters: the engine then tries thirteen branches at a place and not fifty.

    >>> factored(["monday", "tuesday", "may", "[st]unday"])
    'm(?:onday|ay)|tuesday|[st]unday'
    """
    groups: dict[str, list[str]] = {}
    for part in alternatives:
        plain = part[:1].isalnum() and part[1:2] not in ("?", "*", "+", "{")
        groups.setdefault(part[0] if plain else part, []).append(part[1:] if plain else "")
    return "|".join(head + (f"(?:{'|'.join(rest)})" if len(rest) > 1 else rest[0]) for head, rest in groups.items())


@cache
def joined(file: str, kind: str, language: str | None = None) -> re.Pattern[str]:
    """The entries of one kind as one expression: for short pieces of text, where looking for literal strings first does not pay."""
    return re.compile(factored(part for phrase in phrases_in(file, kind, language) for part in split_alternatives(phrase.pattern)))


class _Units(NamedTuple):
    regexes: tuple[re.Pattern[str], ...]
    always: frozenset[int]
    strings: frozenset[str]
    by_string: dict[str, list[int]]


@cache
def _units(file: str, kind: str, wanted: frozenset[str] | None) -> _Units:
    """Every alternative of every entry on its own, and which of them a string may belong to."""
    parts = _alternatives(file, kind, wanted)
    always: list[int] = []
    by_string: dict[str, list[int]] = {}
    for number, part in enumerate(parts):
        needed = required_literals(part)
        if needed is None:
            always.append(number)
        for literal in sorted(needed or ()):
            by_string.setdefault(literal, []).append(number)
    return _Units(tuple(map(re.compile, parts)), frozenset(always), frozenset(by_string), by_string)


@lru_cache(maxsize=32)
def words(file: str, kind: str, language: str | None, text: str) -> Words:
    """The entries of one kind that can occur in `text` (in the form that their file asks for)."""
    units = _units(file, kind, _page_languages(language))
    numbers = set(units.always)
    if units.strings:
        for _, literal in find_starts(units.strings, text):
            numbers.update(units.by_string[literal])
    return Words(tuple(units.regexes[number] for number in sorted(numbers)))


@cache
def _line_index() -> tuple[dict[str, list[Phrase]], Starts]:
    literals: dict[str, list[Phrase]] = {}
    patterns: list[tuple[str, Phrase]] = []
    for phrase in phrases("furniture.toml"):
        for part in split_alternatives(phrase.pattern):
            if _PLAIN.fullmatch(part):
                literals.setdefault(part.replace("\\", ""), []).append(phrase)
            else:
                patterns.append((part, phrase))
    return literals, Starts(patterns)


@lru_cache(maxsize=4096)
def line_phrases(key: str) -> tuple[Phrase, ...]:
    """The phrases of furniture.toml that match a line's `core` as a whole.

    >>> [phrase.kind for phrase in line_phrases("back to top")]
    ['navigation_label']
    """
    if not key:
        return ()
    literals, index = _line_index()
    return tuple(dict.fromkeys([*literals.get(key, ()), *index.whole(key)]))


@lru_cache(maxsize=2)
def has_label(text: str) -> bool:
    """Whether some line as a whole is a phrase of furniture.toml.

    >>> has_label("The ferry sank.\\nBack to top"), has_label("Back to top it went.")
    (True, False)
    """
    return any(line.core and line_phrases(line.core) for line in split_lines(text))


def line_phrase(key: str, *kinds: str) -> Phrase | None:
    """The first phrase of one of these kinds that matches a line's `core` as a whole, or None."""
    for phrase in line_phrases(key):
        if phrase.kind in kinds:
            return phrase
    return None
