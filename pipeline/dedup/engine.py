"""Chooses how sketches are computed: by the compiled kernel where it can be had, else by numpy, with the same bits.

The kernel is missing where numba is not installed (there is no wheel for musl), where the package and the home directory are both
read-only and NUMBA_CACHE_DIR is not set (numba then has no place for its cache, and a compilation of many seconds in every process is
not worth it), and on big-endian machines.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

import numpy as np
import numpy.typing as npt

from pipeline.config import DedupConfig
from pipeline.dedup.characters import APOSTROPHE, SPACE, fold_tables, kind_table
from pipeline.dedup.shingles import normal_text, shingle
from pipeline.dedup.signatures import band_keys, permutations, sign

__all__ = ["Engine", "NumpyEngine", "Sketched", "aligner", "kernel", "prepare", "start_engine"]

Text = tuple[str, Sequence[tuple[int, int]]]
"""A text and its key spans."""


@dataclass(frozen=True, slots=True)
class Sketched:
    """The sketches of some texts, one row a text; what is of variable length stands one after the other.

    Attributes:
        keys: folded comparison texts in UTF-8.
        words, shingles: as in `Shingled`, flat; `word_counts` and `shingle_counts` say how many each text has.
        complete: whether the text is at least one shingle long.
        signatures: (texts, bands x rows).
        bands: (texts, bands) band keys.
    """

    keys: list[bytes]
    words: npt.NDArray[np.uint32]
    word_counts: npt.NDArray[np.int64]
    shingles: npt.NDArray[np.uint32]
    shingle_counts: npt.NDArray[np.int64]
    complete: npt.NDArray[np.bool_]
    signatures: npt.NDArray[np.uint32]
    bands: npt.NDArray[np.uint64]


class NumpyEngine:
    """Sketches documents with numpy and the standard library; the definition of what the kernel computes."""

    def __init__(self, config: DedupConfig) -> None:
        self._config = config

    def sketch(self, texts: Sequence[Text]) -> Sketched:
        """Sketches of some texts."""
        config = self._config
        found = [shingle(text, spans, config) for text, spans in texts]
        signed = [sign(entry.shingles, config.bands * config.rows, config.seed) for entry in found]
        signatures = np.array(signed, np.uint32).reshape(len(found), config.bands * config.rows)
        nothing = np.empty(0, np.uint32)
        return Sketched(
            keys=[entry.key for entry in found],
            words=np.concatenate([nothing, *(entry.words for entry in found)]),
            word_counts=np.array([len(entry.words) for entry in found], np.int64),
            shingles=np.concatenate([nothing, *(entry.shingles for entry in found)]),
            shingle_counts=np.array([len(entry.shingles) for entry in found], np.int64),
            complete=np.array([entry.complete for entry in found], bool),
            signatures=signatures,
            bands=band_keys(signatures, config.bands, config.rows),
        )


class Engine:
    """Sketches documents with the compiled kernel."""

    def __init__(self, config: DedupConfig, compiled: ModuleType) -> None:
        self._config, self._sketch_texts = config, compiled.sketch_texts
        kinds, folds = kind_table(), fold_tables()
        self._tables = _plain_table(kinds, folds[1]), kinds, *folds
        self._permutations = permutations(config.bands * config.rows, config.seed)

    def sketch(self, texts: Sequence[Text]) -> Sketched:
        """Sketches of some texts."""
        config, count = self._config, len(texts)
        encoded = [normal_text(text, spans).encode("utf-8", "surrogatepass") for text, spans in texts]
        offsets = np.zeros(count + 1, np.int64)
        np.cumsum([len(data) for data in encoded], out=offsets[1:])
        size = int(offsets[-1])
        keys = np.empty(3 * size + 8, np.uint8)  # folding makes at most three bytes of one
        words, shingles = np.empty(size + 8, np.uint32), np.empty(size + 8, np.uint32)
        signatures = np.empty((count, config.bands * config.rows), np.uint32)
        bands = np.empty((count, config.bands), np.uint64)
        counts = np.zeros((count, 4), np.int64)
        self._sketch_texts(
            np.frombuffer(b"".join((*encoded, b" ")), np.uint8),
            offsets,
            *self._tables,
            config.shingle_size,
            config.character_shingle_size,
            config.rows,
            *self._permutations,
            keys,
            words,
            shingles,
            signatures,
            bands,
            counts,
        )
        ends = np.cumsum(counts[:, 0]).tolist()
        view = memoryview(keys.data)
        return Sketched(
            keys=[bytes(view[start:end]) for start, end in zip([0, *ends], ends, strict=False)],
            words=words[: int(counts[:, 1].sum())],
            word_counts=counts[:, 1].copy(),
            shingles=shingles[: int(counts[:, 2].sum())],
            shingle_counts=counts[:, 2].copy(),
            complete=counts[:, 3] != 0,
            signatures=signatures,
            bands=bands,
        )


def _plain_table(kinds: npt.NDArray[np.uint8], key_folds: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """For each byte its kind as an ASCII character, then what it folds to; one that needs a closer look has the kind of an apostrophe."""
    table = np.full(512, APOSTROPHE, np.uint8)
    table[:128] = kinds[:128]
    table[256:384] = np.where(kinds[:128] & SPACE, 32, key_folds[:128])
    return table


def start_engine(config: DedupConfig) -> Engine | NumpyEngine:
    """The compiled engine where there is a kernel, else the other one."""
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
