"""Earlier runs as a new run sees them: as further shards whose documents are nodes in a range of their own.

A node of a new document is ``split number << 32 | ordinal``. An earlier document has ``ELDER_NUMBER + number of its run`` in the
place of the split number and its row in the run in the place of the ordinal, so that every earlier node is greater than every new
one, and the smallest node of a component tells whether it holds a new document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.errors import DatasetError
from pipeline.publishing import Part
from pipeline.records import ShardRef
from pipeline.storage import join

__all__ = ["ELDER_NODE", "ELDER_NUMBER", "Elder", "Elders", "describe_run", "name_earlier", "row_bases", "to_corpus_nodes"]

Nodes = npt.NDArray[np.uint64]

ELDER_NUMBER = 1 << 30
"""Splits of one run stay far below; and a node stays below 2**63, which every coder takes."""
ELDER_NODE = ELDER_NUMBER << 32


@dataclass(frozen=True, slots=True)
class Elder:
    """An earlier run.

    Attributes:
        folder: of the run.
        shards: (first row, rows, sketched rows) of its sketch files, by first row.
        kind: ``run``, or ``takedown``: that one has no documents, only a word on those of others.
    """

    seq: int
    run_id: str
    folder: str
    shards: tuple[tuple[int, int, int], ...]
    kind: str = "run"

    @classmethod
    def of(cls, seq: int, folder: str, manifest: dict[str, Any]) -> Elder:
        """From a run's manifest.

        Raises:
            DatasetError: the run was not made for a corpus.
        """
        if "corpus" not in manifest:
            raise DatasetError(f"{folder} is no run of a corpus: its manifest says nothing about one")
        shards = tuple((int(a), int(b), int(c)) for a, b, c in manifest["corpus"]["shards"])
        return cls(seq, str(manifest["run_id"]), folder, shards, str(manifest["corpus"]["kind"]))

    @property
    def lookup(self) -> str:
        """Folder of what later runs compare against."""
        return join(self.folder, "lookup")

    def nodes(self, rows: npt.NDArray[Any]) -> Nodes:
        """Nodes of some rows."""
        found: Nodes = rows.astype(np.uint64) + np.uint64((ELDER_NUMBER + self.seq) << 32)
        return found


@dataclass(frozen=True, slots=True)
class Elders:
    """What a run of a corpus knows beside its own input: its number, and the runs it is compared with."""

    seq: int
    runs: tuple[Elder, ...]

    def refs(self) -> list[ShardRef]:
        """The sketch files of all earlier runs as shards."""
        return [
            ShardRef(elder.lookup, elder.run_id, ELDER_NUMBER + elder.seq, first, rows, sketched, "")
            for elder in self.runs
            for first, rows, sketched in elder.shards
            if sketched
        ]

    def by_seq(self) -> dict[int, Elder]:
        """Runs by number."""
        return {elder.seq: elder for elder in self.runs}

    @property
    def compared(self) -> tuple[Elder, ...]:
        """Those that hold documents."""
        return tuple(elder for elder in self.runs if elder.kind == "run")

    @property
    def is_partial(self) -> bool:
        """Is there an earlier run outside of the window?"""
        return len(self.runs) < self.seq - 1

    def identity(self) -> list[str]:
        """What of it enters the name of the new run."""
        return [f"corpus {self.seq}", *(f"{elder.seq} {elder.run_id}" for elder in self.runs)]


def row_bases(refs: Sequence[ShardRef]) -> dict[int, int]:
    """For each split number the row of its first record in the run.

    >>> row_bases([ShardRef("f", "b", 1, 0, 5, 5, ""), ShardRef("f", "a", 0, 0, 3, 3, ""), ShardRef("f", "a", 0, 3, 4, 4, "")])
    {0: 0, 1: 7}
    """
    bases: dict[int, int] = {}
    row = 0
    for ref in sorted(refs, key=lambda ref: ref.key):
        bases.setdefault(ref.number, row)
        row += ref.rows
    return bases


def to_corpus_nodes(nodes: Nodes, bases: dict[int, int], seq: int) -> Nodes:
    """The nodes by which later runs know the new documents among `nodes`; earlier ones stay as they are."""
    nodes = np.asarray(nodes, np.uint64)
    numbers = (nodes >> np.uint64(32)).astype(np.int64)
    known = np.array(sorted(bases), np.int64)
    base = np.array([bases[number] for number in sorted(bases)], np.int64)
    new = numbers < ELDER_NUMBER
    rows = (nodes & np.uint64(0xFFFFFFFF)).astype(np.int64)
    if new.any():
        rows[new] += base[np.searchsorted(known, numbers[new])]
    mapped: Nodes = np.where(new, rows.astype(np.uint64) + np.uint64((ELDER_NUMBER + seq) << 32), nodes)
    return mapped


def name_earlier(table: pa.Table, elders: Elders | None) -> pa.Table:
    """Relations with the columns `earlier_id` and `earlier_run_id`: the document of the two that an earlier run holds, if one does."""
    ids: list[str | None] = [None] * table.num_rows
    runs: list[str | None] = [None] * table.num_rows
    if elders is not None:
        known = elders.by_seq()
        for side in ("a", "b"):
            numbers = (np.asarray(table.column(f"{side}_node")).astype(np.uint64) >> np.uint64(32)).astype(np.int64) - ELDER_NUMBER
            for place in np.flatnonzero(numbers >= 0).tolist():
                ids[place] = table.column(side)[place].as_py()
                runs[place] = known[int(numbers[place])].run_id
    return table.append_column("earlier_id", pa.array(ids, pa.string())).append_column("earlier_run_id", pa.array(runs, pa.string()))


def describe_run(elders: Elders, refs: Sequence[ShardRef], parts: Sequence[Part]) -> dict[str, Any]:
    """What the manifest of a run says about its corpus."""
    bases = row_bases(refs)
    return {
        "corpus": {
            "seq": elders.seq,
            "kind": "run",
            "compared_with": [[elder.seq, elder.run_id] for elder in elders.runs],
            "shards": [[bases[ref.number] + ref.first, ref.rows, ref.sketch_rows] for ref in sorted(refs, key=lambda ref: ref.key)],
            "rows": {table: sum(part.rows for part in parts if part.table == table) for table in ("supersedes", "retractions")},
        }
    }
