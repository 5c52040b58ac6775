"""Every kind of line break becomes U+000A: CR LF, CR, vertical tab, form feed, U+2028 and U+2029."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "line_ends", 1

# U+0085 is left to `encoding`: in real text it is an ellipsis of windows-1252 that was read as Latin-1.
_BREAK = re.compile("\r\n?|[\x0b\x0c\u2028\u2029]")
TRIGGER = Trigger(characters="\r\x0b\x0c\u2028\u2029")


def find(text: str, context: Context) -> Iterator[Edit]:
    r"""Yield one edit per line break that is not a line feed.

    >>> [(e.start, e.before, e.after) for e in find("a\r\nb\rc\nd", None)]
    [(1, '\r', ''), (4, '\r', '\n')]
    """
    for match in _BREAK.finditer(text):
        start = match.start()
        if match[0] == "\r\n":
            yield Edit(start, start + 1, "\r", "", NAME, NAME, VERSION, "certain", "CR LF")
        else:
            yield Edit(start, start + 1, match[0], "\n", NAME, NAME, VERSION, "certain", f"U+{ord(match[0]):04X}")
