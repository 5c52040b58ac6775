"""The fused pass: Resume, Read, Parse, Repair, Judge, Stage. Text never leaves the worker.

    InputSplit --Resume--> done: ShardRef (staged by an earlier try)
                    |
                    todo: InputSplit --Read--> SplitStart, RawDocument..., SplitEnd
                                     --Parse--> ... --Repair--> ... --Judge--> ... --Stage--> ShardRef

A record that cannot be read becomes a `DeadLetter` and travels on in the same stream, as `SplitStart` and `SplitEnd` do; nothing is
tagged off before Stage, since a PCollection of documents with a second consumer would be held in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput

from pipeline import desk
from pipeline.errors import DocumentError
from pipeline.reading import read
from pipeline.records import (
    DeadLetter,
    InputSplit,
    JudgedDocument,
    ParsedDocument,
    RawDocument,
    RepairedDocument,
    ShardRef,
    SplitEnd,
    SplitStart,
)
from pipeline.staging import SplitWriter, load_split
from pipeline.transforms.filesystems import storage_for
from pipeline.transforms.settings import Settings

__all__ = ["Judge", "Parse", "Read", "Repair", "Resume", "Resumed", "Stage", "or_dead_letter"]

T = TypeVar("T")

RawRecord = RawDocument | SplitStart | SplitEnd | DeadLetter
ParsedRecord = ParsedDocument | SplitStart | SplitEnd | DeadLetter
RepairedRecord = RepairedDocument | SplitStart | SplitEnd | DeadLetter
JudgedRecord = JudgedDocument | SplitStart | SplitEnd | DeadLetter


class Resumed(NamedTuple):
    """Splits still to be read, and shards that an earlier try has staged."""

    todo: beam.PCollection[InputSplit]
    done: beam.PCollection[ShardRef]


class Resume(beam.PTransform):
    """InputSplit -> Resumed. A split with a matching manifest yields its shards, any other goes on to be read."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def expand(self, splits: beam.PCollection[InputSplit]) -> Resumed:
        found = splits | "Find" >> beam.ParDo(_Find(self._settings)).with_outputs("done", main="todo")
        return Resumed(found.todo, found.done)


class Read(beam.PTransform):
    """InputSplit -> SplitStart, one RawDocument or DeadLetter a record, SplitEnd; in the order of the input."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def expand(self, splits: beam.PCollection[InputSplit]) -> beam.PCollection[RawRecord]:
        return splits | "Open" >> beam.ParDo(_Open(self._settings)).with_output_types(RawRecord)


class Parse(beam.PTransform):
    """RawDocument -> ParsedDocument, one for one. A DocumentError becomes a dead letter of step ``parse``."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._config = settings.config.input

    def expand(self, records: beam.PCollection[RawRecord]) -> beam.PCollection[ParsedRecord]:
        config = self._config

        def parse(record: RawRecord) -> ParsedRecord:
            if not isinstance(record, RawDocument):
                return record
            return or_dead_letter("parse", record, lambda raw: desk.parse(raw, config))

        return records | "Call" >> beam.Map(parse).with_output_types(ParsedRecord)


class Repair(beam.PTransform):
    """ParsedDocument -> RepairedDocument, one for one."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._config = settings.config.repair

    def expand(self, records: beam.PCollection[ParsedRecord]) -> beam.PCollection[RepairedRecord]:
        config = self._config

        def repair(record: ParsedRecord) -> RepairedRecord:
            return desk.repair(record, config) if isinstance(record, ParsedDocument) else record

        return records | "Call" >> beam.Map(repair).with_output_types(RepairedRecord)


class Judge(beam.PTransform):
    """RepairedDocument -> JudgedDocument, one for one; a document that a filter removes goes on with its verdict."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._config = settings.config

    def expand(self, records: beam.PCollection[RepairedRecord]) -> beam.PCollection[JudgedRecord]:
        config = self._config

        def judge(record: RepairedRecord) -> JudgedRecord:
            return desk.judge(record, config) if isinstance(record, RepairedDocument) else record

        return records | "Call" >> beam.Map(judge).with_output_types(JudgedRecord)


class Stage(beam.PTransform):
    """JudgedDocument and DeadLetter -> ShardRef, one for each staged shard. Counts records that Read saw against those that arrive."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def expand(self, records: beam.PCollection[JudgedRecord]) -> beam.PCollection[ShardRef]:
        return records | "Write" >> beam.ParDo(_Write(self._settings)).with_output_types(ShardRef)


def or_dead_letter(step: str, raw: RawDocument, call: Callable[[RawDocument], T]) -> T | DeadLetter:
    """What `call` returns, or a dead letter where it raises `DocumentError`; anything else is a bug and goes through."""
    try:
        return call(raw)
    except DocumentError as error:
        excerpt = raw.data[:200].decode("utf-8", "backslashreplace").replace("\0", "\\x00")
        return DeadLetter(raw.doc_id, raw.ordinal, raw.origin, raw.raw_sha256, step, error.code, error.message, excerpt or None)


class _Find(beam.DoFn):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def process(self, split: InputSplit) -> Iterator[Any]:
        folder = self._settings.split_folder(split.split_id)
        refs = load_split(split, folder, storage_for(folder), self._settings.fingerprint)
        if refs is None:
            yield split
            return
        self._settings.count("resumed", 1, sum(ref.rows for ref in refs))
        self._settings.count("shards", len(refs))
        for ref in refs:
            yield TaggedOutput("done", ref)


class _Open(beam.DoFn):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def process(self, split: InputSplit) -> Iterator[RawRecord]:
        yield SplitStart(split)
        yield from read(split, storage_for, self._settings.config.input)


class _Write(beam.DoFn):
    """Holds one writer at a time: Read yields whole splits, and one bundle element is never cut."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._writer: SplitWriter | None = None
        self._seen = 0
        self._documents = Metrics.counter("copydesk", "documents_staged")
        self._dead = Metrics.counter("copydesk", "dead_letters")

    def start_bundle(self) -> None:
        self._drop()

    def process(self, record: JudgedRecord) -> Iterator[ShardRef]:
        settings = self._settings
        if isinstance(record, SplitStart):
            self._drop()
            folder = settings.split_folder(record.split.split_id)
            self._writer = SplitWriter(record.split, folder, storage_for(folder), settings.config, settings.fingerprint)
            self._seen = 0
            return
        if self._writer is None:
            raise RuntimeError("a record arrived outside of a split")
        if isinstance(record, SplitEnd):
            writer, self._writer = self._writer, None
            refs = writer.close(record.records, record.skipped)
            settings.count("read", 1, self._seen)
            settings.count("shards", len(refs))
            yield from refs
            return
        self._writer.add(record)
        (self._dead if isinstance(record, DeadLetter) else self._documents).inc()
        self._seen += 1
        if self._seen >= 200:
            settings.count("read", 0, self._seen)
            self._seen = 0

    def finish_bundle(self) -> None:
        if self._writer is not None:
            raise RuntimeError("a bundle ended within a split")

    def _drop(self) -> None:
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None
