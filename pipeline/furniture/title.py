"""The headline: the first line of a plain text, and its copies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._dates import is_time_line, may_be_time
from pipeline.furniture._names import known_source, outlet_named
from pipeline.furniture._phrases import line_phrases, phrases_in
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.furniture.byline import is_byline
from pipeline.furniture.dateline import is_dateline, reads_as_dateline
from pipeline.records import Fact
from pipeline.text.blocks import block_lines
from pipeline.text.lines import Line, ends_sentence, fold, is_headline, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger
from pipeline.text.zones import find_zones

NAME, VERSION = "title", 2

_LONGEST = 300
_KILL_ONLY = re.compile(r"[^\w]*(?:KILL\W*)+|[^:：—–]{1,40}")
_KILL_PREFIX = re.compile(
    r"^[\W_]*(?:STORY WITHDRAWN|KILL|WITHDRAWN|ADVISORY[- ]DELETE|ZURÜCKGEZOGEN|ANNULATION|ANULACIÓN|ANNULLAMENTO)\s*[:—–-]\s*"
)
_SITE_SUFFIX = re.compile(r"\s+(?:[|»›·•]|[-–—]{1,2}|::)\s+([^|»›·•]{2,50})$")


def may_have_title(text: str, context: Context) -> bool:
    """Whether there is a headline already, or may be one in the text."""
    return context.parsed.title_in_text or context.metadata.title is not None


TRIGGER = Trigger(questions=(may_have_title,))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield the title as a fact and a deletion of its line and of each line that repeats it.

    The first line is the title where the text may begin with one, it does not end like a sentence and something follows it; names,
    times and datelines before a headline are passed over. Copy without a headline begins with its dateline or its lead: that has no
    title. A text of one line (an alert) keeps it: news of four words is news. Where the title is known already only its copies go.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text", title_in_text=True)
    >>> [f.value for f in find("Ferry sinks\\nIt sank on Monday.", Context(doc, Metadata())) if isinstance(f, Fact)]
    ['Ferry sinks']
    >>> list(find("Ferry sinks", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    title = context.metadata.title
    killed = context.metadata.version_marker == "KILL" and _KILL_ONLY.fullmatch(lines[0].text)
    wanted = title is None and not killed and context.parsed.title_in_text
    at = _find_title(text, lines, context.language) if wanted else None
    site = None
    if at is not None:
        title, site = _without_site(lines[at].text, lines[at:])
    copies = list(_copies(title, text, lines, 0 if at is None else at + 1)) if title else []
    if len(copies) + (at is not None) >= len(lines):
        return
    if at is not None and title:
        yield Fact("title", strip_marker(title))
        if site:
            yield Fact("publisher_hints", site)
        zone = "first line of the text" if at == 0 else "first line after names, times and places"
        copies.append(Removal(at, at, "title", f"zone: {zone}; form: no full stop at its end"))
    yield from remove_lines(text, lines, copies, NAME, VERSION)


def strip_marker(title: str) -> str:
    """A headline without the version marker that agencies print before it.

    >>> strip_marker("UPDATE 2-Ferry sinks off island"), strip_marker("CORRECTED: Ferry sinks"), strip_marker("Updates on the ferry")
    ('Ferry sinks off island', 'Ferry sinks', 'Updates on the ferry')
    """
    stripped = _KILL_PREFIX.sub("", title)
    for _ in range(3):
        match = find_marker(stripped)
        if not match or match.end() - match.start() >= len(stripped):
            break
        stripped = (stripped[: match.start()] + stripped[match.end() :]).strip(" -–—:|")
    return stripped.strip() or title


def find_marker(title: str) -> re.Match[str] | None:
    """The version marker of a headline as a match."""
    return next((match for regex in _markers() if (match := regex.search(title))), None)


@cache
def _markers() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(phrase.pattern) for phrase in phrases_in("versions.toml", "title_mark"))


_PASSED_OVER = 4
"""Lines with names, times and places that pages print over a headline; more of them are a text of their own."""
_HANGING = re.compile(
    r"(?:^|\s)(?:a|an|the|of|and|or|der|die|das|des|dem|den|ein|eine|einer|einem|einen|und|oder|le|la|les|de|du|des|un|une|et|el|los|las|y"
    r"|o|os|as|um|uma|e|il|lo|gli|het|een|en|van)$"
)
"""Words in small letters after which a sentence goes on: a line that ends in one was broken."""
_SENTENCE = re.compile(r"^(?:\S+ ){7,}\S*[^\W\d_A-Z]{2,}[.!?][\"'”’»)]* (?=[A-ZÀ-ÞА-ЯІЇЄ“\"«])")


def _find_title(text: str, lines: tuple[Line, ...], language: str | None) -> int | None:
    """The number of the title's line, or None."""
    for line in lines[: min(_PASSED_OVER, len(lines) - 1)]:
        if _stands_over_title(line, language):
            continue
        if line.number and (line.prose or not is_headline(line.text) or not any(other.prose for other in lines[line.number + 1 :])):
            return None
        return line.number if _may_be_title(text, lines[line.number :], language) else None
    return None


def _stands_over_title(line: Line, language: str | None) -> bool:
    """Whether a line is a name, a time, a place with an agency or an agency alone: nothing that could be a headline."""
    if len(line.text) > 160:
        return False
    if may_be_time(line.core) and is_time_line(line.text):
        return True
    return known_source(line.text.strip(" ()[]-–—")) is not None or is_byline(line, language) or is_dateline(line.text)


def _may_be_title(text: str, lines: tuple[Line, ...], language: str | None) -> bool:
    first, following = lines[0], lines[1]
    if len(first.text) > _LONGEST or first.text.endswith((":", "：", ",", "،", "，", ";", "-", "–", "—")):
        return False
    if ends_sentence(first.text) and first.text.rstrip("\"'”’»）) ")[-1] not in "?!？！؟…":
        return _ends_in_abbreviation(first.text) or _is_stopped_title(lines)
    if not following.blanks and _goes_on(first.text, following) and not _stands_over_title(following, language):
        return False
    if reads_as_dateline(first.text) or first.number in block_lines(text):
        return False
    # A short document of labels only has no headline of its own: its first line is as good as any other.
    return not (line_phrases(first.core) and not any(line.prose for line in lines))


def _goes_on(first: str, following: Line) -> bool:
    """Whether the next line goes on with the sentence of the first: then it is a lead that was broken, or verse."""
    if ends_sentence(first):
        return False
    word = following.text.split(None, 1)[0]
    small = following.text[0].islower() and not any(char.isupper() for char in word) and not word.startswith(("http", "www."))
    return small or _HANGING.search(first) is not None or _SENTENCE.match(first) is not None


_ABBREVIATION = re.compile(r"(?:\b[A-Z]\.[A-Z]\.|\b(?:Inc|Corp|Co|Ltd|Jr|Sr|a\.m|p\.m|No|St|vs)\.)$")


def _ends_in_abbreviation(text: str) -> bool:
    return _ABBREVIATION.search(text) is not None and len(text) <= 120


def _is_stopped_title(lines: tuple[Line, ...]) -> bool:
    """A headline that ends in a full stop: short, and repeated or set off while the paragraphs after it are not."""
    first, second = lines[0], lines[1]
    if first.text.count(" ") > 15 or len(lines) < 3:
        return False
    return second.core == first.core or (second.blanks >= 1 and all(line.blanks == 0 for line in lines[2:]) and second.prose)


def _without_site(title: str, lines: tuple[Line, ...]) -> tuple[str, str | None]:
    """Cut the name of the site off a headline as browsers show it, where the name is known or the next lines echo the rest."""
    match = _SITE_SUFFIX.search(title)
    if match:
        rest = title[: match.start()]
        site = outlet_named(match[1])
        if site or (len(rest) >= 12 and any(fold(line.text) == fold(rest) for line in lines[1:6])):
            return rest, site or match[1].strip()
    return title, None


def _copies(title: str, text: str, lines: tuple[Line, ...], start: int) -> Iterator[Removal]:
    key = fold(title)
    if len(key) < 8:
        return
    zones = find_zones(text)
    beginning = key[:8]
    for line in lines[start:]:
        if not line.flat.startswith(beginning):
            continue
        folded = fold(line.text) if abs(len(line.text) - len(title)) <= 60 else ""
        if not folded.startswith(key):
            continue
        match = _SITE_SUFFIX.search(line.text) if len(folded) > len(key) else None
        same = folded == key or (match is not None and fold(line.text[: match.start()]) == key)
        if same and (not ends_sentence(line.text) or folded == key) and len(lines) > 1 + start:
            zone = zones.name(line.number)
            yield Removal(line.number, line.number, "duplicated_title", f"echo: the title again; form: a line of its own ({zone})")
