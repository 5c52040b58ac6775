"""Turns a quotation mark that its neighbours and the balance of the paragraph force into the other direction."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.repairs._edits import make_edit
from pipeline.text.quotes import find_quote_faults, has_suspects
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "quote_orientation", 1
TRIGGER = Trigger(questions=(lambda text, context: has_suspects(text),))


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per fault; see `pipeline.text.quotes.find_quote_faults` for what is one."""
    for damage in find_quote_faults(text, context.language):
        yield make_edit(text, damage, NAME, NAME, VERSION)
