"""Components that hold new and earlier documents: which edges count, which to fetch, and the decisions that `resolve` does not make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.corpus.elders import ELDER_NODE, ELDER_NUMBER, Elder, Elders
from pipeline.corpus.fresh import first_of_text, fixed_words, order_of
from pipeline.dedup.facts import read_facts
from pipeline.dedup.relations import RELATION_SCHEMA
from pipeline.records import Decision
from pipeline.storage import Storage, join

__all__ = ["complete", "has_elders", "keep_canonical", "read_edges", "read_touched"]

Nodes = npt.NDArray[np.uint64]


def has_elders(nodes: Nodes) -> bool:
    """Is one of them an earlier document?"""
    return bool(len(nodes)) and int(nodes.max()) >= ELDER_NODE


def keep_canonical(edges: pa.Table, rows: pa.Table) -> pa.Table:
    """The edges that one run over everything would have.

    One run lets only the smallest document of each text take part in bands and samples; while that one had not come yet, a larger
    one stood in for it. An edge counts where both ends are the smallest of their text, or share an id, a slug or a text (with the
    smallest of it). Another one counts only while no such edge joins the two texts.

    Args:
        edges: relation rows with nodes.
        rows: sketches of all members of the components.
    """
    if not edges.num_rows:
        return edges
    nodes = _numbers(rows.column("node"))
    sort = np.argsort(nodes)
    texts = fixed_words(rows.column("text_key"))
    first = first_of_text(texts, order_of(fixed_words(rows.column("doc_id"))), nodes)
    text_of = np.unique(texts, axis=0, return_inverse=True)[1].reshape(-1)
    a, b = (sort[np.searchsorted(nodes[sort], _numbers(edges.column(name)))] for name in ("a_node", "b_node"))
    canonical = (first[a] & first[b]) | ((text_of[a] == text_of[b]) & (first[a] | first[b]))
    for name in ("guid_key", "slug_key"):
        keys = _numbers(rows.column(name))
        canonical |= (keys[a] != 0) & (keys[a] == keys[b])
    pair = np.minimum(text_of[a], text_of[b]) * len(texts) + np.maximum(text_of[a], text_of[b])
    covered = np.isin(pair, pair[canonical]) | (text_of[a] == text_of[b])
    return edges.filter(pa.array(canonical | ~covered))


def complete(decisions: Sequence[Decision], rows: pa.Table, elders: Elders) -> list[Decision]:
    """The decisions of `resolve`, with the run of an earlier representative, and one for each earlier document that stands alone now."""
    nodes = _numbers(rows.column("node"))
    ids = [entry.hex() for entry in rows.column("doc_id").to_pylist()]
    known = elders.by_seq()
    runs = {
        doc_id: known[(node >> 32) - ELDER_NUMBER].run_id for doc_id, node in zip(ids, nodes.tolist(), strict=True) if node >= ELDER_NODE
    }
    named = [
        replace(decision, representative_run_id=runs[decision.representative_id]) if decision.representative_id in runs else decision
        for decision in decisions
    ]
    decided = {decision.node for decision in decisions}
    infos = rows.column("info")
    for place, (doc_id, node) in enumerate(zip(ids, nodes.tolist(), strict=True)):
        if node >= ELDER_NODE and node not in decided:
            facts = read_facts(infos[place].as_py())
            if not (facts.removed or facts.kills):
                named.append(Decision(node, doc_id, "documents", doc_id, 1, doc_id, "stands alone", representative_run_id=runs[doc_id]))
    return sorted(named, key=lambda decision: decision.doc_id)


def read_edges(elder: Elder, storage: Storage, known: frozenset[int]) -> Nodes:
    """The merging edges of an earlier run, (n, 2) nodes; those with a document of a run outside of the window are left out.

    Args:
        known: numbers of the runs in the window.
    """
    path = join(elder.lookup, "edges.parquet")
    with storage.open(path) as handle:
        table = pq.read_table(handle, columns=["a_node", "b_node"], use_threads=False)
    pairs = np.stack([_numbers(table.column(name)) for name in ("a_node", "b_node")], axis=1)
    return pairs[_inside(pairs, known)]


def read_touched(elder: Elder, storage: Storage, known: frozenset[int], nodes: Nodes) -> pa.Table:
    """The whole rows (`RELATION_SCHEMA`) of an earlier run's edges between some nodes; only row groups that hold one are read.

    Args:
        nodes: members of touched components, ascending.
    """
    path = join(elder.lookup, "edges.parquet")
    found = [RELATION_SCHEMA.empty_table()]
    with storage.open(path) as handle:
        file = pq.ParquetFile(handle)
        for number in range(file.num_row_groups):
            light = file.read_row_group(number, columns=["a_node", "b_node"], use_threads=False)
            pairs = np.stack([_numbers(light.column(name)) for name in ("a_node", "b_node")], axis=1)
            wanted = _inside(pairs, known) & np.isin(pairs, nodes).all(axis=1)
            if wanted.any():
                found.append(file.read_row_group(number, use_threads=False).cast(RELATION_SCHEMA).filter(pa.array(wanted)))
    return pa.concat_tables(found)


def _inside(pairs: Nodes, known: frozenset[int]) -> npt.NDArray[np.bool_]:
    seqs = (pairs >> np.uint64(32)).astype(np.int64) - ELDER_NUMBER
    inside: npt.NDArray[np.bool_] = np.asarray(np.isin(seqs, sorted(known)).all(axis=1))
    return inside


def _numbers(column: Any) -> Nodes:
    return np.asarray(column).astype(np.uint64, copy=False)
