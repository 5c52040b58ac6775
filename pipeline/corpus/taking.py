"""Takes documents out of a corpus for good: a signed run that says so, and the files of earlier runs written again without them.

The order makes a crash harmless: the new files are written beside the runs, then the signed run is committed (from then on no loader shows
the documents), then the files are put in the place of the old ones. What was not put there is put there by the next command that takes
the lock.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.config import from_mapping
from pipeline.corpus.finding import Hit
from pipeline.corpus.log import Corpus
from pipeline.corpus.takedowns import SIGNED, adjust
from pipeline.errors import DatasetError
from pipeline.publishing import HashingFile, Part, PartWriter, dump_json
from pipeline.report.card import croissant
from pipeline.report.dataset import Dataset, list_parts
from pipeline.schema import schema_version
from pipeline.storage import Storage, join
from pipeline.version import __version__

__all__ = ["finish_takedowns", "name_takedown", "put_in_place", "reissue_run", "sign", "write_manifest"]

DONE = "reissued.json"

_COUNTED = {"edits_by_rule": ("edits", "rule"), "edits_by_kind": ("edits", "kind"), "removed_by_filter": ("removed", "filter")}
_PAGE = "<!doctype html><html lang=en><meta charset=utf-8><title>copydesk</title><p>This report quoted what was taken down.</p></html>\n"


def name_takedown(corpus: Corpus, hits: Sequence[Hit], reason: str) -> str:
    """The run_id of a take-down: a hash of what, why, and the run before it."""
    digest = hashlib.blake2b(digest_size=8)
    for part in ("takedown", reason, corpus.entries[-1].run_id, *sorted(f"{hit.run_id} {hit.doc_id}" for hit in hits)):
        digest.update(part.encode() + b"\n")
    return digest.hexdigest()


def reissue_run(run: Dataset, hits: Sequence[Hit], folder: str, storage: Storage) -> dict[str, Any]:
    """Write the files of a run that hold rows of some documents again, without these rows, to the same paths below `folder`.

    Returns:
        What `takedowns.adjust` takes: files, books and counters.
    """
    ids = sorted({hit.doc_id for hit in hits})
    wanted = pa.array(ids, pa.string())
    config = from_mapping(json.loads(json.dumps(run.manifest["config"])), run.folder)
    parts: list[Part] = []
    counters: dict[str, Counter[str]] = {}
    books: Counter[str] = Counter()
    shards = {hit.part.partition("/")[2] for hit in hits}
    for table in ("documents", "duplicates", "removed", "dead_letters", "edits", "index"):
        for path in list_parts(run.manifest, table):
            if path.partition("/")[2] not in shards:
                continue
            with run.storage.open(join(run.folder, path)) as handle:
                content = pq.read_table(handle, use_threads=False)
            gone = pc.is_in(content.column("doc_id"), wanted)
            if not pc.any(gone).as_py():
                continue
            _count(table, content.filter(gone), counters, books)
            writer = PartWriter(table, folder, path, storage, config, even_if_empty=True)
            for batch in content.filter(pc.invert(gone)).to_batches():
                writer.add(batch)
            part = writer.close()
            assert part is not None
            parts.append(part)
    parts += _reissue_sketches(run, {bytes.fromhex(doc_id) for doc_id in ids}, folder, storage)
    files = [{"path": part.path, "rows": part.rows, "bytes": part.bytes, "sha256": part.sha256} for part in parts]
    change = {"files": files, "books": dict(books), "counters": {group: dict(counts) for group, counts in sorted(counters.items())}}
    files.append(_page("report.html", _PAGE.encode(), folder, storage))
    files.append(_page("croissant.json", dump_json(croissant(adjust(run.manifest, [change]))), folder, storage))
    before = {entry["path"]: entry["sha256"] for entry in run.manifest["files"]}
    change["files"] = [entry | {"sha256_before": before[entry["path"]]} for entry in sorted(files, key=lambda entry: str(entry["path"]))]
    return change


def sign(hits: Sequence[Hit], changes: Mapping[str, Any], *, by: str, at: str, reason: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a take-down: who, when, why, what. Names of documents and hashes of files, no text."""
    documents = [
        {"doc_id": hit.doc_id, "run_id": hit.run_id, "table": hit.table, "source_uri": hit.source_uri, "why": hit.why} for hit in hits
    ]
    return {"by": by, "at": at, "reason": reason, "query": dict(query), "documents": documents, "runs": dict(changes)}


def write_manifest(run_id: str, seq: int, parts: Sequence[Part], folder: str, storage: Storage, signed: Mapping[str, Any]) -> bytes:
    """Write the signed record and, last, the manifest of a take-down; return the manifest's bytes."""
    page = _page(SIGNED, dump_json(signed), folder, storage)
    files = [{"path": part.path, "rows": part.rows, "bytes": part.bytes, "sha256": part.sha256} for part in parts]
    manifest = {
        "copydesk": {"version": __version__, "schema_versions": {part.table: schema_version(part.table) for part in parts}},
        "run_id": run_id,
        "corpus": {"seq": seq, "kind": "takedown", "shards": [], "rows": {part.table: part.rows for part in parts}},
        "files": sorted([*files, page], key=lambda entry: str(entry["path"])),
    }
    content = dump_json(manifest)
    with storage.create(join(folder, "run.json")) as file:
        file.write(content)
    return content


def put_in_place(corpus: Corpus, run_id: str, signed: Mapping[str, Any], fresh: str) -> None:
    """Replace the files that a committed take-down lists by those below `fresh`, and note that it is done."""
    storage = corpus.storage
    for name, change in sorted(signed["runs"].items()):
        for entry in change["files"]:
            source = join(fresh, name, entry["path"])
            with storage.open(source) as old, storage.create(join(corpus.run_folder(name), entry["path"])) as new:
                while block := old.read(1 << 20):
                    new.write(block)
    with storage.create(join(corpus.run_folder(run_id), DONE)) as file:
        file.write(dump_json({"files": sum(len(change["files"]) for change in signed["runs"].values())}))


def finish_takedowns(corpus: Corpus, work: str) -> None:
    """Put in place what a take-down that died after its commit has not.

    Raises:
        DatasetError: the files that it had written are gone.
    """
    for entry in corpus.entries:
        folder = corpus.run_folder(entry.run_id)
        if entry.kind != "takedown" or corpus.storage.exists(join(folder, DONE)):
            continue
        fresh = join(work, "reissue", entry.run_id)
        if not corpus.storage.exists(fresh):
            raise DatasetError(f"the take-down {entry.run_id} was not finished, and the files that it had written to {fresh} are gone")
        with corpus.storage.open(join(folder, SIGNED)) as file:
            put_in_place(corpus, entry.run_id, json.loads(file.read()), fresh)
        corpus.storage.delete_tree(fresh)


def _count(table: str, gone: pa.Table, counters: dict[str, Counter[str]], books: Counter[str]) -> None:
    if table in ("documents", "duplicates", "removed", "dead_letters"):
        books[table] += gone.num_rows
    for group, (its_table, column) in _COUNTED.items():
        if table == its_table:
            counters.setdefault(group, Counter()).update(gone.column(column).to_pylist())
    if table == "dead_letters":
        counters.setdefault("dead_letters_by_code", Counter()).update(gone.column("code").to_pylist())


def _reissue_sketches(run: Dataset, ids: set[bytes], folder: str, storage: Storage) -> list[Part]:
    """The sketch files without words and facts of some documents. Hashes of shingles stay, so that a copy that arrives again is known."""
    parts = []
    for entry in run.manifest["files"]:
        path = str(entry["path"])
        if not path.startswith("lookup/sketch-"):
            continue
        with run.storage.open(join(run.folder, path)) as handle:
            reader = pa.ipc.open_file(pa.PythonFile(handle, mode="r"))
            batches = [reader.get_batch(number) for number in range(reader.num_record_batches)]
        if not any(ids & set(batch.column("doc_id").to_pylist()) for batch in batches):
            continue
        file = HashingFile(storage, join(folder, path))
        with pa.ipc.new_file(pa.PythonFile(file, mode="w"), reader.schema) as writer:
            for batch in batches:
                writer.write_batch(_blank(batch, ids))
        file.close()
        parts.append(Part("lookup", path, int(entry["rows"]), file.count, file.digest.hexdigest()))
    return parts


def _blank(batch: pa.RecordBatch, ids: set[bytes]) -> pa.RecordBatch:
    gone = np.array([doc_id in ids for doc_id in batch.column("doc_id").to_pylist()], bool)
    if not gone.any():
        return batch
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    words = columns["words"].to_pylist()
    columns["words"] = pa.array([[] if out else kept for out, kept in zip(gone, words, strict=True)], batch.schema.field("words").type)
    blank = pa.scalar('{"uri":"","characters":0,"mt_band":"none"}', pa.string())
    columns["info"] = pc.if_else(pa.array(gone), blank, columns["info"])
    return pa.RecordBatch.from_arrays([columns[name] for name in batch.schema.names], schema=batch.schema)


def _page(name: str, content: bytes, folder: str, storage: Storage) -> dict[str, Any]:
    with storage.create(join(folder, name)) as file:
        file.write(content)
    return {"path": name, "rows": None, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
