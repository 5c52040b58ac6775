"""Joins the lines of hard-wrapped text, and words hyphenated at line ends, where the whole document shows that it is wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.records import Edit
from pipeline.text.lines import ends_sentence, is_unspaced
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "hard_wrap", 2

_LONGEST = 160
"""Longest line of a text that may be wrapped: its headline may be wider than its column."""
_WIDEST = 100
"""Mail, terminals and agencies wrapped at 40 to 100 columns (69 to 80 mostly); narrower is verse or a table, wider a paragraph a line."""
_LONG_TEXT = 6
"""Breaks inside paragraphs from which shares can be trusted; in a shorter text every one of them has to fit."""
_FULL_SHARE = 0.75
"""Share of breaks in mid-sentence before which the line must be too long to take the next one's first word. Of a machine's
all are, but for those beside lines that were set by hand."""

_NEARLY = 0.75
"""The same for a line before a small letter, as share of the width: copy that was typed or set again is not filled to the last column."""

_SOFT = re.compile("(?<=[^\\W\\d_])\u00ad\n(?=[^\\W\\d_])")
_BULLET = re.compile(r"[•▪●◦*–—-] |\d{1,3}[.)] ")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]$")
_SENTENCE_INSIDE = re.compile(r"[.!?؟।。！？][\"'”’»)]*\s?(?=\S)")
_FUNCTION_WORD = re.compile(
    r"(?:^|\s)(?:\w{1,2}|the|and|for|with|from|that|der|die|das|und|den|dem|des|ein|eine|mit|von|les|des|une|que|los|las|del|una|por|com|uma"
    r"|dos|het|een|van|nie|что|как|для|при|від|для|bir|ile)$",
    re.IGNORECASE,
)
"""Words that end a line of verse or a headline only by chance."""
_NO_WORD_BEGINS = re.compile(r"(?:ck|nd|nt|ng|rt|rd|rk|rm|rn|rs|ld|lt|lk|lm|mp|mb|pp|tt|ss|ff|gg|bb|dd|mm|nn|rr)")
"""Pairs of consonants that begin no word of the languages that hyphenate, so that what they begin is the rest of one."""
_ENDING = re.compile(
    r"(?:\w{0,2}(?:tion|sion|ment|ness|ence|ance)s?|\w?(?:able|ible|ally)|[ntdlcv]?ings?|ed|er|ers|ly|ty|ity|tures?|al|ous|t?ive|cial"
    r"|\w?ung(?:en)?|keit|heit|liche?[nrs]?|schaft|gen|ten|den|ben|chen|ter|tet|te"
    r"|ci[oó]n(?:es)?|mientos?|mente|dad(?:es)?|dor(?:es)?|ç(?:ão|ões)|zion[ei]|tà|lijke?|heid)"
)
"""Ends of words that are no words: after a hyphen at a line's end they are the rest of one."""


def may_be_wrapped(text: str, context: Context) -> bool:
    """Whether all lines are short, or some word is hyphenated with a soft hyphen at a line's end."""
    return "\n" in text and (max(map(len, text.split("\n"))) <= _LONGEST or "\u00ad\n" in text)


TRIGGER = Trigger(questions=(may_be_wrapped,))


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per line break inside a paragraph of a hard-wrapped document, nothing in any other.

    A blank line, an indented line and a bullet begin a paragraph, and so does what follows a finished line that had room for more. A
    hyphen at a line's end goes where the joined word stands elsewhere in the document, where the document is seen to hyphenate,
    or where what follows is no word; else the hyphen stays and the break goes.
    """
    if "\n" not in text:
        return
    lines = text.split("\n")
    width = wrapping_width(lines)
    if width is None:
        yield from _soft_breaks(text)
        return
    hyphens = _Hyphens(text, lines, width)
    position = 0
    for index, (line, following) in enumerate(pairwise(lines)):
        end = position + len(line)
        if _is_joined(lines, index, width):
            yield _join(text, position, end, following, hyphens.fate(line.rstrip(), following))
        position = end + 1


def _soft_breaks(text: str) -> Iterator[Edit]:
    """A soft hyphen at a line's end says by itself that the line was broken inside a word, in whatever document."""
    if "\u00ad\n" in text:
        for match in _SOFT.finditer(text):
            yield Edit(match.start(), match.end(), match[0], "", "hyphenation", NAME, VERSION, "certain", "a soft hyphen at the line's end")


def wrapping_width(lines: list[str]) -> int | None:
    """The column at which a machine broke the lines of a text, or None where nothing shows that one did.

    Breaks in mid-sentence tell: before nearly every one the line is so long that the first word of the next did not fit, and the
    next begins with a small letter. Lists, verse and paragraphs on one line each have few breaks of that kind or short lines before them.

    >>> wrapping_width(["A short line.", "Another one.", "A third."] * 4) is None
    True
    >>> wrapping_width(["The ferry Aurora left the harbour of Bergen at noon on", "Tuesday with 212 people on board, said the operator,",
    ...                 "and came back at night because of the storm that had", "closed the sea."])
    54
    """
    if len(lines) < 3 or max(map(len, lines)) > _LONGEST:
        return None
    pairs = [(a.rstrip(), b.rstrip()) for a, b in pairwise(lines) if _continues(a, b)]
    if len(pairs) < 2:
        return None
    # Without indentation: whether the first lines of paragraphs were indented before or after they were broken is unknown.
    width = max(max(len(a.strip()), len(b)) for a, b in pairs)
    broken = [(a, b) for a, b in pairs if not ends_sentence(a) and not (a == lines[0].rstrip() and _is_heading(a, b, width))]
    cased = _has_small_letters(lines)
    least = 40 if len(broken) >= _LONG_TEXT else 50
    if len(broken) < 2 or not (least if cased or not is_unspaced(lines[0]) else 20) <= width <= _WIDEST:
        return None
    # In a script or a setting without small letters the breaks themselves say nothing of the sentence.
    going_on = sum((2 if _HYPHEN.search(a) else 1) for a, b in broken if b[0].islower()) if cased else len(broken)
    fitting = sum(_is_full(a, b, width) or (b[0].islower() and (len(a) >= _NEARLY * width or a[-1] in "-\u00ad")) for a, b in broken)
    if going_on * 2 < len(broken) or not _has_prose(broken, cased=cased):
        return None
    if len(broken) >= _LONG_TEXT:
        return width if fitting >= _FULL_SHARE * len(broken) and len(broken) * 3 >= len(pairs) else None
    return width if fitting == len(broken) and going_on >= 2 else None


def _is_heading(line: str, following: str, width: int) -> bool:
    return not _is_full(line, following, width) and not following[0].islower()


def _has_prose(broken: list[tuple[str, str]], *, cased: bool) -> bool:
    """Whether some line shows that it was broken by a machine: verse and lists break where a thought ends."""
    inside = any(_SENTENCE_INSIDE.search(a) for a, _ in broken)
    return inside or (cased and any(_HYPHEN.search(a) or _FUNCTION_WORD.search(a) for a, _ in broken))


def _has_small_letters(lines: list[str]) -> bool:
    return sum(any(char.islower() for char in line) for line in lines) * 2 > sum(bool(line.strip()) for line in lines)


def _continues(line: str, following: str) -> bool:
    """Whether `following` may go on with the paragraph of `line`."""
    return bool(line.strip()) and bool(following.strip()) and not following[0].isspace() and _BULLET.match(following) is None


def _is_full(line: str, following: str, width: int) -> bool:
    if is_unspaced(following[:4]) and is_unspaced(line[-4:]):
        return len(line) >= width - 2  # a mark that may not begin or end a line moves the break by one or two
    return len(line) + 1 + len(following.split(None, 1)[0]) > width


def _is_joined(lines: list[str], index: int, width: int) -> bool:
    """Whether the break after a line goes. A finished line with room left ends its paragraph; an unfinished one that stands first and
    is followed by a capital is a heading."""
    line, following = lines[index].rstrip(), lines[index + 1]
    if not _continues(line, following):
        return False
    if _is_full(line, following, width):
        return True
    first = index == 0 or not lines[index - 1].strip()
    return not ends_sentence(line) and (following[0].islower() or not first or line[-1] in ",-\u00ad")


class _Hyphens:
    """What the document's own words say about hyphens at line ends."""

    def __init__(self, text: str, lines: list[str], width: int) -> None:
        self._words = frozenset(_WORD.findall(text.lower()))
        fates = [self._evidence(a.rstrip(), b) for i, (a, b) in enumerate(pairwise(lines)) if _is_joined(lines, i, width)]
        unknown = fates.count("unknown")
        # One line in ten: compounds that happen to break at their hyphen end fewer than one in forty.
        self._hyphenates = fates.count("joined") > fates.count("kept") or (unknown >= 2 and unknown * 10 >= len(fates))

    def fate(self, line: str, following: str) -> tuple[str, str]:
        """``joined``, ``kept`` or ``none``, and ``certain`` or ``likely``."""
        evidence = self._evidence(line, following)
        if evidence != "unknown":
            return evidence, "certain"
        return ("joined", "likely") if self._hyphenates else ("kept", "likely")

    def _evidence(self, line: str, following: str) -> str:
        hyphen = _HYPHEN.search(line)
        if hyphen is None:
            return "none"
        first, stem = re.match(r"[^\W\d_]+", following), re.search(r"[^\W\d_]+$", line[: hyphen.start()])
        if first is None or stem is None or not first[0][0].islower():
            return "kept"  # a hyphen before a capital or a figure belongs to the compound
        if hyphen[0] == "\u00ad" or self._stands(stem[0] + first[0]):
            return "joined"
        if self._stands(f"{stem[0]}-{first[0]}"):
            return "kept"
        return "joined" if _ENDING.fullmatch(first[0]) or _NO_WORD_BEGINS.match(first[0]) else "unknown"

    def _stands(self, word: str) -> bool:
        return word.lower() in self._words


def _join(text: str, position: int, end: int, following: str, fate: tuple[str, str]) -> Edit:
    what, certainty = fate
    cut = position + len(text[position:end].rstrip())
    if what == "none":
        space = "" if is_unspaced(text[max(position, cut - 2) : cut]) and is_unspaced(following[:2]) else " "
        return Edit(cut, end + 1, text[cut : end + 1], space, "hard_wrap", NAME, VERSION, "certain", "line lengths of the whole document")
    if what == "joined":
        why = "the document writes the word without the hyphen, hyphenates at line ends, or goes on with what is no word"
        return Edit(cut - 1, end + 1, text[cut - 1 : end + 1], "", "hyphenation", NAME, VERSION, certainty, why)
    return Edit(cut, end + 1, text[cut : end + 1], "", "hard_wrap", NAME, VERSION, certainty, "the hyphen belongs to the compound")
