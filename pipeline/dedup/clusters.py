"""From merging edges to clusters, and from clusters to decisions.

`Forest` finds which documents hang together. `resolve` then takes one such component apart: it elects a representative, checks every other
member against it, and lets those that do not hold form clusters among themselves. So a chain of pairs never merges
what no pair supports, and nothing depends on the order or the sharding of the input.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.config import DedupConfig
from pipeline.dedup.graphs import label_components
from pipeline.dedup.members import Members, decide_cluster, decide_killed
from pipeline.dedup.relations import RELATION_SCHEMA, relate_pairs
from pipeline.dedup.representatives import elect
from pipeline.dedup.sketches import SketchReader
from pipeline.records import Decision

__all__ = ["LIGHT", "Forest", "resolve"]

Nodes = npt.NDArray[np.uint64]
Pairs = list[tuple[int, int]]

LIGHT = ("doc_id", "text_key", "raw_key", "guid_key", "slug_key", "n_shingles", "info")
"""Columns of sketches that tell all but how similar two texts are."""
_CHECK_ALL = 256
"""Components up to this many members are checked whole against a representative; in larger ones those within `_REACH` edges are."""
_REACH = 3
_CLIMBS = 8
_AT_ONCE = 1024
"""Pairs whose shingles are in memory at a time."""
_COMPACT_FROM = 1 << 16


class Forest:
    """A spanning forest of the edges seen so far: never more than one edge a node, plus a buffer of about the same size.

    >>> forest = Forest()
    >>> forest.add(np.array([[7, 5], [5, 9], [2, 3]], np.uint64))
    >>> [column.tolist() for column in forest.assignments()]
    [[2, 3, 5, 7, 9], [2, 2, 5, 5, 5]]
    """

    def __init__(self) -> None:
        self._tree = np.empty((0, 2), np.uint64)
        self._buffer: list[Nodes] = []
        self._waiting = 0

    def add(self, edges: Nodes) -> None:
        """Take in (n, 2) edges; amortised linear, since the buffer is only worked in when it is as large as the tree."""
        if len(edges):
            self._buffer.append(np.asarray(edges, np.uint64).reshape(-1, 2))
            self._waiting += len(edges)
            if self._waiting > max(_COMPACT_FROM, 2 * len(self._tree)):
                self.compact()

    def merge(self, other: Forest) -> None:
        """Take in all edges of another forest."""
        self.add(other._tree)
        for edges in other._buffer:
            self.add(edges)

    def compact(self) -> None:
        """Replace the edges by one edge (root, node) for each node that is not a root, sorted; the root is the smallest node."""
        if not self._buffer:
            return
        edges = np.concatenate([self._tree, *self._buffer])
        self._buffer, self._waiting = [], 0
        nodes, flat = np.unique(edges, return_inverse=True)
        places = flat.reshape(-1, 2)
        labels = label_components(places, len(nodes))
        # Nodes ascend, so the first node of a label is the smallest.
        first = np.full(labels.max(initial=-1) + 1, len(nodes), np.int64)
        np.minimum.at(first, labels, np.arange(len(nodes)))
        roots = nodes[first[labels]]
        below = roots != nodes
        self._tree = np.stack((roots[below], nodes[below]), axis=1)

    def to_bytes(self) -> bytes:
        """The forest as little-endian pairs; equal for equal sets of components."""
        self.compact()
        return self._tree.astype("<u8").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Forest:
        """Read what `to_bytes` wrote."""
        forest = cls()
        forest._tree = np.frombuffer(data, "<u8").reshape(-1, 2).astype(np.uint64)
        return forest

    def assignments(self) -> tuple[Nodes, Nodes]:
        """All nodes that have an edge, ascending, and the root of each: the smallest node of its component."""
        self.compact()
        roots = np.unique(self._tree[:, 0])
        nodes = np.concatenate((roots, self._tree[:, 1]))
        of = np.concatenate((roots, self._tree[:, 0]))
        sort = np.argsort(nodes)
        return nodes[sort], of[sort]


def resolve(nodes: Nodes, edges: pa.Table, reader: SketchReader, config: DedupConfig) -> tuple[list[Decision], pa.Table]:
    """Take components apart into clusters that hold.

    Args:
        nodes: the documents of one component, or of several, which costs less than one call for each.
        edges: relation rows among them (`relations.RELATION_SCHEMA`), merging ones and others.
        reader: finds their sketches.
        config: thresholds and the policy.

    Returns:
        A Decision for every member of a cluster of two or more and for every killed document, by doc_id; and the relation rows
        that had to be computed. A document that is split off alone has no Decision, and neither has a kill notice.
    """
    members = Members.read(reader.rows(np.unique(np.asarray(nodes, np.uint64)), LIGHT), edges)
    decisions = decide_killed(members)
    computed: list[pa.Table] = []
    splits = [_split(members, part, config.policy) for part in members.components()]
    while splits:
        questions: list[Pairs] = []
        open_splits = []
        for split in splits:
            try:
                questions.append(next(split))
                open_splits.append(split)
            except StopIteration as end:
                decisions += end.value
        computed += _answer(members, [pair for pairs in questions for pair in pairs], reader, config)
        splits = open_splits
    decisions.sort(key=lambda decision: decision.doc_id)
    table = pa.concat_tables([RELATION_SCHEMA.empty_table(), *computed]).combine_chunks()
    return decisions, table.sort_by([("a", "ascending"), ("b", "ascending")])


def _answer(members: Members, pairs: Pairs, reader: SketchReader, config: DedupConfig) -> Iterator[pa.Table]:
    """Relate pairs of members, in blocks; `members` knows them afterwards."""
    for start in range(0, len(pairs), _AT_ONCE):
        some = members.nodes[np.array(pairs[start : start + _AT_ONCE], np.int64)]
        table = relate_pairs(some, reader, config)
        members.learn(table)
        yield table


def _split(members: Members, part: npt.NDArray[np.int64], policy: str) -> Generator[Pairs, None, list[Decision]]:
    """Split one component: a representative takes what holds against it, and the rest elects again.

    Yields pairs of members whose relation is not known and has to be before it goes on; returns the decisions.
    """
    decisions: list[Decision] = []
    left = dict.fromkeys(part.tolist())
    while len(left) > 1:
        representative, reason = _elect(members, left, policy)
        checked = list(left) if len(left) <= _CHECK_ALL else members.near(representative, _REACH, left)
        text = members.text_groups[representative]
        same = members.text_groups[np.array(checked, np.int64)] == text
        others = [member for member, is_same in zip(checked, same.tolist(), strict=True) if not is_same]
        unknown = [(representative, member) for member in _one_each(members, others, representative)]
        if unknown:
            yield unknown
        copies = [member for member, is_same in zip(checked, same.tolist(), strict=True) if is_same and member != representative]
        held = {member: members.exact(member, representative) for member in copies}
        held.update((m, known) for m in others if (known := members.known(m, representative)) is not None and known.merges)
        if held:
            decisions += decide_cluster(members, representative, reason, held)
        for member in (representative, *held):
            del left[member]
    return decisions


def _elect(members: Members, left: dict[int, None], policy: str) -> tuple[int, str]:
    """The representative: of all that are left of a small component; of a large one, of the surroundings of its smallest document.

    In a large component the surroundings move to those of the winner until it wins there too, so that it is the best one locally.
    """
    seed = next(iter(left))
    winner, reason = seed, ""
    for _ in range(_CLIMBS):
        scope = list(left) if len(left) <= _CHECK_ALL else members.near(seed, 1, left)
        best, reason = elect(members.candidates(scope), policy)
        winner = members.position(best.doc_id)
        if len(scope) == len(left) or members.text_groups[winner] == members.text_groups[seed]:
            break
        seed = winner
    return winner, reason


def _one_each(members: Members, checked: list[int], representative: int) -> list[int]:
    """Those whose relation to the representative is not known: of one text only the first, unless facts beside the text may matter."""
    asked: list[int] = []
    texts = set()
    for member in checked:
        if members.known(member, representative) is None:
            text = int(members.text_groups[member])
            if members.linked(member, representative):
                asked.append(member)
            elif text not in texts:
                texts.add(text)
                asked.append(member)
    return asked
