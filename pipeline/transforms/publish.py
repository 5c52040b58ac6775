"""Publish: shards, decisions and relations -> parts of the tables. Commit: all parts -> the manifest.

shards ----------- by key --+
decisions -------- by key --+-- CoGroupByKey -- one task a shard: write parts -- PublishedShard
relations -------- by key --+                                                        |
                                      all of them to one task: books, pages, run.json
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import apache_beam as beam
import pyarrow as pa

from pipeline.committing import commit
from pipeline.config import fingerprint
from pipeline.corpus.elders import Elders, describe_run, name_earlier
from pipeline.publishing import Constants, Part, PublishedShard, publish_shard
from pipeline.records import Decision, ShardRef
from pipeline.resources import rules_sha256
from pipeline.schema import arrow_schema
from pipeline.storage import join
from pipeline.transforms.filesystems import storage_for
from pipeline.transforms.packing import unpack_decisions, unpack_table
from pipeline.transforms.settings import Settings
from pipeline.version import __version__

__all__ = ["Commit", "Publish", "run_id"]


def run_id(refs: Sequence[ShardRef], settings: Settings) -> str:
    """Name of a run: a hash of its documents, configuration, rules and the runs it is compared with; the same for the same work.

    16 hex digits.
    """
    digest = hashlib.blake2b(digest_size=8)
    parents = settings.elders.identity() if settings.elders else []
    for part in (__version__, fingerprint(settings.config), rules_sha256(), *parents, *sorted(f"{ref.key} {ref.digest}" for ref in refs)):
        digest.update(part.encode() + b"\n")
    return digest.hexdigest()


class Publish(beam.PTransform):
    """ShardRef -> PublishedShard, one for one; side by side with what was decided about the shard's rows.

    Args:
        decisions: (shard key, packed decisions).
        relations: (shard key, packed table of relations that the shard publishes).
        passages: (shard key, packed table of passages), where they are looked for.

    One shuffle of refs, decisions and packed relations; no text.
    """

    def __init__(
        self,
        settings: Settings,
        decisions: beam.PCollection[tuple[int, bytes]],
        relations: beam.PCollection[tuple[int, bytes]],
        passages: beam.PCollection[tuple[int, bytes]] | None = None,
    ) -> None:
        super().__init__()
        self._settings, self._decisions, self._relations, self._passages = settings, decisions, relations, passages

    def expand(self, shards: beam.PCollection[ShardRef]) -> beam.PCollection[PublishedShard]:
        keyed = shards | "Key" >> beam.Map(lambda ref: (ref.key, ref)).with_output_types(tuple[int, ShardRef])
        tables = {"shard": keyed, "decisions": self._decisions, "relations": self._relations}
        joined = (tables if self._passages is None else {**tables, "passages": self._passages}) | beam.CoGroupByKey()
        return joined | "Write" >> beam.ParDo(_Publish(self._settings), beam.pvalue.AsList(shards)).with_output_types(PublishedShard)


class Commit(beam.PTransform):
    """PublishedShard -> the run's id, once, after the manifest is written. A run whose books do not balance fails here.

    Args:
        parts: files beside the tables of the shards, for the manifest.
    """

    def __init__(self, settings: Settings, shards: beam.PCollection[ShardRef], parts: beam.PCollection[Part]) -> None:
        super().__init__()
        self._settings, self._shards, self._parts = settings, shards, parts

    def expand(self, published: beam.PCollection[PublishedShard]) -> beam.PCollection[str]:
        once = published.pipeline | "Once" >> beam.Create([0])
        sides = beam.pvalue.AsList(published), beam.pvalue.AsList(self._shards), beam.pvalue.AsList(self._parts)
        return once | "Close" >> beam.ParDo(_Commit(self._settings), *sides).with_output_types(str)


def constants(refs: Sequence[ShardRef], settings: Settings) -> Constants:
    """Columns that are the same in every row of the run."""
    return Constants(run_id(refs, settings), __version__, fingerprint(settings.config), rules_sha256())


class _Publish(beam.DoFn):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def process(self, element: tuple[int, dict[str, Iterable[Any]]], refs: list[ShardRef]) -> Iterable[PublishedShard]:
        _, joined = element
        settings = self._settings
        fixed = constants(refs, settings)
        folder = settings.publish_folder(fixed.run_id)
        for ref in joined["shard"]:
            decisions = [decision for block in joined["decisions"] for decision in unpack_decisions(block)]
            published = publish_shard(
                ref,
                sorted(decisions, key=_node),
                _relations(joined["relations"], settings.elders),
                folder,
                storage_for(folder),
                fixed,
                settings.config,
                _passages(joined.get("passages", ())),
            )
            settings.count("publish", 1, ref.rows)
            yield published


class _Commit(beam.DoFn):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def process(self, _: int, published: list[PublishedShard], refs: list[ShardRef], parts: list[Part]) -> Iterable[str]:
        settings = self._settings
        fixed = constants(refs, settings)
        folder = settings.publish_folder(fixed.run_id)
        more = describe_run(settings.elders, refs, parts) if settings.elders else {}
        commit(published, settings.expected, folder, storage_for(folder), fixed, settings.config, parts, more)
        if settings.elders:
            pointer = join(settings.staged, "run_id")
            with storage_for(pointer).create(pointer) as file:
                file.write(fixed.run_id.encode())
        settings.count("commit", 1)
        yield fixed.run_id


def _passages(blocks: Iterable[bytes]) -> pa.Table | None:
    """All passages of a shard in a fixed order."""
    tables = [unpack_table(block) for block in blocks]
    if not tables:
        return None
    return pa.concat_tables(tables).combine_chunks().sort_by([(name, "ascending") for name in ("a", "b", "a_start", "b_start")])


def _node(decision: Decision) -> int:
    return decision.node


def _relations(blocks: Iterable[bytes], elders: Elders | None) -> pa.Table | None:
    """All relations of a shard in a fixed order, each pair once."""
    names = arrow_schema("relations").names
    tables = [name_earlier(unpack_table(block), elders).select(names) for block in blocks]
    if not tables:
        return None
    table = pa.concat_tables(tables).combine_chunks().sort_by([("a", "ascending"), ("b", "ascending"), ("relation", "ascending")])
    pairs = list(zip(*(table.column(name).to_pylist() for name in ("a", "b")), strict=True))
    first = [position for position, pair in enumerate(pairs) if position == 0 or pair != pairs[position - 1]]
    return table.take(pa.array(first, pa.int64()))
