"""Menus, share bars, comment forms, lists of other stories and keyword lists around a story."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.furniture._phrases import line_phrases
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, ends_sentence, is_headline, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "navigation", 1

_KINDS = {
    "navigation_label": "navigation_label",
    "share_label": "share_label",
    "comment_label": "comment_label",
    "related_label": "related_block",
    "read_time": "read_time",
    "tag_label": "tag_list",
    "teaser": "navigation_label",
    "section_label": "section_label",
    "related_prefix": "related_block",
}
_AMBIGUOUS = frozenset({"section_label", "teaser"})


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield deletions of labels before the story, after it, and of lists of other stories that a label announces.

    In the tail a label goes, and so does what a label over a list announces, down to the end or to the next prose. In the head a
    label goes where the headline is still to come. In the body only share bars, reading times and lists with their label go: a short
    line that no entry knows is a sub-heading and stays.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board.\\n"
    >>> [e.kind for e in find(body * 2 + "Related posts\\nBridge closes for repair\\nBack to top button", Context(doc, Metadata()))]
    ['related_block', 'related_block', 'navigation_label']
    """
    lines = split_lines(text)
    zones = find_zones(text)
    if zones.first_prose < 0:
        return
    removals = [*_head(lines, zones, context), *_body(lines, zones), *_tail(lines, zones)]
    for removal in removals:
        line = lines[removal.first]
        if removal.kind == "section_label" and removal.first < zones.first_prose and not ends_sentence(line.text):
            yield Fact("section", line.text.strip(" /|»>"))
        elif removal.kind == "tag_list" and ":" in line.text:
            for word in line.text.split(":", 1)[1].split(","):
                if word.strip():
                    yield Fact("keywords", word.strip(" #."))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _kind(line: Line, *, but: frozenset[str] = frozenset()) -> str | None:
    kinds = [phrase.kind for phrase in line_phrases(line.core) if phrase.kind in _KINDS and phrase.kind not in but]
    # "More news" is a menu item and a label over a list; as a label it explains the lines under it.
    return "related_label" if "related_label" in kinds else next(iter(kinds), None)


def _removal(line: Line, kind: str, second: str) -> Removal:
    return Removal(line.index, line.index, _KINDS[kind], f"formula: {kind.replace('_', ' ')}; {second}")


def _head(lines: tuple[Line, ...], zones: Zones, context: Context) -> Iterator[Removal]:
    """Labels before the first prose. The last line there that may be the headline is never taken."""
    head = lines[: zones.first_prose]
    titled = context.metadata.title is not None or not context.parsed.title_in_text
    for position, line in enumerate(head):
        kind = _kind(line, but=frozenset({"related_label", "related_prefix", "tag_label", "teaser", "comment_label"}))
        if kind is None:
            if line.core and _kind(line) == "comment_label" and position > 0:
                yield _removal(line, "comment_label", "zone: head")
            elif is_headline(line.text):
                titled = True
            continue
        if kind == "section_label" and not (position == 0 and not titled and _headline_follows(head[1:3])) and not titled:
            continue
        if kind == "section_label" and titled and position > 3:
            continue
        if titled or _headline_follows(head[position + 1 :]):
            yield _removal(line, kind, "zone: head, before the story")


def _headline_follows(rest: tuple[Line, ...]) -> bool:
    return any(is_headline(line.text) and _kind(line) is None for line in rest)


def _body(lines: tuple[Line, ...], zones: Zones) -> Iterator[Removal]:
    """Between paragraphs: share bars and reading times, and a list of other stories under its label."""
    index = zones.first_prose + 1
    while index < zones.last_prose:
        line = lines[index]
        kind = _kind(line) if line.core else None
        if kind in ("share_label", "read_time") or (kind == "navigation_label" and line.text.isupper()):
            yield _removal(line, str(kind), "form: a label alone between paragraphs")
        elif kind == "related_label" and not line.prose:
            last = _list_end(lines, index, zones.last_prose)
            if last > index or line.text.endswith((":", "：")):
                evidence = "formula: a label over other stories; form: headlines without full stops under it"
                yield Removal(index, last, "related_block", evidence)
                index = last
        index += 1


def _list_end(lines: tuple[Line, ...], start: int, stop: int) -> int:
    """Last line of the headlines under a label inside the story; a blank line or prose ends the list."""
    last = start
    for line in lines[start + 1 : stop]:
        if line.prose or not is_headline(line.text) or line.text.count(" ") < 3 or (line.blanks and last > start):
            break
        last = line.index
    return last


def _tail(lines: tuple[Line, ...], zones: Zones) -> Iterator[Removal]:
    """After the last prose: labels, and everything under a label of a list or of a comment form."""
    in_list = False
    for line in lines[zones.last_prose + 1 :]:
        kind = _kind(line) if line.core else None
        if kind == "section_label" and not in_list:
            kind = None
        if kind:
            in_list = in_list or kind in ("related_label", "comment_label")
            yield _removal(line, kind, "zone: tail, after the story")
        elif in_list and is_headline(line.text):
            yield Removal(
                line.index, line.index, "related_block", "zone: tail, under a label of other stories; form: headline, no full stop"
            )
