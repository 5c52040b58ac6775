"""Menus, share bars, comment forms, lists of other stories and keyword lists around a story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._dates import is_time_line
from pipeline.furniture._phrases import line_phrases, phrases, split_alternatives, starts
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.furniture.call_to_action import is_call
from pipeline.records import Fact
from pipeline.text.lines import Line, ends_sentence, is_headline, is_unspaced, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger, has_loose_line
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "navigation", 2

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
    "page_label": "page_label",
    "tool_label": "navigation_label",
    "notice_label": "notice_label",
    "newsletter_label": "newsletter_label",
}
_LISTS = frozenset({"related_label", "comment_label", "tag_label", "share_label"})
"""Labels under which nothing but furniture stands after a story."""

_IN_BODY = frozenset({"share_label", "read_time", "comment_label", "page_label", "notice_label", "newsletter_label", "tool_label"})
"""Labels that pages print between paragraphs, too. One word alone may be a sub-heading there."""
_FOLIO = re.compile(r"[-–—|\[(] ?\d{1,3} ?[-–—|\])]|\d{1,2} ?/ ?\d{1,2}")
_PAGER = re.compile(r"(?:\d{1,2}|…|\.\.\.|[«»‹›<>→←]+)(?:[ |·]+(?:\d{1,3}|…|\.\.\.|[«»‹›<>→←]+|next|prev(?:ious)?)){2,14}")
_NOT_IN_HEAD = frozenset({"related_label", "related_prefix", "tag_label", "teaser", "comment_label"})
_FIRST_PART = re.compile(r"[^\s|/,]+")
_CRUMBS = re.compile(r"\s*[/>|»›•·]\s*|\s{2,}")
_COMMAS = re.compile(r"[,،、，;]")
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{3})*(?:[.,]\d)?\s?[kKmM]?\+?")
_ADDRESS = re.compile(r"(?:https?://|www\.|pic\.twitter\.com/|t\.co/)\S+")
_POST = re.compile(
    r"(?:https?://)?(?:t\.co|pic\.twitter\.com|x\.com|twitter\.com|youtu\.be|(?:www\.)?(?:youtube|instagram|facebook|tiktok)\.com)/\S+"
)


def has_prose_label(text: str, context: Context) -> bool:
    """Whether a line is a label or an address although it reads as prose."""
    return any(" " not in line.text or _kind(line) is not None for line in split_lines(text))


TRIGGER = Trigger(questions=(has_loose_line, has_prose_label))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield deletions of labels before the story, after it, and of lists of other stories that a label announces.

    In the tail a label goes, and so does what a label over a list announces, down to the end or to the next prose. In the head a
    label goes where the headline is known or still to come. In the body only share bars, reading times and lists with their label
    go: a short line that no entry knows is a sub-heading and stays.

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
    end = _story_end(lines, zones)
    removals = [*_head(lines, zones, context), *_body(lines, zones, end), *_tail(text, lines, end, context.language)]
    for removal in removals:
        line = lines[removal.first]
        if removal.kind == "section_label" and removal.first < zones.first_prose and not ends_sentence(line.text):
            yield Fact("section", _CRUMBS.split(line.text.strip(" /|»>"))[-1].strip())
        elif removal.kind == "tag_list" and ":" in line.flat:
            for word in _COMMAS.split(line.text[line.flat.index(":") + 1 :]):
                if word.strip():
                    yield Fact("keywords", word.strip(" #."))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _kind(line: Line, *, but: frozenset[str] = frozenset()) -> str | None:
    """Which label a line is; of a menu item and a label over a list the second, since it explains the lines under it."""
    if not line.core:
        return None
    kinds = [phrase.kind for phrase in line_phrases(line.core) if phrase.kind in _KINDS and phrase.kind not in but]
    for kind in ("related_label", "tag_label"):
        if kind in kinds:
            return kind
    if kinds:
        # Of a plain menu item and a label that says more the second: it may stand amid a story, too.
        return next((kind for kind in kinds if kind in _IN_BODY), kinds[0])
    if len(line.text) <= 60 and (_FOLIO.fullmatch(line.text) or _PAGER.fullmatch(line.flat)) and "page_label" not in but:
        return "page_label"
    return "share_label" if _is_share_bar(line.core) else None


@cache
def _share_words() -> frozenset[str]:
    return frozenset(
        word for phrase in phrases("furniture.toml") if phrase.kind == "share_word" for word in split_alternatives(phrase.pattern)
    )


def _is_share_bar(key: str) -> bool:
    """Two words or more, all of them names of services or verbs of sharing: `Facebook Twitter Share via Email`."""
    first = _FIRST_PART.match(key)
    if first is None or first[0] not in _share_words():
        return False
    parts = key.replace("|", " ").replace("/", " ").replace(",", " ").split()
    return 2 <= len(parts) <= 24 and all(part in _share_words() for part in parts)


def _removal(line: Line, kind: str, second: str) -> Removal:
    return Removal(line.number, line.number, _KINDS[kind], f"formula: {kind.replace('_', ' ')}; {second}")


def _story_end(lines: tuple[Line, ...], zones: Zones) -> int:
    """The last prose line of the story: what a comment form says in whole sentences is not of the story."""
    for line in reversed(lines[: zones.last_prose + 1]):
        if line.prose and not any(phrase.kind == "comment_label" for phrase in line_phrases(line.core)):
            return line.number
    return zones.last_prose


def _head(lines: tuple[Line, ...], zones: Zones, context: Context) -> Iterator[Removal]:
    """Labels before the first prose. The last line there that may be the headline is never taken."""
    head = lines[: zones.first_prose]
    titled = context.metadata.title is not None or not context.parsed.title_in_text
    labels = [_kind(line) for line in head]
    in_list = False
    for position, line in enumerate(head):
        listed = titled and labels[position] in ("related_label", "comment_label")
        kind = labels[position] if listed else _kind(line, but=_NOT_IN_HEAD)
        if kind is None and _is_breadcrumb(line.text):
            kind = "section_label"
        if kind is None:
            beside = any(label for label in labels[max(0, position - 1) : position + 2])
            if (beside and _NUMBER.fullmatch(line.text)) or _ADDRESS.fullmatch(line.text):
                yield Removal(line.number, line.number, "navigation_label", "form: a bare number or address beside labels; zone: head")
            elif in_list and len(line.text) <= 60 and not is_time_line(line.text) and not starts("bylines.toml", "prefix").match(line.flat):
                yield Removal(line.number, line.number, "related_block", "form: short line under a label of a list; zone: head")
            elif is_headline(line.text):
                titled = True
            continue
        if kind == "section_label" and (position > 3 or (not titled and not _headline_follows(head[position + 1 : position + 4]))):
            continue
        if titled or _headline_follows(head[position + 1 :]):
            in_list = kind == "related_label"
            yield _removal(line, kind, "zone: head, before the story")


def _is_breadcrumb(text: str) -> bool:
    """`World / Europe`: sections between slashes or arrows."""
    parts = _CRUMBS.split(text.strip(" /|»>"))
    if not 2 <= len(parts) <= 6 or len(text) > 80:
        return False
    known = sum(
        any(phrase.kind in ("section_label", "navigation_label") for phrase in line_phrases(part.strip().lower())) for part in parts
    )
    return known * 2 >= len(parts) and all(len(part.split()) <= 4 for part in parts)


def _headline_follows(rest: tuple[Line, ...]) -> bool:
    return any(is_headline(line.text) and _kind(line) is None for line in rest)


def _body(lines: tuple[Line, ...], zones: Zones, end: int) -> Iterator[Removal]:
    """Between paragraphs: share bars, reading times, addresses of posts, and a list of other stories under its label."""
    index = zones.first_prose + 1
    while index < end:
        line = lines[index]
        kind = _kind(line)
        if kind in _IN_BODY or (kind == "navigation_label" and line.text.isupper()):
            if not line.prose and _may_go_amid(line, lines, kind):
                yield _removal(line, kind, "form: a label alone between paragraphs")
        elif kind == "related_label" and not line.prose:
            last = _list_end(lines, index, end)
            if last > index or line.text.endswith((":", "：")):
                evidence = "formula: a label over other stories; form: headlines without full stops under it"
                yield Removal(index, last, "related_block", evidence)
                index = last
        elif _POST.fullmatch(line.text):
            yield Removal(index, index, "widget_residue", "form: a bare address; formula: a post on a social network")
        index += 1


def _may_go_amid(line: Line, lines: tuple[Line, ...], kind: str) -> bool:
    """Whether a label between paragraphs is no sub-heading: it has a word for it and a second sign, or stands among its like."""
    if kind != "tool_label" or " " in line.core or (not line.core.isascii() and is_unspaced(line.core) and len(line.core) > 3):
        return True
    around = (lines[line.number - 1], lines[line.number + 1])
    return any(_kind(other) is not None for other in around)


def _list_end(lines: tuple[Line, ...], start: int, stop: int) -> int:
    """Last line of the headlines under a label inside the story; a blank line or prose ends the list.

    Numbers, menu labels and sections between the headlines belong to it; a line of three words and fewer may be a sub-heading.
    """
    last = start
    for line in lines[start + 1 : stop]:
        if line.prose or (line.blanks and last > start):
            break
        small = _NUMBER.fullmatch(line.text) or _kind(line) is not None or is_time_line(line.text)
        if not small and (not is_headline(line.text) or (line.text.count(" ") < 3 and not is_unspaced(line.text))):
            break
        last = line.number
    return last


def _tail(text: str, lines: tuple[Line, ...], end: int, language: str | None) -> Iterator[Removal]:
    """After the story: labels, and everything but credits under a label of a list, of a share bar or of a comment form."""
    in_list = False
    for line in lines[end + 1 :]:
        kind = _kind(line)
        if kind == "section_label" and not in_list:
            kind = None
        if kind:
            in_list = in_list or kind in _LISTS
            yield _removal(line, kind, "zone: tail, after the story")
        elif line.prose:
            in_list = False
        elif in_list and not _reads_as_credit(line, language) and not is_call(line.flat, line.text, text, language):
            yield Removal(line.number, line.number, "related_block", "zone: tail, under a label of a list; form: no sentence")
        elif _POST.fullmatch(line.text):
            yield Removal(line.number, line.number, "widget_residue", "formula: a post on a social network; form: a bare address")


def _reads_as_credit(line: Line, language: str | None) -> bool:
    """Lines that later rules read into metadata: contributors, sources, rights, notes, bylines."""
    flat = line.flat.lstrip(" ([*—–-")
    if flat.startswith(("©", "copyright", "(c)", "ⓒ")):
        return True
    kinds = ("contributor", "contributor_after", "editor_note")
    if any(starts("credits.toml", kind, language).match(flat) for kind in kinds):
        return True
    return ":" in flat[:24] and starts("credits.toml", "source_credit", language).match(flat) is not None
