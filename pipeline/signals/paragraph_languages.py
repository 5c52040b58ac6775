"""Which languages the paragraphs of a text are in, where they are not all in one: bilingual releases, quoted statements."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import NamedTuple

from pipeline.signals.language import are_kin, identify
from pipeline.text.lines import is_unspaced

__all__ = ["LanguagePart", "measure_languages"]

_LEAST_WORDS = 12
"""Words of a paragraph that is looked at; below it are labels, names and one-line quotations."""

_LEAST_LETTERS = 30
"""The same for a script that is written without spaces."""

_LEAST_PART = 20
"""Words of a language that is told of: in fewer, names and loans decide."""

_SHORT, _REPEATED = 5, 2
"""Letters and occurrences of a word by which paragraphs are put together: mostly articles, prepositions, pronouns."""

_SHARED = 0.3
"""Share of such words that two paragraphs of one language have in common, at least. Lower, French and Portuguese run together; higher,
texts in one language fall apart, which costs a look at each part and does no harm."""

_LOOKED_AT = 60
"""Words at the beginning of a paragraph that are enough to place it."""

_CONFIDENCE = 0.95


class LanguagePart(NamedTuple):
    """A language, and the words of the paragraphs that are in it."""

    language: str
    words: int


class _Group(NamedTuple):
    """Paragraphs that share short words."""

    words: set[str]
    paragraphs: list[str]
    sizes: list[int]


def measure_languages(text: str, language: str | None) -> tuple[LanguagePart, ...]:
    """The languages of a text's paragraphs with their words, most words first; empty where all are in one, or none can be told.

    Args:
        language: the language of the text as a whole.

    Paragraphs are first put together by the short words they share, which costs next to nothing; only where they fall into several groups
    is the language of each group identified.

    >>> german = "Der Hafen bleibt bis zum Abend gesperrt, weil die Brücke nach dem Sturm noch nicht geprüft ist, sagte die Stadt."
    >>> french = "Le port reste fermé jusqu'au soir, parce que le pont n'a pas encore été vérifié après la tempête, dit la ville."
    >>> measure_languages("\\n\\n".join([german, german, french]), "de")
    (LanguagePart(language='de', words=40), LanguagePart(language='fr', words=21))
    >>> measure_languages("\\n\\n".join([german, german]), "de")
    ()
    """
    groups = _group(text)
    sizes = sorted(sum(group.sizes) for group in groups)
    if sum(sizes[:-1]) < _LEAST_PART:
        return ()
    main = language.split("-")[0].lower() if language else None
    words: dict[str, int] = {}
    for group in groups:
        name = _name("\n".join(group.paragraphs), main)
        if name is not None:
            words[name] = words.get(name, 0) + sum(group.sizes)
    told = [LanguagePart(name, count) for name, count in words.items() if count >= _LEAST_PART]
    return tuple(sorted(told, key=lambda part: (-part.words, part.language))) if len(told) > 1 else ()


def _group(text: str) -> list[_Group]:
    """The longest paragraphs first; one without any word that others have is in a group with its like."""
    paragraphs = [read for paragraph in text.split("\n") if (read := _read(paragraph)) is not None]
    if len(paragraphs) < 2:
        return []
    paragraphs.sort()
    counts = Counter(chain.from_iterable(words for _, _, words in paragraphs))
    repeated = [word for word, count in counts.items() if count >= _REPEATED and len(word) <= _SHORT]
    short = {word for word in repeated if word.isalpha() and not word[0].isupper()}
    groups: list[_Group] = []
    alone = _Group(set(), [], [])
    for size, paragraph, words in paragraphs:
        own = short.intersection(words)
        near = _nearest(own, groups) if own else alone
        near.words.update(own)
        near.paragraphs.append(paragraph)
        near.sizes.append(-size)
    return [*groups, alone] if alone.paragraphs else groups


def _nearest(words: set[str], groups: list[_Group]) -> _Group:
    """The group that shares most words; a new one where none shares enough."""
    best, most = None, _SHARED * len(words)
    for group in groups:
        shared = len(words & group.words)
        if shared >= most and (best is None or shared > most):
            best, most = group, shared
    if best is None:
        best = _Group(set(), [], [])
        groups.append(best)
    return best


def _read(paragraph: str) -> tuple[int, str, list[str]] | None:
    """Minus the number of words, so that long ones sort first, the paragraph, and its first words; None where it is too short.

    Words are what stands between blanks, or the characters of an unspaced script.
    """
    blanks = paragraph.count(" ")
    if blanks >= _LEAST_WORDS - 1:
        return -blanks - 1, paragraph, paragraph.split(None, _LOOKED_AT)[:_LOOKED_AT]
    if len(paragraph) >= _LEAST_LETTERS and not paragraph.isascii() and is_unspaced(paragraph):
        letters = [letter for letter in paragraph if letter.isalpha()]
        return -len(letters), paragraph, letters
    return None


def _name(text: str, main: str | None) -> str | None:
    """The language of a group; the text's own where it cannot be told for certain, or is one that is easily taken for it."""
    found, confidence = identify(text)
    if found is None or confidence is None or confidence < _CONFIDENCE or (main is not None and are_kin(found, main)):
        return main
    return found
