from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.schema import json_schema
from pipeline.signals import quality


def test_every_quality_column_of_the_schema_is_measured() -> None:
    columns = {name for name in json_schema("documents")["properties"] if name.startswith("rps_")} | {"n_paragraphs"}
    assert set(quality.measure("The boat is late.")) == columns


def test_values() -> None:
    text = "The boat is late... Is it?\n\n• UN envoys #left 12 ports\n\n- The end…"
    signals = quality.measure(text)
    assert signals == pytest.approx(
        {
            "rps_doc_word_count": 13,
            "rps_doc_mean_word_length": (3 + 4 + 2 + 4 + 2 + 2 + 2 + 6 + 4 + 2 + 5 + 3 + 3) / 13,
            "rps_doc_symbol_to_word_ratio": 3 / 13,
            "rps_doc_frac_no_alph_words": 1 / 13,
            "rps_doc_frac_lines_end_with_ellipsis": 1 / 3,
            "rps_doc_frac_lines_start_with_bullet": 2 / 3,
            "rps_doc_stop_word_fraction": 2 / 13,
            "rps_doc_frac_unique_words": 11 / 13,
            "rps_doc_frac_all_caps_words": 1 / 13,
            "rps_doc_num_sentences": 3,
            "n_paragraphs": 3,
        }
    )


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("市长周二表示。码头很旧！", 2),
        ("المزيد؟ نعم۔", 2),
        ("यह पुराना है।", 1),
        ("The U.S. is big.", 2),
        ("“No.” She left.", 2),
        ("No end", 0),
    ],
)
def test_sentences_by_terminal_punctuation(text: str, sentences: int) -> None:
    assert quality.measure(text)["rps_doc_num_sentences"] == sentences


@given(st.text(max_size=60))
def test_any_text_can_be_measured(text: str) -> None:
    signals = quality.measure(text)
    for name, value in signals.items():
        assert value is None or value >= 0
        if "frac" in name and value is not None:
            assert value <= 1
