from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.provenance import apply, sequence, shift_spans, undo
from pipeline.records import Edit


def edit(start: int, before: str, after: str) -> Edit:
    return Edit(start, start + len(before), before, after, "kind", "rule", 1)


@st.composite
def edited_texts(draw: st.DrawFn, passes: int = 3) -> tuple[str, list[Edit], str]:
    """A text, edits of several rules one after the other, and where they lead."""
    source = text = draw(st.text(max_size=60))
    edits: list[Edit] = []
    for _ in range(draw(st.integers(0, passes))):
        cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
        found = [edit(a, text[a:b], draw(st.text(max_size=5))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
        ordered = sequence(text, found)
        text = apply(text, ordered)
        edits += ordered
    return source, edits, text


@given(edited_texts())
def test_undo_is_the_inverse_of_apply(case: tuple[str, list[Edit], str]) -> None:
    source, edits, text = case
    assert apply(source, edits) == text
    assert undo(text, edits) == source


@given(edited_texts(passes=1))
def test_apply_does_what_the_edits_say_one_by_one(case: tuple[str, list[Edit], str]) -> None:
    source, edits, text = case
    for step in edits:
        assert source[step.start : step.end] == step.before
        source = source[: step.start] + step.after + source[step.end :]
    assert source == text


@given(edited_texts(passes=1), st.data())
def test_a_span_that_no_edit_touches_keeps_its_words(case: tuple[str, list[Edit], str], data: st.DataObject) -> None:
    source, edits, text = case
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, len(source)))
    delta = 0
    for step in edits:
        at = step.start - delta
        if at < end and at + len(step.before) > start:
            return
        if start < at < end or (step.before == "" and start <= at <= end):
            return
        delta += len(step.after) - len(step.before)
    ((new_start, new_end),) = shift_spans([(start, end)], edits)
    assert text[new_start:new_end] == source[start:end]


@given(edited_texts(passes=1), st.data())
def test_moved_spans_stay_within_the_text(case: tuple[str, list[Edit], str], data: st.DataObject) -> None:
    source, edits, text = case
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, len(source)))
    ((new_start, new_end),) = shift_spans([(start, end)], edits)
    assert 0 <= new_start <= new_end <= len(text)


def test_overlapping_edits_are_a_bug_of_the_rule() -> None:
    with pytest.raises(ValueError, match="overlapping"):
        sequence("abcdef", [edit(0, "abc", "x"), edit(2, "cd", "y")])


def test_an_edit_that_misquotes_the_text_is_a_bug_of_the_rule() -> None:
    with pytest.raises(ValueError, match="expects 'xyz'"):
        sequence("abcdef", [edit(0, "xyz", "")])


@pytest.mark.parametrize("change", [apply, undo])
def test_edits_of_another_text_are_refused(change: object) -> None:
    with pytest.raises(ValueError, match="do not belong"):
        change("something else", [edit(3, "zzz", "yyy")])  # type: ignore[operator]


def test_an_edit_that_changes_nothing_is_left_out() -> None:
    assert sequence("abc", [edit(1, "b", "b")]) == []


def test_many_edits_in_a_long_text_stay_linear() -> None:
    text = "a b " * 50_000
    edits = sequence(text, [edit(position, " ", "") for position in range(1, len(text), 4)])
    clean = apply(text, edits)
    assert clean == "ab " * 50_000
    assert undo(clean, edits) == text
