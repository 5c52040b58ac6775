"""Deletes a full stop that stands alone, or doubled, after a finished sentence at a paragraph's end."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.repairs._edits import make_edit
from pipeline.text.punctuation import ORPHANS, find_orphans
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "orphan_punctuation", 1
TRIGGER = Trigger(printed=ORPHANS)


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one deletion per orphan; an ellipsis is left alone, also one with spaces. See `pipeline.text.punctuation`."""
    for damage in find_orphans(text):
        yield make_edit(text, damage, NAME, NAME, VERSION)
