from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.postings import ROW_GROUP, admitted, find_postings, write_postings
from pipeline.storage import LocalStorage


def keys(*values: int) -> np.ndarray:
    return np.array(sorted(values), np.uint32)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 500)), max_size=60),
    st.dictionaries(st.integers(0, 4), st.sets(st.integers(0, 45), max_size=8), max_size=4),
)
def test_what_is_asked_for_is_found_and_nothing_else(
    tmp_path_factory: object, entries: list[tuple[int, int, int]], asked: dict[int, set[int]]
) -> None:
    folder = tmp_path_factory.mktemp("postings")  # type: ignore[attr-defined]
    columns = [np.array([entry[place] for entry in entries], kind) for place, kind in enumerate((np.int64, np.uint32, np.int64))]
    write_postings(columns[0], columns[1], columns[2], "p.parquet", str(folder), LocalStorage())
    wanted = {group: keys(*values) for group, values in asked.items()}
    groups, places, rows = find_postings(str(folder / "p.parquet"), LocalStorage(), wanted)
    found = sorted((int(group), int(wanted[int(group)][place]), int(row)) for group, place, row in zip(groups, places, rows, strict=True))
    assert found == sorted(entry for entry in entries if entry[1] in asked.get(entry[0], set()))


def test_row_groups_without_a_wanted_key_are_not_read(tmp_path: Path) -> None:
    count = 4 * ROW_GROUP
    values = np.arange(count, dtype=np.uint32) * 7
    write_postings(np.zeros(count, np.int64), values, np.arange(count), "p.parquet", str(tmp_path), LocalStorage())
    footer = pq.read_metadata(tmp_path / "p.parquet")
    assert footer.num_row_groups == 4
    assert admitted(footer, {0: keys(7 * (ROW_GROUP + 5))}) == [1]
    assert admitted(footer, {0: keys(3, 7 * (count - 1))}) == [0, 3]
    assert admitted(footer, {1: keys(3)}) == []
    assert admitted(footer, {0: keys()}) == []


def test_an_entry_costs_a_few_bytes(tmp_path: Path) -> None:
    """What a night pays for each key of each document of the window (docs/scale.md counts with it)."""
    rng = np.random.default_rng(1)
    count = 10_000
    values = rng.integers(0, 2**32, count, np.uint32)
    part = write_postings(np.zeros(count, np.int64), values, np.arange(count), "p.parquet", str(tmp_path), LocalStorage())
    assert part.bytes < 6 * count
