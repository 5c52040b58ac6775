"""Holds the bands to what the S-curve promises: exact Jaccard of all pairs of documents against the pairs that the bands propose.

    python benchmarks/candidates.py [--documents 20000] [--seed 1]

Every pair that shares a shingle is counted by a sparse product of the documents' shingle sets, in blocks of rows; of equal sets one
takes part. Pairs that share a key of any band count as proposed, and no route beside the bands helps. For each bin of similarity: pairs,
the share that the bands propose, the mean of what the curve promises for their similarities, and how many standard errors lie between both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from dedup import make_corpus
from near import SKETCHED_AT_ONCE, in_groups, read_documents
from scipy.sparse import csr_array

from pipeline.config import DedupConfig
from pipeline.dedup.sketches import band_name, sketch

__all__ = ["count_by_bin", "exact_pairs"]

EDGES = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
ROWS_AT_ONCE = 500

Sets = list[npt.NDArray[np.uint32]]


def exact_pairs(sets: Sets, least: float) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]]:
    """Every pair (a < b) of sets with a Jaccard of at least `least` and below 1, in blocks, with their Jaccard."""
    sizes = np.array([len(entry) for entry in sets], np.int64)
    flat, column = np.unique(np.concatenate(sets), return_inverse=True)
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    matrix = csr_array((np.ones(len(column), np.int32), column.reshape(-1), offsets), shape=(len(sets), len(flat)))
    turned = matrix.T.tocsr()
    for start in range(0, len(sets), ROWS_AT_ONCE):
        shared = (matrix[start : start + ROWS_AT_ONCE] @ turned).tocoo()
        a, b = shared.row.astype(np.int64) + start, shared.col.astype(np.int64)
        jaccard = shared.data / (sizes[a] + sizes[b] - shared.data)
        kept = (a < b) & (jaccard >= least) & (jaccard < 1)
        yield a[kept], b[kept], jaccard[kept]


def count_by_bin(sets: Sets, bands: npt.NDArray[np.uint64], config: DedupConfig) -> npt.NDArray[np.float64]:
    """For each bin of `EDGES`: pairs, pairs that share a band, the sum of promised probabilities, the sum of their variances."""
    table = np.zeros((len(EDGES) - 1, 4))
    for a, b, jaccard in exact_pairs(sets, EDGES[0]):
        promised = 1 - (1 - jaccard**config.rows) ** config.bands
        found = np.zeros(len(a), bool)
        for band in range(bands.shape[1]):
            found |= bands[a, band] == bands[b, band]
        place = np.searchsorted(EDGES, jaccard, side="right") - 1
        for column, values in enumerate((np.ones(len(a)), found, promised, promised * (1 - promised))):
            table[:, column] += np.bincount(place, values, len(table))
    return table


def main() -> int:
    """Print the table; the exit code is 1 where a bin is more than four standard errors below its promise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "copydesk-benchmarks")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    config, sets, bands, seen = DedupConfig(), [], [], set()
    for inputs in in_groups(read_documents(make_corpus(arguments.documents, arguments.seed, arguments.work)[0]), SKETCHED_AT_ONCE):
        batch = sketch(inputs, config)
        found = [row.values.to_numpy() for row in batch.column("shingles")]
        fresh = [place for place, entry in enumerate(found) if entry.tobytes() not in seen and not seen.add(entry.tobytes())]
        sets += [found[place] for place in fresh]
        bands.append(np.stack([np.asarray(batch.column(band_name(band)).fill_null(0))[fresh] for band in range(config.bands)], axis=1))
    table = count_by_bin(sets, np.concatenate(bands), config)
    print(f"{len(sets)} different texts of {arguments.documents}, {config.bands} bands of {config.rows}")
    print(f"{'Jaccard':>12}{'pairs':>10}{'proposed':>10}{'promised':>10}{'errors':>8}")
    short = 0
    for low, high, (pairs, found, promised, variance) in zip(EDGES[:-1], EDGES[1:], table, strict=True):
        if pairs:
            # Of bins that are as good as certain, a pair too few is still within what counting can tell.
            errors = (found - promised) / max(variance, 1.0) ** 0.5
            short += errors < -4
            print(f"{low:7.2f}-{high:.2f}{pairs:10.0f}{found / pairs:10.4f}{promised / pairs:10.4f}{errors:8.1f}")
    return int(short > 0)


if __name__ == "__main__":
    sys.exit(main())
