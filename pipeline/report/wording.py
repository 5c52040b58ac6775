"""Makes pieces of hostile text fit to be shown: nothing invisible, nothing that a terminal would obey, nothing too long."""

from __future__ import annotations

import unicodedata

__all__ = ["shorten", "spell_points", "visible"]

_NAMED = {"\n": "⏎", "\t": "⇥", " ": " "}


def visible(text: str) -> str:
    """The text in one line; control and format characters and unusual spaces are spelled out.

    >>> visible("a\\u00a0b\\n\\x1b[2J")
    'a<U+00A0>b⏎<U+001B>[2J'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _NAMED.get(c) or (f"<U+{ord(c):04X}>" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp") else c) for c in text
    )


def spell_points(text: str) -> str:
    """Code points by number, for changes that the eye cannot see.

    >>> spell_points("é")
    'U+00E9'
    """
    return " ".join(f"U+{ord(c):04X}" for c in text)


def shorten(text: str, limit: int) -> str:
    """The text, or its beginning and end where it is longer than `limit` code points.

    >>> shorten("abcdefghijkl", 8)
    'abcde … kl'
    """
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    return f"{text[:head]} … {text[len(text) - (limit - head - 1) :]}"
