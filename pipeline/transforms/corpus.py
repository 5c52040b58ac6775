"""The comparison of a corpus' new run: new documents with each other and with those of earlier runs, and what later runs will compare with.

new shards ------------------ Known --> documents that arrived before
tasks --Join--> candidate pairs with a new document (buckets of new and earlier documents together)
      --Verify--> relations --+-- merging edges --+
earlier runs --EarlierEdges---|-------------------+--> Cluster --> forest; trees with a new document are touched
             --EarlierRows----+--> Elect --> decisions about new documents, and about earlier ones --Amend--> supersedes, retractions
new shards, relations, decisions --Keep--> lookup/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
import numpy as np
import pyarrow as pa
from apache_beam.pvalue import AsList, AsSingleton

from pipeline.corpus import joining, lookup
from pipeline.corpus.amending import amend, read_standings, write_amendments
from pipeline.corpus.components import read_edges, read_touched
from pipeline.corpus.elders import ELDER_NODE, ELDER_NUMBER, Elder, Elders
from pipeline.corpus.fresh import BAND_FILES, Fresh
from pipeline.corpus.settling import decide_known
from pipeline.publishing import Part
from pipeline.records import ShardRef
from pipeline.sketchfiles import SketchFiles, as_uint64, shard_index
from pipeline.transforms import compare as base
from pipeline.transforms.filesystems import storage_for
from pipeline.transforms.packing import pack_pairs, pack_table, unpack_decisions, unpack_pairs, unpack_table
from pipeline.transforms.publish import run_id
from pipeline.transforms.settings import Settings

__all__ = ["among_new", "compare"]


def compare(
    pipeline: beam.Pipeline, shards: beam.PCollection[ShardRef], settings: Settings, elders: Elders
) -> tuple[beam.PCollection[tuple[int, bytes]], beam.PCollection[tuple[int, bytes]], beam.PCollection[Part]]:
    """Decisions and relations by shard key, and the files of the run beside its tables."""
    known = (
        pipeline | "Known" >> beam.Create([0]) | "FindKnown" >> beam.ParDo(_FindKnown(settings), AsList(shards)).with_output_types(bytes)
    )
    earlier = pipeline | "EarlierShards" >> beam.Create(elders.refs()).with_output_types(ShardRef)
    everything = (shards, earlier) | "AllShards" >> beam.Flatten()
    tasks = pipeline | "Tasks" >> beam.Create(_tasks() if settings.config.dedup.enabled else [])
    joined = tasks | "Join" >> beam.ParDo(_Join(settings), AsList(shards), AsList(known)).with_output_types(tuple[int, bytes])
    relations = joined | "Verify" >> base.Verify(settings, everything)
    runs = pipeline | "EarlierRuns" >> beam.Create(list(elders.compared)).with_output_types(Elder)
    edges = runs | "EarlierEdges" >> beam.Map(_earlier_edges, elders).with_output_types(bytes)
    forest = relations | "Cluster" >> base.Cluster(edges)
    rows = runs | "EarlierRows" >> beam.ParDo(_EarlierRows(elders), AsSingleton(forest)).with_output_types(tuple[int, bytes])
    elected = relations | "Elect" >> base.Elect(settings, everything, forest, rows)
    again = known | "Again" >> beam.ParDo(_DecideKnown(settings), AsList(shards)).with_output_types(tuple[int, bytes])
    decisions = (elected.decisions, again) | "AllDecisions" >> beam.Flatten()
    amended = (
        pipeline
        | "Once" >> beam.Create([1])
        | "Amend" >> beam.ParDo(_Amend(settings), AsList(elected.decisions), AsList(shards)).with_output_types(Part)
    )
    parts = (amended, _keep(pipeline, shards, known, relations, decisions, settings)) | "Parts" >> beam.Flatten()
    return decisions, (relations, elected.relations) | "Relations" >> beam.Flatten(), parts


def among_new(
    decisions: beam.PCollection[tuple[int, bytes]], relations: beam.PCollection[tuple[int, bytes]]
) -> tuple[beam.PCollection[tuple[int, bytes]], beam.PCollection[tuple[int, bytes]]]:
    """Of decisions and relations those that concern new documents only."""
    own = decisions | "NewDecisions" >> beam.FlatMap(_new_decisions).with_output_types(tuple[int, bytes])
    return own, relations | "NewRelations" >> beam.FlatMap(_new_relations).with_output_types(tuple[int, bytes])


def _new_decisions(element: tuple[int, bytes]) -> list[tuple[int, bytes]]:
    return [element] if element[0] < ELDER_NODE else []


def _new_relations(element: tuple[int, bytes]) -> list[tuple[int, bytes]]:
    table = unpack_table(element[1])
    new = [as_uint64(table.column(name)) < np.uint64(ELDER_NODE) for name in ("a_node", "b_node")]
    kept = table.filter(pa.array(new[0] & new[1]))
    return [(element[0], pack_table(kept))] if kept.num_rows else []


def _tasks() -> list[tuple[str, int]]:
    return [*(("bands", group) for group in range(BAND_FILES)), ("sample", 0), ("exact", 0), ("versions", 0)]


def _keep(
    pipeline: beam.Pipeline,
    shards: beam.PCollection[ShardRef],
    known: beam.PCollection[bytes],
    relations: beam.PCollection[tuple[int, bytes]],
    decisions: beam.PCollection[tuple[int, bytes]],
    settings: Settings,
) -> beam.PCollection[Part]:
    """The files of lookup/."""
    tasks = [("bands", group) for group in range(BAND_FILES)] + [("samples", 0), ("keys", 0), ("light", 0)]
    columns = (
        pipeline
        | "KeepTasks" >> beam.Create(tasks)
        | "KeepColumns" >> beam.ParDo(_KeepColumns(settings), AsList(shards), AsList(known)).with_output_types(Part)
    )
    sketches = shards | "KeepSketches" >> beam.ParDo(_KeepSketches(settings), AsList(shards)).with_output_types(Part)
    edges = relations | "Merging" >> beam.Map(lambda element: element[1]).with_output_types(bytes)
    standing = decisions | "Standing" >> beam.Map(_standing, AsList(shards), settings).with_output_types(bytes)
    tables = (
        pipeline
        | "KeepOnce" >> beam.Create([2])
        | "KeepTables" >> beam.ParDo(_KeepTables(settings), AsList(edges), AsList(standing), AsList(shards)).with_output_types(Part)
    )
    return (columns, sketches, tables) | "Kept" >> beam.Flatten()


class _NewTask(beam.DoFn):
    """A task over the sketches of all new documents."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        assert settings.elders is not None
        self._elders = settings.elders

    def _folder(self, refs: list[ShardRef]) -> str:
        return self._settings.publish_folder(run_id(refs, self._settings))


class _FindKnown(_NewTask):
    """-> packed pairs (new node, earlier node) of documents that arrived before, once."""

    def process(self, _: int, refs: list[ShardRef]) -> Iterator[bytes]:
        fresh = Fresh(SketchFiles(refs, storage_for), refs)
        new, earlier = joining.find_redelivered(fresh, self._elders, storage_for)
        yield pack_pairs(np.stack([new, earlier], axis=1))


class _DecideKnown(_NewTask):
    """Packed pairs of `_FindKnown` -> decisions by shard key."""

    def process(self, block: bytes, refs: list[ShardRef]) -> Iterator[tuple[int, bytes]]:
        pairs = unpack_pairs([block])
        if not len(pairs):
            return
        files = SketchFiles(refs, storage_for)
        ids = [entry.hex() for entry in files.rows(np.ascontiguousarray(pairs[:, 0]), ("doc_id",)).column("doc_id").to_pylist()]
        runs = self._elders.by_seq()
        before = read_standings(pairs[:, 1].tolist(), self._elders, storage_for)
        decisions = [
            decide_known(new, doc_id, runs[(earlier >> 32) - ELDER_NUMBER].run_id, before[earlier])
            for (new, earlier), doc_id in zip(pairs.tolist(), ids, strict=True)
        ]
        yield from base.decisions_by_shard(decisions, files)


class _Join(_NewTask):
    """(kind, number) -> (shard key of the new document, packed candidate pairs)."""

    def process(self, task: tuple[str, int], refs: list[ShardRef], known: list[bytes]) -> Iterator[tuple[int, bytes]]:
        kind, number = task
        files = SketchFiles(refs, storage_for)
        if files.refs:
            without = unpack_pairs(known)[:, 0]
            fresh = Fresh(files, refs, without)
            pairs = getattr(self, f"_{kind}")(fresh, number)
            files.release()
            yield from _by_new_shard(pairs, files)
        self._settings.count("band", 1)

    def _bands(self, fresh: Fresh, number: int) -> Any:
        return joining.band_pairs(fresh, self._elders, number, self._settings.config.dedup, storage_for)

    def _sample(self, fresh: Fresh, _: int) -> Any:
        return joining.sample_pairs(fresh, self._elders, self._settings.config.dedup, storage_for)

    def _exact(self, fresh: Fresh, _: int) -> Any:
        return joining.exact_pairs(fresh, self._elders, storage_for)

    def _versions(self, fresh: Fresh, _: int) -> Any:
        return joining.version_pairs(fresh, self._elders, storage_for)


class _EarlierRows(beam.DoFn):
    """Elder -> (partition of roots, packed relations of touched components)."""

    def __init__(self, elders: Elders) -> None:
        self._known = frozenset(elder.seq for elder in elders.runs)

    def process(self, elder: Elder, forest: bytes) -> Iterator[tuple[int, bytes]]:
        nodes, roots = base.Forest.from_bytes(forest).assignments()
        touched = nodes[roots < np.uint64(ELDER_NODE)]
        table = read_touched(elder, storage_for(elder.lookup), self._known, touched)
        if table.num_rows:
            yield from base.deal_by_root(table, nodes, roots)


class _Amend(_NewTask):
    """-> the files of supersedes and retractions, once."""

    def process(self, _: int, blocks: list[tuple[int, bytes]], refs: list[ShardRef]) -> Iterator[Part]:
        decisions = [
            decision for key, block in blocks if key >= ELDER_NODE for decision in unpack_decisions(block) if decision.node >= ELDER_NODE
        ]
        before = read_standings([decision.node for decision in decisions], self._elders, storage_for)
        folder = self._folder(refs)
        rows = amend(decisions, before, self._elders, run_id(refs, self._settings))
        yield from write_amendments(rows, folder, storage_for(folder))


class _KeepColumns(_NewTask):
    """(kind, number) -> a file of lookup/. What an earlier run holds already is found there."""

    def process(self, task: tuple[str, int], refs: list[ShardRef], known: list[bytes]) -> Iterator[Part]:
        kind, number = task
        fresh = Fresh(SketchFiles(refs, storage_for), refs, unpack_pairs(known)[:, 0])
        folder = self._folder(refs)
        storage = storage_for(folder)
        if kind == "bands":
            yield lookup.write_bands(fresh, number, self._settings.config.dedup, folder, storage)
        else:
            write = {"samples": lookup.write_samples, "keys": lookup.write_keys, "light": lookup.write_light}[kind]
            yield write(fresh, folder, storage)


class _KeepSketches(_NewTask):
    """ShardRef -> its sketch file in lookup/."""

    def process(self, ref: ShardRef, refs: list[ShardRef]) -> Iterator[Part]:
        if ref.sketch_rows:
            folder = self._folder(refs)
            yield lookup.write_sketches(ref, refs, folder, storage_for(folder), storage_for(ref.folder))


class _KeepTables(_NewTask):
    """-> edges and standings of the run, once."""

    def process(self, _: int, edges: list[bytes], standing: list[bytes], refs: list[ShardRef]) -> Iterator[Part]:
        folder = self._folder(refs)
        storage = storage_for(folder)
        yield lookup.write_edges((unpack_table(block) for block in edges), refs, self._elders.seq, folder, storage)
        yield lookup.write_standing((unpack_table(block) for block in standing), folder, storage)


def _earlier_edges(elder: Elder, elders: Elders) -> bytes:
    known = frozenset(entry.seq for entry in elders.runs)
    return pack_pairs(read_edges(elder, storage_for(elder.lookup), known))


def _standing(element: tuple[int, bytes], refs: list[ShardRef], settings: Settings) -> bytes:
    assert settings.elders is not None
    return pack_table(lookup.standing_table(unpack_decisions(element[1]), refs, settings.elders.seq))


def _by_new_shard(pairs: Any, files: SketchFiles) -> Iterator[tuple[int, bytes]]:
    if len(pairs):
        owners = np.where(pairs[:, 0] < np.uint64(ELDER_NODE), pairs[:, 0], pairs[:, 1])
        keys = np.array([ref.key for ref in files.refs], np.uint64)
        positions = shard_index(keys, owners)
        for position in np.unique(positions):
            yield files.refs[int(position)].key, pack_pairs(pairs[positions == position])
