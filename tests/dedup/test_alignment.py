from __future__ import annotations

import time

import numpy as np
import pytest
from dedup_stories import join, story, variants
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import alignment
from pipeline.dedup.alignment import align, compare
from pipeline.dedup.shingles import tokenise

sequences = st.lists(st.integers(0, 12), max_size=60)


def words(text: str) -> np.ndarray:
    from pipeline.config import DedupConfig
    from pipeline.dedup.shingles import shingle

    return shingle(text, (), DedupConfig()).words


@given(sequences, sequences)
@settings(max_examples=150)
def test_blocks_match_rise_and_do_not_overlap(a: list[int], b: list[int]) -> None:
    at_a = at_b = 0
    for i, j, length in align(a, b):
        assert length > 0
        assert i >= at_a
        assert j >= at_b
        assert a[i : i + length] == b[j : j + length]
        at_a, at_b = i + length, j + length
    assert at_a <= len(a)
    assert at_b <= len(b)


@given(sequences.map(lambda part: part[:30]), sequences)
@settings(max_examples=80)
def test_small_texts_are_aligned_nearly_as_well_as_possible(a: list[int], b: list[int]) -> None:
    """Never better than the longest common subsequence; and all of it where one text is the other with words put in."""
    row = [0] * (len(b) + 1)
    for x in a:
        previous = row[:]
        for j, y in enumerate(b):
            row[j + 1] = previous[j] + 1 if x == y else max(previous[j + 1], row[j])
    assert sum(length for _, _, length in align(a, b)) <= row[-1]
    assert sum(length for _, _, length in align(a, [99, *a, 98, 97])) == len(a)


entries = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)).map(lambda pair: pair[0] + (pair[1] << 30)), max_size=70)
long_entries = st.tuples(st.randoms(use_true_random=False), st.integers(1, 400), st.integers(2, 60)).map(
    lambda drawn: [drawn[0].randrange(drawn[2]) for _ in range(drawn[1])]
)


@given(st.one_of(entries, long_entries), st.one_of(entries, long_entries), st.sampled_from([1, 16, 1024]))
@settings(max_examples=300)
def test_the_compiled_alignment_is_the_same(a: list[int], b: list[int], exact: int) -> None:
    sides = np.array(a, np.uint32), np.array(b, np.uint32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "_EXACT_GAP", exact)
        fast = compare(*sides)
        patch.setattr(alignment, "aligner", lambda: None)
        assert compare(*sides) == fast


@pytest.mark.parametrize("kind", sorted(variants(story(0), story(1))))
def test_the_compiled_alignment_is_the_same_on_stories(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sides = words(join(story(0))), words(variants(story(0), story(1))[kind])
    fast = compare(*sides)
    monkeypatch.setattr(alignment, "aligner", lambda: None)
    assert compare(*sides) == fast


def test_differing_slots_are_counted_by_class_and_placed() -> None:
    found = compare(
        words("The index rose 4 percent to 812 in Oslo on light trading"),
        words("The index rose 7 percent to 955 in Bergen on light trading"),
    )
    assert (found.numbers, found.names, found.others, found.matched) == (2, 1, 0, 9)
    assert found.places == ((3, 3), (6, 6), (8, 8))
    assert found.coverage == 9 / 12
    assert found.in_step == 1.0


def test_inserted_words_are_no_slots() -> None:
    found = compare(
        words("The index rose 4 percent in light trading"), words("The index, which Ana Ruiz made, rose 4 percent in light trading")
    )
    assert (found.numbers, found.names, found.others) == (0, 0, 2)


def test_a_figure_that_is_spelt_out_is_no_slot() -> None:
    found = compare(words("It lost 2 games of 14 in Oslo"), words("It lost two games of fourteen in Oslo"))
    assert (found.numbers, found.names, found.others) == (0, 0, 2)
    assert found.places == ()


def test_long_rewritten_passages_are_no_slots() -> None:
    filler = " ".join(f"w{i}x" for i in range(30))
    found = compare(words(f"It rains in Oslo {filler} and it snows"), words(f"It rains in Oslo {filler.upper()[::-1]} and it snows"))
    assert (found.numbers, found.names, found.others) == (0, 0, 0)


def test_case_and_position_of_a_word_do_not_matter() -> None:
    a, b = words("yesterday the Mayor left"), words("Yesterday THE mayor left")
    assert compare(a, b).matched == 4


def test_hostile_texts_stay_cheap() -> None:
    start = time.process_time()
    same = np.zeros(1_000_000, np.uint32)
    alternating = np.arange(1_000_000, dtype=np.uint32) % 2
    rising = np.arange(1_000_000, dtype=np.uint32)
    for a, b in (
        (same, alternating),
        (alternating, alternating[1:]),
        (rising, rising[::-1]),
    ):
        compare(a, b)
    assert time.process_time() - start < 3


def test_empty_texts_align() -> None:
    none = np.empty(0, np.uint32)
    assert compare(none, none).coverage == 0
    assert compare(none, words("It rains")).matched == 0
    assert tokenise("")[0] == []
