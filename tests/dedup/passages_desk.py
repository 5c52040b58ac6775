"""Looks for passages among a few documents in memory, as the pipeline does over sketch files and staged texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from dedup_desk import Doc, Reader

from pipeline.config import DedupConfig, PassagesConfig
from pipeline.dedup import passages_columns, passages_seeds
from pipeline.dedup.passages import PLACED_SCHEMA, find_passages, place_passages
from pipeline.dedup.passages_kinds import finish_passages, relate_sharers
from pipeline.dedup.relations import RELATION_SCHEMA
from pipeline.dedup.shingles import cut_spans
from pipeline.dedup.sketches import sketch


class Shared(NamedTuple):
    """A passage of a test: the names of the documents in alphabetical order, the words on both sides, and its row."""

    names: tuple[str, str]
    texts: tuple[str, str]
    row: dict


def table_of(docs: Sequence[Doc], shards: int = 1) -> pa.Table:
    """Sketches with the columns of passages and nodes, dealt over some shards in turn."""
    parts = []
    for shard in range(shards):
        part = docs[shard::shards]
        if part:
            batch = sketch([doc.as_input(i) for i, doc in enumerate(part)], DedupConfig())
            texts = [None if doc.removed else cut_spans(doc.text, doc.spans) for doc in part]
            columns = passages_columns.pack_passages(texts, [doc.metadata.publisher or "" for doc in part], batch.column("words"))
            whole = pa.Table.from_batches([batch])
            for field, column in zip(passages_columns.FIELDS, columns, strict=True):
                whole = whole.append_column(field, column)
            parts.append(whole.append_column("node", pa.array(np.arange(len(part), dtype=np.uint64) + np.uint64(shard << 32))))
    return pa.concat_tables(parts).combine_chunks()


def seeds_of(table: pa.Table, decided: np.ndarray | None = None, max_frequency: int = 100) -> tuple[pa.Table, pa.Table]:
    """Seeds and marks of all partitions."""
    nodes, order, site = (np.asarray(table.column(name)) for name in ("node", "order", "site"))
    stories = passages_seeds.count_stories(nodes, order, site, np.empty((0, 3), np.uint64) if decided is None else decided)
    names = [passages_columns.partition_name(number) for number in range(passages_columns.PARTITIONS)]
    found = [passages_seeds.find_seeds(*passages_columns.unpack_prints(table.column(name)), stories, max_frequency) for name in names]
    seeds, marks = (pa.concat_tables(tables) for tables in zip(*found, strict=True))
    return seeds, marks


def share(
    docs: Sequence[Doc],
    config: PassagesConfig | None = None,
    *,
    shards: int = 1,
    clusters: Sequence[Sequence[str]] = (),
    templates: Sequence[tuple[str, str]] = (),
) -> list[Shared]:
    """All passages among `docs`; of each cluster the first name stands for the others."""
    config = config or PassagesConfig()
    table = table_of(docs, shards)
    reader = Reader(table)
    node_of = dict(zip((value.hex() for value in table.column("doc_id").to_pylist()), table.column("node").to_pylist(), strict=True))
    by_name = {doc.name: doc for doc in docs}
    by_node = {node_of[doc.doc_id]: doc for doc in docs}
    decided = [
        [node_of[by_name[name].doc_id], number + 1, passages_seeds.STANDS if place == 0 else passages_seeds.MEMBER]
        for number, names in enumerate(clusters)
        for place, name in enumerate(names)
    ]
    found = find_passages(*seeds_of(table, np.array(decided, np.uint64).reshape(-1, 3), config.max_frequency), reader, config)
    placed = [PLACED_SCHEMA.empty_table()]
    for node, doc in by_node.items():
        for side, name in enumerate(("a_node", "b_node")):
            own = found.filter(pa.array(np.asarray(found.column(name)) == node))
            placed.append(place_passages(own, side, doc.text, doc.spans))
    relations = relations_of([(by_name[a], by_name[b]) for a, b in templates], node_of)
    finished = finish_passages(found, pa.concat_tables(placed), relations, reader, config)
    shared = []
    for row in finished.to_pylist():
        sides = [(by_node[row[f"{side}_node"]], row[f"{side}_start"], row[f"{side}_end"]) for side in "ab"]
        sides.sort(key=lambda side: side[0].name)
        shared.append(
            Shared(
                (sides[0][0].name, sides[1][0].name), (sides[0][0].text[slice(*sides[0][1:])], sides[1][0].text[slice(*sides[1][1:])]), row
            )
        )
    return sorted(shared, key=lambda entry: (entry.names, entry.row["a_start"]))


def relations_of(pairs: Sequence[tuple[Doc, Doc]], node_of: dict[str, int], relation: str = "same_template") -> pa.Table:
    """Relations as `relate` gives them, without scores."""
    rows = []
    for pair in pairs:
        a, b = sorted(doc.doc_id for doc in pair)
        rows.append({"a_node": node_of[a], "b_node": node_of[b], "a": a, "b": b, "relation": relation, "merges": False})
    return pa.Table.from_pylist(rows, schema=RELATION_SCHEMA)


__all__ = ["Shared", "relate_sharers", "relations_of", "seeds_of", "share", "table_of"]
