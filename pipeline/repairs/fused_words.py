"""Gives two words the space back that they lost, where the document confirms that they are two."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Edit, Flag
from pipeline.repairs._edits import make_edit
from pipeline.text.damage import Quotations
from pipeline.text.evidence import LIKELY, combine
from pipeline.text.fused import HUMPS, find_fused_words
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "fused_words", 1
TRIGGER = Trigger(printed=HUMPS)


def find(text: str, context: Context) -> Iterator[Edit | Flag]:
    """Yield one insertion per lost space, or a flag: initials alone prove nothing in a document that people wrote."""
    quotations = Quotations(text)
    for damage in find_fused_words(text):
        apart = "elsewhere" in damage.why
        if not quotations.covers(damage.start) and (apart or combine(context.mt_evidence) >= LIKELY):
            yield make_edit(text, damage, NAME, NAME, VERSION)
        else:
            yield Flag(NAME, damage.start, damage.end, text[damage.start - 1 : damage.end + 1], "possible", NAME, damage.why)
