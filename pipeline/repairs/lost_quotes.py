"""Brings back the closing quotation mark of mojibake whose last byte was lost: ``â€`` and U+FFFD after an open ``â€œ``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.damage import Paragraphs
from pipeline.text.rules import Context

NAME, VERSION = "lost_quotes", 1

_LOST = "â€\ufffd"
_MARK = re.compile("(â€œ|“)|(â€\ufffd|”)")


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per lost mark, in lines where opening and closing marks then alternate.

    The last byte of ” in UTF-8 has no character in windows-1252, so that strict converters drop it; of all the marks
    whose last byte does, only ” is common. Runs before `encoding`, which repairs the rest of the line.

    >>> [(e.before, e.after) for e in find("â€œWe will go,â€\ufffd he said.", None)]
    [('â€�', '”')]
    >>> list(find("He paid 5 â€\ufffd and left.", None))
    []
    """
    if _LOST not in text:
        return
    lines, done = Paragraphs(text), -1
    at = text.find(_LOST)
    while at >= 0:
        if at >= done:
            start, done = lines.span(at)
            marks = list(_MARK.finditer(text, start, done))
            if all((match[1] is None) == bool(index % 2) for index, match in enumerate(marks)) and len(marks) % 2 == 0:
                for match in marks:
                    if match[0] == _LOST:
                        yield Edit(
                            match.start(), match.end(), _LOST, "”", "mojibake", NAME, VERSION, "certain", "closes the open quotation"
                        )
        at = text.find(_LOST, at + 1)
