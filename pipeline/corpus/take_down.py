"""The command `copydesk takedown`, from the lock to the last file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.corpus.amending import Standing, amend, read_standings, write_amendments
from pipeline.corpus.card import write_card
from pipeline.corpus.components import read_edges, read_touched
from pipeline.corpus.elders import Elder, Elders
from pipeline.corpus.finding import Hit, load_elders, newest_config
from pipeline.corpus.locking import Lock
from pipeline.corpus.log import Corpus, Entry, add_entry, open_corpus
from pipeline.corpus.settling import resolve_with_elders
from pipeline.corpus.takedowns import open_run
from pipeline.corpus.taking import finish_takedowns, name_takedown, put_in_place, reissue_run, sign, write_manifest
from pipeline.dedup.clusters import LIGHT, Forest
from pipeline.errors import ConfigError, OutputError
from pipeline.schema import CORPUS_TABLES
from pipeline.sketchfiles import CachedRows, SketchFiles
from pipeline.storage import Storage, join

__all__ = ["TakeDown", "take_down"]

WORK = ".copydesk"


@dataclass(frozen=True, slots=True)
class TakeDown:
    """What a take-down did: its run, the documents, and how many files were written again."""

    run_id: str
    documents: tuple[Hit, ...]
    files: int


def take_down(
    folder: str,
    find: Callable[[Corpus], Sequence[Hit]],
    find_storage: Callable[[str], Storage],
    *,
    by: str,
    at: str,
    reason: str,
    query: Mapping[str, Any],
    date: str,
) -> TakeDown:
    """Remove documents from a corpus for good.

    Args:
        find: which; called under the lock.
        by, at, reason, query: for the signed record.
        date: ISO date of the run.

    Raises:
        ConfigError: nothing was found, or there is no reason.
        OutputError: another run is at work.
    """
    if not reason.strip() or not by.strip():
        raise ConfigError("a take-down needs a --reason and the name of who answers for it (--by)")
    storage = find_storage(folder)
    open_corpus(folder, storage)
    work = join(folder, WORK)
    lock = Lock(work, storage, folder)
    lock.take()
    try:
        corpus = open_corpus(folder, storage)
        finish_takedowns(corpus, work)
        hits = [hit for hit in find(corpus) if hit.place != "taken_down"]
        if not hits:
            raise ConfigError(f"nothing on record in {folder} matches; `copydesk find` shows what does")
        return _carry_out(corpus, hits, work, find_storage, lock, date, {"by": by, "at": at, "reason": reason, "query": query})
    finally:
        lock.release()


def _carry_out(
    corpus: Corpus, hits: Sequence[Hit], work: str, find_storage: Callable[[str], Storage], lock: Lock, date: str, words: dict[str, Any]
) -> TakeDown:
    storage = corpus.storage
    run_id, seq = name_takedown(corpus, hits, words["reason"]), len(corpus.entries) + 1
    fresh = join(work, "reissue", run_id)
    storage.delete_tree(fresh)
    changes = {}
    for entry in corpus.entries:
        own = [hit for hit in hits if hit.run_id == entry.run_id]
        if own:
            changes[entry.run_id] = reissue_run(open_run(corpus, entry), own, join(fresh, entry.run_id), storage)
    written = corpus.run_folder(run_id) if not storage.is_local else join(work, "publish")
    storage.delete_tree(written)
    parts = write_amendments(_amendments(corpus, hits, find_storage, words["reason"]), written, storage)
    signed = sign(hits, changes, **words)
    content = write_manifest(run_id, seq, parts, written, storage, signed)
    if storage.is_local:
        storage.rename(written, corpus.run_folder(run_id))
    if not lock.is_held():
        raise OutputError(f"the lock of {corpus.folder} was taken away from this take-down; nothing of it counts, run it again")
    what = hashlib.sha256(f"takedown {run_id}".encode()).hexdigest()
    day = max(date, corpus.entries[-1].date)
    now = add_entry(corpus, Entry(seq, run_id, "takedown", day, what, hashlib.sha256(content).hexdigest(), {"taken_down": len(hits)}))
    put_in_place(now, run_id, signed, fresh)
    storage.delete_tree(fresh)
    write_card(now)
    return TakeDown(run_id, tuple(hits), sum(len(change["files"]) for change in changes.values()))


def _amendments(
    corpus: Corpus, hits: Sequence[Hit], find_storage: Callable[[str], Storage], reason: str
) -> dict[str, list[dict[str, Any]]]:
    """The retractions, and who stands for what is left of the clusters."""
    elders = load_elders(corpus)
    nodes = _find_nodes(hits, elders, find_storage)
    rows = _elect_again(corpus, set(nodes.values()), elders, find_storage) if nodes else {table: [] for table in CORPUS_TABLES}
    seqs = {elder.run_id: elder.seq for elder in elders.runs}
    for hit in sorted(hits, key=lambda hit: (seqs[hit.run_id], hit.doc_id)):
        node = nodes.get((hit.run_id, hit.doc_id))
        row = {"doc_id": hit.doc_id, "run_id": hit.run_id, "seq": seqs[hit.run_id], "row": -1 if node is None else node & 0xFFFFFFFF}
        rows["retractions"].append(row | {"cause": "taken_down", "reason": reason})
    return rows


def _find_nodes(hits: Sequence[Hit], elders: Elders, find_storage: Callable[[str], Storage]) -> dict[tuple[str, str], int]:
    """Nodes by run and id, of those documents that have a sketch."""
    found = {}
    for elder in elders.compared:
        wanted = {hit.doc_id for hit in hits if hit.run_id == elder.run_id}
        if wanted:
            for doc_id, node in _read_ids(elder, find_storage).items():
                if doc_id in wanted:
                    found[elder.run_id, doc_id] = node
    return found


def _read_ids(elder: Elder, find_storage: Callable[[str], Storage]) -> dict[str, int]:
    path = join(elder.lookup, "light.parquet")
    with find_storage(path).open(path) as handle:
        table = pq.read_table(handle, columns=["row", "doc_id"], use_threads=False)
    ids = [entry.hex() for entry in table.column("doc_id").to_pylist()]
    return dict(zip(ids, elder.nodes(table.column("row").to_numpy()).tolist(), strict=True))


def _elect_again(corpus: Corpus, gone: set[int], elders: Elders, find_storage: Callable[[str], Storage]) -> dict[str, list[dict[str, Any]]]:
    known = frozenset(elder.seq for elder in elders.runs)
    forest = Forest()
    for elder in elders.compared:
        forest.add(read_edges(elder, find_storage(elder.lookup), known))
    nodes, roots = forest.assignments()
    touched = nodes[np.isin(roots, roots[np.isin(nodes, np.array(sorted(gone), np.uint64))])]
    if not len(touched):
        return {table: [] for table in CORPUS_TABLES}
    tables = [read_touched(elder, find_storage(elder.lookup), known, touched) for elder in elders.compared]
    files = SketchFiles(elders.refs(), find_storage)
    rows = files.rows(touched, LIGHT)
    before = read_standings(touched.tolist(), elders, find_storage)
    marked = before | {node: Standing("taken_down", None, 0, None) for node in gone if node in before}
    edges = pa.concat_tables(tables).combine_chunks()
    decisions, _ = resolve_with_elders(rows, edges, CachedRows(rows, files), newest_config(corpus).dedup, elders, marked)
    return amend(decisions, before, elders, "")
