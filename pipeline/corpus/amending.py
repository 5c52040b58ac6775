"""What a run says anew about documents of earlier runs: `supersedes` and `retractions`.

An earlier run is never touched. How one of its documents stood before this run follows from its own `standing.parquet` and from
what later runs said; the newest word counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.corpus.elders import ELDER_NUMBER, Elder, Elders
from pipeline.publishing import HashingFile, Part
from pipeline.records import Decision
from pipeline.schema import CORPUS_TABLES, arrow_schema
from pipeline.storage import Storage, join

__all__ = ["Standing", "amend", "read_standings", "write_amendments"]

_STATE = ("place", "cluster_id", "cluster_size", "representative_id", "representative_run_id")


class Standing(NamedTuple):
    """How a document stands: its table (or ``taken_down``), and its cluster. `representative_run_id` is None for its own run."""

    place: str
    cluster_id: str | None
    cluster_size: int
    representative_id: str | None
    representative_run_id: str | None = None


def amend(decisions: Sequence[Decision], before: dict[int, Standing], elders: Elders, run_id: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of `supersedes` and `retractions` for the earlier documents that stand otherwise than before, by number of run and row.

    Args:
        decisions: about earlier documents, one each.
        before: how they stood, by node.
        run_id: of this run, which holds the new representatives.
    """
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in CORPUS_TABLES}
    known = elders.by_seq()
    for decision in sorted(decisions, key=lambda decision: decision.node):
        old = before[decision.node]
        if old.cluster_id is None and old.place == "documents":
            old = old._replace(cluster_id=decision.doc_id, representative_id=decision.doc_id)
        now = Standing(decision.table, decision.cluster_id, decision.cluster_size, decision.representative_id)
        seq = (decision.node >> 32) - ELDER_NUMBER
        base = {"doc_id": decision.doc_id, "run_id": known[seq].run_id, "seq": seq, "row": decision.node & 0xFFFFFFFF}
        if now.place == "removed":
            if old.place not in ("removed", "taken_down"):
                rows["retractions"].append(base | {"cause": "killed", "by_id": decision.removed_by, "reason": decision.reason})
            continue
        change = _change(old, now)
        if change is None:
            continue
        by_run = decision.representative_run_id or run_id
        rows["supersedes"].append(base | _supersede_row(decision, change, by_run))
        if change == "replaced":
            cause = "corrected" if decision.relation in ("corrected_by", "updated_by") else "replaced"
            reason = f"{decision.relation}; stands for the cluster by: {decision.reason}"
            rows["retractions"].append(base | {"cause": cause, "by_id": decision.representative_id, "by_run_id": by_run, "reason": reason})
    return rows


def read_standings(nodes: Sequence[int], elders: Elders, find: Callable[[str], Storage]) -> dict[int, Standing]:
    """How earlier documents stood before this run, by node."""
    wanted = np.unique(np.array(nodes, np.uint64))
    standings = {}
    for elder in elders.runs:
        own = wanted[(wanted >> np.uint64(32)).astype(np.int64) == ELDER_NUMBER + elder.seq]
        standings.update(_read_own(elder, own, find) if len(own) else {})
    for elder in elders.runs:  # in order, so that the newest word counts
        for row in _read_said(elder, "supersedes", find):
            node = (ELDER_NUMBER + row["seq"]) << 32 | row["row"]
            if node in standings:
                standings[node] = Standing(*(row[name] for name in _STATE))
        for row in _read_said(elder, "retractions", find):
            node = (ELDER_NUMBER + row["seq"]) << 32 | row["row"]
            if node in standings and row["cause"] in ("killed", "taken_down"):
                standings[node] = Standing("removed" if row["cause"] == "killed" else "taken_down", None, 0, None)
    return standings


def write_amendments(rows: dict[str, list[dict[str, Any]]], folder: str, storage: Storage) -> list[Part]:
    """Write both tables, empty ones too."""
    parts = []
    for table in CORPUS_TABLES:
        schema = arrow_schema(table)
        name = f"{table}/part-00000.parquet"
        file = HashingFile(storage, join(folder, name))
        content = pa.Table.from_pylist(rows[table], schema)
        pq.write_table(content, pa.PythonFile(file, mode="w"), compression="zstd", write_page_index=True)
        file.close()
        parts.append(Part(table, name, content.num_rows, file.count, file.digest.hexdigest()))
    return parts


def _change(old: Standing, now: Standing) -> str | None:
    if old.place == "documents" and now.place == "duplicates":
        return "replaced"
    if old.place != "documents" and now.place == "documents":
        return "promoted"
    if now.place == "documents":
        return "grown" if old[:4] != now[:4] else None
    same = (old.cluster_id, old.representative_id) == (now.cluster_id, now.representative_id)
    return None if same else "moved"


def _supersede_row(decision: Decision, change: str, by_run: str) -> dict[str, Any]:
    carried = [{name: getattr(copy, name) for name in copy.__slots__} for copy in decision.carried_by]
    return {
        "change": change,
        "place": decision.table,
        "cluster_id": decision.cluster_id,
        "cluster_size": decision.cluster_size,
        "representative_id": decision.representative_id,
        "representative_run_id": by_run,
        "representative_reason": decision.reason,
        "relation": decision.relation,
        "jaccard": decision.jaccard,
        "containment": decision.containment,
        "containment_of_representative": decision.containment_of_representative,
        "carried_by": carried or None,
    }


def _read_own(elder: Elder, nodes: Any, find: Callable[[str], Storage]) -> dict[int, Standing]:
    path = join(elder.lookup, "standing.parquet")
    with find(path).open(path) as handle:
        table = pq.read_table(handle, use_threads=False)
    table = table.filter(pc.is_in(table.column("node"), pa.array(nodes, pa.uint64())))
    names = ("node", "table", *_STATE[1:])
    found = {}
    for node, *rest in zip(*(table.column(name).to_pylist() for name in names), strict=True):
        stands = Standing(*rest)
        found[node] = stands if stands.representative_run_id else stands._replace(representative_run_id=elder.run_id)
    # A document without a row stood alone; `amend` knows its id.
    return {node: found.get(node, Standing("documents", None, 1, None)) for node in nodes.tolist()}


def _read_said(elder: Elder, table: str, find: Callable[[str], Storage]) -> list[dict[str, Any]]:
    columns = ["seq", "row", *_STATE] if table == "supersedes" else ["seq", "row", "cause"]
    path = join(elder.folder, table, "part-00000.parquet")
    with find(path).open(path) as handle:
        rows: list[dict[str, Any]] = pq.read_table(handle, columns=columns, use_threads=False).to_pylist()
    return rows
