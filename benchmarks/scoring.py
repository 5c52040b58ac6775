"""Scores clusters against the truth of a generated corpus: pairs by kind of copy and by similarity, ARI, B-cubed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pyarrow.parquet as pq

__all__ = ["Scores", "Truth", "b_cubed", "rand_index", "read_truth", "score"]

_WORD = re.compile(r"\w+")
BINS = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Truth:
    """What was planted.

    Attributes:
        cluster, operation, source: by document; a document that stands alone is a cluster of its own.
        pairs: every pair of a planted cluster with the Jaccard of their word 5-grams and the containment of the smaller in the larger.
    """

    cluster: Mapping[str, str]
    operation: Mapping[str, str]
    source: Mapping[str, str]
    pairs: Mapping[tuple[str, str], tuple[float, float]]


@dataclass(slots=True)
class Scores:
    """Shares are between 0 and 1. `mixed` counts clusters that hold two planted stories, `lost` the documents in them that are not of
    the story that most of the cluster is of."""

    precision: float
    recall: float
    f1_j50: float
    f1_j70: float
    rand: float
    bcubed_precision: float
    bcubed_recall: float
    mixed: int
    lost: int
    by_operation: dict[str, tuple[int, float]] = field(default_factory=dict)
    by_similarity: dict[str, tuple[int, float]] = field(default_factory=dict)
    reachable: tuple[int, float] = (0, 0.0)
    """Pairs of a source and its copy with J5 >= .2 or containment >= .5: how many, and the share found."""


def read_truth(folder: Path, truth: Path) -> Truth:
    """Read the truth of a corpus in Parquet and compute the similarities of all planted pairs, without any of the code that is measured."""
    columns = pq.read_table(truth).to_pydict()
    cluster = dict(zip(columns["doc"], columns["cluster"], strict=True))
    members = defaultdict(list)
    for doc, name in cluster.items():
        members[name].append(doc)
    planted = {doc for docs in members.values() if len(docs) > 1 for doc in docs}
    shingles: dict[str, frozenset[int]] = {}
    for path in sorted(folder.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(1000, columns=["id", "text"]):
            rows = zip(*(batch.column(name).to_pylist() for name in ("id", "text")), strict=True)
            shingles.update((doc, _shingles(text)) for doc, text in rows if doc in planted)
    pairs = {}
    for docs in members.values():
        for a, b in combinations(sorted(docs), 2):
            shared, sizes = len(shingles[a] & shingles[b]), sorted((len(shingles[a]), len(shingles[b])))
            pairs[a, b] = shared / (sum(sizes) - shared), shared / sizes[0]
    copies = [(doc, i) for i, doc in enumerate(columns["doc"]) if columns["role"][i] == "copy"]
    return Truth(cluster, {doc: columns["operation"][i] for doc, i in copies}, {doc: columns["source"][i] for doc, i in copies}, pairs)


def score(found: Mapping[str, str], truth: Truth) -> Scores:
    """Score clusters given as doc -> cluster; a document that is missing there stands alone."""
    of = {doc: found.get(doc, doc) for doc in truth.cluster}
    cells = Counter((of[doc], truth.cluster[doc]) for doc in of)
    sizes, best = Counter(of.values()), defaultdict(int)
    for (cluster, _), count in cells.items():
        best[cluster] = max(best[cluster], count)
    both, proposed = _pairs(cells.values()), _pairs(sizes.values())
    precision = both / proposed if proposed else 1.0
    hit = {pair: of[pair[0]] == of[pair[1]] for pair in truth.pairs}

    def recall(chosen: Iterable[tuple[str, str]]) -> tuple[int, float]:
        hits = [hit[pair] for pair in chosen]
        return len(hits), sum(hits) / len(hits) if hits else 1.0

    def f1(least: float) -> float:
        share = recall(pair for pair, (jaccard, _) in truth.pairs.items() if jaccard >= least)[1]
        return 2 * precision * share / (precision + share) if precision + share else 0.0

    by_operation = defaultdict(list)
    reachable = []
    for doc, source in truth.source.items():
        if source in of:
            pair = (min(doc, source), max(doc, source))
            by_operation[truth.operation[doc]].append(pair)
            jaccard, containment = truth.pairs[pair]
            if jaccard >= 0.2 or containment >= 0.5:
                reachable.append(pair)
    by_similarity = {}
    for low, high in zip((0.0, *BINS), (*BINS, 1.01), strict=True):
        label = f"J {low:.1f}-{min(high, 1):.1f}"
        by_similarity[label] = recall(pair for pair, (jaccard, _) in truth.pairs.items() if low <= jaccard < high)
    return Scores(
        precision=precision,
        recall=recall(truth.pairs)[1],
        f1_j50=f1(0.5),
        f1_j70=f1(0.7),
        rand=rand_index(list(of.values()), [truth.cluster[doc] for doc in of]),
        bcubed_precision=b_cubed(cells, sizes),
        bcubed_recall=b_cubed(Counter({(b, a): n for (a, b), n in cells.items()}), Counter(truth.cluster.values())),
        mixed=sum(best[cluster] < size for cluster, size in sizes.items()),
        lost=sum(size - best[cluster] for cluster, size in sizes.items()),
        by_operation={name: recall(pairs) for name, pairs in sorted(by_operation.items())},
        by_similarity=by_similarity,
        reachable=recall(reachable),
    )


def rand_index(found: Sequence[Hashable], truth: Sequence[Hashable]) -> float:
    """The adjusted Rand index of two labellings (Hubert and Arabie 1985).

    >>> rand_index("aabb", "xxyy"), rand_index("abab", "xxyy")
    (1.0, -0.5)
    """
    both = _pairs(Counter(zip(found, truth, strict=True)).values())
    left, right = _pairs(Counter(found).values()), _pairs(Counter(truth).values())
    every = len(found) * (len(found) - 1) / 2
    expected, most = left * right / every, (left + right) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def b_cubed(cells: Mapping[tuple[str, str], int], sizes: Mapping[str, int]) -> float:
    """B-cubed precision (Bagga and Baldwin 1998): the mean over documents of the share of their cluster that is of their class."""
    return sum(count * count / sizes[cluster] for (cluster, _), count in cells.items()) / max(1, sum(sizes.values()))


def _pairs(counts: Iterable[int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts)


def _shingles(text: str) -> frozenset[int]:
    words = _WORD.findall(text.lower())
    return frozenset(hash(tuple(words[i : i + 5])) for i in range(max(1, len(words) - 4)))
