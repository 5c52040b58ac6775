"""Runs the near-duplicate functions over a few documents in memory, as the pipeline does over sketch files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pipeline.config import DedupConfig
from pipeline.dedup import bands
from pipeline.dedup.clusters import Forest, resolve
from pipeline.dedup.relations import relate
from pipeline.dedup.sketches import SketchInput, band_name, sketch
from pipeline.records import Decision, Metadata

CONFIG = DedupConfig()


@dataclass
class Doc:
    """A document of a test. Its id follows from its name, so that tests can choose order and sharding freely."""

    name: str
    text: str
    metadata: Metadata = field(default_factory=Metadata)
    mt_band: str = "none"
    flags: tuple[str, ...] = ()
    removed: bool = False
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def doc_id(self) -> str:
        return hashlib.md5(self.name.encode()).hexdigest()

    def as_input(self, ordinal: int) -> SketchInput:
        raw = hashlib.sha256((self.name + self.text).encode()).hexdigest()
        return SketchInput(
            ordinal, self.doc_id, self.text, self.spans, raw, self.metadata, self.mt_band, self.flags, f"{self.name}.txt", self.removed
        )


class Reader:
    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.place = {node: i for i, node in enumerate(table.column("node").to_pylist())}

    def rows(self, nodes: np.ndarray, columns: Sequence[str]) -> pa.Table:
        return self.table.select([*columns, "node"]).take(pa.array([self.place[int(node)] for node in nodes], pa.int64()))


class Outcome(NamedTuple):
    candidates: np.ndarray
    relations: pa.Table
    decisions: list[Decision]
    names: dict[str, str]

    def clusters(self) -> list[list[str]]:
        """Names of the members of each cluster of two or more, killed ones left out."""
        found: dict[str, list[str]] = {}
        for decision in self.decisions:
            if decision.filter is None:
                found.setdefault(decision.cluster_id, []).append(self.names[decision.doc_id])
        return sorted(sorted(members) for members in found.values())

    def of(self, name: str) -> Decision | None:
        return next((d for d in self.decisions if self.names[d.doc_id] == name), None)

    def relation(self, a: str, b: str) -> str | None:
        """What a is to b, if it is on record."""
        from pipeline.dedup.relations import FLIPPED

        for row in self.relations.to_pylist():
            found = self.names[row["a"]], self.names[row["b"]]
            if found == (a, b):
                return row["relation"]
            if found == (b, a):
                return FLIPPED.get(row["relation"], row["relation"])
        return None


def sketches(docs: Sequence[Doc], config: DedupConfig = CONFIG, shards: int = 1) -> pa.Table:
    """Sketch rows with nodes, dealt over some shards in turn."""
    batches = []
    for shard in range(shards):
        part = docs[shard::shards]
        if part:
            batch = pa.Table.from_batches([sketch([doc.as_input(i) for i, doc in enumerate(part)], config)])
            nodes = np.arange(len(part), dtype=np.uint64) + np.uint64(shard << 32)
            batches.append(batch.append_column("node", pa.array(nodes)))
    return pa.concat_tables(batches).combine_chunks()


def sample_of(table: pa.Table, config: DedupConfig) -> pa.ListArray:
    lists = table.column("shingles").to_pylist()
    return pa.array([[value for value in row if value < 2**32 // config.sample_rate] for row in lists], pa.list_(pa.uint32()))


def candidates(table: pa.Table, config: DedupConfig = CONFIG) -> np.ndarray:
    nodes = np.asarray(table.column("node"))
    order, keys = table.column("order"), table.column("text_key")
    found = [
        bands.propose([table.column(band_name(band)) for band in range(config.bands)], keys, order, nodes),
        bands.exact_pairs(keys, order, nodes),
        bands.sample_pairs(sample_of(table, config), order, nodes, keys, config),
        bands.version_pairs(table.column("guid_key"), table.column("slug_key"), order, nodes),
    ]
    return np.unique(np.concatenate(found), axis=0)


def compare(docs: Sequence[Doc], config: DedupConfig = CONFIG, shards: int = 1) -> Outcome:
    """Sketch, propose, relate, cluster and elect."""
    table = sketches(docs, config, shards)
    reader = Reader(table)
    pairs = candidates(table, config)
    columns = [name for name in table.column_names if not name.startswith(("band_", "node", "signature"))]
    relations = relate(reader.rows(pairs[:, 0], columns), reader.rows(pairs[:, 1], columns), config)
    sides = [np.asarray(relations.column(name)) for name in ("a_node", "b_node")]
    merging = np.asarray(relations.column("merges"), dtype=bool)
    forest = Forest()
    forest.add(np.stack(sides, axis=1)[merging])
    nodes, roots = forest.assignments()
    decisions: list[Decision] = []
    computed = []
    for root in np.unique(roots):
        members = nodes[roots == root]
        inside = np.isin(sides[0], members) & np.isin(sides[1], members)
        decided, more = resolve(members, relations.filter(pa.array(inside)), reader, config)
        decisions += decided
        computed.append(more)
    return Outcome(pairs, pa.concat_tables([relations, *computed]), decisions, {doc.doc_id: doc.name for doc in docs})


def with_metadata(doc: Doc, **values: object) -> Doc:
    return replace(doc, metadata=doc.metadata.with_values(**values))
