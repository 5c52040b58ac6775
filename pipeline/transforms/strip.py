"""Furniture by repetition: Count finds lines that recur on a site, Strip takes them out of the staged shards. No text is shuffled.

tasks --Count (shards as side input)--> packed tables of recurring lines --side input--+
shards ------------------------------------------------------------------------------ Strip --> shards
"""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.pvalue import AsList

from pipeline.records import ShardRef
from pipeline.repetition.columns import DOCUMENT_COLUMNS, join_documents, unpack_documents, unpack_lines
from pipeline.repetition.counting import DocumentColumns, RecurringLines, count_lines, partitions_for
from pipeline.restaging import strip_shard
from pipeline.sketchfiles import SketchFiles
from pipeline.transforms.filesystems import storage_for
from pipeline.transforms.packing import pack_table, unpack_table
from pipeline.transforms.settings import Settings

__all__ = ["COUNT_TASKS", "Strip"]

COUNT_TASKS = 8
"""Tasks over which the keys of lines are dealt, by key, at most; bounds the memory of each."""


class Strip(beam.PTransform):
    """ShardRef -> ShardRef, one for one: shards that hold recurring lines are written anew without them."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def expand(self, shards: beam.PCollection[ShardRef]) -> beam.PCollection[ShardRef]:
        tasks = shards.pipeline | "Tasks" >> beam.Create(list(range(COUNT_TASKS)))
        tables = tasks | "Count" >> beam.ParDo(_Count(self._settings), AsList(shards)).with_output_types(bytes)
        return shards | "Rewrite" >> beam.ParDo(_Rewrite(self._settings), AsList(tables)).with_output_types(ShardRef)


class _Count(beam.DoFn):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def process(self, task: int, refs: list[ShardRef]) -> Iterator[bytes]:
        files, config = SketchFiles(refs, storage_for), self._settings.config.repetition
        rows = sum(ref.sketch_rows for ref in files.refs)
        partitions = partitions_for(rows, COUNT_TASKS)
        if task < partitions and rows >= config.min_site_documents:
            positions = range(len(files.refs))
            documents = join_documents([_documents(files, position) for position in positions])
            lines = (unpack_lines(files.column(position, "line_keys")) for position in positions)
            table = count_lines(documents, lines, config, task, partitions)
            files.release()
            if table.num_rows:
                yield pack_table(table)
        self._settings.count("count", 1)


class _Rewrite(beam.DoFn):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._recurring: tuple[list[bytes], RecurringLines] | None = None

    def process(self, ref: ShardRef, tables: list[bytes]) -> Iterator[ShardRef]:
        if self._recurring is None or self._recurring[0] is not tables:
            self._recurring = tables, RecurringLines(unpack_table(block) for block in tables)
        yield strip_shard(ref, self._recurring[1], storage_for(ref.folder), self._settings.config)
        self._settings.count("strip", 1, ref.rows)


def _documents(files: SketchFiles, position: int) -> DocumentColumns:
    return unpack_documents({name: files.column(position, name) for name in DOCUMENT_COLUMNS})
