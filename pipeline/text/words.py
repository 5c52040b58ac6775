"""Words, for counting and comparing. Nothing here changes a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text.scripts import UNSPACED

__all__ = ["count_words", "iterate_words", "list_words"]

_ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:['.,:/-][A-Za-z0-9]+)*")
# A letter of an unspaced script is a word of its own: that is how length limits of such languages are usually given.
# The inner marks keep `U.S`, `1,000`, `3:30`, `one-off` and `l’accord` in one piece.
_WORD = re.compile(f"[{UNSPACED}]|(?:(?![{UNSPACED}_])[\\w\\u0300-\\u036f])+(?:['’.,:/\\u200c\\u200d-](?:(?![{UNSPACED}_])\\w)+)*")


def iterate_words(text: str) -> Iterator[re.Match[str]]:
    """Match every word. A word has a letter or a digit; punctuation alone is none.

    >>> [match[0] for match in iterate_words("U.S. exports rose 1,5 % – it’s a one-off")]
    ['U.S', 'exports', 'rose', '1,5', 'it’s', 'a', 'one-off']
    >>> [match[0] for match in iterate_words("北京3月")]
    ['北', '京', '3', '月']
    """
    return (_ASCII_WORD if text.isascii() else _WORD).finditer(text)


def list_words(text: str) -> list[str]:
    """The words of a text, in order."""
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def count_words(text: str) -> int:
    """How many words a text has; every character of an unspaced script counts as one.

    >>> count_words("Oil falls 3 %"), count_words("新华社北京"), count_words(" ... ")
    (3, 5, 0)
    """
    return len(list_words(text))
