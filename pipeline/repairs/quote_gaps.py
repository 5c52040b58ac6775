"""Deletes the space between a quotation mark and what it quotes, in paragraphs whose marks are balanced."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.repairs._edits import make_edit
from pipeline.text.quotes import find_quote_gaps, has_suspects
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "quote_gaps", 1
TRIGGER = Trigger(questions=(lambda text, context: has_suspects(text),))


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one deletion per gap; not in French, which sets one. See `pipeline.text.quotes.find_quote_gaps`."""
    for damage in find_quote_gaps(text, context.language):
        yield make_edit(text, damage, NAME, NAME, VERSION)
