"""Paragraphs without white space at their edges, joined by exactly one blank line; verse and tables keep their line breaks."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.blocks import kept_breaks
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "layout", 2


def is_laid_out(text: str) -> bool:
    """Whether every line break belongs to a single blank line between two paragraphs without white space at their edges.

    >>> is_laid_out("One.\\n\\nTwo."), is_laid_out("One.\\nTwo."), is_laid_out("One. \\n\\nTwo."), is_laid_out("One.\\n\\n\\nTwo.")
    (True, False, False, False)
    """
    return all(piece and "\n" not in piece and not piece[0].isspace() and not piece[-1].isspace() for piece in text.split("\n\n"))


TRIGGER = Trigger(questions=(lambda text, context: not is_laid_out(text),))


def find(text: str, context: Context) -> Iterator[Edit]:
    r"""Yield one edit per paragraph break that is not a single blank line, and per run of white space at either end.

    >>> [(e.start, e.before, e.after) for e in find(" a\nb \n\n\nc\n\nd\n", None)]
    [(0, ' ', ''), (3, '', '\n'), (4, ' ', ''), (7, '\n', ''), (12, '\n', '')]
    """
    body_start, body_end = len(text) - len(text.lstrip()), len(text.rstrip())
    if body_start:
        yield _edit(0, text[:body_start], "")
    kept = kept_breaks(text)
    at = text.find("\n", body_start, body_end)
    while at >= 0:
        start, end = at, at + 1
        while text[start - 1].isspace():
            start -= 1
        while text[end].isspace():
            end += 1
        if text[start:end] != "\n\n" and not (at in kept and text.count("\n", start, end) == 1):
            yield from _minimal(start, text[start:end])
        at = text.find("\n", end, body_end)
    if max(body_start, body_end) < len(text):
        yield _edit(body_end, text[body_end:], "")


def _minimal(start: int, white: str) -> Iterator[Edit]:
    """The smallest changes from a run of white space to one blank line."""
    at = white.find("\n\n")
    if white == "\n":
        yield _edit(start + 1, "", "\n")
    elif at < 0:
        yield _edit(start, white, "\n\n")
    else:
        if at > 0:
            yield _edit(start, white[:at], "")
        if at + 2 < len(white):
            yield _edit(start + at + 2, white[at + 2 :], "")


def _edit(start: int, before: str, after: str) -> Edit:
    return Edit(start, start + len(before), before, after, NAME, NAME, VERSION, "certain", "")
