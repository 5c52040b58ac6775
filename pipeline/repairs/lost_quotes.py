"""Brings back the closing quotation mark of mojibake whose last byte was lost: ``â€`` alone or with U+FFFD, after an open ``â€œ``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.damage import Paragraphs
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "lost_quotes", 1
TRIGGER = Trigger(characters="â")

_LOST = re.compile(r"â€(?:\ufffd|(?=[\s,.;:!?)\]]|$))", re.MULTILINE)
_MARK = re.compile(rf"(â€œ|“)|({_LOST.pattern}|”)", re.MULTILINE)


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per lost mark, in lines where opening and closing marks then alternate.

    The last byte of ” in UTF-8 has no character in windows-1252, so that strict converters drop it; of all the marks
    whose last byte does, only ” is common. Runs before `encoding`, which repairs the rest of the line.

    >>> [(e.before, e.after) for e in find("â€œWe will go,â€\ufffd he said.", None)]
    [('â€�', '”')]
    >>> list(find("He paid 5 â€\ufffd and left; â€ too.", None))
    []
    """
    if "â€" not in text:
        return
    lines, done = Paragraphs(text), -1
    for lost in _LOST.finditer(text):
        if lost.start() >= done:
            start, done = lines.span(lost.start())
            marks = list(_MARK.finditer(text, start, done))
            if all((mark[1] is None) == bool(index % 2) for index, mark in enumerate(marks)) and len(marks) % 2 == 0:
                for mark in marks:
                    if mark[0].startswith("â€") and mark[1] is None:
                        yield Edit(
                            mark.start(), mark.end(), mark[0], "”", "mojibake", NAME, VERSION, "certain", "closes the open quotation"
                        )
