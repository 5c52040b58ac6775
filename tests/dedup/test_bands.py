from __future__ import annotations

import random
import time

import numpy as np
import pyarrow as pa
import pytest
from dedup_desk import Doc, sample_of, sketches
from dedup_stories import cut, join, misread, story
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import DedupConfig
from pipeline.dedup import bands
from pipeline.dedup.signatures import band_keys, sign
from pipeline.dedup.sketches import band_name

CONFIG = DedupConfig()
NO_PAIRS = np.empty((0, 2), np.uint64)

documents = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 3), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2**64 - 1)), max_size=40
)


def columns(rows: list[tuple[int, int, int, int, int]]) -> dict[str, np.ndarray]:
    array = {name: np.array([row[i] for row in rows], np.uint64) for i, name in enumerate(("text", "one", "two", "guid", "order"))}
    array["text"] = np.stack((array["text"], array["text"]), axis=1).reshape(-1, 2)
    array["nodes"] = np.arange(len(rows), dtype=np.uint64)
    return array


@given(documents, st.randoms(use_true_random=False))
@settings(max_examples=80)
def test_pairs_depend_on_the_documents_and_not_on_their_order(rows: list[tuple[int, int, int, int, int]], chance: random.Random) -> None:
    given_order = columns(rows)
    shuffled = np.array(chance.sample(range(len(rows)), len(rows)), np.int64)
    mixed = {name: values[shuffled] for name, values in given_order.items()}
    for propose in (
        lambda c: bands.propose([c["one"], c["two"]], c["text"], c["order"], c["nodes"]),
        lambda c: bands.exact_pairs(c["text"], c["order"], c["nodes"]),
        lambda c: bands.version_pairs(c["guid"], c["one"], c["order"], c["nodes"]),
    ):
        pairs = propose(given_order)
        assert np.array_equal(pairs, propose(mixed))
        assert len(np.unique(pairs, axis=0)) == len(pairs)
        order = given_order["order"]
        assert all((order[a], a) < (order[b], b) for a, b in pairs.astype(np.int64))


@given(documents)
@settings(max_examples=80)
def test_small_buckets_propose_every_pair_of_different_texts(rows: list[tuple[int, int, int, int, int]]) -> None:
    c = columns(rows)
    smallest = {}
    for i, row in enumerate(rows):
        smallest[row[0]] = min(smallest.get(row[0], (2**65, 0)), (row[4], i))
    alone = [i for _, i in sorted(smallest.values())]
    expected = {frozenset((i, j)) for i in alone for j in alone if i != j and (rows[i][1] == rows[j][1] or rows[i][2] == rows[j][2])}
    found = bands.propose([c["one"], c["two"]], c["text"], c["order"], c["nodes"])
    if len(rows) <= bands.FULL_BUCKET:
        assert {frozenset(pair) for pair in found.tolist()} == expected


def test_a_null_band_proposes_nothing() -> None:
    keys = pa.array([5, 5, None, None], pa.uint64())
    texts = np.arange(8, dtype=np.uint64).reshape(4, 2)
    order = nodes = np.arange(4, dtype=np.uint64)
    assert bands.propose([keys], texts, order, nodes).tolist() == [[0, 1]]
    masked = np.ma.MaskedArray(np.array([5, 5, 5, 5], np.uint64), [False, False, True, True])
    assert bands.propose([masked], texts, order, nodes).tolist() == [[0, 1]]


def test_empty_input_proposes_nothing() -> None:
    none = np.empty(0, np.uint64)
    keys = pa.array([], pa.binary(16))
    assert bands.propose([none], keys, none, none).shape == (0, 2)
    assert bands.exact_pairs(keys, none, none).shape == (0, 2)
    assert bands.version_pairs(none, none, none, none).shape == (0, 2)
    assert bands.sample_pairs(pa.array([], pa.list_(pa.uint32())), none, none, keys, CONFIG).shape == (0, 2)


def test_exact_copies_form_a_star_around_the_smallest() -> None:
    keys = pa.array([b"a" * 16, b"b" * 16, b"a" * 16, b"a" * 16, b"c" * 16], pa.binary(16))
    order = np.array([9, 1, 3, 5, 0], np.uint64)
    assert bands.exact_pairs(keys, order, np.arange(5, dtype=np.uint64)).tolist() == [[2, 0], [2, 3]]


def test_sliced_and_chunked_columns_are_read_right() -> None:
    whole = pa.array([b"x" * 16, b"a" * 16, b"b" * 16, b"a" * 16], pa.binary(16))
    order = nodes = np.arange(3, dtype=np.uint64)
    assert bands.exact_pairs(whole[1:], order, nodes).tolist() == [[0, 2]]
    assert bands.exact_pairs(pa.chunked_array([whole[1:2], whole[2:]]), order, nodes).tolist() == [[0, 2]]


@pytest.mark.parametrize("members", [33, 1000, 20_000])
def test_large_buckets_stay_linear_and_connected(members: int) -> None:
    order = np.random.RandomState(1).permutation(members).astype(np.uint64)
    texts = np.stack((order, order), axis=1)
    nodes = np.arange(members, dtype=np.uint64)
    pairs = bands.propose([np.full(members, 7, np.uint64)], texts, order, nodes)
    assert len(pairs) <= members * (bands.HUBS + bands.NEIGHBOURS)
    smallest = int(np.argmin(order))
    met = set(pairs[pairs[:, 0] == smallest][:, 1].tolist())
    assert len(met) == members - 1


def test_a_bomb_of_copies_costs_no_more_than_distinct_texts() -> None:
    def seconds(texts: np.ndarray) -> float:
        count = len(texts)
        order = np.random.RandomState(2).permutation(count).astype(np.uint64)
        start = time.process_time()
        keys = np.stack((texts, texts), axis=1)
        for _ in range(3):
            bands.propose([texts, texts // np.uint64(3)], keys, order, np.arange(count, dtype=np.uint64))
            bands.exact_pairs(keys, order, np.arange(count, dtype=np.uint64))
        return time.process_time() - start

    distinct = np.random.RandomState(3).permutation(60_000).astype(np.uint64)
    bomb = np.where(np.arange(60_000) % 2 == 0, np.uint64(1), distinct)
    seconds(distinct)
    assert seconds(bomb) <= 1.5 * seconds(distinct) + 0.1


def test_band_recall_is_what_the_curve_promises() -> None:
    """Sets of known similarity: found as often as 1 - (1 - s**rows)**bands says, within four standard errors."""
    chance = np.random.RandomState(5)
    config = DedupConfig(bands=20, rows=3)
    for similarity in (0.2, 0.4, 0.6):
        trials, found = 150, 0
        for _ in range(trials):
            common = round(2 * 200 * similarity / (1 + similarity))
            pool = chance.randint(0, 2**32, 400, dtype=np.uint32)
            pair = np.stack([sign(part, 60, 1) for part in (pool[:200], pool[200 - common : 400 - common])])
            keys = band_keys(pair, 20, 3)
            found += bool((keys[0] == keys[1]).any())
        promised = bands.explain_bands(config, [similarity])[0][1]
        assert abs(found / trials - promised) <= 4 * (promised * (1 - promised) / trials) ** 0.5 + 0.02


def test_the_curve_is_told_to_a_reader() -> None:
    text = bands.describe_bands(CONFIG)
    assert "85 bands of 3" in text
    assert "0.300" in text


def test_sampled_shingles_find_what_the_bands_miss() -> None:
    docs = [Doc(f"whole {n}", join(story(n, 24))) for n in range(20)] + [Doc(f"part {n}", cut(join(story(n, 24)), 0.2)) for n in range(20)]
    table = sketches(docs)
    nodes = np.asarray(table.column("node"))
    keys, order = table.column("text_key"), table.column("order")
    expected = {frozenset((n, n + 20)) for n in range(20)}
    sampled = bands.sample_pairs(sample_of(table, CONFIG), order, nodes, keys, CONFIG)
    assert {frozenset(pair) for pair in sampled.tolist()} >= expected
    banded = bands.propose([table.column(band_name(band)) for band in range(CONFIG.bands)], keys, order, nodes)
    assert not {frozenset(pair) for pair in banded.tolist()} >= expected


def test_partitions_of_the_samples_add_up() -> None:
    docs = [Doc(f"{n} {rate}", misread(join(story(n)), rate)) for n in range(6) for rate in (0.0, 0.01, 0.02)]
    table = sketches(docs)
    arguments = sample_of(table, CONFIG), table.column("order"), np.asarray(table.column("node")), table.column("text_key"), CONFIG
    whole = bands.sample_pairs(*arguments)
    parts = [bands.sample_pairs(*arguments, partition=p, partitions=4) for p in range(4)]
    assert np.array_equal(np.unique(np.concatenate(parts), axis=0), whole)


def test_frequent_sampled_shingles_propose_nothing() -> None:
    config = DedupConfig(max_frequency=5)
    lists = [[1, 100 + i, 200 + i, 300 + i] for i in range(6)]
    order = nodes = np.arange(6, dtype=np.uint64)
    texts = np.stack((nodes, nodes), axis=1)
    assert len(bands.sample_pairs(pa.array([[1]] * 6, pa.list_(pa.uint32())), order, nodes, texts, config)) == 0
    assert len(bands.sample_pairs(pa.array([[1]] * 5, pa.list_(pa.uint32())), order[:5], nodes[:5], texts[:5], config)) == 10
    assert len(bands.sample_pairs(pa.array(lists[:5], pa.list_(pa.uint32())), order[:5], nodes[:5], texts[:5], config)) == 10


def test_a_single_shared_idiom_in_large_samples_proposes_nothing() -> None:
    lists = pa.array([[7, *range(1000 * i, 1000 * i + 40)] for i in range(1, 4)], pa.list_(pa.uint32()))
    order = nodes = np.arange(3, dtype=np.uint64)
    assert len(bands.sample_pairs(lists, order, nodes, np.stack((nodes, nodes), axis=1), CONFIG)) == 0


def test_unknown_ids_link_nothing() -> None:
    zeros = np.zeros(4, np.uint64)
    order = nodes = np.arange(4, dtype=np.uint64)
    assert np.array_equal(bands.version_pairs(zeros, zeros, order, nodes), NO_PAIRS)
    assert bands.version_pairs(np.array([3, 0, 3, 0], np.uint64), np.array([0, 9, 9, 0], np.uint64), order, nodes).tolist() == [
        [0, 2],
        [1, 2],
    ]
