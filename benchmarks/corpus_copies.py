"""What outlets and machines do to a story on its way: one function for each kind of copy, paragraphs in, paragraphs out.

The kinds are those whose similarities are on record for real wire copies: a verbatim reprint, house style, cuts to three
quarters, half and a quarter, every second paragraph, three paragraphs added, a new lead, scanner errors, mojibake.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

__all__ = ["OPERATIONS", "Operation", "make_copy"]

Fresh = Callable[[int], list[str]]
"""Gives paragraphs that were never printed before."""

_STRAIGHT = str.maketrans({"“": '"', "”": '"', "’": "'"})

_HOUSE = (
    *((" percent", " per cent"), (" said", " told reporters"), (" on Monday", " Monday"), (" on Tuesday", " Tuesday")),
    *((" since ", " ever since "), (" until ", " till "), (" metres", " meters"), (" about ", " around "), (" two ", " 2 ")),
    *((" more than ", " over "), (" because ", " as "), (" first ", " 1st "), (" three ", " 3 "), (" which ", " that ")),
)
"""What a desk replaces without thinking: about one word in forty of the generated prose."""

_SCANNED = dict(zip("elohnatsumdgirc", ("c", "1", "0", "b", "u", "o", "f", "5", "n", "rn", "cl", "q", "l", "n", "e"), strict=True))

_CP1252 = {bytes([code]): bytes([code]).decode("cp1252", "replace").replace("\ufffd", chr(code)) for code in range(256)}
"""As browsers read Windows-1252: the five undefined bytes become the control characters of the same number."""


def _exact(paragraphs: list[str], choose: random.Random, fresh: Fresh) -> list[str]:
    return paragraphs


def _typography(paragraphs: list[str], choose: random.Random, fresh: Fresh) -> list[str]:
    return [paragraph.translate(_STRAIGHT) for paragraph in paragraphs]


def _house_style(paragraphs: list[str], choose: random.Random, fresh: Fresh) -> list[str]:
    used = choose.sample(_HOUSE, 7)
    result = []
    for paragraph in paragraphs:
        for before, after in used:
            paragraph = paragraph.replace(before, after)
        result.append(paragraph)
    return result


def _cut(share: float) -> Operation:
    def cut(paragraphs: list[str], choose: random.Random, fresh: Fresh) -> list[str]:
        """Whole paragraphs from the beginning, up to the share of words that is nearest."""
        wanted = share * sum(len(paragraph) for paragraph in paragraphs)
        kept, size = [paragraphs[0]], len(paragraphs[0])
        for paragraph in paragraphs[1:]:
            if size + len(paragraph) / 2 > wanted:
                break
            kept.append(paragraph)
            size += len(paragraph)
        return kept

    return cut


def _every_second(paragraphs: list[str], choose: random.Random, fresh: Fresh) -> list[str]:
    return paragraphs[::2]


def _added(paragraphs: list[str], choose: random.Random, fresh: Fresh) -> list[str]:
    return [*paragraphs, *fresh(3)]


def _new_lead(paragraphs: list[str], choose: random.Random, fresh: Fresh) -> list[str]:
    return [*fresh(2), *paragraphs[2:]]


def _scanned(rate: float) -> Operation:
    def scan(paragraphs: list[str], choose: random.Random, fresh: Fresh) -> list[str]:
        """Letters that scanners take for others, at `rate` of all characters."""
        letters = list("\n".join(paragraphs))
        for place in choose.sample(range(len(letters)), int(rate * len(letters))):
            letters[place] = _SCANNED.get(letters[place], letters[place])
        return "".join(letters).split("\n")

    return scan


def _mojibake(paragraphs: list[str], choose: random.Random, fresh: Fresh) -> list[str]:
    return ["".join(_CP1252[bytes([byte])] for byte in p.encode()) if not p.isascii() else p for p in paragraphs]


Operation = Callable[[list[str], random.Random, Fresh], list[str]]

OPERATIONS: dict[str, tuple[Operation, float]] = {
    "exact": (_exact, 0.18),
    "headline_changed": (_exact, 0.14),
    "typography": (_typography, 0.08),
    "house_style": (_house_style, 0.12),
    "cut_75": (_cut(0.75), 0.08),
    "cut_50": (_cut(0.50), 0.08),
    "cut_25": (_cut(0.25), 0.05),
    "every_second_paragraph": (_every_second, 0.04),
    "paragraphs_added": (_added, 0.08),
    "new_lead": (_new_lead, 0.07),
    "ocr_1": (_scanned(0.01), 0.03),
    "ocr_3": (_scanned(0.03), 0.02),
    "mojibake": (_mojibake, 0.03),
}
"""Name -> (operation, share of all copies). `headline_changed` keeps the text; the caller gives it another title."""

_NAMES = list(OPERATIONS)
_SHARES = [share for _, share in OPERATIONS.values()]


def make_copy(paragraphs: Sequence[str], choose: random.Random, fresh: Fresh) -> tuple[str, list[str]]:
    """Choose an operation by its share and apply it.

    Returns:
        the operation's name, and the paragraphs of the copy.
    """
    name = choose.choices(_NAMES, _SHARES)[0]
    return name, OPERATIONS[name][0](list(paragraphs), choose, fresh)
