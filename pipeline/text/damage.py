"""Shared parts of the detectors of translation damage. Detectors are plain functions: text in, spans out; rules make edits of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache, lru_cache, wraps
from typing import NamedTuple, ParamSpec, cast

from pipeline.resources import load_toml

__all__ = ["Damage", "Paragraphs", "Quotations", "language_list", "occurrences", "paragraphs", "remembered"]


class Damage(NamedTuple):
    """A damaged place: span, what should stand there, and why. `after` is None where the right reading is not known."""

    start: int
    end: int
    after: str | None
    why: str


_Arguments = ParamSpec("_Arguments")


def remembered(finder: Callable[_Arguments, Iterator[Damage]]) -> Callable[_Arguments, tuple[Damage, ...]]:
    """Make a finder return a tuple, and keep it for the last few texts: the signal asks first, and the repair asks again."""

    @lru_cache(maxsize=2)
    @wraps(finder)
    def find(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> tuple[Damage, ...]:
        return tuple(finder(*args, **kwargs))

    return cast(Callable[_Arguments, tuple[Damage, ...]], find)


@cache
def language_list(section: str, key: str) -> frozenset[str]:
    """An entry of `data/translation.toml` as a set; empty where the language has none.

    >>> "en" in language_list("spacing", "tight"), "fr" in language_list("spacing", "tight"), language_list("articles", "xx")
    (True, False, frozenset())
    """
    return frozenset(load_toml("translation.toml")[section].get(key, ()))


def occurrences(text: str, needle: str) -> Iterator[int]:
    """Where a string begins in the text. Faster than a pattern by an order of magnitude where there are few or none.

    >>> list(occurrences("to be or not to be", "to be"))
    [0, 13]
    """
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + len(needle))


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the lines that are not blank."""
    position = 0
    for line in text.split("\n"):
        if line and not line.isspace():
            yield position, position + len(line)
        position += len(line) + 1


class Paragraphs:
    """Answers questions about the line that holds a position. Keeps the last answer, so that rising positions cost one look a line.

    >>> lines = Paragraphs("North 3 : South 2\\nThe ferry sank in the old harbour.")
    >>> lines.span(20), lines.is_sentence(3), lines.is_sentence(20)
    ((18, 52), False, True)
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._span = (0, -1)
        self._sentence = False

    def span(self, position: int) -> tuple[int, int]:
        """Start and end of the line, without its line break."""
        if not self._span[0] <= position <= self._span[1]:
            end = self._text.find("\n", position)
            self._span = (self._text.rfind("\n", 0, position) + 1, end if end >= 0 else len(self._text))
            line = self._text[slice(*self._span)].rstrip()
            self._sentence = line.count(" ") >= 5 and line.rstrip("\"'”’»)]")[-1:] in (".", "!", "?", "…", ":")
        return self._span

    def is_sentence(self, position: int) -> bool:
        """Whether the line reads as prose: six words at least, and terminal punctuation at its end."""
        self.span(position)
        return self._sentence


_MARKS = re.compile('[“”"«»„‟‹›「」『』]')
_OPENING = frozenset("“«„‟‹「『")
_CLOSING = frozenset("”»›」』")


class Quotations:
    """Which positions stand inside quotation marks. Built once per text, on the first question.

    >>> quotations = Quotations('He said: “no the the way”. The the end.')
    >>> quotations.covers(13), quotations.covers(28)
    (True, False)
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._paragraphs = Paragraphs(text)
        self._spans: dict[int, list[tuple[int, int]]] = {}

    def covers(self, position: int) -> bool:
        """Whether a position stands inside a quotation of its paragraph; one that is never closed runs to the paragraph's end."""
        start, end = self._paragraphs.span(position)
        if start not in self._spans:
            self._spans[start] = list(_quoted(self._text, start, end))
        spans = self._spans[start]
        index = bisect_right(spans, (position, len(self._text))) - 1
        return index >= 0 and spans[index][0] < position < spans[index][1]


def _quoted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of double quotations of one paragraph. Single quotes are too often apostrophes to be followed."""
    opened: int | None = None
    for match in _MARKS.finditer(text, start, end):
        mark, at = match[0], match.start()
        if opened is None:
            if mark in _OPENING or mark == '"':
                opened = at
        elif mark in _CLOSING or mark == '"' or (mark == "“" and text[opened] == "„") or (mark == "«" and text[opened] == "»"):
            yield opened, at
            opened = None
    if opened is not None:
        yield opened, end
