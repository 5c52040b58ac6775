"""Labels that sites print around advertising."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.furniture._phrases import has_label, line_phrase
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.text.lines import ends_sentence, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger

NAME, VERSION = "advertisement", 1
TRIGGER = Trigger(questions=(lambda text, context: has_label(text),))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield one deletion per line that is nothing but such a label.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> [e.before for e in find("Some prose.\\n- Advertisement -\\nMore prose.", Context(doc, Metadata()))]
    ['- Advertisement -\\n']
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    removals = [
        Removal(line.number, line.number, "advertisement", f"formula: {phrase.id}; form: a label alone on its line")
        for line in lines
        if line.core and (phrase := line_phrase(line.core, "advertisement")) and not ends_sentence(line.text.rstrip(":"))
    ]
    yield from remove_lines(text, lines, removals, NAME, VERSION)
