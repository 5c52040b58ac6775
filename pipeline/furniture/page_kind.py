"""Pages that hold no story: errors, logins, consent walls, lists of links, scripts. Flags them; nothing is removed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._phrases import words
from pipeline.records import Flag
from pipeline.text.blocks import block_lines
from pipeline.text.lines import Line, ends_sentence, flat_text, is_headline, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger

NAME, VERSION = "page_kind", 1

_DATA = "notices.toml"
_SHORT = 1500
"""Code points: error, login and consent pages of the samples have 40 to 900; a story of that length has prose beside them."""
_LEAST_LINKS, _LINK_SHARE = 10, 0.85
"""Lines, and the share of them that are headlines, from which a text is a list of links."""
_LEAST_CODE, _CODE_SHARE = 4, 0.5
_CODE_LINE = re.compile(
    r"[;{}]\s*$|^\s*(?:import |from \S+ import |def \w+\(|class \w+[:({]|function\b.*\(|(?:var|let|const) \w+\s*=|#include\b|<\?php|#!/"
    r"|return\b.*;|if ?\(.*\{|\}|//|/\*|\*/|\$\w+ ?=|@\w+\(|[.#][\w-]+\s*\{|\w+\.\w+\(.*\))"
)
_ANY_DIGIT = re.compile(r"\d")


def may_be_no_story(text: str, context: Context) -> bool:
    """Whether a text is so short, or has so few sentences in so many lines, that it may be none."""
    if len(text) <= _SHORT:
        return True
    lines = split_lines(text)
    return len(lines) >= _LEAST_CODE and sum(line.prose for line in lines) * 10 <= len(lines)


TRIGGER = Trigger(questions=(may_be_no_story,))


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield at most one flag: ``error_page``, ``login_page``, ``consent_page``, ``link_index`` or ``code``, over the whole text.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> [f.kind for f in find("404 Not Found\\nThe page you requested could not be found.", Context(doc, Metadata()))]
    ['error_page']
    >>> list(find("Ferry sinks off island", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    if not lines or not may_be_no_story(text, context):
        return
    kind = _page_of_notices(text, lines, context.language) if len(text) <= _SHORT else None
    kind = kind or ("code" if _is_code(lines) else "link_index" if _is_index(text, lines) else None)
    if kind:
        yield Flag(kind, lines[0].start, lines[-1].end, text[:80], "likely", NAME)


def _page_of_notices(text: str, lines: tuple[Line, ...], language: str | None) -> str | None:
    """A page whose lines are those of an error, a login or a consent banner, with at most one sentence of another kind."""
    whole = flat_text(text)
    for kind, least in (("error_page", 1), ("login_page", 3), ("consent", 1)):
        found = [line for line in lines if words(_DATA, kind, language, whole).search(line.flat)]
        strangers = [line for line in lines if line.prose and line not in found]
        if len(found) < least or len(strangers) > (1 if kind == "error_page" else 0):
            continue
        if kind == "error_page" and not (found[0].number <= 2 and (len(text) <= 600 or not strangers)):
            continue
        if kind == "consent" and len(lines) > 2 and not any(line.prose for line in found):
            continue
        return "consent_page" if kind == "consent" else kind
    return None


def _is_code(lines: tuple[Line, ...]) -> bool:
    found = sum(_CODE_LINE.search(line.text) is not None for line in lines)
    return len(lines) >= _LEAST_CODE and found >= _CODE_SHARE * len(lines)


def _is_index(text: str, lines: tuple[Line, ...]) -> bool:
    """Headline after headline and no sentence: rows of a table, verse and lists of results are no links."""
    if len(lines) < _LEAST_LINKS or any(line.prose for line in lines):
        return False
    links = sum(is_headline(line.text) and not ends_sentence(line.text) and len(_ANY_DIGIT.findall(line.text)) <= 4 for line in lines)
    return links >= _LINK_SHARE * len(lines) and len(block_lines(text)) * 4 < len(lines)
