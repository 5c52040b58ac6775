"""Zero-width characters, soft hyphens and direction marks go where they say nothing; scripts and emoji that need them keep them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.rules import Context
from pipeline.text.scripts import has_rtl, is_unspaced, keeps_joiner
from pipeline.text.triggers import Trigger

NAME, VERSION = "invisible", 1

_SPACE, _JOINERS, _SHY = "\u200b", "\u200c\u200d", "\u00ad"
_BIDI = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
TRIGGER = Trigger(
    characters=f"{_SPACE}{_JOINERS}{_SHY}"
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2060\u2061\u2062\u2063\u2064\u180e"
)
_INVISIBLE = re.compile(f"[{_SPACE}{_JOINERS}{_SHY}{_BIDI}\u2060-\u2064\u180e]+")
# A joiner glues pictures together: people, hearts, flags, with skin tones and variation selectors between them.
_PICTURE = re.compile("[\u00a9\u00ae\u203c-\u3299\ufe0f\U0001f000-\U0001faff]")


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one deletion per run of characters that nobody sees and that change nothing.

    >>> [e.start for e in find("zero\\u200bwidth soft\\u00adhyphen می\\u200cخواهم", None)]
    [4, 15]
    """
    right_to_left = has_rtl(text)
    for match in _INVISIBLE.finditer(text):
        for gone in _meaningless(match[0], text, match.start(), match.end(), right_to_left):
            codes = " ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(text[gone.start : gone.stop]))
            yield Edit(gone.start, gone.stop, text[gone.start : gone.stop], "", "invisible", NAME, VERSION, "certain", codes)


def _meaningless(run: str, text: str, start: int, end: int, right_to_left: bool) -> Iterator[range]:
    """Stretches of a run of invisible characters that say nothing."""
    first: int | None = None
    for at, character in enumerate(run, start):
        if _has_meaning(character, text, start, end, right_to_left):
            if first is not None:
                yield range(first, at)
            first = None
        elif first is None:
            first = at
    if first is not None:
        yield range(first, end)


def _has_meaning(character: str, text: str, start: int, end: int, right_to_left: bool) -> bool:
    left, right = text[start - 1 : start] if start else "", text[end : end + 1]
    if character in _JOINERS:
        if keeps_joiner(left) or keeps_joiner(right):
            return True
        return character == "\u200d" and bool(_PICTURE.match(left) and _PICTURE.match(right))
    if character == _SPACE:
        # Thai, Lao, Khmer and Myanmar mark where a line may break between two words.
        return bool(left and right) and is_unspaced(left) and is_unspaced(right) and not _is_han(left)
    if character == "\u180e":
        return keeps_joiner(left) or keeps_joiner(right)
    if character == _SHY and right == "\n" and left.isalpha() and text[end + 1 : end + 2].isalpha():
        return True  # a word broken at a line's end: for `hard_wrap`
    if character == _SHY or "\u2060" <= character <= "\u2064":
        return False
    return right_to_left


def _is_han(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or character >= "\uf900"
