"""ftfy with our settings, and an exact pre-check that lets clean text pass in microseconds.

ftfy works line by line. A line can change only where one of its steps finds something, and each step needs certain
characters. `may_change` looks for those; where it says no, `ftfy.fix_text` is known to return its input. A yes is only a maybe,
and costs what ftfy costs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from ftfy import TextFixerConfig, _fix_encoding_one_step_and_explain, fixes
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES

from pipeline.text.triggers import special_characters

__all__ = ["CONFIG", "INERT", "fixed_lines", "may_change"]

CONFIG = TextFixerConfig(uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False)
"""What ftfy may do: its defaults would also straighten quotes, take Dutch ĳ apart and fold full-width forms."""

INERT = "‘’‚‹›“”„«»•–—…·\u00a0®™©"
"""Marks that no step of ftfy touches as long as only ASCII and they themselves stand in the text."""

_MAX_SEGMENT = CONFIG.max_decode_length
_INERT_SET = frozenset(INERT)
_ENTITY = re.compile(r"&#?[0-9A-Za-z]{1,24};")
# What changes by itself: controls and C1, line breaks, surrogates, byte order marks, interlinear marks.
_SINGLE = re.compile("[\x00-\x08\x0b\x0d-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u206a-\u206f\ufeff\ufff9-\ufffc]")


# ftfy's own order; without what CONFIG switches off.
_CHARACTER_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("fix_c1_controls", fixes.fix_c1_controls),
    ("fix_line_breaks", fixes.fix_line_breaks),
    ("fix_surrogates", fixes.fix_surrogates),
    ("remove_terminal_escapes", fixes.remove_terminal_escapes),
    ("remove_control_chars", fixes.remove_control_chars),
)
_LETTERS = MOJIBAKE_CATEGORIES["lower_common"] + MOJIBAKE_CATEGORIES["upper_common"]  # Greek and Cyrillic
_CONTEXT = 8  # longer than any alternative of the badness pattern


def _expand(character_class: str) -> frozenset[str]:
    found = re.compile(f"[{character_class}]").match
    return frozenset(c for c in map(chr, range(0x80, 0x10000)) if found(c))


# Characters without which ftfy's badness pattern cannot match: its classes except Greek and Cyrillic letters, which count only
# beside one of the others, and the letters that its spelled-out alternatives add.
_MARKED = _expand(
    "".join(chars for name, chars in sorted(MOJIBAKE_CATEGORIES.items()) if name not in ("lower_common", "upper_common"))
    + "ÂÃÎÐŒœŠšŸž×ØÙàâäêîïìòóôöøùúûβΆІЂў√≈‚āα±∂†≠≤≥¥µπ°¢£"
)
_COMMON = _expand(MOJIBAKE_CATEGORIES["common"])  # apostrophes, dashes, NBSP: they count only after one of _LEADING
_NEIGHBOURS = _MARKED - _COMMON
# Quotes, currency and the like beside Greek or Cyrillic count only in short forms of their own; other characters beside any letter.
_PLAIN_MARKS = _expand(
    "".join(MOJIBAKE_CATEGORIES[name] for name in ("currency", "end_punctuation", "law", "numeric", "start_punctuation")) + "°µ"
)
_MARK_NEIGHBOURS = _NEIGHBOURS | frozenset("ВГРСΒΓΞΟβ")
_ALL_NEIGHBOURS = _NEIGHBOURS | _expand(_LETTERS)
# Two small accented letters, or one beside a Greek or Cyrillic letter, are in no alternative: what stands beside them decides.
_SEARCHED = _MARKED - _COMMON - _expand(MOJIBAKE_CATEGORIES["lower_accented"] + "ò-öø-ü") | {"œ"}
_LEADING = frozenset("ÂÃÎÐØÙ√≈‚")


@lru_cache(maxsize=2)
def may_change(text: str) -> bool:
    """Whether ftfy could change `text`, which is one line or many. False is exact: ftfy returns the text as it is.

    >>> may_change("“Plain” words – and, an ellipsis… ü é"), may_change("it&#8217;s"), may_change("donâ€™t")
    (False, True, True)
    """
    special = special_characters(text)
    if not special:
        return False
    if "&" in special and _ENTITY.search(text):
        return True
    characters = special - {"&", "\f"}
    if characters <= _INERT_SET:
        return False
    return _SINGLE.search("".join(sorted(characters))) is not None or not _is_composed(text, characters) or _looks_bad(text, characters)


def fixed_lines(text: str) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield (start, line, fixed line, names of the steps that changed it) for every line that ftfy changes.

    Lines carry their line feed. As in `ftfy.fix_text`, entities stay as they are from the first line with a `<` on.
    """
    if not may_change(text):
        return
    entities, position = True, 0
    while position < len(text):
        end = text.find("\n", position) + 1 or len(text)
        end = min(end, position + _MAX_SEGMENT)
        line = text[position:end]
        entities = entities and "<" not in line
        fixed, steps = _fix_line(line, entities)
        if fixed != line:
            yield position, line, fixed, steps
        position = end


def _fix_line(line: str, entities: bool) -> tuple[str, list[str]]:
    """What `ftfy.fix_and_explain` does to a line: all steps in their order, again and again until nothing changes."""
    steps: dict[str, None] = {}
    while may_change(line):
        before = line
        if entities:
            line = _apply("unescape_html", fixes.unescape_html, line, steps)
        while _could_be_bad(line):
            fixed, plan = _fix_encoding_one_step_and_explain(line, CONFIG)
            if fixed == line:
                break
            line = fixed
            steps |= dict.fromkeys(f"{step.action} {step.parameter}" for step in plan or ())
        if _SINGLE.search(line):
            for name, step in _CHARACTER_STEPS:
                line = _apply(name, step, line, steps)
        line = _apply("normalize NFC", lambda text: unicodedata.normalize("NFC", text), line, steps)
        if line == before:
            break
    return line, list(steps)


def _apply(name: str, step: Callable[[str], str], text: str, steps: dict[str, None]) -> str:
    fixed = step(text)
    if fixed != text:
        steps[name] = None
    return fixed


def _could_be_bad(text: str) -> bool:
    return not text.isascii() and (_SINGLE.search(text) is not None or _looks_bad(text, special_characters(text)))


def _is_composed(text: str, characters: frozenset[str]) -> bool:
    """Below U+0300 nothing combines and nothing has another form, so most text needs no look at all."""
    return max(characters) < "\u0300" or unicodedata.is_normalized("NFC", text)


def _looks_bad(text: str, characters: frozenset[str]) -> bool:
    """Whether `ftfy.badness.is_bad` could hold for a line of `text`.

    Every match has two of the pattern's characters side by side, or one of four letters before ASCII. Only round such
    places is the pattern tried; its one alternative for the beginning of a line begins with one of the four letters.
    """
    for character in sorted(characters & _SEARCHED):
        neighbours = _MARK_NEIGHBOURS if character in _PLAIN_MARKS else _ALL_NEIGHBOURS
        at = text.find(character)
        while at >= 0:
            after = text[at + 1 : at + 2]
            if (character in "ÂÃ" and after == " ") or (character in "Œœ" and not (after.isascii() and after.isalpha())):
                return True
            marked = character in _LEADING or after in neighbours or (at > 0 and text[at - 1] in neighbours)
            if marked and BADNESS_RE.search(text, max(0, at - _CONTEXT), at + _CONTEXT):
                return True
            at = text.find(character, at + 1)
    return False
