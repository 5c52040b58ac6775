"""Strings that ftfy's badness pattern matches, made from the pattern itself: every alternative, with characters drawn from its classes."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from ftfy.badness import BADNESS_RE

_FILLERS = ("", "a", "Z", " ", "é", "«", "’", "中", "М", "1 ", ". ")


def matches(seed: int, rounds: int) -> Iterator[str]:
    """Yield matching strings, `rounds` for each alternative, in plain and in typographic surroundings."""
    draw = random.Random(seed)
    tree = parser.parse(BADNESS_RE.pattern, BADNESS_RE.flags)
    for alternative in _alternatives(tree):
        for _ in range(rounds):
            core = "".join(_sample(item, draw) for item in alternative)
            yield draw.choice(_FILLERS) + core + draw.choice(_FILLERS)


def _alternatives(tree: Any) -> list[Any]:
    if len(tree) == 1 and tree[0][0] is sre.BRANCH:
        return list(tree[0][1][1])
    return [tree]


def _sample(item: tuple[Any, Any], draw: random.Random) -> str:
    kind, value = item
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.NOT_LITERAL:
        return draw.choice([c for c in "a1 é“" if ord(c) != value])
    if kind is sre.ANY:
        return draw.choice("a1 é“")
    if kind is sre.IN:
        return _member(value, draw)
    if kind is sre.AT:
        return ""
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        least, most, inner = value
        return "".join(_sample(part, draw) for _ in range(draw.randint(least, min(int(most), least + 2))) for part in inner)
    if kind is sre.SUBPATTERN:
        return "".join(_sample(part, draw) for part in value[-1])
    if kind is sre.BRANCH:
        return "".join(_sample(part, draw) for part in draw.choice(value[1]))
    raise AssertionError(f"the pattern has a new construction: {kind}")


def _member(members: list[tuple[Any, Any]], draw: random.Random) -> str:
    if members[0][0] is sre.NEGATE:
        excluded = re.compile("[A-Za-z]")
        return draw.choice([c for c in "1 .é“中\n" if not excluded.match(c)])
    kind, value = draw.choice(members)
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.RANGE:
        return chr(draw.randint(*value))
    if kind is sre.CATEGORY:
        return draw.choice({sre.CATEGORY_WORD: "aé1М", sre.CATEGORY_SPACE: " \n\u00a0"}[value])
    raise AssertionError(f"the pattern has a new member: {kind}")
