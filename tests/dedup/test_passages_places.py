from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import DedupConfig
from pipeline.dedup.characters import INVISIBLE
from pipeline.dedup.passages_places import find_tokens, unit_of
from pipeline.dedup.passages_quotes import find_quotations, share_quoted
from pipeline.dedup.shingles import _fold, shingle, tokenise

AWKWARD = "aBéß'’ .\n“1٣½中国のｶﾞกำ가각ḍẹ̀́\u200b\u00adİﬁक़िডাÅΩ𝒜ʼ_"
texts = st.one_of(st.text(max_size=40), st.text(alphabet=AWKWARD, max_size=40))


@given(texts, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=3))
@settings(max_examples=300)
def test_places_are_those_of_the_column_words(text: str, ends: list[tuple[int, int]]) -> None:
    spans = [(min(*pair, len(text)), min(max(pair), len(text))) for pair in ends]
    starts, stops = find_tokens(text, spans)
    assert len(starts) == len(stops) == len(shingle(text, spans, DedupConfig()).words)
    assert all(0 <= start < stop <= len(text) for start, stop in zip(starts, stops, strict=True))
    assert sorted(starts) == list(starts)
    assert sorted(stops) == list(stops)


@given(texts)
@settings(max_examples=200)
def test_places_hold_the_tokens(text: str) -> None:
    if not unicodedata.is_normalized("NFC", text) or any(mark in text for mark in INVISIBLE):
        return
    tokens, _, by_character = tokenise(text)
    assert by_character == (unit_of(text) > 0)
    for token, start, stop in zip(tokens, *find_tokens(text, ()), strict=True):
        assert _fold(re.sub("[’‘‛ʼ＇`´′]", "'", text[start:stop])) == token


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("“No,” she said. “Never.”", ["No,", "Never."]),
        ('He said "we sail" and "we fish".', ["we sail", "we fish"]),
        ("«Oui, nous irons», dit-il.", ["Oui, nous irons"]),
        ("Er rief „halt“ und »nein«.", ["halt", "nein"]),
        ("Hon sa ”ja” igen.", ["ja"]),
        ("「港は明日開く」と述べた。『別の』", ["港は明日開く", "別の"]),
        ("‘It’s the ferries’ turn,’ he wrote.", ["It’s the ferries’ turn,"]),
        ("‘He said “no” to us,’ she wrote.", ["He said “no” to us,"]),
        ("“It goes on\n“and closes here,” he said.", ["It goes on", "and closes here,"]),
        ("The dogs' owners and the ’90s boys won’t say.", []),
        ("It isn’t; they're the Smiths’.", []),
    ],
)
def test_quotations(text: str, quoted: list[str]) -> None:
    assert [text[start:end] for start, end in find_quotations(text)] == quoted


@given(st.text(alphabet="ab ‘’“”\"'„«».,\n「」", max_size=60))
@settings(max_examples=200)
def test_quotations_are_in_order_and_within_paragraphs(text: str) -> None:
    at = 0
    for start, end in find_quotations(text):
        assert at <= start <= end <= len(text)
        assert "\n" not in text[start:end]
        at = end


def test_share_of_nothing() -> None:
    assert share_quoted([], 3, 9) == 0
    assert share_quoted([(0, 4)], 2, 2) == 0
