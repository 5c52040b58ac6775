"""Flags what no repair could bring back: U+FFFD, the mark of bytes that could not be decoded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Flag
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "undecodable", 1
TRIGGER = Trigger(characters="\ufffd")

_LOST = re.compile("\ufffd[^\n]*\ufffd|\ufffd")


def find(text: str, context: Context) -> Iterator[Flag]:
    """Yield one flag per line that has U+FFFD, from the first to the last of them.

    >>> [(f.start, f.end) for f in find("caf\ufffd au lait\\nna\ufffdve caf\ufffd", None)]
    [(3, 4), (15, 23)]
    """
    for match in _LOST.finditer(text):
        yield Flag("undecodable", match.start(), match.end(), match[0], "certain", NAME)
