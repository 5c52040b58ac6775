"""Labels and error messages of players, embeds and scripts that were left in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._chronicle import entry_times
from pipeline.furniture._phrases import has_label, line_phrase
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.text.lines import Line, ends_sentence, repeats, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "widget_residue", 2

_PLAYER_TIME = re.compile(r"(?:\d{1,2}:)?\d{1,2}:\d\d(?:\s*[/|]\s*(?:\d{1,2}:)?\d{1,2}:\d\d)?")
_BROWSER = re.compile(
    r"\b(?:your|this|ihr|dein|votre|tu|su|seu|tuo|suo|uw|je|jouw|twoja|ваш) (?:web )?"
    r"(?:browser|navigateur|navegador|przeglądarka|браузер)\b"
    r"|tarayiciniz|متصفحك|(?:您|你)的(?:浏览器|瀏覽器)|お使いのブラウザ|ご利用のブラウザ|브라우저"
)
_BULLET = "•·*-–▪◦‣"


def may_be_residue(text: str, context: Context) -> bool:
    """Whether a line is a label, or begins with a digit as the time of a player does."""
    return has_label(text) or any(line.text[0].isdigit() for line in split_lines(text))


TRIGGER = Trigger(questions=(may_be_residue,))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield one deletion per block of neighbouring widget lines.

    A label without terminal punctuation goes where it stands alone on its line. A message that is a sentence ("Something went
    wrong.") goes only with a second sign: it is repeated, bulleted or indented, stands before the story, or has a widget line beside it.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board."
    >>> [e.before for e in find(f"Head\\nVideo Embed\\n{body}", Context(doc, Metadata()))]
    ['Video Embed\\n']
    >>> list(find(f"Head\\n{body}\\nSomething went wrong.\\n{body}", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    hits = {line.number: line for line in lines if line.core and _is_widget(line, text)}
    if not hits:
        return
    zones, counts = find_zones(text), repeats(lines)
    signs = {index: sign for index, line in hits.items() if (sign := _sign(line, hits, zones, counts))}
    yield from remove_lines(text, lines, _blocks(lines, signs), NAME, VERSION)


def _is_widget(line: Line, text: str) -> bool:
    if line_phrase(line.core, "widget_residue") is not None:
        return True
    return _PLAYER_TIME.fullmatch(line.text) is not None and line.number not in entry_times(text)


def _sign(line: Line, hits: dict[int, Line], zones: Zones, counts: dict[str, int]) -> str | None:
    """The second kind of evidence beside the formula, or None."""
    if not ends_sentence(line.text):
        return "form: a label alone on its line"
    if _BROWSER.search(line.flat):
        return "form: a message to the reader's browser"
    if counts.get(line.core, 0) > 1:
        return f"repetition: {counts[line.core]} times"
    if line.text[0] in _BULLET or line.indent:
        return "form: bulleted or indented"
    if zones.before_prose(line.number):
        return "zone: head, before the story"
    if line.number - 1 in hits or line.number + 1 in hits:
        return "form: in a block of such lines"
    return None


def _blocks(lines: tuple[Line, ...], signs: dict[int, str]) -> Iterator[Removal]:
    """Neighbouring hits as one block; of a block that is repeated each copy is one removal."""
    block: list[int] = []
    for index in sorted(signs):
        if block and (index != block[-1] + 1 or lines[index].core in {lines[i].core for i in block}):
            yield _removal(block, signs)
            block = []
        block.append(index)
    if block:
        yield _removal(block, signs)


def _removal(block: list[int], signs: dict[int, str]) -> Removal:
    return Removal(block[0], block[-1], "widget_residue", f"formula: widget label or message; {signs[block[0]]}")
