"""Resolves components with earlier documents: what was taken back stays so; a representative older than the window keeps its copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.config import DedupConfig
from pipeline.corpus.amending import Standing
from pipeline.corpus.components import complete, keep_canonical
from pipeline.corpus.elders import ELDER_NODE, Elders
from pipeline.dedup.clusters import resolve
from pipeline.dedup.relations import RELATION_SCHEMA
from pipeline.dedup.sketches import SketchReader
from pipeline.records import Decision

__all__ = ["decide_known", "resolve_with_elders", "settle"]

Nodes = npt.NDArray[np.uint64]

_KILLS = ("kills", "killed_by")


def resolve_with_elders(
    rows: pa.Table, edges: pa.Table, reader: SketchReader, config: DedupConfig, elders: Elders, before: Mapping[int, Standing]
) -> tuple[list[Decision], pa.Table]:
    """As `dedup.clusters.resolve`, for components with earlier documents.

    Args:
        rows: sketches of all members, with `node`.
        before: how the earlier ones among them stood.

    Returns:
        Decisions about new documents, and about earlier ones whether or not they stand as before; and relations that had to be computed.
    """
    gone, blocked = _find_gone(edges, before)
    decisions = [_blocked(node, doc_id, by) for node, doc_id, by in _named(rows, blocked)]
    leaving = np.array(sorted(gone | blocked.keys()), np.uint64)
    if len(leaving):
        rows = rows.filter(pa.array(~np.isin(_numbers(rows.column("node")), leaving)))
        inside = ~(np.isin(_numbers(edges.column("a_node")), leaving) | np.isin(_numbers(edges.column("b_node")), leaving))
        edges = edges.filter(pa.array(inside))
    if not rows.num_rows:
        return decisions, RELATION_SCHEMA.empty_table()
    decided, computed = resolve(_numbers(rows.column("node")), keep_canonical(edges, rows), reader, config)
    decided = complete(decided, rows, elders)
    if elders.is_partial:
        decided = settle(decided, before, {entry.hex() for entry in rows.column("doc_id").to_pylist()})
    return sorted([*decisions, *decided], key=lambda decision: decision.doc_id), computed


def settle(decisions: Sequence[Decision], before: Mapping[int, Standing], seen: set[str]) -> list[Decision]:
    """Decisions where not all earlier runs were looked at.

    A cluster that holds a copy of a document outside of the window stays with that document: it is elected against by nobody. And a
    cluster keeps the smallest of the ids that its members' clusters had.

    Args:
        seen: ids of all members that were looked at.
    """
    clusters: dict[str | None, list[Decision]] = {}
    for decision in decisions:
        clusters.setdefault(decision.representative_id if decision.table != "removed" else None, []).append(decision)
    settled = clusters.pop(None, [])
    for group in clusters.values():
        old = {d.node: before[d.node] for d in group if d.node in before and before[d.node].place != "removed"}
        bound = [s for s in old.values() if s.place == "duplicates" and s.representative_id not in seen]
        if bound:
            anchor = min(bound, key=lambda s: (str(s.cluster_id), str(s.representative_id)))
            settled += [_bind(d, anchor, old.get(d.node), len(group) - len(old)) for d in group]
        else:
            name = min([group[0].cluster_id, *(str(s.cluster_id) for s in old.values() if s.cluster_id)])
            outside = max((s.cluster_size for s in old.values()), default=0) + len(group) - len(old)
            size = max(len(group), outside)
            settled += [replace(d, cluster_id=name, cluster_size=size) for d in group]
    return settled


def decide_known(node: int, doc_id: str, run_id: str, before: Standing) -> Decision:
    """The decision about a document that arrives again: a copy of itself, or removed where it was taken down.

    Args:
        run_id: of the run that holds it already.
        before: how it stands there.
    """
    if before.place == "taken_down":
        return Decision(node, doc_id, "removed", doc_id, 1, None, "was taken down", filter="taken_down", removed_by=doc_id)
    return Decision(
        node=node,
        doc_id=doc_id,
        table="duplicates",
        cluster_id=doc_id,
        cluster_size=1,
        representative_id=doc_id,
        reason="on record already",
        relation="exact_raw",
        jaccard=1.0,
        containment=1.0,
        containment_of_representative=1.0,
        representative_run_id=run_id,
    )


def _bind(decision: Decision, anchor: Standing, old: Standing | None, new: int) -> Decision:
    """Put a member under a representative outside of the window; an earlier copy of such a one stays as it is."""
    if old is not None and old.place == "duplicates":
        return replace(
            decision,
            table="duplicates",
            cluster_id=str(old.cluster_id),
            cluster_size=old.cluster_size,
            representative_id=old.representative_id,
            representative_run_id=old.representative_run_id,
            carried_by=(),
        )
    scored = decision.table == "duplicates"
    return replace(
        decision,
        table="duplicates",
        cluster_id=str(anchor.cluster_id),
        cluster_size=anchor.cluster_size + new,
        representative_id=anchor.representative_id,
        representative_run_id=anchor.representative_run_id,
        reason="stands for the cluster since before the window",
        relation=decision.relation if scored else "near_duplicate",
        jaccard=None,
        containment=None,
        containment_of_representative=None,
        carried_by=(),
    )


def _find_gone(edges: pa.Table, before: Mapping[int, Standing]) -> tuple[set[int], dict[int, int]]:
    """Earlier members that take no part, and new ones that hold against one that was taken down, each with that one.

    A killed document whose notice is a member takes part: `resolve` finds out again, and which versions fall with it.
    """
    killed = set()
    for row in edges.filter(pa.array(np.isin(edges.column("relation").to_pylist(), _KILLS))).to_pylist():
        killed |= {row["a_node"], row["b_node"]}
    gone = {node for node, old in before.items() if old.place == "taken_down" or (old.place == "removed" and node not in killed)}
    down = {node for node in gone if before[node].place == "taken_down"}
    blocked: dict[int, int] = {}
    if down:
        for a, b, merges in zip(*(edges.column(name).to_pylist() for name in ("a_node", "b_node", "merges")), strict=True):
            for new, old in ((a, b), (b, a)):
                if merges and new < ELDER_NODE and old in down:
                    blocked[new] = min(old, blocked.get(new, old))
    return gone, blocked


def _named(rows: pa.Table, blocked: Mapping[int, int]) -> list[tuple[int, str, str]]:
    if not blocked:
        return []
    ids = dict(zip(_numbers(rows.column("node")).tolist(), (entry.hex() for entry in rows.column("doc_id").to_pylist()), strict=True))
    return [(node, ids[node], ids[by]) for node, by in sorted(blocked.items())]


def _blocked(node: int, doc_id: str, by: str) -> Decision:
    reason = f"holds against {by}, which was taken down"
    return Decision(node, doc_id, "removed", doc_id, 1, None, reason, filter="taken_down", removed_by=by)


def _numbers(column: Any) -> Nodes:
    return np.asarray(column).astype(np.uint64, copy=False)
