"""Passages for people: some of each kind, with their words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.report.dataset import Dataset, list_parts, scan
from pipeline.report.finding import Brief, look_up
from pipeline.report.sampling import MOST_PARTS

__all__ = ["PassageSample", "sample_passages"]


@dataclass(frozen=True, slots=True)
class PassageSample:
    """A passage with its words as a prints them, and what is known in brief of both documents."""

    row: dict[str, Any]
    words: str
    first: Brief | None
    second: Brief | None


def sample_passages(dataset: Dataset, kinds: Collection[str], size: int) -> list[PassageSample]:
    """At most `size` passages of each of these kinds, the longest first; no two from one document."""
    best: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in sorted(kinds, key=_rank)}
    for part in list_parts(dataset.manifest, "passages")[:MOST_PARTS]:
        for batch in scan(dataset, part, None, 65_536):
            for kind, rows in best.items():
                own = batch.filter(pc.equal(batch.column("kind"), kind))
                found = sorted([*rows.values(), *own.to_pylist()], key=lambda row: (-row["words"], row["a"], row["b"], row["a_start"]))
                best[kind] = {}
                for row in found:
                    if len(best[kind]) < size:
                        best[kind].setdefault(row["a"], row)
    chosen = [row for rows in best.values() for row in rows.values()]
    texts = _read_texts(dataset, {row["a"] for row in chosen})
    briefs = look_up(dataset, sorted({row[side] for row in chosen for side in "ab"}))
    return [
        PassageSample(row, texts[row["a"]][row["a_start"] : row["a_end"]], briefs.get(row["a"]), briefs.get(row["b"]))
        for row in chosen
        if row["a"] in texts
    ]


def _rank(kind: str) -> tuple[bool, str]:
    return kind == "boilerplate", kind


def _read_texts(dataset: Dataset, wanted: set[str]) -> dict[str, str]:
    texts: dict[str, str] = {}
    ids = pa.array(sorted(wanted), pa.string())
    for table in ("documents", "duplicates"):
        for part in list_parts(dataset.manifest, table)[:MOST_PARTS]:
            for batch in scan(dataset, part, ["doc_id", "text"], 1024):
                texts |= {row["doc_id"]: row["text"] for row in batch.filter(pc.is_in(batch.column("doc_id"), ids)).to_pylist()}
    return texts
