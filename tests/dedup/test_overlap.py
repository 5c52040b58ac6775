from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import overlap
from pipeline.dedup.overlap import Lists, shared_entries, shared_rows, slot_overlap

values = st.one_of(st.integers(0, 12), st.sampled_from([2**30, 2**30 + 1, 2**30 + 2, 2**31, 2**31 + 1, 2**32 - 1]))
rows = st.lists(st.tuples(st.lists(values, max_size=70), st.lists(values, max_size=70), st.booleans()), max_size=8)


def lists(parts: list[list[int]]) -> Lists:
    return Lists.of(pa.array(parts, pa.list_(pa.uint32())))


@given(rows, st.booleans())
@settings(max_examples=100)
def test_shared_entries_are_counted_row_by_row(data: list[tuple[list[int], list[int], bool]], compiled: bool) -> None:
    a, b = ([sorted(set(row[side])) for row in data] for side in (0, 1))
    wanted = np.array([row[2] for row in data], bool)
    with pytest.MonkeyPatch.context() as patch:
        if not compiled:
            patch.setattr(overlap, "kernel", lambda: None)
        found = shared_entries(lists(a), lists(b), wanted)
    assert found.tolist() == [len({*x} & {*y}) * w for x, y, w in zip(a, b, wanted.tolist(), strict=True)]


@given(st.lists(st.lists(values, max_size=70), min_size=1, max_size=8), st.data(), st.booleans())
@settings(max_examples=60)
def test_shared_rows_are_those_of_one_column(parts: list[list[int]], data: st.DataObject, compiled: bool) -> None:
    sets = [sorted(set(part)) for part in parts]
    place = st.integers(0, len(sets) - 1)
    pairs = np.array(data.draw(st.lists(st.tuples(place, place), max_size=9)), np.int64).reshape(-1, 2)
    with pytest.MonkeyPatch.context() as patch:
        if not compiled:
            patch.setattr(overlap, "kernel", lambda: None)
            patch.setattr(overlap, "_PAIRS", 2)
        found = shared_rows(lists(sets), np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1]))
    assert found.tolist() == [len({*sets[a]} & {*sets[b]}) for a, b in pairs.tolist()]


@given(rows, st.booleans())
@settings(max_examples=100)
def test_slots_are_shared_by_the_poorer_text(data: list[tuple[list[int], list[int], bool]], compiled: bool) -> None:
    wanted = np.array([row[2] for row in data], bool)
    with pytest.MonkeyPatch.context() as patch:
        if not compiled:
            patch.setattr(overlap, "kernel", lambda: None)
        found = slot_overlap(lists([row[0] for row in data]), lists([row[1] for row in data]), wanted)
    for (a, b, asked), share in zip(data, found.tolist(), strict=True):
        expected = 1.0
        for low, high in ((1, 1), (2, 3)):
            left, right = ({x % 2**30 for x in side if low <= x >> 30 <= high} for side in (a, b))
            if asked and left and right:
                expected = min(expected, len(left & right) / min(len(left), len(right)))
        assert share == expected


def test_lists_of_slices_and_chunks_start_at_zero() -> None:
    column = pa.array([[1], [2, 3], [], [4]], pa.list_(pa.uint32()))
    for made in (Lists.of(column[1:]), Lists.of(pa.chunked_array([column[1:2], column[2:]]))):
        assert [made.row(i).tolist() for i in range(3)] == [[2, 3], [], [4]]
    assert Lists.of(pa.chunked_array([], pa.list_(pa.uint32()))).sizes.tolist() == []
