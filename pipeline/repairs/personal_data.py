"""Masks e-mail addresses and phone numbers. Off unless `mask_personal_data` is set; the edits keep what stood there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "personal_data", 1


def is_wanted(text: str, context: Context) -> bool:
    """Whether the configuration asks for masks."""
    return context.config.mask_personal_data


TRIGGER = Trigger(questions=(is_wanted,))

_MAIL = re.compile(r"(?<![\w.%+-])([\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24})(?![\w@])")
_DIGITS = r"\d(?:[ .\-/()\u00a0]{0,2}\d)"
# Figures alone may be anything, so a number needs its country code, a word that announces it, or the American grouping.
_INTERNATIONAL = re.compile(rf"(?<![\w+])(\+{_DIGITS}{{7,14}})(?![\w-])")
_ANNOUNCED = re.compile(rf"(?i:\b(?:tel|tél|phone|telefon|тел|call))[.:]{{0,2}} ({_DIGITS}{{6,14}})(?![\w-])")
_AMERICAN = re.compile(r"(?<![\w-])(\(\d{3}\) ?\d{3}-\d{4}|\d{3}[-.]\d{3}[-.]\d{4})(?![\w-])")
_KINDS = (
    (_MAIL, "email", "[e-mail]"),
    (_INTERNATIONAL, "phone", "[phone]"),
    (_ANNOUNCED, "phone", "[phone]"),
    (_AMERICAN, "phone", "[phone]"),
)


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per address or number, where the configuration asks for it."""
    if not is_wanted(text, context):
        return
    taken = 0
    found = sorted((match.span(1), mask, kind) for pattern, kind, mask in _KINDS for match in pattern.finditer(text))
    for (start, end), mask, kind in found:
        if start >= taken:
            taken = end
            yield Edit(start, end, text[start:end], mask, kind, NAME, VERSION, "certain", "masking is switched on")
