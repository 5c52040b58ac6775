"""Mojibake that stood behind a fixed space or a soft hyphen: `encoding` takes those for part of it, and finds it once they are gone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.repairs import encoding
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "encoding_again", 1
TRIGGER = Trigger(questions=(encoding.could_change,))


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield what `encoding` finds now, where it could not before.

    >>> [(e.before, e.after) for e in find("la Ã©cole", None)]
    [('Ã©', 'é')]
    """
    if not text.isascii():
        for edit in encoding.find(text, context):
            yield dataclasses.replace(edit, rule=NAME, rule_version=VERSION)
