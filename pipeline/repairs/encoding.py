"""Mojibake, HTML entities, C1 and control characters, terminal escapes, surrogates and uncomposed letters, by ftfy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from unicodedata import normalize

from ftfy import fixes

from pipeline.records import Edit
from pipeline.repairs._ftfy import fixed_lines, may_change
from pipeline.text.diff import changed_spans
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "encoding", 1


def could_change(text: str, context: Context) -> bool:
    """Whether ftfy could change anything; see `pipeline.repairs._ftfy.may_change`."""
    return may_change(text)


TRIGGER = Trigger(questions=(could_change,))

_KINDS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("unicode_composition", lambda text: normalize("NFC", text)),
    ("html_entity", fixes.unescape_html),
    ("surrogate", fixes.fix_surrogates),
    ("c1_control", fixes.fix_c1_controls),
    ("terminal_escape", fixes.remove_terminal_escapes),
    ("control_character", fixes.remove_control_chars),
    ("line_ends", fixes.fix_line_breaks),
)


# Marks of correct typography, or lost bytes, beside accented small letters; and a closing mark after a word in capitals.
_PRINTED = re.compile("[“”‘’«»‹›„…–—]{1,2}[à-öø-ÿœšž]{1,3}|[à-öø-ÿœšž]{1,3}[“”‘’«»‹›„…–—®™©\ufffd]{1,2}")
_CAPITALS = re.compile("[À-ÖØ-ÞĂŢȚŞȘ][”»’®™](?!\\w)")
_MOST_TYPOGRAPHY = 2


def find(text: str, context: Context) -> Iterator[Edit]:
    """Yield one edit per changed piece. Applied together they give what `ftfy.fix_text` gives with `_ftfy.CONFIG`.

    One thing is kept back: the change of a line in which nothing looks wrong but a quotation mark beside an accented
    letter. Bytes would allow another reading there, and a lost space or Portuguese capitals are the likelier one.

    >>> [(e.before, e.after, e.kind) for e in find("donâ€™t &amp; won’t", None)]
    [('â€™', '’', 'mojibake'), ('amp;', '', 'html_entity')]
    >>> list(find("O DIA DE “AMANHÃ” É HOJE", None))
    []
    """
    for start, line, fixed, steps in fixed_lines(text):
        plan = ", ".join(steps)
        changes = [(left, right, after, _name_change(line, left, right, after)) for left, right, after in changed_spans(line, fixed)]
        typography = _is_typography(line, [(left, right) for left, right, _, kind in changes if kind == "mojibake"])
        for left, right, after, kind in changes:
            if kind == "mojibake" and typography:
                continue
            before = line[left:right]
            # A lost byte cannot be brought back: U+FFFD in its place is the best reading, not the only one.
            certainty = "likely" if "\ufffd" in after and "\ufffd" not in before else "certain"
            yield Edit(start + left, start + right, before, after, kind, NAME, VERSION, certainty, plan)


def _is_typography(line: str, spans: list[tuple[int, int]]) -> bool:
    """Whether all that a line of mojibake shows could be marks and letters that people print side by side."""
    return len(spans) <= _MOST_TYPOGRAPHY and all(
        _PRINTED.fullmatch(line, left, right)
        or (_CAPITALS.match(line, left) and right - left == 2 and line[max(0, left - 2) : left].isupper())
        for left, right in spans
    )


def _name_change(line: str, left: int, right: int, after: str) -> str:
    """The one step of ftfy that explains a change by itself, else mojibake."""
    if "&" in line and any(
        fixes.unescape_html(line[at:to]) == line[at:left] + after + line[right:to] for at, to in _entity(line, left, right)
    ):
        return "html_entity"
    before = line[left:right]
    for kind, step in _KINDS:
        if step(before) == after:
            return kind
    return "mojibake"


def _entity(line: str, left: int, right: int) -> Iterator[tuple[int, int]]:
    """The entity round a change: trimming equal ends leaves `amp;` of `&amp;`."""
    at = line.rfind("&", max(0, left - 1), left + 1)
    to = line.find(";", max(left, right - 1), right + 1)
    if at >= 0 and to >= 0:
        yield at, to + 1
