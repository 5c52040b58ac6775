"""Presentation ligatures of Latin letters (ﬁ, ﬂ, ﬀ, ...) become their letters. Dutch ĳ, Croatian ǆ and œ are letters and stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "ligatures", 1

_LETTERS = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[ﬀ-ﬆ]")
TRIGGER = Trigger(characters="".join(_LETTERS))


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per ligature.

    >>> [(e.before, e.after) for e in find("oﬃce œuvre ĳs", None)]
    [('ﬃ', 'ffi')]
    """
    for match in _LIGATURE.finditer(text):
        yield Edit(match.start(), match.end(), match[0], _LETTERS[match[0]], "ligature", NAME, VERSION, "certain", f"U+{ord(match[0]):04X}")
