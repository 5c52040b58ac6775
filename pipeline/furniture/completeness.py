"""Whether the text is the whole story: flags teaser stubs and texts that were cut off, and takes the stub's label out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._phrases import line_phrase
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Flag
from pipeline.text.lines import Line, core, ends_sentence, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger
from pipeline.text.zones import find_zones

NAME, VERSION = "completeness", 2

_CUT_MARK = re.compile(r"(?:\[(?:…|\.\.\.|\+\d+ chars)\]|\(\.\.\.\)|(?<=\w)(?:…|\.\.\.)|\[\+\d+ chars\])\s*$")
_OPEN_END = re.compile(r"[\w,;–—-]$")
_ADDRESS_END = re.compile(r"(?:https?://\S+|www\.\S+|\S+@\S+|\w+\.(?:com|org|net|gov|edu|[a-z]{2}))/?$")
_SHORTEST = 60


def may_be_cut(text: str, context: Context) -> bool:
    """Whether the last line ends in a teaser's label or does not close a sentence, the first begins small, or the parser marked a stub."""
    lines = split_lines(text)
    if not lines:
        return False
    first, last = lines[0].text, lines[-1].text
    return (
        _find_stub(lines[-1]) is not None
        or first[0].islower()
        or first.startswith(("…", "..."))
        or not ends_sentence(last)
        or last.endswith(("…", "...", "]", ")"))
        or "stub" in context.parsed.marks
    )


TRIGGER = Trigger(questions=(may_be_cut,))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield a flag ``stub`` where the text ends in "read more" or its like, and ``truncated`` where it stops in mid-sentence.

    A record that held only a description of its story, which the parser has marked, is a stub whatever its text says.
    The label of a stub that stands alone on the last line goes; inside a paragraph it stays and is only flagged.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board. "
    >>> [f.kind for f in find(body + "Then it ... Read more", Context(doc, Metadata())) if isinstance(f, Flag)]
    ['stub']
    >>> [f.kind for f in find(body + "It turned towards the open sea and then the captain saw a", Context(doc, Metadata()))]
    ['truncated']
    """
    lines = split_lines(text)
    if not lines:
        return
    last = lines[-1]
    if "stub" in context.parsed.marks:
        yield Flag("stub", lines[0].start, last.end, last.text[-80:], "certain", NAME)
    if stub := _find_stub(last):
        start, fragment, alone = stub
        if "stub" not in context.parsed.marks:
            yield Flag("stub", start, last.end, fragment, "certain", NAME)
        if alone and len(lines) > 1:
            removal = Removal(last.number, last.number, "navigation_label", "formula: label of a teaser; zone: last line of the text")
            yield from remove_lines(text, lines, [removal], NAME, VERSION)
        return
    if "stub" in context.parsed.marks:
        return
    if _starts_inside(lines[0], context):
        yield Flag("truncated", lines[0].start, lines[0].end, lines[0].text[:80], "possible", NAME)
    if _stops_inside(last, text):
        yield Flag("truncated", max(last.text_start, last.end - 80), last.end, last.text[-80:], "likely", NAME)


def _find_stub(last: Line) -> tuple[int, str, bool] | None:
    """(start, fragment, whether the label is the whole line)."""
    if last.core and line_phrase(last.core, "teaser"):
        return last.text_start, last.text, True
    tail = last.text[-90:]
    for mark in re.finditer(r"(?:\.\.\.|…|[.!?。])[\])]?\s+|[\[(]|…", tail):
        label = tail[mark.end() :]
        if label and line_phrase(core(label), "teaser"):
            start = last.text_start + len(last.text) - len(tail) + mark.start()
            return start, tail[mark.start() :].strip(), False
    return None


def _starts_inside(first: Line, context: Context) -> bool:
    """A text whose first words go on with a sentence that is not there; names like iPhone begin small too."""
    text = first.text
    if text.startswith(("…", "...")):
        return True
    return (
        text[0].islower()
        and first.prose
        and not any(char.isupper() for char in text.split()[0])
        and not text.startswith(("http", "@", "#"))
    )


def _stops_inside(last: Line, text: str) -> bool:
    if len(last.text) < _SHORTEST or (last.text.count(" ") < 8 and last.text.isascii()):
        return False
    if _CUT_MARK.search(last.text):
        return True
    zones = find_zones(text)
    if _ADDRESS_END.search(last.text):
        return False
    before = split_lines(text)[last.number - 1] if last.number else None
    if before is not None and before.prose and not ends_sentence(before.text):
        return False  # a list whose items have no full stops
    if before is not None and not before.prose:
        return False
    return not ends_sentence(last.text) and _OPEN_END.search(last.text) is not None and (zones.last_prose >= 0 or len(last.text) > 100)
