"""Alignment and fingerprints as functions of tokens: what must hold for any two texts, and the compiled code against the plain one."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import PassagesConfig
from pipeline.dedup import passages_align, passages_prints
from pipeline.dedup.passages_align import Documents, Seeds, align_pairs
from pipeline.dedup.passages_prints import GRAM, PLACE_BITS, choose_prints
from pipeline.dedup.passages_words import common_tokens

CONFIG = PassagesConfig()


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the compiled functions."""
    for module in (passages_align, passages_prints):
        monkeypatch.setattr(module, "compiled_passages", lambda: None)


def draw_tokens(chance: random.Random, most: int, vocabulary: int) -> list[int]:
    """Tokens of which one in three is a common word."""
    common = common_tokens()
    return [
        int(common[t % len(common)]) if t % 3 == 0 else t for t in (chance.randrange(1, vocabulary) for _ in range(chance.randrange(most)))
    ]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Two texts with some passages of one, changed a little, put into the other."""
    chance = draw(st.randoms(use_true_random=False))
    vocabulary = draw(st.sampled_from([4, 9, 40, 900]))
    a, b = draw_tokens(chance, 90, vocabulary), draw_tokens(chance, 90, vocabulary)
    for _ in range(chance.randrange(4)):
        start = chance.randrange(len(a) + 1)
        part = a[start : start + chance.randrange(6, 30)]
        for _ in range(chance.randrange(3) if part else 0):
            place = chance.randrange(len(part) + 1)
            part[place : place + chance.randrange(2)] = [chance.randrange(1, vocabulary) for _ in range(chance.randrange(2))]
        at = chance.randrange(len(b) + 1)
        b[at:at] = part
    return a, b


def seeds_between(a: list[int], b: list[int], size: int = GRAM[0]) -> list[tuple[int, int]]:
    """Places of grams that stand in both, each at its first place."""
    first: tuple[dict, dict] = ({}, {})
    for tokens, places in zip((a, b), first, strict=True):
        for place in range(len(tokens) - size + 1):
            places.setdefault(tuple(tokens[place : place + size]), place)
    return sorted((place, first[1][gram]) for gram, place in first[0].items() if gram in first[1])


def align(a: list[int], b: list[int], unit: int = 0) -> list[list[int]]:
    words = np.array([*a, *b], np.uint32)
    documents = Documents(words, np.array([0, len(a), len(words)]), np.full(2, unit, np.uint8))
    places = np.array(seeds_between(a, b, GRAM[unit]), np.int64).reshape(-1, 2)
    rows: list[list[int]] = align_pairs(documents, np.array([[0, 1]]), Seeds(np.array([0, len(places)]), places), CONFIG).tolist()
    return rows


@given(pairs())
@settings(max_examples=100)
def test_passages_are_what_they_say(pair: tuple[list[int], list[int]]) -> None:
    a, b = pair
    rows = align(a, b)
    for _, a_from, a_to, b_from, b_to, words, columns, longest in rows:
        assert 0 <= a_from < a_to <= len(a)
        assert 0 <= b_from < b_to <= len(b)
        assert a[a_from] == b[b_from]
        assert a[a_to - 1] == b[b_to - 1]
        assert longest <= words <= min(a_to - a_from, b_to - b_from) <= max(a_to - a_from, b_to - b_from) <= columns
        assert words >= CONFIG.min_identity * columns
        assert longest >= CONFIG.min_words or columns >= CONFIG.min_aligned
    for side in (1, 3):  # no two passages of a pair overlap
        spans = sorted((row[side], row[side + 1]) for row in rows)
        assert all(left[1] <= right[0] for left, right in pairwise(spans))


@given(pairs())
@settings(max_examples=100)
def test_sides_may_be_exchanged(pair: tuple[list[int], list[int]]) -> None:
    turned = [[row[0], *row[3:5], *row[1:3], *row[5:]] for row in align(pair[1], pair[0])]
    assert sorted(turned) == align(*pair)


@pytest.mark.parametrize("unit", [0, 1, 2])
def test_the_compiled_alignment_is_the_same(unit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if passages_prints.compiled_passages() is None:
        pytest.skip("there is no compiled kernel here")
    chance = random.Random(7)
    cases = []
    for _ in range(150):
        vocabulary = chance.choice([4, 9, 40, 900])
        a, b = draw_tokens(chance, 120, vocabulary), draw_tokens(chance, 120, vocabulary)
        at, start = chance.randrange(len(b) + 1), chance.randrange(len(a) + 1)
        b[at:at] = a[start : start + 40]
        cases.append((a, b, align(a, b, unit)))
    assert sum(bool(rows) for _, _, rows in cases) > 20
    monkeypatch.setattr(passages_align, "compiled_passages", lambda: None)
    for a, b, rows in cases:
        assert align(a, b, unit) == rows


def test_the_compiled_fingerprints_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    if passages_prints.compiled_passages() is None:
        pytest.skip("there is no compiled kernel here")
    chance = random.Random(8)
    texts = [draw_tokens(chance, most, vocabulary) for most in (1, 6, 10, 80, 900) for vocabulary in (3, 50, 4000) for _ in range(4)]
    words = np.array([token for text in texts for token in text], np.uint32)
    counts, units = np.array([len(text) for text in texts]), np.array([number % 3 for number in range(len(texts))], np.uint8)
    compiled = choose_prints(words, counts, units)
    monkeypatch.setattr(passages_prints, "compiled_passages", lambda: None)
    fallback = choose_prints(words, counts, units)
    assert [part.tolist() for part in compiled] == [part.tolist() for part in fallback]


@pytest.mark.usefixtures("plain")
@given(st.randoms(use_true_random=False), st.sampled_from([0, 1, 2]))
@settings(max_examples=60)
def test_a_shared_run_leaves_a_shared_fingerprint(chance: random.Random, unit: int) -> None:
    """The promise of winnowing: one gram more than a gram, all of weight, wherever it stands."""
    run = [chance.randrange(1_000, 9_000) for _ in range(GRAM[unit] + 1)]
    texts = [[*draw_tokens(chance, 20, 500), *run, *draw_tokens(chance, 20, 500)] for _ in range(2)]
    prints, counts = choose_prints(
        np.array([token for text in texts for token in text], np.uint32),
        np.array([len(text) for text in texts]),
        np.full(2, unit, np.uint8),
    )
    hashes = prints >> np.uint64(PLACE_BITS)
    assert np.intersect1d(hashes[: counts[0]], hashes[counts[0] :]).size


def test_hostile_texts_cost_little() -> None:
    """One token over and over, and two texts that are the same."""
    assert align([7] * 20_000, [7] * 19_000) != []
    long = list(range(5_000, 25_000))
    ((_, a_from, a_to, *_, words, columns, longest),) = align(long, long)
    assert (a_from, a_to, words, columns, longest) == (0, 20_000, 20_000, 20_000, 20_000)
