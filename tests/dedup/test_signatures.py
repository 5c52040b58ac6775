from __future__ import annotations

import datasketch
import numpy as np
import pytest
import xxhash
from dedup_desk import Doc, sketches
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup.signatures import EMPTY, band_keys, permutations, sign

GOLDEN = [258689659, 24017658, 6544598, 113818511, 173094698, 196828840]
GOLDEN_BANDS = ["0x92dc1ba80398775e", "0x3f73e57ec7031c6"]


def by_datasketch(values: int, seed: int) -> datasketch.MinHash:
    return datasketch.MinHash(values, seed, scheme="affine32", hashfunc=lambda data: xxhash.xxh3_64_intdigest(data) & 0xFFFFFFFF)


@pytest.mark.parametrize("values", [1, 128, 255])
@pytest.mark.parametrize("seed", [0, 1, 77])
def test_permutations_are_those_of_datasketch(values: int, seed: int) -> None:
    assert np.array_equal(np.array(permutations(values, seed)), by_datasketch(values, seed).permutations)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=60), st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_signatures_are_those_of_datasketch(shingles: list[bytes], seed: int) -> None:
    sketch = by_datasketch(64, seed)
    sketch.update_batch(shingles)
    hashes = np.array([xxhash.xxh3_64_intdigest(s) & 0xFFFFFFFF for s in shingles], np.uint32)
    assert np.array_equal(sign(hashes, 64, seed), sketch.hashvalues)


def test_golden_signature() -> None:
    """Pinned: stored signatures of earlier runs must stay comparable."""
    hashes = np.array([xxhash.xxh3_64_intdigest(f"shingle {i}".encode()) & 0xFFFFFFFF for i in range(40)], np.uint32)
    assert sign(hashes, 6, 1).tolist() == GOLDEN
    assert [hex(key) for key in band_keys(sign(hashes, 6, 1)[None, :], 2, 3)[0].tolist()] == GOLDEN_BANDS


def test_nothing_signs_as_in_datasketch() -> None:
    assert set(sign(np.empty(0, np.uint32), 8, 1).tolist()) == {EMPTY}
    assert np.array_equal(sign(np.empty(0, np.uint32), 8, 1), by_datasketch(8, 1).hashvalues)


def test_a_signature_answers_in_datasketch() -> None:
    words = [f"word{i} and what follows it".encode() for i in range(50)]
    query = by_datasketch(128, 1)
    query.update_batch(words)
    values = sign(np.array([xxhash.xxh3_64_intdigest(w) & 0xFFFFFFFF for w in words], np.uint32), 128, 1)
    loaded = datasketch.MinHash(num_perm=128, seed=1, hashvalues=np.frombuffer(values.tobytes(), "<u4"), scheme="affine32")
    assert loaded.jaccard(query) == 1.0


def test_band_keys_differ_where_any_row_does() -> None:
    base = np.arange(12, dtype=np.uint32).reshape(1, 12)
    keys = band_keys(base, 4, 3)
    for place in range(12):
        changed = base.copy()
        changed[0, place] += 1
        assert (band_keys(changed, 4, 3) != keys)[0].tolist() == [band == place // 3 for band in range(4)]
    assert not np.array_equal(band_keys(base[:, [1, 0, 2]], 1, 3), band_keys(base[:, [0, 1, 2]], 1, 3))


def test_a_row_of_ours_answers_a_query_made_in_datasketch() -> None:
    """The way that docs/near-duplicates.md describes: folded words joined by one blank, hashed by XXH3."""
    text = "The old bridge at Halden closed on Monday, and nobody in the town knows when it will open again."
    row = sketches([Doc("a", text)]).to_pylist()[0]
    loaded = datasketch.MinHash(num_perm=255, seed=1, hashvalues=np.frombuffer(row["signature"], "<u4"), scheme="affine32")
    words = text.lower().replace(",", "").replace(".", "").split()
    query = by_datasketch(255, 1)
    query.update_batch([" ".join(words[i : i + 5]).encode() for i in range(len(words) - 4)])
    assert np.array_equal(loaded.hashvalues, query.hashvalues)
    index = datasketch.MinHashLSH(params=(85, 3), num_perm=255)
    index.insert("a", loaded)
    assert index.query(query) == ["a"]
