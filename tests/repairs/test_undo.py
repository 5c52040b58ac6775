"""Whatever comes in: the edits lead from it to the clean text and back, and all spans stay inside the text."""

from __future__ import annotations

import re
import time

import pytest
from clean_news import ALL_RULES, CLEAN, run_all
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import provenance
from pipeline.text.blocks import kept_breaks

_WORDS = "The |THE |the the |ferry|said FT that |not are |HarbourPost (HP) |é|12|می|क|中|-\n|&amp;|<b>|&nbsp;|â€™|Ã©|â€œ|â€\ufffd|ﬁ"
_MARKS = '“|”|"|’|« | »|„| , |. .|..|...| ? |. “, |(|) |  |\u00a0|\u202f|\n|\n\n|\t|\r\n|\r|\u2028|\x85'
_ODD = "\u200b|\u00ad|\u200d|\u200e|\ufeff|\x00|\ud83d|e\u0301|🙂|\ufffd"
PIECES = st.sampled_from("|".join((_WORDS, _MARKS, _ODD)).split("|"))
DAMAGED = st.lists(PIECES, max_size=40).map("".join)


def check(text: str, language: str | None, translated: bool) -> None:
    state = run_all(text, language, translated=translated)
    assert provenance.apply(text, state.edits) == state.text
    assert provenance.undo(state.text, state.edits) == text
    for item in (*state.flags, *state.mt_evidence):
        assert 0 <= item.start <= item.end <= len(state.text)
    assert state.text == state.text.strip()
    assert "\n\n\n" not in state.text
    single = {match.start() for match in re.finditer(r"(?<!\n)\n(?!\n)", state.text)}
    assert single <= kept_breaks(state.text)


@given(DAMAGED, st.sampled_from(["en", "fr", "de", "es", None]), st.booleans())
@settings(max_examples=200)
def test_damaged_text_leads_back(text: str, language: str | None, translated: bool) -> None:
    check(text, language, translated)


@given(st.text(max_size=80), st.sampled_from(["en", None]))
def test_any_text_leads_back(text: str, language: str | None) -> None:
    check(text, language, True)


@given(st.text(max_size=80))
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    once = run_all(text, "en").text
    assert run_all(once, "en").edits == ()


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.NAME)
@given(text=DAMAGED)
@settings(max_examples=30)
def test_each_rule_alone_yields_edits_that_fit(rule: object, text: str) -> None:
    state = run_all(text, "en", translated=True, rules=(rule,))  # type: ignore[arg-type]
    assert provenance.undo(state.text, state.edits) == text


HOSTILE = {
    "spaces": " " * 50_000 + "x",
    "spaces inside": ("a" + " " * 5_000) * 10 + "b",
    "fixed spaces": "\u00a0 " * 25_000,
    "spaced commas": "ferry , " * 8_000 + "end.",
    "quotes": "“a” ”b“ " * 6_000,
    "open quotes": "“" * 50_000,
    "straight quotes": '" ' * 25_000,
    "articles": "It is. " + "THE Post said it is so. " * 3_000,
    "camel words": " ".join(f"Ab{'cdefghij'[i % 8]}Xy{'klmnopqr'[i // 8 % 8]}{'stuvwxyz'[i // 64 % 8]}" for i in range(8_000)),
    "capitals": "Aa " * 20_000 + "(AB)",
    "stars": "*" * 50_000 + "abc " + "*abc" * 10_000,
    "not": " did not are" * 5_000,
    "hyphens": "\n".join("abcdefghij " * 6 + "exam-" for _ in range(700)),
    "mojibake": "â€™Ã©" * 8_000,
    "entities": "&amp;" * 10_000,
    "open entities": "&" * 50_000,
    "marks": "é“" * 20_000,
    "lost": "\ufffd" * 50_000,
    "invisible": "a\u200b\u200e" * 15_000,
    "joiners": "\u200d" * 50_000,
    "newlines": "\n \n" * 15_000,
    "carriage returns": "\r" * 50_000,
    "combining": "e" + "\u0301" * 2_000 + "x",
    "names": "Ana Ruiz, " * 6_000 + "spokeswoman said it.",
    "apostrophes": "A’" * 25_000 + " did not are",
    "one long word": "a" * 100_000,
    "one long camel word": "Ab" * 50_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_takes_no_more_than_linear_time(text: str) -> None:
    """Each text would take minutes if any rule were quadratic in it."""
    started = time.process_time()
    check(text, "en", True)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("language", sorted(CLEAN))
def test_windows_line_ends_come_out_as_blank_lines(language: str) -> None:
    paragraphs = [paragraph.strip() for paragraph in CLEAN[language]]
    assert run_all("\r\n".join(paragraphs) + "\r\n", language).text == "\n\n".join(paragraphs)
