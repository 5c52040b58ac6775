"""Paragraphs of text that was set in lines: wire copy, preformatted HTML, SGML corpora."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from pipeline.parsers.source import squeeze

__all__ = ["unwrap"]

_WIDEST = 140
"""Characters. Teleprinters and news terminals set lines of 64 to 132; longer lines are whole paragraphs."""

_TABULAR = re.compile(r"\S[ \u00a0]{3,}\S|\S\t+\S|\.{5,}|_{5,}")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


def unwrap(text: str, *, trust_line_ends: bool = True) -> list[str]:
    """Join lines that were broken because they were full; a break where the next word had still fitted is a paragraph's end.

    Blank lines and indented lines begin paragraphs; lines of a table stay as they are. Without `trust_line_ends` they are the only
    signs, which is right where mark-up was taken out of the lines and their lengths say nothing.

    >>> unwrap("The ferry left the old harbour on\\nMonday with forty people on board,\\nthe company said.\\n   It came back at night.")
    ['The ferry left the old harbour on Monday with forty people on board, the company said.', 'It came back at night.']
    >>> unwrap("Results:\\nNorth 2 South 1\\nEast 0 West 0")
    ['Results:', 'North 2 South 1', 'East 0 West 0']
    """
    lines = [line.rstrip() for line in text.splitlines()]
    full = [line for line in lines if line.strip()]
    if not full:
        return []
    width = _width([len(_expand(line)) for line in full])
    base = _usual_indent(full)
    wrapped = _is_wrapped(lines, width, base)
    paragraphs: list[list[str]] = []
    before: str | None = None
    for line in lines:
        if not line.strip():
            before = None
            continue
        if before is None or _begins(before, line, base) or (trust_line_ends and not (wrapped and _is_full(before, line, width))):
            paragraphs.append([])
        paragraphs[-1].append(line.strip())
        before = line
    return [joined for part in paragraphs if (joined := squeeze(_join(part)))]


def _expand(line: str) -> str:
    return line.expandtabs(4)


def _indent(line: str) -> int:
    expanded = _expand(line)
    return len(expanded) - len(expanded.lstrip())


def _usual_indent(lines: Sequence[str]) -> int:
    """The least indent that one line in ten has; the first line is left out, since mark-up often stands before it."""
    counts = Counter(_indent(line) for line in lines[1:] or lines)
    return min(indent for indent, count in counts.items() if count * 10 >= len(lines))


def _width(lengths: Sequence[int]) -> int:
    # One overlong line (an address, a line of dashes) does not make the measure.
    ordered = sorted(lengths, reverse=True)
    return ordered[min(len(ordered) - 1, max(1, len(ordered) // 33))] if len(ordered) > 3 else ordered[0]


def _is_wrapped(lines: Sequence[str], width: int, base: int) -> bool:
    """Whether most breaks inside paragraphs are there because the line was full."""
    if width > _WIDEST:
        return False
    pairs = [(a, b) for a, b in itertools.pairwise(lines) if a.strip() and b.strip() and _indent(b) <= base + 1]
    forced = sum(_is_full(a, b, width) for a, b in pairs)
    return forced * 2 >= len(pairs) and width >= 24


def _begins(before: str, line: str, base: int) -> bool:
    return _indent(line) > base + 1 or bool(_TABULAR.search(before.strip()) or _TABULAR.search(line.strip()))


def _is_full(before: str, line: str, width: int) -> bool:
    words = line.split(None, 1)
    first = 1 if _CJK.match(words[0]) else len(words[0])
    # Some setters leave a little room at the end of the line.
    return len(_expand(before)) + 1 + first > width - width // 16


def _join(lines: Sequence[str]) -> str:
    pieces = [lines[0]]
    for before, line in itertools.pairwise(lines):
        hyphen = before.endswith("-") and not before.endswith(" -") and line[:1].isalpha()
        tight = hyphen or (_CJK.match(before[-1:]) and _CJK.match(line[:1]))
        pieces.append(line if tight else " " + line)
    return "".join(pieces)
