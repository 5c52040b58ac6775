from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.text.diff import changed_spans, trim

TEXTS = st.text(alphabet="ab \nÃ©é’", max_size=60)


def rebuild(before: str, after: str) -> str:
    pieces, position = [], 0
    for start, end, new in changed_spans(before, after):
        assert position <= start <= end
        pieces += [before[position:start], new]
        position = end
    return "".join([*pieces, before[position:]])


@given(TEXTS, TEXTS)
@example("", "a")
@example("a b", "a  b")
@example("aaaa" * 20 + "b", "b" + "aaaa" * 20)
def test_changes_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    assert rebuild(before, after) == after


@given(TEXTS)
def test_equal_texts_have_no_changes(text: str) -> None:
    assert list(changed_spans(text, text)) == []


def test_changes_are_small() -> None:
    before = "It isnâ€™t far â€“ " * 50
    changes = list(changed_spans(before, before.replace("â€™", "’").replace("â€“", "–")))
    assert len(changes) == 100
    assert all(end - start == 3 for start, end, _ in changes)


@given(TEXTS, TEXTS)
def test_trim_never_overlaps(before: str, after: str) -> None:
    start, old_end, new_end = trim(before, after)
    assert before[:start] == after[:start]
    assert before[old_end:] == after[new_end:]
    assert start <= min(old_end, new_end)
