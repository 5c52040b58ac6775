"""Headlines of other stories that were set between the paragraphs of this one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._phrases import has_label, line_phrase
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.text.lines import Line, ends_sentence, is_all_caps, is_headline, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "inline_related", 1

_SHORTEST_CAPS = 5
"""Words: an all-capital line of fewer is as likely a sub-heading ("WHAT HAPPENS NEXT") as a link."""

_ENUMERATED = re.compile(r"(?:\d{1,2}|[IVX]{1,4})[.)]\s")
_QUESTION = re.compile(
    r"(?:WHAT|WHY|HOW|WHO|WHEN|WHERE|WAS|WIE|WARUM|WER|QUÉ|POR QUÉ|CÓMO|COSA|PERCHÉ|COME|CHI|QUE|POURQUOI|COMMENT|QUI)\b"
)


def may_be_related(text: str, context: Context) -> bool:
    """Whether a line is a label, or all in capitals."""
    return has_label(text) or any(line.text.isupper() for line in split_lines(text))


TRIGGER = Trigger(questions=(may_be_related,))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield a deletion per headline of another story.

    Two forms: a label with a headline ("Read also: ..."), and a line in capitals, five words or more, without terminal punctuation,
    between paragraphs of a text that is not itself in capitals. Sub-headings, questions, numbered heads and a line that a colon
    announces stay.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board."
    >>> [e.before for e in find(f"{body}\\nTWO HURT AS BRIDGE CLOSES FOR REPAIR\\n{body}", Context(doc, Metadata()))]
    ['TWO HURT AS BRIDGE CLOSES FOR REPAIR\\n']
    >>> list(find(f"{body}\\nWHAT HAPPENS NEXT\\n{body}", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    zones = find_zones(text)
    yield from remove_lines(text, lines, _removals(lines, zones), NAME, VERSION)


def _removals(lines: tuple[Line, ...], zones: Zones) -> Iterator[Removal]:
    for line in lines:
        if not line.core or zones.first_prose < 0:
            continue
        if line_phrase(line.core, "related_prefix") and (not ends_sentence(line.text) or line.text[-1] in "?!"):
            yield Removal(
                line.number, line.number, "inline_related_headline", "formula: a label for another story; form: headline on one line"
            )
        elif zones.first_prose < line.number < zones.last_prose and _is_caps_link(line, lines):
            yield Removal(line.number, line.number, "inline_related_headline", "zone: between paragraphs; form: all capitals, no full stop")


def _is_caps_link(line: Line, lines: tuple[Line, ...]) -> bool:
    text = line.text
    if not is_all_caps(text) or text.count(" ") + 1 < _SHORTEST_CAPS or not is_headline(text) or ends_sentence(text):
        return False
    if _ENUMERATED.match(text) or _QUESTION.match(text) or text[0] in "\"“'‘«":
        return False
    before, after = lines[line.number - 1], lines[line.number + 1]
    if before.text.endswith((":", "：")) or is_all_caps(before.text) or is_all_caps(after.text):
        return False
    return before.prose or after.prose
