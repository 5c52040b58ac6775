"""Words, for counting and comparing. Nothing here changes a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text.scripts import UNSPACED

__all__ = ["count_words", "iterate_words", "list_words"]

# Vowel signs and accents that stand on a letter are part of the word, which Python's \w does not know.
_SIGNS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
# The inner marks keep `U.S`, `1,000`, `3:30`, `one-off` and `l’accord` in one piece.
_INNER = "'’.,:/\u200c\u200d-"
_ASCII_WORD = re.compile(r"(?!_)\w+(?:['.,:/-](?!_)\w+)*", re.ASCII)
_SPACED_WORD = re.compile(f"(?!_)[\\w{_SIGNS}]+(?:[{_INNER}](?!_)[\\w{_SIGNS}]+)*")
_LETTER = f"(?![{UNSPACED}])[\\w{_SIGNS}]"
# A letter of an unspaced script is a word of its own: that is how length limits of such languages are usually given.
_MIXED_WORD = re.compile(f"[{UNSPACED}]|(?!_)(?:{_LETTER})+(?:[{_INNER}](?!_)(?:{_LETTER})+)*")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_ASCII = bytes(range(128))


def iterate_words(text: str) -> Iterator[re.Match[str]]:
    """Match every word. A word has a letter or a digit; punctuation alone is none.

    >>> [match[0] for match in iterate_words("U.S. exports rose 1,5 % – it’s a one-off")]
    ['U.S', 'exports', 'rose', '1,5', 'it’s', 'a', 'one-off']
    >>> [match[0] for match in iterate_words("北京3月")]
    ['北', '京', '3', '月']
    """
    return _pattern(text).finditer(text)


def list_words(text: str) -> list[str]:
    """The words of a text, in order."""
    return _pattern(text).findall(text)


def count_words(text: str) -> int:
    """How many words a text has; every character of an unspaced script counts as one.

    >>> count_words("Oil falls 3 %"), count_words("新华社北京"), count_words(" ... ")
    (3, 5, 0)
    """
    return len(list_words(text))


def _pattern(text: str) -> re.Pattern[str]:
    """The cheapest pattern that is right for the characters of a text."""
    if text.isascii():
        return _ASCII_WORD
    others = set(text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass"))
    return _MIXED_WORD if _UNSPACED.search("".join(sorted(others))) else _SPACED_WORD
