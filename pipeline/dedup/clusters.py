"""From merging edges to clusters, and from clusters to decisions.

`Forest` finds which documents hang together. `resolve` then takes one such component apart: it elects a representative, checks every other
member against it, and lets those that do not hold form clusters among themselves. So a chain of pairs never merges
what no pair supports, and nothing depends on the order or the sharding of the input.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.config import DedupConfig
from pipeline.dedup.graphs import label_components
from pipeline.dedup.members import Held, Members, decide_cluster, decide_killed
from pipeline.dedup.relations import RELATION_SCHEMA, relate
from pipeline.dedup.representatives import elect
from pipeline.dedup.sketches import SketchReader
from pipeline.records import Decision

__all__ = ["Forest", "resolve"]

Nodes = npt.NDArray[np.uint64]

_COLUMNS = ("doc_id", "order", "text_key", "raw_key", "guid_key", "slug_key", "n_shingles", "shingles", "words", "info")
_LIGHT = ("doc_id", "text_key", "raw_key", "guid_key", "slug_key", "n_shingles", "info")
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
    """Take one component apart into clusters that hold.

    Args:
        nodes: the documents of the component.
        edges: relation rows among them (`relations.RELATION_SCHEMA`), merging ones and others.
        reader: finds their sketches.
        config: thresholds and the policy.

    Returns:
        A Decision for every member of a cluster of two or more and for every killed document, by doc_id; and the relation rows
        that had to be computed. A document that is split off alone has no Decision, and neither has a kill notice.
    """
    members = Members.read(reader.rows(np.unique(np.asarray(nodes, np.uint64)), _LIGHT), edges)
    splitter = _Splitter(members, reader, config)
    decisions = decide_killed(members)
    for part in members.components():
        decisions += splitter.split(part)
    decisions.sort(key=lambda decision: decision.doc_id)
    computed = [table for table in splitter.computed if table.num_rows]
    table = pa.concat_tables(computed).combine_chunks() if computed else RELATION_SCHEMA.empty_table()
    return decisions, table.sort_by([("a", "ascending"), ("b", "ascending")])


class _Splitter:
    """Splits components into clusters; remembers the relations that it had to compute.

    Its unit is the text: members with one comparison text hold or fall together, whatever their number.
    """

    def __init__(self, members: Members, reader: SketchReader, config: DedupConfig) -> None:
        self._members, self._reader, self._config = members, reader, config
        self.computed: list[pa.Table] = []

    def split(self, part: npt.NDArray[np.int64]) -> list[Decision]:
        """Decisions of one component: a representative takes what holds against it, and the rest elects again."""
        decisions: list[Decision] = []
        left = dict.fromkeys(part.tolist())
        while len(left) > 1:
            scope = self._scope(left)
            best, reason = elect(self._members.candidates(scope), self._config.policy)
            representative = self._members.position(best.doc_id)
            held = self._hold(representative, self._within_reach(representative, left))
            if held:
                decisions += decide_cluster(self._members, representative, reason, held)
            for member in (representative, *held):
                del left[member]
        return decisions

    def _scope(self, left: dict[int, None]) -> list[int]:
        """Who stands for election: all that are left of a small component; of a large one the surroundings of its smallest document.

        In a large component the surroundings move to those of the winner until it wins there too, so that it is the best one locally.
        """
        if len(left) <= _CHECK_ALL:
            return list(left)
        seed = next(iter(left))
        for _ in range(_CLIMBS):
            scope = self._members.near(seed, 1, left)
            winner = self._members.position(elect(self._members.candidates(scope), self._config.policy)[0].doc_id)
            if self._members.text_groups[winner] == self._members.text_groups[seed]:
                break
            seed = winner
        return scope

    def _within_reach(self, representative: int, left: dict[int, None]) -> list[int]:
        """Who is checked against a representative: all that are left of a small component, those within some edges of a large one."""
        return list(left) if len(left) <= _CHECK_ALL else self._members.near(representative, _REACH, left)

    def _hold(self, representative: int, part: list[int]) -> dict[int, Held]:
        """The members that hold against the representative, with their relation to it."""
        members = self._members
        texts = members.text_groups
        held: dict[int, Held] = {}
        unknown: dict[int, list[int]] = {}
        for member in part:
            if member == representative:
                continue
            if texts[member] == texts[representative]:
                held[member] = members.exact(member, representative)
            elif (known := members.known(member, representative)) is not None:
                if known.merges:
                    held[member] = known
            else:
                unknown.setdefault(int(texts[member]), []).append(member)
        held.update(self._check(representative, unknown))
        return held

    def _check(self, representative: int, unknown: dict[int, list[int]]) -> dict[int, Held]:
        """Compute what is not known: one pair for each text, and one more for each member whose facts may link it to the representative."""
        members = self._members
        asked: list[int] = []
        stand_for: dict[int, list[int]] = {}
        for same in unknown.values():
            plain = [member for member in same if not members.linked(member, representative)]
            asked += [member for member in same if members.linked(member, representative)]
            if plain:
                asked.append(plain[0])
                stand_for[plain[0]] = plain[1:]
        held: dict[int, Held] = {}
        for start in range(0, len(asked), _AT_ONCE):
            table = self._relate(representative, asked[start : start + _AT_ONCE])
            self.computed.append(table)
            for member, found in members.read_relations(table, representative).items():
                if found.merges:
                    held[member] = found
                    held.update(dict.fromkeys(stand_for.get(member, ()), found))
        return held

    def _relate(self, representative: int, asked: Sequence[int]) -> pa.Table:
        nodes = self._members.nodes
        wanted = np.array(asked, np.int64)
        one = self._reader.rows(nodes[[representative]], _COLUMNS)
        a = one.take(pa.array(np.zeros(len(wanted), np.int64)))
        return relate(a, self._reader.rows(nodes[wanted], _COLUMNS), self._config)
