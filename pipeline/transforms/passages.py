"""Passages that stories share: Join, Align, Place, Finish. Fingerprints, seeds and spans travel; no text does.

decisions --> who stands for which story (side input)
partitions --Join--> seeds and marks, by shard of a        one task a partition of the fingerprints; opens one column of every sketch file
seeds, marks --CoGroupByKey--> Align --> passages in tokens            one task a shard; opens the sketches of both sides
passages, by shard of either side --GroupByKey--> Place --> sides in characters     one task a shard; reads its text once
passages, sides, relations, by shard of a --CoGroupByKey--> Finish --> rows of `passages`, and relations `shares_passage`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from apache_beam.pvalue import AsList, TaggedOutput

from pipeline.dedup.passages import FOUND_SCHEMA, PLACED_SCHEMA, find_passages, place_passages
from pipeline.dedup.passages_columns import PARTITIONS, partition_name, unpack_prints
from pipeline.dedup.passages_kinds import finish_passages, relate_sharers
from pipeline.dedup.passages_seeds import MARK_SCHEMA, MEMBER, OUT, SEED_SCHEMA, STANDS, Stories, count_stories, find_seeds
from pipeline.dedup.relations import RELATION_SCHEMA
from pipeline.records import ShardRef
from pipeline.sketchfiles import SketchFiles, as_uint64, shard_index
from pipeline.staging import shard_path
from pipeline.transforms.compare import SketchTask
from pipeline.transforms.filesystems import storage_for
from pipeline.transforms.packing import pack_table, unpack_decisions, unpack_table
from pipeline.transforms.settings import Settings

__all__ = ["FindPassages", "Found"]


PRINTS_AT_ONCE = 1 << 20
"""Fingerprints that are joined at a time; bounds the memory of a task to some 400 MB where every gram stands in twenty stories."""
_DECISION = np.dtype([("node", "<u8"), ("cluster", "<u8"), ("what", "<u8")])


class Found(NamedTuple):
    """Rows of `passages_kinds.PASSAGE_SCHEMA`, and relations ``shares_passage``; packed, by shard key of a."""

    passages: beam.PCollection[tuple[int, bytes]]
    relations: beam.PCollection[tuple[int, bytes]]


class FindPassages(beam.PTransform):
    """ShardRef -> Found.

    Args:
        decisions: (shard key, packed decisions).
        relations: (shard key, packed relations).

    Three shuffles of packed tables. Nothing goes to dead letters.
    """

    def __init__(
        self, settings: Settings, decisions: beam.PCollection[tuple[int, bytes]], relations: beam.PCollection[tuple[int, bytes]]
    ) -> None:
        super().__init__()
        self._settings, self._decisions, self._relations = settings, decisions, relations

    def expand(self, shards: beam.PCollection[ShardRef]) -> Found:
        settings, refs = self._settings, AsList(shards)
        decided = self._decisions | "Stories" >> beam.Map(_pack_decisions).with_output_types(bytes)
        tasks = shards.pipeline | "Partitions" >> beam.Create(list(range(PARTITIONS)))
        joined = tasks | "Join" >> beam.ParDo(_Join(settings), refs, AsList(decided)).with_outputs("marks", main="seeds")
        grouped = {
            "seeds": joined.seeds | "Seeds" >> beam.Map(_as_is).with_output_types(tuple[int, bytes]),
            "marks": joined.marks | "Marks" >> beam.Map(_as_is).with_output_types(tuple[int, bytes]),
        } | "SeedsByShard" >> beam.CoGroupByKey()
        aligned = grouped | "Align" >> beam.ParDo(_Align(settings), refs).with_outputs("sides", main="found")
        sides = aligned.sides | "Sides" >> beam.Map(_as_is).with_output_types(tuple[int, tuple[int, bytes]])
        by_text = sides | "SidesByShard" >> beam.GroupByKey()
        placed = by_text | "Place" >> beam.ParDo(_Place(settings), refs).with_output_types(tuple[int, bytes])
        found = aligned.found | "Found" >> beam.Map(_as_is).with_output_types(tuple[int, bytes])
        both = {"found": found, "placed": placed, "relations": self._relations} | "SidesByPair" >> beam.CoGroupByKey()
        done = both | "Finish" >> beam.ParDo(_Finish(settings), refs).with_outputs("relations", main="passages")
        return Found(
            done.passages | "Passages" >> beam.Map(_as_is).with_output_types(tuple[int, bytes]),
            done.relations | "Sharers" >> beam.Map(_as_is).with_output_types(tuple[int, bytes]),
        )


class _Join(SketchTask):
    """Partition -> (shard key of a, packed seeds); and ``marks``: (shard key, packed marks of its documents)."""

    def process(self, partition: int, refs: list[ShardRef], decided: list[bytes]) -> Iterator[tuple[int, bytes] | TaggedOutput]:
        files = self._files(refs)
        if files.refs:
            stories = _read_stories(files, decided)
            total = sum(_count(files, position, partition) for position in range(len(files.refs)))
            parts = -(-total // PRINTS_AT_ONCE)
            for part in range(parts):
                prints, rows = _read_prints(files, partition, part, parts)
                seeds, marks = find_seeds(prints, rows, stories, self._settings.config.passages.max_frequency)
                yield from _by_shard(seeds, "a_node", files)
                for key, block in _by_shard(marks, "node", files):
                    yield TaggedOutput("marks", (key, block))
        self._settings.count("passages", 1)


class _Align(SketchTask):
    """Seeds and marks by shard of a -> passages in tokens; and ``sides``: (shard key, (side, the same packed passages))."""

    def process(self, element: tuple[int, dict[str, Iterable[bytes]]], refs: list[ShardRef]) -> Iterator[tuple[int, bytes] | TaggedOutput]:
        key, joined = element
        files = self._files(refs)
        seeds, marks = (_unpack(joined[name], schema) for name, schema in (("seeds", SEED_SCHEMA), ("marks", MARK_SCHEMA)))
        found = find_passages(seeds, marks, files, self._settings.config.passages)
        files.release()
        self._settings.count("align", 1)
        if found.num_rows:
            yield key, pack_table(found)
            for side, name in enumerate(("a_node", "b_node")):
                for shard, block in _by_shard(found, name, files):
                    yield TaggedOutput("sides", (shard, (side, block)))


class _Place(SketchTask):
    """(shard key, (side, packed passages)) -> (shard key of a, packed sides in characters). Reads the text of its shard once."""

    def process(self, element: tuple[int, Iterable[tuple[int, bytes]]], refs: list[ShardRef]) -> Iterator[tuple[int, bytes]]:
        key, blocks = element
        ref = next(ref for ref in refs if ref.key == key)
        found: dict[tuple[int, int], list[pa.Table]] = {}
        for side, block in blocks:
            table = unpack_table(block).sort_by(("a_node", "b_node")[side])
            nodes = table.column(("a_node", "b_node")[side]).to_numpy()
            bounds = [*np.flatnonzero(np.concatenate(([True], nodes[1:] != nodes[:-1]))).tolist(), len(nodes)]
            for start, end in pairwise(bounds):
                found.setdefault((int(nodes[start]), side), []).append(table.slice(start, end - start))
        placed = [PLACED_SCHEMA.empty_table()]
        for node, text, spans in _read_texts(ref, {node for node, _ in found}):
            for side in (0, 1):
                if tables := found.pop((node, side), None):
                    placed.append(place_passages(pa.concat_tables(tables), side, text, spans))
        if found:
            raise KeyError(f"shard {key} does not hold the documents {sorted(found)[:3]}")
        self._settings.count("place", 1)
        yield from _by_shard(pa.concat_tables(placed), "a_node", self._files(refs))


class _Finish(SketchTask):
    """Passages, their sides and what is known of their pairs -> rows of the table; and ``relations``."""

    def process(self, element: tuple[int, dict[str, Iterable[bytes]]], refs: list[ShardRef]) -> Iterator[tuple[int, bytes] | TaggedOutput]:
        key, joined = element
        files = self._files(refs)
        found, placed, relations = (
            _unpack(joined[name], schema)
            for name, schema in (("found", FOUND_SCHEMA), ("placed", PLACED_SCHEMA), ("relations", RELATION_SCHEMA))
        )
        if not found.num_rows:
            return
        passages = finish_passages(found, placed, relations, files, self._settings.config.passages)
        sharers = relate_sharers(passages, relations, files)
        files.release()
        if passages.num_rows:
            yield key, pack_table(passages)
        if sharers.num_rows:
            yield TaggedOutput("relations", (key, pack_table(sharers)))


def _unpack(blocks: Iterable[bytes], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *(unpack_table(block).select(schema.names) for block in blocks)])


def _as_is(element: Any) -> Any:
    return element


def _pack_decisions(element: tuple[int, bytes]) -> bytes:
    """Node, cluster and part of each decided document, as 24 bytes."""
    what = {"documents": STANDS, "duplicates": MEMBER}
    rows = [(d.node, int(d.cluster_id[:16], 16), what.get(d.table, OUT)) for d in unpack_decisions(element[1])]
    return np.array(rows, _DECISION).tobytes()


def _read_stories(files: SketchFiles, decided: list[bytes]) -> Stories:
    def whole(name: str) -> Any:
        return np.concatenate([as_uint64(files.column(position, name)) for position in range(len(files.refs))])

    nodes = np.concatenate([files.nodes(position) for position in range(len(files.refs))])
    rows = np.frombuffer(b"".join(sorted(decided)), "<u8").reshape(-1, 3).astype(np.uint64)
    return count_stories(nodes, whole("order"), whole("site"), rows)


def _count(files: SketchFiles, position: int, partition: int) -> int:
    return sum(chunk.offsets[-1].as_py() - chunk.offsets[0].as_py() for chunk in files.column(position, partition_name(partition)).chunks)


def _read_prints(files: SketchFiles, partition: int, part: int, parts: int) -> tuple[Any, Any]:
    """Fingerprints of one part of a partition, by the hash bits below those of the partition; and the rows of their documents."""
    prints, rows, first = [np.empty(0, np.uint64)], [np.empty(0, np.int64)], 0
    for position in range(len(files.refs)):
        values, own = unpack_prints(files.column(position, partition_name(partition)))
        chosen = ((values >> np.uint64(32)) & np.uint64((1 << 24) - 1)) % np.uint64(parts) == part
        prints.append(values[chosen])
        rows.append(own[chosen] + first)
        first += files.refs[position].sketch_rows
    files.release()
    return np.concatenate(prints), np.concatenate(rows)


def _read_texts(ref: ShardRef, nodes: set[int]) -> Iterator[tuple[int, str, list[tuple[int, int]]]]:
    """Node, text and key spans of some documents of a staged shard."""
    ordinals = pa.array(sorted(node & 0xFFFFFFFF for node in nodes), pa.int64())
    path = shard_path(ref)
    with storage_for(path).open(path) as file:
        for batch in pq.ParquetFile(file).iter_batches(1024, columns=["ordinal", "text", "key_spans"]):
            for row in batch.filter(pc.is_in(batch.column("ordinal"), ordinals)).to_pylist():
                yield (ref.number << 32) + row["ordinal"], row["text"], [(span["start"], span["end"]) for span in row["key_spans"] or ()]


def _by_shard(table: pa.Table, name: str, files: SketchFiles) -> Iterator[tuple[int, bytes]]:
    if table.num_rows:
        keys = np.array([ref.key for ref in files.refs], np.uint64)
        positions = shard_index(keys, as_uint64(table.column(name)))
        for position in np.unique(positions):
            yield files.refs[int(position)].key, pack_table(table.filter(pa.array(positions == position)))
