from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.scripts import is_unspaced
from pipeline.text.words import count_words, list_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The U.S. paid $1,250.50 at 3:30 p.m.", ["The", "U.S", "paid", "1,250.50", "at", "3:30", "p.m"]),
        ("L’État n’a rien dit – rien…", ["L’État", "n’a", "rien", "dit", "rien"]),
        ("Мэр сказала «нет»", ["Мэр", "сказала", "нет"]),
        ("می\u200cشود گفت", ["می\u200cشود", "گفت"]),
        ("市长说OK", ["市", "长", "说", "OK"]),
        ("시장은 말했다", ["시장은", "말했다"]),
        ("cafe\u0301 noir", ["cafe\u0301", "noir"]),
        ("-- ... “”", []),
        ("snake_case _ __a", ["snake_case", "a"]),
        ("हमारे पास विकल्प।", ["हमारे", "पास", "विकल्प"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert list_words(text) == words
    assert count_words(text) == len(words)


@given(st.text(alphabet="ab1.’'中 -", max_size=40))
def test_ascii_and_unicode_patterns_agree(text: str) -> None:
    ascii_text = "".join(c for c in text if c < "\x80")
    assert list_words(ascii_text + " é")[:-1] == list_words(ascii_text)


def test_unspaced_scripts() -> None:
    assert [c for c in "aéж中かカ한กກ၀က្កܐאب𠀀" if is_unspaced(c)] == list("中かカกກ၀က្ក𠀀")
