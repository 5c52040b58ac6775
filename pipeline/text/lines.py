"""A text as lines: where each stands, what surrounds it, and the form in which phrases are looked up."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = [
    "SHORT",
    "Line",
    "core",
    "ends_sentence",
    "even",
    "flat_text",
    "flatten",
    "fold",
    "is_all_caps",
    "is_headline",
    "is_unspaced",
    "reads_as_prose",
    "repeats",
    "split_lines",
]

SHORT = 240
"""Longest line in code points that is looked up as a label; labels, bylines and credits of the gold documents stay under 120."""

# Letters and marks that writers and content systems exchange freely: quotes, spaces, Turkish dotted and dotless i, Arabic alef with
# and without hamza, Russian yo, full-width punctuation. One code point for one, so that spans stay where they are.
_SAME = tuple(zip("’‘ʼ`“”„«»\u00a0\u202f‐‑ıأإآё：（）／｜＠", '\'\'\'\'"""""  --iاااе:()/|@', strict=True))
_EVEN = str.maketrans({**dict(_SAME), "İ": "i", "Ё": "Е"})
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u0652]")
_TERMINAL = frozenset(".!?…。！？؟۔।:;：；")
_CLOSERS = "\"'”’»›)]）」』】 *"


class Line:
    """One line that is not blank. What only some rules ask for is worked out on the first question.

    Attributes:
        number: its place among the lines that are not blank.
        start, end: span in the text without the line break, in code points.
        after: where the next line begins, that is `end` plus the line break.
        text: the line without white space at its edges.
        blanks: blank lines directly before it.
        indent: code points of white space before `text`.
        prose: whether it reads as a paragraph of the story rather than as a label, a headline or a name.
    """

    __slots__ = ("_core", "_flat", "after", "blanks", "end", "indent", "number", "prose", "start", "text")

    def __init__(self, number: int, start: int, end: int, after: int, text: str, blanks: int, indent: int) -> None:
        self.number = number
        self.start = start
        self.end = end
        self.after = after
        self.text = text
        self.blanks = blanks
        self.indent = indent
        self.prose = reads_as_prose(text)
        self._flat: str | None = None
        self._core: str | None = None

    @property
    def flat(self) -> str:
        """`text` in the form of `flatten`, position by position."""
        flat = self._flat
        if flat is None:
            flat = self._flat = flatten(self.text)
        return flat

    @property
    def core(self) -> str:
        """Folded and without punctuation at its edges, for looking up labels; empty where the line is longer than `SHORT`."""
        key = self._core
        if key is None:
            key = self._core = _bare(fold(self.flat)) if len(self.text) <= SHORT else ""
        return key

    @property
    def text_start(self) -> int:
        """Where `text` begins."""
        return self.start + self.indent


def flatten(text: str) -> str:
    """Lower case and straight quotes, position by position: a span in the result is a span in `text`.

    >>> flatten("Editor’s\xa0NOTE")
    "editor's note"
    """
    flat = text.replace("İ", "i").lower()
    if not flat.isascii():
        for char, plain in _SAME:
            if char in flat:
                flat = flat.replace(char, plain)
    # A few capitals have no single small letter; keeping positions is worth more than they are.
    return flat if len(flat) == len(text) else "".join(char.lower() if len(char.lower()) == 1 else char for char in text).translate(_EVEN)


@lru_cache(maxsize=8)
def flat_text(text: str) -> str:
    """`flatten` of a whole document, kept for the last few."""
    return flatten(text)


def even(text: str) -> str:
    """Straight quotes and plain spaces, position by position, with capitals kept.

    >>> even("Editor’s\xa0note")
    "Editor's note"
    """
    return text if text.isascii() else text.translate(_EVEN)


def fold(text: str) -> str:
    """`flatten` with single spaces and without Arabic vowel marks: how phrases are compared and written in data/*.toml.

    >>> fold("  Editor’s  NOTE ")
    "editor's note"
    """
    flat = flatten(text)
    # Most lines have plain single spaces only, which two looks tell.
    if not flat.isprintable() or "  " in flat or flat[:1] == " " or flat[-1:] == " ":
        flat = " ".join(flat.split())
    return flat if flat.isascii() else _ARABIC_MARKS.sub("", flat)


def core(text: str) -> str:
    """`fold` without punctuation, bullets and arrows at both ends.

    >>> core("  • Something went wrong. ")
    'something went wrong'
    >>> core("[ Read more » ]")
    'read more'
    """
    return _bare(fold(text))


def _bare(text: str) -> str:
    """Without everything that is no letter and no digit at both ends."""
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]


@lru_cache(maxsize=8)
def split_lines(text: str) -> tuple[Line, ...]:
    """The lines of `text` that are not blank. Kept for the last few texts, since many rules ask for the same one.

    >>> [(line.text, line.blanks) for line in split_lines("Head\\n\\n Body.\\n")]
    [('Head', 0), ('Body.', 1)]
    """
    lines: list[Line] = []
    length = len(text)
    position = blanks = 0
    for raw in text.split("\n"):
        start, end = position, position + len(raw)
        position = end + 1
        stripped = raw.strip()
        if stripped:
            after = position if position < length else length
            indent = 0 if raw[0] == stripped[0] else raw.index(stripped[0])
            lines.append(Line(len(lines), start, end, after, stripped, blanks, indent))
            blanks = 0
        else:
            blanks += 1
    return tuple(lines)


def reads_as_prose(text: str) -> bool:
    """Whether a line reads as a paragraph of the story rather than as a label, a headline or a name.

    Eight words and terminal punctuation, or 240 code points without it; for unspaced scripts 25 code points and a full stop.

    >>> reads_as_prose("Read more"), reads_as_prose("The ferry left the port at noon with all hands on board.")
    (False, True)
    """
    length = len(text)
    if length > SHORT:
        return True
    if length < 20 or not ends_sentence(text):
        return False
    spaces = text.count(" ")
    return spaces >= 7 or (length >= 25 and spaces * 12 < length and not text.isascii() and text.lower() == text.upper())


def ends_sentence(text: str) -> bool:
    """Whether the line closes with terminal punctuation, quotes and brackets after it passed over.

    >>> ends_sentence("He said “no.”"), ends_sentence("Bridge closed")
    (True, False)
    """
    stripped = text.rstrip(_CLOSERS)
    return bool(stripped) and stripped[-1] in _TERMINAL


def is_all_caps(text: str) -> bool:
    """Whether all cased letters are capitals and there are enough of them to mean something.

    >>> is_all_caps("FERRY SINKS OFF ISLAND"), is_all_caps("UN envoy leaves"), is_all_caps("北京")
    (True, False, False)
    """
    return text.isupper() and sum(map(str.isalpha, text)) >= 4


def is_headline(text: str) -> bool:
    """Whether a line is shaped like a headline: 3 to 30 words or a few ideographs, at most `SHORT` long, no full stop at its end.

    A question mark and an exclamation mark may end a headline.

    >>> is_headline("Ferry sinks off island"), is_headline("The ferry sank off the island on Monday.")
    (True, False)
    """
    if not text or len(text) > SHORT:
        return False
    if ends_sentence(text) and text.rstrip(_CLOSERS)[-1] not in "?!？！؟…":
        return False
    if text.isascii() or not is_unspaced(text):
        return 3 <= text.count(" ") + 1 <= 30
    return 6 <= len(text) <= 60


def repeats(lines: tuple[Line, ...]) -> dict[str, int]:
    """How often each short line occurs, by its folded form, for those that occur more than once.

    >>> repeats(split_lines("Oops!\\nBody text.\\nOops!"))
    {'oops': 2}
    """
    counts: dict[str, int] = {}
    for line in lines:
        if line.core:
            counts[line.core] = counts.get(line.core, 0) + 1
    return {key: count for key, count in counts.items() if count > 1}


_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


def is_unspaced(text: str) -> bool:
    """Whether most of the text is Chinese, Japanese or Thai, which are written without spaces.

    >>> is_unspaced("渡轮离开港口"), is_unspaced("여객선 출항")
    (True, False)
    """
    return len(_UNSPACED.findall(text)) * 2 > len(text)
