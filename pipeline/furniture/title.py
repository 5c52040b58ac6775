"""The headline: the first line of a plain text, and its copies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.furniture._names import outlet_named
from pipeline.furniture._phrases import line_phrases, phrases_in
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, ends_sentence, fold, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.zones import find_zones

NAME, VERSION = "title", 1

_LONGEST = 300
_KILL_ONLY = re.compile(r"[^\w]*(?:KILL\W*)+|[^:：—–]{1,40}")
_KILL_PREFIX = re.compile(
    r"^[\W_]*(?:STORY WITHDRAWN|KILL|WITHDRAWN|ADVISORY[- ]DELETE|ZURÜCKGEZOGEN|ANNULATION|ANULACIÓN|ANNULLAMENTO)\s*[:—–-]\s*"
)
_SITE_SUFFIX = re.compile(r"\s+(?:[|»›·•]|[-–—]{1,2}|::)\s+([^|»›·•]{2,50})$")


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield the title as a fact and a deletion of its line and of each line that repeats it.

    The first line is the title where the text may begin with one, it does not end like a sentence and something follows it. A text
    of one line (an alert) keeps it: news of four words is news. Where the title is known already only its copies go.

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
    found = title is None and not killed and context.parsed.title_in_text and _may_be_title(lines)
    site = None
    if found:
        title, site = _without_site(lines[0].text, lines)
    copies = list(_copies(title, text, lines, int(found))) if title else []
    if len(copies) + found >= len(lines):
        return
    if found and title:
        yield Fact("title", strip_marker(title))
        if site:
            yield Fact("publisher_hints", site)
        copies.append(Removal(0, 0, "title", "zone: first line of the text; form: no full stop at its end"))
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


def _may_be_title(lines: tuple[Line, ...]) -> bool:
    first = lines[0]
    if len(first.text) > _LONGEST or first.text.endswith((":", "：", ",", "،", "，", ";")):
        return False
    if ends_sentence(first.text) and first.text.rstrip("\"'”’»）) ")[-1] not in "?!？！؟…":
        return _ends_in_abbreviation(first.text) or _is_stopped_title(lines)
    # A short document of labels only has no headline of its own: its first line is as good as any other.
    return not (line_phrases(first.core) and not any(line.prose for line in lines))


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
