"""The biggest clusters of a dataset."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from pipeline.report.dataset import Dataset, list_parts, scan
from pipeline.report.wording import shorten, visible

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Cluster", "list_clusters", "render_clusters"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of copies, told by its representative. `publishers` are those on record, the most frequent first."""

    cluster_id: str
    size: int
    representative_id: str
    title: str | None
    reason: str | None
    publishers: tuple[str, ...]
    relations: tuple[tuple[str, int], ...]


def list_clusters(dataset: Dataset, top: int, most_parts: int | None = None) -> list[Cluster]:
    """The `top` biggest clusters of two or more, biggest first, equals in order of the representative's id.

    Args:
        most_parts: how many parts to look at; all of them if not given.
    """
    best: list[tuple[int, str, Cluster]] = []
    columns = ["doc_id", "title", "cluster_id", "cluster_size", "representative_reason", "carried_by"]
    for part in list_parts(dataset.manifest, "documents")[:most_parts]:
        for batch in scan(dataset, part, columns, 16_384):
            rows = batch.filter(pc.greater(pc.fill_null(batch.column("cluster_size"), 1), 1)).to_pylist()
            clusters = (_cluster(row) for row in rows)
            best = heapq.nsmallest(top, [*best, *((-c.size, c.representative_id, c) for c in clusters)], key=lambda entry: entry[:2])
    return [cluster for _, _, cluster in best]


def render_clusters(console: Console, clusters: list[Cluster], total: int) -> None:
    """Print a table of clusters."""
    from rich.table import Table
    from rich.text import Text

    if not clusters:
        console.print("no clusters: no document has a copy")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("size", justify="right")
    table.add_column("representative", no_wrap=True)
    table.add_column("title", overflow="fold")
    table.add_column("carried by", overflow="fold")
    for cluster in clusters:
        names = ", ".join(visible(name) for name in cluster.publishers[:6]) + (" ..." if len(cluster.publishers) > 6 else "")
        table.add_row(str(cluster.size), cluster.representative_id, Text(shorten(visible(cluster.title or ""), 120)), Text(names))
    console.print(table)
    if total > len(clusters):
        console.print(f"{len(clusters)} of {total:,} clusters; --top N shows more")


def _cluster(row: dict[str, object]) -> Cluster:
    copies = row["carried_by"] if isinstance(row["carried_by"], list) else []
    publishers = Counter(str(copy["publisher"]) for copy in copies if copy["publisher"])
    relations = Counter(str(copy["relation"]) for copy in copies if copy["doc_id"] != row["doc_id"])
    return Cluster(
        str(row["cluster_id"]),
        int(str(row["cluster_size"])),
        str(row["doc_id"]),
        None if row["title"] is None else str(row["title"]),
        None if row["representative_reason"] is None else str(row["representative_reason"]),
        tuple(name for name, _ in sorted(publishers.items(), key=lambda item: (-item[1], item[0]))),
        tuple(sorted(relations.items())),
    )
