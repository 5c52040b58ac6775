"""Elements of a mark-up file as slices of its text, so that a damaged one costs itself and not its neighbours."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Slice", "attribute", "closing_tags", "open_tags", "outer_elements"]

_MOST_UNCLOSED = 5
"""End tags that may be missing in a file. Each costs one more pass through what follows it."""

_HEADER = 16_384
"""Characters in which the elements around the first slice are opened."""


@dataclass(frozen=True, slots=True)
class Slice:
    """An element: its local name in lower case, and where it stands. The last one of a cut file may not be closed."""

    name: str
    start: int
    end: int
    closed: bool


def outer_elements(text: str, names: frozenset[str]) -> list[Slice]:
    """Elements with one of these local names (lower case) that stand in no other of them, in document order.

    CDATA sections and comments are passed over. An element that is not closed ends where the next one of its name begins at the latest,
    if it cannot nest by what follows, else at the end of the text.

    >>> text = "<rss><item>a</item><item><![CDATA[</item>]]></item></rss>"
    >>> [text[s.start:s.end] for s in outer_elements(text, frozenset(["item"]))]
    ['<item>a</item>', '<item><![CDATA[</item>]]></item>']
    """
    wanted = "|".join(sorted(re.escape(name) for name in names))
    token = re.compile(rf"<!\[CDATA\[|<!--|<(/?)(?:[A-Za-z_][\w.\-]*:)?({wanted})(?=[\s/>])", re.IGNORECASE)
    found: list[Slice] = []
    position = 0
    for _ in range(_MOST_UNCLOSED):
        closed, unclosed, inner = _scan(text, token, position)
        found += closed
        if unclosed is None:
            return found
        name, start = unclosed
        if inner is None:
            return [*found, Slice(name, start, len(text), False)]
        found.append(Slice(name, start, inner, False))  # its end tag is damaged, or all that follow would be within it
        position = inner
    return [*found, Slice(name, position, len(text), False)]


def _scan(text: str, token: re.Pattern[str], position: int) -> tuple[list[Slice], tuple[str, int] | None, int | None]:
    """Closed elements from a place on; the outermost one that is never closed; and where the next of its name begins within it."""
    found: list[Slice] = []
    opened: list[tuple[str, int]] = []
    inner: int | None = None
    tag_end = -1
    while match := token.search(text, position):
        position = match.end()
        if match[2] is None:
            end = text.find("]]>" if match[0].startswith("<![") else "-->", position)
            position = end + 3 if end >= 0 else len(text)
            continue
        name = match[2].lower()
        if tag_end < position:
            tag_end = text.find(">", position)
            if tag_end < 0:
                break
        if match[1]:
            if opened and opened[-1][0] == name:
                _, start = opened.pop()
                if not opened:
                    found.append(Slice(name, start, tag_end + 1, True))
        elif text[tag_end - 1] == "/":
            if not opened:
                found.append(Slice(name, match.start(), tag_end + 1, True))
        else:
            if not opened:
                inner = None
            elif inner is None and name == opened[0][0]:
                inner = match.start()
            opened.append((name, match.start()))
    return found, opened[0] if opened else None, inner


def open_tags(header: str) -> list[str]:
    """The start tags that are still open at the end of `header`, outermost first, as they are written."""
    token = re.compile(
        r"""<!\[CDATA\[|<!--|<\?[^>]{0,2000}>|<![A-Za-z][^>]{0,2000}>|<(/?)([A-Za-z_][\w.:\-]*)((?:[^>"']++|"[^"]{0,4000}+"|'[^']{0,4000}+')*+)>"""
    )
    stack: list[tuple[str, str]] = []
    position = 0
    header = header[:_HEADER]
    while match := token.search(header, position):
        position = match.end()
        if match[0] in ("<![CDATA[", "<!--"):
            end = header.find("]]>" if match[0] == "<![CDATA[" else "-->", position)
            position = end + 3 if end >= 0 else len(header)
        elif match[2] is None or match[3].endswith("/"):
            continue
        elif match[1]:
            while stack and stack.pop()[0] != match[2]:
                pass
        else:
            stack.append((match[2], match[0]))
    return [tag for _, tag in stack]


def closing_tags(tags: list[str]) -> str:
    """The end tags for start tags, innermost first.

    >>> closing_tags(['<rss version="2.0">', "<channel>"])
    '</channel></rss>'
    """
    names = (re.split(r"[\s>]", tag[1:], maxsplit=1)[0] for tag in reversed(tags))
    return "".join(f"</{name}>" for name in names)


def attribute(tag: str, name: str) -> str | None:
    """Value of an attribute of a start tag.

    >>> attribute('<newsItem version="2" guid="urn:x">', "guid")
    'urn:x'
    """
    match = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", tag[:4096], re.IGNORECASE)
    return next((value for value in match.groups() if value is not None), None) if match else None
