from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import DedupConfig
from pipeline.dedup.characters import TABLE_END
from pipeline.dedup.shingles import NAME, NUMBER, OTHER, TOKEN_MASK, cut_spans, fold_key, shingle, text_key, tokenise

CONFIG = DedupConfig()
APOSTROPHES = "'’‘‛ʼ＇`´′"

letters = st.text(st.sampled_from("aBé 1'’-_.ßÅΣςиЖ漢字あไทยم١²½ﬁ\u0301\u093f\u200b\n\t\u00a0“…İŉ"), max_size=60)


def is_mark(character: str) -> bool:
    """A combining mark; the variation selectors above the last letter choose a glyph and are no part of a word."""
    return unicodedata.category(character)[0] == "M" and ord(character) < TABLE_END


def reference_tokens(text: str) -> list[str]:
    """The definition, character by character: letters, digits, the marks after them, apostrophes between them."""
    tokens: list[str] = []
    current = ""
    for place, character in enumerate(text):
        following = text[place + 1 : place + 2]
        if character in APOSTROPHES:
            inner = current and following and following.isalnum() and following not in APOSTROPHES
            current, done = (current + "'", "") if inner else ("", current)
        elif character.isalnum() or (is_mark(character) and current and not current.endswith("'")):
            current, done = current + character, ""
        else:
            current, done = "", current
        if done:
            tokens.append(done)
    tokens += [current] if current else []
    return ["".join(str(int(c)) if c.isdecimal() else c for c in token).casefold() for token in tokens]


@given(st.one_of(st.text(max_size=80), letters))
@settings(max_examples=300)
def test_tokens_are_those_of_the_slow_definition(text: str) -> None:
    tokens, classes, by_character = tokenise(text)
    if by_character:
        assert "".join(tokens) == "".join(reference_tokens(text)).replace("'", "")
    else:
        assert tokens == reference_tokens(text)
    assert len(classes) == len(tokens)


def test_tokens_of_real_documents_are_those_of_the_published_expression(shared: Path) -> None:
    """`overlap.json` measures with [^\\W_]+ and inner apostrophes, case-folded."""
    overlap = json.loads((shared / "gold" / "overlap.json").read_text())
    sets = {}
    for name in ("000", "001", "003"):
        text = "\n\n".join(json.loads((shared / "gold" / f"{name}.json").read_text())["paragraphs"])
        expected = re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.replace("’", "'").casefold())
        assert tokenise(text)[0] == expected
        sets[name] = set(shingle(text, (), CONFIG).shingles.tolist())
    for pair, figures in overlap["pairs"].items():
        a, b = (sets[name] for name in pair.split("-"))
        assert len(a & b) == figures["shared_5grams"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The face-to-face talks", ["the", "face", "to", "face", "talks"]),
        ("l’été n'est pas", ["l'été", "n'est", "pas"]),
        ("'quoted' ''twice'' dogs' rock'n'roll", ["quoted", "twice", "dogs", "rock'n'roll"]),
        ("snake_case x__y", ["snake", "case", "x", "y"]),
        ("$1,234.50 3rd", ["1", "234", "50", "3rd"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("", []),
        ("... -- '", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert tokenise(text)[0] == tokens


def test_classes_tell_numbers_and_names_and_not_sentence_beginnings() -> None:
    tokens, classes, _ = tokenise("The mayor met Ana Ruiz on 4 May. Then the 3rd c0mpany paid 20m. May they?")
    found = dict(zip(tokens, classes.tolist(), strict=True))
    assert {name for name, kind in found.items() if kind == NUMBER} == {"4", "20m"}
    assert {"ana", "ruiz"} <= {name for name, kind in found.items() if kind == NAME}
    assert found["the"] == found["mayor"] == found["c0mpany"] == OTHER


def test_a_text_all_in_capitals_has_no_names() -> None:
    assert set(tokenise("MAYOR ANA RUIZ RESIGNS")[1].tolist()) == {OTHER}


@pytest.mark.parametrize("text", ["総理大臣は東京で会見した。", "ประเทศไทยมีฝนตกหนักมาก", "东京 2024年5月4日电 记者会", "ព្រះរាជាណាចក្រកម្ពុជា"])
def test_unspaced_scripts_are_taken_by_character(text: str) -> None:
    tokens, _, by_character = tokenise(text)
    assert by_character
    assert all(len(token) == 1 for token in tokens if not token.isascii())


def test_figures_and_foreign_words_in_unspaced_scripts_stay_whole() -> None:
    tokens, classes, _ = tokenise("東京で2024年に、OpenNews社が１２．５億円。ราคา ๒๕ บาท")
    assert [t for t in tokens if t.isascii()] == ["2024", "opennews", "12", "5", "25"]
    assert [t for t, kind in zip(tokens, classes.tolist(), strict=True) if kind == NUMBER] == ["2024", "12", "5", "25"]


@pytest.mark.parametrize("text", ["The word 東京 means eastern capital", "한국어 기사는 띄어 쓴다", "Слово за слово"])
def test_spaced_texts_are_taken_by_word(text: str) -> None:
    assert not tokenise(text)[2]


def test_house_style_does_not_change_the_key() -> None:
    assert fold_key("“It’s over” — she said… ") == fold_key('"it\'s  OVER" - she said...')
    assert fold_key("It rose 3.5 percent") != fold_key("It rose 35 percent")
    assert fold_key("Bank pays +0.25") != fold_key("Bank pays -0.25")


def test_composed_and_decomposed_letters_are_one() -> None:
    one, other = (
        shingle(unicodedata.normalize(form, "Der Bürgermeister von Köln trat zurück, hieß es"), (), CONFIG) for form in ("NFC", "NFD")
    )
    assert one.key == other.key
    assert np.array_equal(one.shingles, other.shingles)


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
@settings(max_examples=100)
def test_cutting_spans_takes_out_exactly_what_they_cover(text: str, spans: list[tuple[int, int]]) -> None:
    spans = [(min(s), max(s)) for s in spans]
    kept = [c for i, c in enumerate(text) if not any(a <= i < b for a, b in spans)]
    assert sorted(cut_spans(text, spans).replace(" ", "")) == sorted("".join(kept).replace(" ", ""))


def test_shingles_are_the_distinct_hashes_of_the_words_joined() -> None:
    text = "One two three four five six. One two three four five!"
    words = ["one", "two", "three", "four", "five", "six", "one", "two", "three", "four", "five"]
    expected = sorted({xxhash.xxh3_64_intdigest(" ".join(words[i : i + 5]).encode()) & 0xFFFFFFFF for i in range(7)})
    found = shingle(text, (), CONFIG)
    assert found.shingles.tolist() == expected
    assert (found.words & TOKEN_MASK).tolist() == [xxhash.xxh3_64_intdigest(w.encode()) & TOKEN_MASK for w in words]


def test_a_text_under_one_shingle_is_one_shingle_and_incomplete() -> None:
    short, none = shingle("Mayor resigns!", (), CONFIG), shingle("!!", (), CONFIG)
    assert (len(short.shingles), short.complete) == (1, False)
    assert (len(none.shingles), none.complete) == (0, False)
    assert shingle("one two three four five", (), CONFIG).complete


def test_empty_texts_are_copies_only_of_the_same_record() -> None:
    assert text_key(b"", "aa") != text_key(b"", "bb")
    assert text_key(b"", "aa") == text_key(b"", "aa")
    assert text_key(b"rain", "aa") == text_key(b"rain", "bb")


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_shingling_takes_any_text(text: str) -> None:
    found = shingle(text + "\ud800", (), CONFIG)
    assert np.all(np.diff(found.shingles.astype(np.int64)) > 0)
