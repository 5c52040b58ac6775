"""The compiled kernel gives the bits of the numpy definition."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xxhash
from dedup_stories import join, story
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import DedupConfig
from pipeline.dedup import engine
from pipeline.dedup.characters import TABLE_END

CONFIGS = (
    DedupConfig(),
    DedupConfig(shingle_size=1, character_shingle_size=2, bands=3, rows=1, seed=9),
    DedupConfig(shingle_size=32, bands=1),
)
MIXED = "aBZé 019'’`-_.!ßÅΣςиЖ漢字あไทยم١²½ﬁ\u0301\u093f\u200b\u00ad\n\t\u00a0\u2028“”…—İŉΐǰ🙂\U00020000\U000e0100\ud800\x00\x1c"

texts = st.one_of(
    st.text(max_size=120),
    st.text(st.sampled_from(MIXED), max_size=120),
    st.lists(
        st.sampled_from(["the", "The", "THE", "Ana", "ana", "4", "q3", "don't", "Straße", "İs", "x" * 300, "東京都"]), max_size=40
    ).map(" ".join),
    st.text(st.sampled_from("漢字東京都知事は、。 9a"), max_size=80),
)
compiled = pytest.mark.skipif(engine.kernel() is None, reason="numba is not installed")


def same(texts: list[str], config: DedupConfig) -> None:
    given_texts = [(text, ()) for text in texts]
    fast, slow = (made.sketch(given_texts) for made in (engine.start_engine(config), engine.NumpyEngine(config)))
    assert fast.keys == slow.keys
    for name in ("words", "word_counts", "shingles", "shingle_counts", "complete", "signatures", "bands"):
        left, right = getattr(fast, name), getattr(slow, name)
        assert left.dtype == right.dtype
        assert np.array_equal(left, right), name


@compiled
@given(st.lists(texts, max_size=4), st.sampled_from(CONFIGS))
@settings(max_examples=300)
def test_the_kernel_computes_what_numpy_does(some: list[str], config: DedupConfig) -> None:
    same(some, config)


@compiled
@pytest.mark.parametrize("text", ["", " ", "a", "'", "\u0301", "!!!", "a" * 5000, "ﷺ ß" * 3000, "ΐ" * 9000, join(story(1)), "東" * 4000])
def test_the_kernel_takes_texts_of_any_shape_and_length(text: str) -> None:
    for config in CONFIGS:
        same([text], config)


@compiled
def test_every_letter_folds_alike() -> None:
    points = [chr(point) for point in range(0x110000 if os.environ.get("CI") else TABLE_END + 500)]
    for start in range(0, len(points), 997):
        same([" ".join(f"x{point}" for point in points[start : start + 997])], CONFIGS[1])


@compiled
def test_hashes_of_every_length_are_those_of_xxhash() -> None:
    """Tokens are hashed whole: one long token for each length, across all branches of XXH3."""
    made = engine.start_engine(DedupConfig(shingle_size=1))
    lengths = [*range(1, 300), 1023, 1024, 1025, 1087, 1088, 1089, 2048, 2049, 5000]
    tokens = ["".join(chr(97 + (i * i + length) % 26) for i in range(length)) for length in lengths]
    found = made.sketch([(" ".join(tokens), ())])
    assert found.shingles.tolist() == sorted({xxhash.xxh3_64_intdigest(token.encode()) & 0xFFFFFFFF for token in tokens})


def test_without_numba_numpy_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> Any:
        raise ImportError("no numba here")

    engine._load.cache_clear()
    monkeypatch.setattr(engine, "import_module", refuse)
    try:
        assert engine.kernel() is engine.aligner() is None
        assert not engine.prepare()
        assert isinstance(engine.start_engine(CONFIGS[0]), engine.NumpyEngine)
    finally:
        engine._load.cache_clear()


def test_a_bug_in_a_kernel_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> Any:
        raise RuntimeError("something else")

    engine._load.cache_clear()
    monkeypatch.setattr(engine, "import_module", fail)
    try:
        with pytest.raises(RuntimeError, match="something else"):
            engine.kernel()
    finally:
        engine._load.cache_clear()


@pytest.mark.slow
@compiled
def test_a_read_only_installation_does_without_the_kernel(tmp_path: Path) -> None:
    """Neither the package nor the home directory can be written: numba has no place for its cache, and the run goes on."""
    package = Path(engine.__file__).parents[1]
    shutil.copytree(package, tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path / "pipeline" / "dedup"
    (folder / "__pycache__").write_text("in the way")  # a file where the cache would go stops even root
    home = tmp_path / "home"
    home.write_text("no folder")
    code = "from pipeline.dedup import engine; print(engine.prepare(), engine.__file__)"
    variables = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "x"), "PYTHONPATH": str(tmp_path), "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-P", "-B", "-c", code], capture_output=True, text=True, env=variables, check=True, cwd=tmp_path)
    assert done.stdout.split() == ["False", str(folder / "engine.py")]
