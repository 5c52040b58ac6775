"""Relates candidate pairs: exact similarity on the shingle sets, then what one document is to the other.

The order of the questions:

1. Does one take the other back? ``kills``
2. Are records or texts equal? ``exact_raw``, ``exact_text``
3. Are they versions of one story by id, slug or marker? ``update_of``, ``corrects``
4. Do they align except for numbers and names? ``same_template``, which does not merge
5. Is enough shared? ``contains``, ``near_duplicate``
6. Is something shared worth a record? ``translation_suspect``, ``derived_partial``, which do not merge
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.config import DedupConfig
from pipeline.dedup import verdicts
from pipeline.dedup.facts import read_facts
from pipeline.dedup.graphs import label_components
from pipeline.dedup.overlap import Lists, shared_entries, slot_overlap
from pipeline.dedup.sketches import SketchReader
from pipeline.dedup.verdicts import Pair, Verdict

__all__ = ["COLUMNS", "FLIPPED", "RELATION_SCHEMA", "relate", "relate_pairs", "sort_by_component"]

COLUMNS = ("doc_id", "order", "text_key", "raw_key", "guid_key", "slug_key", "n_shingles", "shingles", "words", "info")
"""Columns of sketches that `relate` looks at."""

RELATION_SCHEMA = pa.schema(
    [
        ("a_node", pa.uint64()),
        ("b_node", pa.uint64()),
        ("a", pa.string()),
        ("b", pa.string()),
        ("relation", pa.string()),
        ("merges", pa.bool_()),
        ("jaccard", pa.float32()),
        ("containment_a", pa.float32()),
        ("containment_b", pa.float32()),
        ("evidence", pa.string()),
    ]
)

FLIPPED = {
    "contains": "contained_in",
    "contained_in": "contains",
    "update_of": "updated_by",
    "updated_by": "update_of",
    "corrects": "corrected_by",
    "corrected_by": "corrects",
    "kills": "killed_by",
    "killed_by": "kills",
}
"""What b is to a where a is this to b; other relations read the same both ways."""

_VERSION_FACTS = ('"version_marker":', '"removed":', '"pubstatus":"cancel')


def sort_by_component(pairs: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """(n, 2) nodes, those that hang together one after the other, so that blocks of them touch as few documents as can be.

    >>> sort_by_component(np.array([[1, 9], [2, 5], [7, 9]], np.uint64)).tolist()
    [[1, 9], [7, 9], [2, 5]]
    """
    nodes, places = np.unique(pairs, return_inverse=True)
    places = places.reshape(-1, 2)
    label = label_components(places, len(nodes))[places[:, 0]]
    return pairs[np.lexsort((places[:, 1], places[:, 0], label))]


def relate_pairs(pairs: npt.NDArray[np.uint64], reader: SketchReader, config: DedupConfig) -> pa.Table:
    """`relate` for (n, 2) nodes; the sketch of each is read once, however many pairs it is in."""
    nodes, places = np.unique(pairs, return_inverse=True)
    rows = reader.rows(nodes, COLUMNS)
    places = places.reshape(-1, 2)
    return relate(rows.take(pa.array(places[:, 0])), rows.take(pa.array(places[:, 1])), config)


def relate(a: pa.Table, b: pa.Table, config: DedupConfig) -> pa.Table:
    """Verify candidate pairs.

    Args:
        a, b: the two documents of each pair, row by row: the columns of `sketches.sketch_schema` without bands and signature, and
            `node` (uint64).
        config: thresholds.

    Returns:
        One row (`RELATION_SCHEMA`) for each pair worth a record, in the order of the input. `a` is the smaller doc_id; `relation` says what
        it is to `b`; containment_a is the share of a's shingles that b holds.
    """
    pairs = _Pairs(a.combine_chunks(), b.combine_chunks(), config)
    rows = np.flatnonzero(pairs.worth | pairs.equal_raw | pairs.same_guid | pairs.same_slug)
    decided = [(row, verdict) for row in rows.tolist() if (verdict := _judge(pairs, row, config)) is not None]
    return _table(pairs, decided)


class _Pairs:
    """The columns of a block of pairs as arrays, and what is computed for all of them at once.

    The two sides stand as they were given; `turned` tells where the second one has the smaller doc_id.
    """

    def __init__(self, a: pa.Table, b: pa.Table, config: DedupConfig) -> None:
        ids = [_bytes(table, "doc_id") for table in (a, b)]
        self.turned = np.array([left > right for left, right in zip(*ids, strict=True)], bool)
        self.ids = self.sides(*(np.array(side, object) for side in ids))
        self.nodes = self.sides(*(np.asarray(table.column("node")).astype(np.uint64) for table in (a, b)))
        self.equal_text = _equal(a, b, "text_key")
        self.equal_raw = _equal(a, b, "raw_key")
        self.same_guid = _equal_and_known(a, b, "guid_key")
        self.same_slug = _equal_and_known(a, b, "slug_key")
        sizes = [_numbers(table, "n_shingles") for table in (a, b)]
        self.smaller, self.larger = np.minimum(*sizes), np.maximum(*sizes)
        self.words = [Lists.of(table.column("words")) for table in (a, b)]
        shingles = [Lists.of(table.column("shingles")) for table in (a, b)]
        self.shared = np.where(self.equal_text, sizes[0], shared_entries(shingles[0], shingles[1], ~self.equal_text))
        union = sizes[0] + sizes[1] - self.shared
        self.jaccard = np.where(self.equal_text, 1.0, self.shared / np.maximum(union, 1))
        self.parts = self.sides(*(np.where(self.equal_text, 1.0, self.shared / np.maximum(size, 1)) for size in sizes))
        self.containment = np.maximum(*self.parts)
        self.infos = [table.column("info") for table in (a, b)]
        self.has_versions = _any_version_fact(self.infos[0]) | _any_version_fact(self.infos[1])
        self.similar = (self.jaccard >= config.report_jaccard) | (self.containment >= config.report_containment)
        # Between what is worth a record and what is a copy lies what is looked at closely; without such a zone nothing is.
        faint = self.containment >= verdicts.FAINT * config.report_containment
        self.worth = self.similar | (faint & (config.report_containment < config.min_containment))
        self.slots = slot_overlap(self.words[0], self.words[1], self.similar & ~self.equal_text)

    def sides(self, a: npt.NDArray[Any], b: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """The values of the two sides with that of the smaller doc_id first."""
        return np.where(self.turned, b, a), np.where(self.turned, a, b)


def _judge(pairs: _Pairs, row: int, config: DedupConfig) -> Verdict | None:
    first, second = (1, 0) if pairs.turned[row] else (0, 1)
    linked = bool(pairs.same_guid[row] or pairs.same_slug[row] or pairs.has_versions[row])
    pair = Pair(
        jaccard=float(pairs.jaccard[row]),
        containment_a=float(pairs.parts[0][row]),
        containment_b=float(pairs.parts[1][row]),
        shared=int(pairs.shared[row]),
        smaller=int(pairs.smaller[row]),
        larger=int(pairs.larger[row]),
        equal_raw=bool(pairs.equal_raw[row]),
        equal_text=bool(pairs.equal_text[row]),
        same_guid=bool(pairs.same_guid[row]),
        same_slug=bool(pairs.same_slug[row]),
        slot_overlap=float(pairs.slots[row]),
        words_a=pairs.words[first].row(row),
        words_b=pairs.words[second].row(row),
        facts=(read_facts(pairs.infos[first][row].as_py()), read_facts(pairs.infos[second][row].as_py())) if linked else None,
    )
    return verdicts.judge(pair, config)


def _table(pairs: _Pairs, decided: list[tuple[int, Verdict]]) -> pa.Table:
    rows = np.array([row for row, _ in decided], np.int64)
    return pa.table(
        [
            *(pa.array(side[rows], pa.uint64()) for side in pairs.nodes),
            *(pa.array([doc_id.hex() for doc_id in side[rows]], pa.string()) for side in pairs.ids),
            pa.array([verdict.relation for _, verdict in decided], pa.string()),
            pa.array([verdict.merges for _, verdict in decided], pa.bool_()),
            pa.array(pairs.jaccard[rows].astype(np.float32), pa.float32()),
            *(pa.array(side[rows].astype(np.float32), pa.float32()) for side in pairs.parts),
            pa.array([verdict.evidence for _, verdict in decided], pa.string()),
        ],
        schema=RELATION_SCHEMA,
    )


def _bytes(table: pa.Table, name: str) -> list[bytes]:
    return table.column(name).to_pylist()  # type: ignore[no-any-return]


def _numbers(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    return np.asarray(table.column(name)).astype(np.int64, copy=False)


def _equal(a: pa.Table, b: pa.Table, name: str) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.equal(a.column(name), b.column(name)), dtype=bool)


def _equal_and_known(a: pa.Table, b: pa.Table, name: str) -> npt.NDArray[np.bool_]:
    left, right = (np.asarray(table.column(name)) for table in (a, b))
    return np.asarray((left == right) & (left != 0), dtype=bool)


def _any_version_fact(infos: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(infos), bool)
    for name in _VERSION_FACTS:
        found |= np.asarray(pc.match_substring(infos, name), dtype=bool)
    return found
