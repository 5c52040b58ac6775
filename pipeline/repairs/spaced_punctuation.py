"""Deletes the space before punctuation in languages that have none there."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.repairs._edits import make_edit
from pipeline.text.punctuation import SPACED_MARKS, find_spaced_marks
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "spaced_punctuation", 1
TRIGGER = Trigger(printed=SPACED_MARKS)


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one deletion per run of spaces; French keeps what is right there. See `pipeline.text.punctuation`."""
    for damage in find_spaced_marks(text, context.language):
        yield make_edit(text, damage, NAME, NAME, VERSION)
