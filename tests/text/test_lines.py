"""Lines of a text and the forms in which they are compared."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.lines import (
    core,
    ends_sentence,
    even,
    flat_text,
    flatten,
    fold,
    is_all_caps,
    is_headline,
    reads_as_prose,
    repeats,
    split_lines,
)

TEXTS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("\n \t’“İıßﬀأـ")), max_size=120)


@settings(max_examples=100)
@given(TEXTS)
def test_lines_cover_all_that_is_not_blank(text: str) -> None:
    lines = split_lines(text)
    assert [line.number for line in lines] == list(range(len(lines)))
    for line in lines:
        assert text[line.start : line.end].strip() == line.text
        assert text[line.text_start : line.text_start + len(line.text)] == line.text
        assert len(line.flat) == len(line.text)
        assert line.after in (line.end, line.end + 1)
    assert "".join("".join(line.text for line in lines).split()) == "".join(text.split())


@settings(max_examples=100)
@given(TEXTS)
def test_flatten_and_even_keep_positions(text: str) -> None:
    assert len(flatten(text)) == len(even(text)) == len(text)
    assert flat_text(text) == flatten(text)
    assert fold(fold(text)) == fold(text)
    assert flatten(flatten(text)) == flatten(text)


def test_blank_lines_are_counted() -> None:
    assert [(line.text, line.blanks) for line in split_lines("\n\nA\n \n\t\nB\nC\n")] == [("A", 2), ("B", 2), ("C", 0)]


def test_indent_and_span() -> None:
    (line,) = split_lines("  • Oops!  ")
    assert (line.indent, line.text, line.core) == (2, "• Oops!", "oops")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İLGİLİ HABERLER", "ilgili haberler"),
        ("Подъём", "подъем"),
        ("أخبار", "اخبار"),
        ("الأخبـــار", "الاخبار"),
        ("“Editor’s  note”", '"editor\'s note"'),
        ("来源：新华社", "来源:新华社"),
    ],
)
def test_fold_makes_equal_what_readers_take_for_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other) == other


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said no.", True),
        ("“He said no.”", True),
        ("Why?", True),
        ("It goes on …", True),
        ("他说不。", True),
        ("قال لا؟", True),
        ("Bridge closed", False),
        ("“Bridge closed”", False),
        ("", False),
    ],
)
def test_ends_sentence(text: str, expected: bool) -> None:
    assert ends_sentence(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ferry sinks off island", True),
        ("Why did the ferry sink?", True),
        ("Ferry sinks", False),
        ("The ferry sank off the island on Monday.", False),
        ("渡轮在岛屿附近沉没", True),
        ("沉没", False),
        ("word " * 40, False),
    ],
)
def test_is_headline(text: str, expected: bool) -> None:
    assert is_headline(text.strip()) is expected


def test_is_all_caps_needs_letters() -> None:
    assert [is_all_caps(text) for text in ("FERRY SINKS", "2023", "U.S.", "ПАРОМ ЗАТОНУЛ", "Ferry")] == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ferry left the port at noon with all hands on board.", True),
        ("渡轮周二中午载着二百一十二人离开了卑尔根港口，天气晴朗海面平静。", True),
        ("Something went wrong.", False),
        ("Ferry sinks off island as storm hits the coast of Norway", False),
        ("word " * 60, True),
    ],
)
def test_reads_as_prose(text: str, expected: bool) -> None:
    assert reads_as_prose(text.strip()) is expected


def test_core_strips_bullets_and_arrows() -> None:
    assert [core(text) for text in ("» Read more »", "[Read more]", "— Read more …", "•", "")] == ["read more"] * 3 + ["", ""]


def test_repeats_counts_folded_lines() -> None:
    assert repeats(split_lines("Oops!\nStory\noops\nOOPS.")) == {"oops": 3}
