"""Cards about the author at the end: name, role, biography, address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._names import looks_like_name
from pipeline.furniture._phrases import clauses, phrases_in, starts
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, ends_sentence, fold, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger, has_loose_line
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "author_card", 1

_LONGEST = 700
_ADDRESS = re.compile(
    r"(?:(?:contact|e-?mail|mail|twitter|x|kontakt|contacto|contact[ez]*|correo|follow|reach)?[:\s]*)(?:[\w.+-]+@[\w-]+\.[\w.-]+|@\w{2,30})\s*\.?",
    re.IGNORECASE,
)


TRIGGER = Trigger(
    phrases=clauses(("credits.toml", "about_author"), ("credits.toml", "bio")),
    questions=(has_loose_line, lambda text, context: bool(context.metadata.byline)),
)


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield the card as `author_info` and deletions of its lines.

    A line belongs to a card where it stands at the end and repeats the byline, alone or with a role, begins a biography with that
    name, follows "About the author", or is a bare address. A biography of a person whom the byline does not know needs a journalist's
    role in it and must be the last prose.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board.\\n" * 2
    >>> card = "Ana Ruiz is a reporter at the Harbor Post. She covers shipping."
    >>> [f.value for f in find(body + card, Context(doc, Metadata(byline=("Ana Ruiz",)))) if isinstance(f, Fact)]
    ['Ana Ruiz is a reporter at the Harbor Post. She covers shipping.']
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    zones = find_zones(text)
    removals: list[Removal] = []
    under_label = False
    for line in lines[max(1, zones.tail) :]:
        if len(line.text) > _LONGEST:
            under_label = False
            continue
        if len(line.text) <= 40 and _is_about(line, context.language):
            under_label = True
            removals.append(Removal(line.number, line.number, "author_card", "formula: “about the author”; zone: tail"))
            continue
        evidence = _judge(line, lines, zones, context, under_label, bool(removals))
        if evidence is None:
            under_label = False
            continue
        removals.append(Removal(line.number, line.number, "author_card", evidence))
        if not _ADDRESS.fullmatch(line.text):
            yield Fact("author_info", line.text)
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _is_about(line: Line, language: str | None) -> bool:
    match = starts("credits.toml", "about_author", language).match(line.flat.lstrip("-–—•*# "))
    return match is not None and match.end() >= len(line.text.strip("-–—•*# :："))


def _judge(line: Line, lines: tuple[Line, ...], zones: Zones, context: Context, under_label: bool, begun: bool) -> str | None:
    text = line.text
    if under_label and (zones.after_prose(line.number) or line.prose):
        return "zone: tail; form: under the label of an author card"
    names = context.metadata.byline
    echo = next((name for name in names if _begins_with(text, name)), None)
    if echo and not line.prose and (zones.after_prose(line.number) or fold(text) == fold(echo)):
        return f"echo: the byline “{echo}”; zone: tail, after the story"
    bio = starts("credits.toml", "bio", context.language).match(line.flat) is not None
    if echo and bio and '"' not in line.flat:
        return f"echo: the byline “{echo}”; formula: biography; zone: tail"
    if bio and not names and line.number >= zones.last_prose and _names_journalist(text) and _opens_with_name(text):
        return "formula: biography of a journalist; zone: tail, last paragraph"
    if _ADDRESS.fullmatch(text) and zones.after_prose(line.number):
        return "form: a bare address; zone: tail, after the story"
    if (
        begun
        and lines[line.number - 1].number == line.number - 1
        and not ends_sentence(text)
        and _names_journalist(text)
        and len(text) <= 80
    ):
        return "form: a role under a name; zone: tail"
    return None


def _begins_with(text: str, name: str) -> bool:
    folded, key = fold(text).lstrip("—–-•* "), fold(name)
    return folded.startswith(key) and not folded[len(key) : len(key) + 1].isalnum()


def _opens_with_name(text: str) -> bool:
    words = text.split()
    return any(looks_like_name(" ".join(words[:count])) for count in (2, 3, 4))


def _names_journalist(text: str) -> bool:
    folded = fold(text)
    return any(re.search(rf"(?<!\w)(?:{phrase.pattern})(?!\w)", folded) for phrase in phrases_in("bylines.toml", "role"))
