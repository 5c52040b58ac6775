from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from pipeline.parsers.paragraphs import unwrap

SENTENCE = "the ferry left its quay at nine and the crew waved to people who stood in rain before they went home again by bus"
WORDS = SENTENCE.split()


def _paragraphs(draw_lengths: list[int], seed: int) -> list[str]:
    made = []
    for index, length in enumerate(draw_lengths):
        words = [WORDS[(seed + index * 7 + n * 3) % len(WORDS)] for n in range(length)]
        made.append(" ".join(words).capitalize() + ".")
    return made


@given(st.lists(st.integers(25, 90), min_size=1, max_size=6), st.integers(0, 99), st.integers(45, 90))
def test_wrapped_and_indented_paragraphs_come_back(lengths: list[int], seed: int, width: int) -> None:
    paragraphs = _paragraphs(lengths, seed)
    text = "\n".join(textwrap.fill(p, width, initial_indent="   ") for p in paragraphs)
    assert unwrap(text) == paragraphs


@given(st.lists(st.integers(3, 90), min_size=1, max_size=6), st.integers(0, 99), st.integers(45, 90))
def test_wrapped_paragraphs_with_blank_lines_come_back(lengths: list[int], seed: int, width: int) -> None:
    paragraphs = _paragraphs(lengths, seed)
    text = "\n\n".join(textwrap.fill(p, width) for p in paragraphs)
    assert unwrap(text) == paragraphs


@given(st.lists(st.integers(30, 90), min_size=2, max_size=6), st.integers(0, 99))
def test_long_lines_are_paragraphs(lengths: list[int], seed: int) -> None:
    paragraphs = _paragraphs(lengths, seed)
    assert unwrap("\n".join(paragraphs)) == paragraphs


@given(st.text(max_size=300))
def test_no_character_is_lost(text: str) -> None:
    assert "".join("".join(unwrap(text)).split()) == "".join(
        " ".join(text.splitlines()).translate(dict.fromkeys((28, 29, 30, 31), " ")).split()
    )


def test_a_table_stays_a_table() -> None:
    table = "Harbour league, standings:\n\nTeam            W   L\nNorth          12   3\nSouth Harbour   9   6"
    assert unwrap(table) == ["Harbour league, standings:", "Team W L", "North 12 3", "South Harbour 9 6"]


def test_hyphens_at_line_ends_stay() -> None:
    text = "The company announced on Monday a long-\nterm plan for all ferries that it owns in\nthe bay."
    assert unwrap(text) == ["The company announced on Monday a long-term plan for all ferries that it owns in the bay."]
