"""Takes out the second of two equal articles side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.resources import load_toml
from pipeline.text.damage import Quotations, language_list
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "doubled_determiner", 1


def doubled_words() -> list[str]:
    """Strings of which a text with a doubled article has one, whatever its language."""
    return sorted({f" {word} {word} " for words in load_toml("translation.toml")["determiners"].values() for word in words})


TRIGGER = Trigger(listed=doubled_words)


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one deletion per doubled article in small letters, outside quotations.

    "had had" and "that that" can be right and are not looked at; nor is "the The", where the second begins a name.
    """
    found = None
    for word in sorted(language_list("determiners", context.language or "")):
        if f" {word} {word} " not in text:
            continue
        quotations = found = found or Quotations(text)
        for match in re.finditer(rf"(?<=[^\W\d_]) {word}( {word}) (?=[^\W\d_]{{2}})", text):
            if not quotations.covers(match.start()):
                yield Edit(match.start(1), match.end(1), match[1], "", NAME, NAME, VERSION, "certain", "the same article twice")
