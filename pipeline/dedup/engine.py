"""Chooses how sketches are computed: by the compiled kernel where it can be had, else by numpy, with the same bits.

The kernel is missing where numba is not installed (there is no wheel for musl), where the package and the home directory are both
read-only and NUMBA_CACHE_DIR is not set (numba then has no place for its cache, and a compilation of many seconds in every process is
not worth it), and on big-endian machines.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from types import ModuleType

import numpy as np
import numpy.typing as npt

from pipeline.config import DedupConfig
from pipeline.dedup.characters import fold_tables, kind_table
from pipeline.dedup.shingles import Shingled, compared_text, shingle
from pipeline.dedup.signatures import permutations, sign

__all__ = ["Engine", "NumpyEngine", "aligner", "kernel", "prepare", "start_engine"]


class NumpyEngine:
    """Sketches documents with numpy and the standard library; the definition of what the kernel computes."""

    def __init__(self, config: DedupConfig) -> None:
        self._config = config

    def sketch(self, text: str, key_spans: tuple[tuple[int, int], ...]) -> tuple[Shingled, npt.NDArray[np.uint32]]:
        """Shingles and signature of one document."""
        found = shingle(text, key_spans, self._config)
        return found, sign(found.shingles, self._config.bands * self._config.rows, self._config.seed)


class Engine:
    """Sketches documents with the compiled kernel. Holds the room that it works in, so use one an owner."""

    def __init__(self, config: DedupConfig, compiled: ModuleType) -> None:
        self._sketch_text = compiled.sketch_text
        self._kinds, (self._folds, self._key_folds, self._expansions) = kind_table(), fold_tables()
        self._sizes = config.shingle_size, config.character_shingle_size
        self._permutations = permutations(config.bands * config.rows, config.seed)
        self._signature = np.empty(config.bands * config.rows, np.uint32)
        self._counts = np.zeros(4, np.int64)
        self._make_room(1 << 14)

    def sketch(self, text: str, key_spans: tuple[tuple[int, int], ...]) -> tuple[Shingled, npt.NDArray[np.uint32]]:
        """Shingles and signature of one document."""
        data = compared_text(text, key_spans).encode("utf-8", "surrogatepass")
        if len(data) > self._room:
            self._make_room(2 * len(data))
        self._sketch_text(
            np.frombuffer(data, np.uint8) if data else _NOTHING,
            len(data),
            self._kinds,
            self._folds,
            self._key_folds,
            self._expansions,
            *self._sizes,
            *self._permutations,
            *self._arrays,
            self._signature,
            self._counts,
        )
        key, words, shingles, complete = self._counts.tolist()
        found = Shingled(
            key=self._arrays[0][:key].tobytes(),
            shingles=self._arrays[8][:shingles].copy(),
            words=self._arrays[7][:words].copy(),
            complete=bool(complete),
        )
        return found, self._signature.copy()

    def _make_room(self, size: int) -> None:
        """Arrays for texts of `size` bytes. Folding makes at most three bytes of one, and three tokens of two bytes."""
        self._room = size
        tokens = 3 * size // 2 + 8
        slots = 1 << (2 * tokens - 1).bit_length()
        self._arrays = (
            np.empty(3 * size + 16, np.uint8),  # key
            np.empty(4 * size + 16, np.uint8),  # joined
            np.empty(tokens, np.int64),  # starts
            np.empty(tokens, np.int64),  # ends
            np.empty(tokens, np.uint8),  # marks
            np.empty(tokens, np.uint64),  # hashes
            np.empty(slots, np.uint64),  # table
            np.empty(tokens, np.uint32),  # words
            np.empty(tokens, np.uint32),  # shingles
            np.empty(tokens, np.uint32),  # spare
        )


def start_engine(config: DedupConfig) -> Engine | NumpyEngine:
    """An engine for one owner: the compiled one where there is a kernel."""
    compiled = kernel()
    return NumpyEngine(config) if compiled is None else Engine(config, compiled)


def kernel() -> ModuleType | None:
    """The compiled kernel, or None where it cannot be had."""
    return _load("kernel")


def aligner() -> ModuleType | None:
    """The compiled alignment, or None where it cannot be had."""
    return _load("alignment_kernel")


@cache
def _load(name: str) -> ModuleType | None:
    if sys.byteorder != "little":
        return None
    try:
        return import_module(f"pipeline.dedup.{name}")
    except ImportError:
        return None
    except RuntimeError as error:
        # numba's only way to say that it has no place to cache; any other failure is a bug.
        if "no locator available" not in str(error):
            raise
        return None


def prepare() -> bool:
    """Compile all kernels, or load them from their cache. Call it before workers start, or each of them compiles for itself.

    Returns:
        Whether there are kernels; without them everything is computed by numpy, some ten times slower.
    """
    return kernel() is not None and aligner() is not None


_NOTHING = np.zeros(1, np.uint8)
