"""Every copy and near-copy on record: by id, by file or URL, or of a text that somebody holds in hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import desk
from pipeline.config import Config, from_mapping
from pipeline.corpus import joining
from pipeline.corpus.elders import ELDER_NODE, Elder, Elders
from pipeline.corpus.fresh import BAND_FILES, Fresh
from pipeline.corpus.loading import read_standings
from pipeline.corpus.log import Corpus
from pipeline.corpus.takedowns import open_run
from pipeline.dedup.relations import FLIPPED, relate
from pipeline.dedup.sketches import SketchInput, sketch
from pipeline.errors import DocumentError
from pipeline.records import Origin, RawDocument, ShardRef
from pipeline.report.dataset import RECORD_TABLES, Dataset, list_parts, scan
from pipeline.report.finding import find_documents
from pipeline.schema import arrow_schema
from pipeline.sketchfiles import SketchFiles
from pipeline.storage import Storage

__all__ = ["Hit", "find", "find_text", "load_elders", "newest_config"]

_COLUMNS = ("doc_id", "text_key", "raw_key", "guid_key", "slug_key", "n_shingles", "shingles", "words", "info")


@dataclass(frozen=True, slots=True)
class Hit:
    """A document on record.

    Attributes:
        table: where its row is; `place` is how it stands today (``documents``, ``duplicates`` or ``removed``).
        why: ``asked for``, ``copy`` (of one cluster with one asked for), or what it is to the text or to one asked for.
        merges: whether it is a copy, and not only similar.
    """

    doc_id: str
    run_id: str
    table: str
    part: str
    place: str
    source_uri: str
    title: str | None
    publisher: str | None
    why: str
    merges: bool
    jaccard: float | None = None


def find(corpus: Corpus, queries: Sequence[str]) -> list[Hit]:
    """The documents that `queries` mean (an id or its beginning, a file, a URL), their clusters, and what else is related to them."""
    asked: dict[str, str] = {}
    for entry in corpus.entries:
        if entry.kind == "run":
            run = open_run(corpus, entry)
            asked.update({match.doc_id: "asked for" for query in queries for match in find_documents(run, query)})
    return _locate(corpus, _widen(corpus, asked))


def find_text(corpus: Corpus, data: bytes, name: str, find_storage: Callable[[str], Storage]) -> list[Hit]:
    """The documents that hold against a text, by the verification of a run, and the clusters of the copies among them.

    Raises:
        DocumentError: the text cannot be read.
    """
    config = newest_config(corpus)
    elders = load_elders(corpus)
    batch = _sketch(data, name, config)
    fresh = Fresh(_InMemory(batch, config), [_REF])  # type: ignore[arg-type]
    dedup = config.dedup
    found = [joining.band_pairs(fresh, elders, group, dedup, find_storage) for group in range(BAND_FILES)]
    found += [joining.sample_pairs(fresh, elders, dedup, find_storage), joining.exact_pairs(fresh, elders, find_storage)]
    nodes = np.unique(np.concatenate(found))
    nodes = nodes[nodes >= np.uint64(ELDER_NODE)]
    if not len(nodes):
        return []
    earlier = SketchFiles(elders.refs(), find_storage).rows(nodes, _COLUMNS)
    own = pa.Table.from_batches([batch.select(list(_COLUMNS))]).append_column("node", pa.array([0], pa.uint64()))
    table = relate(own.take(pa.array(np.zeros(len(nodes), np.int64))), earlier, dedup)
    own_id = batch.column("doc_id")[0].as_py().hex()
    asked: dict[str, str] = {}
    scores: dict[str, float] = {}
    similar: dict[str, str] = {}
    for row in table.to_pylist():
        other, relation = (row["b"], FLIPPED.get(row["relation"], row["relation"])) if row["a"] == own_id else (row["a"], row["relation"])
        (asked if row["merges"] else similar)[other] = f"{relation} of the text" if not relation.startswith("contain") else relation
        scores[other] = row["jaccard"]
    hits = _locate(corpus, {**{doc: (why, False) for doc, why in similar.items()}, **_widen(corpus, asked)})
    return [replace(hit, jaccard=scores.get(hit.doc_id)) for hit in hits]


def load_elders(corpus: Corpus) -> Elders:
    """All runs of a corpus, as a further run would see them."""
    runs = []
    for entry in corpus.entries:
        run = open_run(corpus, entry)
        runs.append(Elder.of(entry.seq, run.folder, dict(run.manifest)))
    return Elders(len(corpus.entries) + 1, tuple(runs))


def newest_config(corpus: Corpus) -> Config:
    """The settings of the newest run."""
    for entry in reversed(corpus.entries):
        if entry.kind == "run":
            return from_mapping(json.loads(json.dumps(open_run(corpus, entry).manifest["config"])), "the newest run")
    return Config()


def _widen(corpus: Corpus, asked: dict[str, str]) -> dict[str, tuple[str, bool]]:
    """Adds the clusters of the documents asked for, what a merging relation joins to those, and what is similar."""
    if not asked:
        return {}
    found = {doc_id: (why, True) for doc_id, why in asked.items()}
    standings = read_standings(corpus)
    ids, stands = standings.column("doc_id").to_pylist(), standings.column("representative_id").to_pylist()
    of = dict(zip(ids, stands, strict=True))
    wanted = {_top(of, doc_id) for doc_id in asked}
    for doc_id in ids:
        if _top(of, doc_id) in wanted:
            found.setdefault(doc_id, ("copy", True))
    for row in _relations(corpus, found):
        for one, other, relation in ((row["a"], row["b"], row["relation"]), (row["b"], row["a"], row["relation"])):
            if one in found and found[one][1]:
                name = relation if one == row["b"] else FLIPPED.get(relation, relation)
                if other not in found or (row["merges"] and not found[other][1] and found[other][0] != "copy"):
                    found[other] = (f"{name}, {one}", bool(row["merges"]))
    return found


def _top(of: dict[str, str | None], doc_id: str) -> str:
    """Who stands for a document in the end: a representative of an old cluster may have become a copy itself."""
    seen = set()
    while (above := of.get(doc_id)) is not None and above != doc_id and above not in seen:
        seen.add(doc_id)
        doc_id = above
    return doc_id


def _relations(corpus: Corpus, ids: Iterable[str]) -> list[dict[str, Any]]:
    wanted = pa.array(sorted(ids), pa.string())
    rows: list[dict[str, Any]] = []
    for entry in corpus.entries:
        if entry.kind == "run":
            run = open_run(corpus, entry)
            for part in list_parts(run.manifest, "relations"):
                for batch in scan(run, part, ["a", "b", "relation", "merges"], 65_536):
                    near = pc.or_(pc.is_in(batch.column("a"), wanted), pc.is_in(batch.column("b"), wanted))
                    rows += batch.filter(near).to_pylist()
    return rows


def _locate(corpus: Corpus, found: dict[str, tuple[str, bool]]) -> list[Hit]:
    """Where the rows of some documents are; a document that was delivered twice has two."""
    if not found:
        return []
    standings = read_standings(corpus)
    keys = zip(standings.column("run_id").to_pylist(), standings.column("doc_id").to_pylist(), strict=True)
    place = dict(zip(keys, standings.column("place").to_pylist(), strict=True))
    hits = []
    for entry in corpus.entries:
        if entry.kind == "run":
            hits += [
                Hit(place=place.get((entry.run_id, row["doc_id"]), row["table"]), run_id=entry.run_id, **_named(row, *found[row["doc_id"]]))
                for row in _find_rows(open_run(corpus, entry), found)
            ]
    return sorted(hits, key=lambda hit: (not hit.merges, hit.why != "asked for", hit.source_uri, hit.doc_id, hit.run_id))


def _named(row: dict[str, Any], why: str, merges: bool) -> dict[str, Any]:
    names = ("doc_id", "table", "part", "source_uri", "title", "publisher")
    return {name: row.get(name) for name in names} | {"why": why, "merges": merges}


def _find_rows(run: Dataset, ids: Iterable[str]) -> list[dict[str, Any]]:
    wanted = pa.array(sorted(ids), pa.string())
    rows = []
    for table in RECORD_TABLES:
        columns = [name for name in ("doc_id", "source_uri", "title", "publisher") if name in arrow_schema(table).names]
        for part in list_parts(run.manifest, table):
            for batch in scan(run, part, columns, 65_536):
                for row in batch.filter(pc.is_in(batch.column("doc_id"), wanted)).to_pylist():
                    rows.append(row | {"table": table, "part": part})
    return rows


_REF = ShardRef("", "", 0, 0, 1, 1, "")


class _InMemory:
    """The sketch of one text in the place of sketch files."""

    def __init__(self, batch: pa.RecordBatch, config: Config) -> None:
        shingles = batch.column("shingles")[0].as_py()
        sample = [value for value in shingles if value < 2**32 // config.dedup.sample_rate]
        self._columns = {name: batch.column(name) for name in batch.schema.names} | {"sample": pa.array([sample], pa.list_(pa.uint32()))}
        self.refs = [_REF]

    def nodes(self, _: int) -> npt.NDArray[np.uint64]:
        """The node of the text."""
        return np.zeros(1, np.uint64)

    def column(self, _: int, name: str) -> pa.ChunkedArray:
        """One column."""
        return pa.chunked_array([self._columns[name]])


def _sketch(data: bytes, name: str, config: Config) -> pa.RecordBatch:
    digest = hashlib.sha256(data).hexdigest()
    raw = RawDocument("0" * 32, 0, Origin(name), data, digest)
    parsed = desk.parse(raw, config.input)
    repaired = desk.repair(parsed, config.repair)
    if not repaired.text.strip():
        raise DocumentError("no_text", f"{name} holds no text to look for")
    entry = SketchInput(0, "0" * 32, repaired.text, repaired.key_spans, digest, repaired.metadata, "none", (), name)
    return sketch([entry], config.dedup)
