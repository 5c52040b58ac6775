"""Which script a character belongs to, as far as the rules need it."""

from __future__ import annotations

import re

__all__ = ["JOINING", "RIGHT_TO_LEFT", "UNSPACED", "has_rtl", "is_unspaced", "keeps_joiner"]

UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u0f00-\u0fff"  # Tibetan
    "\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b"  # radicals, iteration marks, Suzhou numerals
    "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u3105-\u312f\u31a0-\u31bf"  # Bopomofo
)
"""Characters of scripts that are written without spaces between words, as the inside of a regex character class."""

RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
"""Hebrew, Arabic, Syriac, Thaana, N'Ko and their kin, as the inside of a regex character class."""

JOINING = (
    "\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufefc"  # Arabic and its neighbours: Persian writes ZWNJ inside words
    "\u0900-\u0dff"  # Devanagari to Sinhala
    "\u1000-\u109f\u1780-\u17ff\u1800-\u18af"  # Myanmar, Khmer, Mongolian
    "\ua840-\ua87f\ua8e0-\ua8ff\U00011000-\U000114ff"
)
"""Scripts in which U+200C and U+200D change what a reader sees, as the inside of a regex character class."""

_UNSPACED = re.compile(f"[{UNSPACED}]")
_RTL = re.compile(f"[{RIGHT_TO_LEFT}]")
_JOINING = re.compile(f"[{JOINING}]")


def is_unspaced(character: str) -> bool:
    """Whether the character belongs to a script that is written without spaces.

    >>> is_unspaced("中"), is_unspaced("ก"), is_unspaced("한"), is_unspaced("a")
    (True, True, False, False)
    """
    return _UNSPACED.match(character) is not None


def has_rtl(text: str) -> bool:
    """Whether the text has a letter of a right-to-left script."""
    return _RTL.search(text) is not None


def keeps_joiner(character: str) -> bool:
    """Whether a joiner or non-joiner beside this character carries meaning.

    >>> keeps_joiner("ی"), keeps_joiner("क"), keeps_joiner("e"), keeps_joiner("")
    (True, True, False, False)
    """
    return _JOINING.match(character) is not None
