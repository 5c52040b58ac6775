"""The near-duplicate part alone, Parquet in and clusters out: the plain functions that the pipeline's transforms call, in their order.

    python benchmarks/near.py FOLDER --output FILE [--setting default|jaccard70] [--relations FILE]

Sketches go to files on disk as in a run, and columns and rows are read back through `sketchfiles`. What is left out is Beam (shuffles and
processes, no arithmetic) and everything before the comparison: texts are taken as they are, as every other tool takes them.

The output has a row a document: doc, cluster (a document that stands alone has its own id), component (the same before the members are
checked against their representative: what hangs together by verified pairs). Prints the CPU seconds of each step as one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config import DedupConfig
from pipeline.dedup import bands
from pipeline.dedup.clusters import LIGHT, Forest, resolve
from pipeline.dedup.relations import RELATION_SCHEMA, relate_pairs, sort_by_component
from pipeline.dedup.sketches import SketchInput, band_name, sketch, sketch_schema
from pipeline.records import Decision, Metadata, ShardRef
from pipeline.sketchfiles import CachedRows, SketchFiles
from pipeline.staging import sketch_path
from pipeline.storage import LocalStorage

__all__ = ["SETTINGS", "SKETCHED_AT_ONCE", "Found", "find_near_duplicates", "in_groups", "read_documents"]

SETTINGS = {
    "default": DedupConfig(),
    # What the peers do: one limit on Jaccard, and a sample of nothing, so that there is no second route.
    "jaccard70": DedupConfig(
        bands=32, rows=4, min_jaccard=0.7, min_containment=1, report_jaccard=0.7, report_containment=1, sample_rate=2**32
    ),
}

SKETCHED_AT_ONCE, SHARD_ROWS, SAMPLED_AT_ONCE, PAIRS_AT_ONCE, RELATIONS_AT_ONCE = 512, 4096, 200_000, 2_000, 20_000

Pairs = npt.NDArray[np.uint64]


@dataclass
class Found:
    """What was found.

    Attributes:
        doc_ids: by row, in the order of the input.
        pairs: candidates, as nodes; with one shard a node is the place of a document in the input.
        roots: for each document the smallest node that verified, merging pairs lead to.
        seconds: CPU seconds of each step.
    """

    doc_ids: list[str] = field(default_factory=list)
    pairs: Pairs = field(default_factory=lambda: np.empty((0, 2), np.uint64))
    roots: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    relations: pa.Table = field(default_factory=RELATION_SCHEMA.empty_table)
    decisions: list[Decision] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def clusters(self) -> list[str]:
        """The cluster of each document, its own id where it stands alone."""
        of = {decision.doc_id: decision.cluster_id for decision in self.decisions}
        return [of.get(doc_id, doc_id) for doc_id in self.doc_ids]


def read_documents(folder: Path) -> Iterator[SketchInput]:
    """The documents of a corpus in Parquet, id and text alone; doc_id is the corpus' id of 16 digits, twice."""
    unknown, ordinal = Metadata(), 0
    for path in sorted(folder.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(SKETCHED_AT_ONCE, columns=["id", "text"]):
            for name, text in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
                yield SketchInput(ordinal, name * 2, text, (), name * 4, unknown, "none", (), "")
                ordinal += 1


def find_near_duplicates(documents: Iterator[SketchInput], config: DedupConfig, work: Path) -> Found:
    """Sketch, propose, relate, cluster and elect; files go to `work`."""
    found, clock = Found(), _Clock()
    files = _write_sketches(documents, config, work, found)
    found.seconds["read and sketch"] = clock.lap()
    found.pairs = _propose(files, config)
    found.seconds["propose"] = clock.lap()
    found.relations = _relate(found.pairs, files, config)
    found.seconds["verify"] = clock.lap()
    _resolve(found, files, config)
    found.seconds["cluster and elect"] = clock.lap()
    return found


class _Clock:
    def __init__(self) -> None:
        self._last = time.process_time()

    def lap(self) -> float:
        before, self._last = self._last, time.process_time()
        return round(self._last - before, 2)


def _write_sketches(documents: Iterator[SketchInput], config: DedupConfig, work: Path, found: Found) -> SketchFiles:
    schema = sketch_schema(config).append(pa.field("sample", pa.list_(pa.uint32())))
    path = Path(sketch_path(ShardRef(str(work), "", 0, 0, 0, 0, "")))
    waiting: list[pa.RecordBatch] = []
    with pa.ipc.new_file(str(path), schema) as writer:
        for inputs in in_groups(documents, SKETCHED_AT_ONCE):
            found.doc_ids += [entry.doc_id for entry in inputs]
            batch = sketch(inputs, config)
            waiting.append(pa.RecordBatch.from_arrays([*batch.columns, _sample(batch.column("shingles"), config)], schema=schema))
            if len(waiting) * SKETCHED_AT_ONCE >= SHARD_ROWS:
                writer.write_batch(pa.concat_batches(waiting))
                waiting = []
        if waiting:
            writer.write_batch(pa.concat_batches(waiting))
    rows = len(found.doc_ids)
    return SketchFiles([ShardRef(str(work), "", 0, 0, rows, rows, "")], lambda _: LocalStorage())


def in_groups(documents: Iterator[SketchInput], size: int) -> Iterator[list[SketchInput]]:
    """The documents in lists of `size`."""
    group: list[SketchInput] = []
    for document in documents:
        group.append(document)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


def _sample(shingles: pa.ListArray, config: DedupConfig) -> pa.ListArray:
    values = shingles.flatten().to_numpy()
    kept = values < 2**32 // config.sample_rate
    offsets = np.concatenate(([0], np.cumsum(kept)))[shingles.offsets.to_numpy() - shingles.offsets[0].as_py()]
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(values[kept], pa.uint32()))


def _propose(files: SketchFiles, config: DedupConfig) -> Pairs:
    def whole(name: str) -> Any:
        return files.column(0, name).combine_chunks()

    nodes, order, keys = files.nodes(0), whole("order"), whole("text_key")
    found = [bands.exact_pairs(keys, order, nodes), bands.version_pairs(whole("guid_key"), whole("slug_key"), order, nodes)]
    found.append(bands.propose((whole(band_name(band)) for band in range(config.bands)), keys, order, nodes))
    files.release()
    sample, partitions = whole("sample"), 1 + len(nodes) // SAMPLED_AT_ONCE
    for partition in range(partitions):
        found.append(bands.sample_pairs(sample, order, nodes, keys, config, partition=partition, partitions=partitions))
    files.release()
    packed = np.unique(np.concatenate([(pairs[:, 0] << np.uint64(32)) | pairs[:, 1] for pairs in found]))
    return np.stack((packed >> np.uint64(32), packed & np.uint64(0xFFFFFFFF)), axis=1)


def _relate(pairs: Pairs, files: SketchFiles, config: DedupConfig) -> pa.Table:
    found = [RELATION_SCHEMA.empty_table()]
    pairs = sort_by_component(pairs)
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        some = pairs[start : start + PAIRS_AT_ONCE]
        found.append(relate_pairs(some, files, config))
        files.release()
    return pa.concat_tables(found)


def _resolve(found: Found, files: SketchFiles, config: DedupConfig) -> None:
    sides = [found.relations.column(name).to_numpy() for name in ("a_node", "b_node")]
    forest = Forest()
    forest.add(np.stack(sides, axis=1)[found.relations.column("merges").to_numpy()])
    nodes, of = forest.assignments()
    found.roots = np.arange(len(found.doc_ids))
    found.roots[nodes.astype(np.int64)] = of.astype(np.int64)
    roots = [found.roots[side.astype(np.int64)] for side in sides]
    inside = np.flatnonzero(roots[0] == roots[1])
    inside = inside[np.argsort(roots[0][inside], kind="stable")]
    ends = np.append(np.flatnonzero(np.diff(roots[0][inside])) + 1, len(inside))
    start, computed = 0, [found.relations]
    for end in ends.tolist():
        if end - start >= RELATIONS_AT_ONCE or start < end == len(inside):
            rows = found.relations.take(pa.array(inside[start:end]))
            members = np.unique(np.concatenate([rows.column(name).to_numpy() for name in ("a_node", "b_node")]))
            reader = CachedRows(files.rows(members, LIGHT), files)
            decided, more = resolve(members, rows, reader, config)
            found.decisions += decided
            computed.append(more)
            files.release()
            start = end
    found.relations = pa.concat_tables(computed)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--setting", choices=sorted(SETTINGS), default="default")
    parser.add_argument("--relations", type=Path, help="write the relations there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="near-", dir=arguments.output.parent) as work:
        found = find_near_duplicates(read_documents(arguments.folder), SETTINGS[arguments.setting], Path(work))
    docs = [doc_id[:16] for doc_id in found.doc_ids]
    columns = {"doc": docs, "cluster": [cluster[:16] for cluster in found.clusters()], "component": [docs[root] for root in found.roots]}
    pq.write_table(pa.table(columns), arguments.output)
    if arguments.relations:
        pq.write_table(found.relations, arguments.relations)
    print(json.dumps({**found.seconds, "all": round(time.process_time(), 2), "candidates": len(found.pairs)}))


if __name__ == "__main__":
    main()
