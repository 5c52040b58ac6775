"""What take-downs have changed in earlier runs: the manifest of such a run as it is now.

A run is never touched but by a take-down, which replaces the files that hold rows of the documents concerned. Its `takedown.json` lists
them with the hash before and after, and what went from the books.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from pipeline.corpus.log import Corpus, Entry
from pipeline.report.dataset import Dataset, open_dataset
from pipeline.storage import join

__all__ = ["SIGNED", "adjust", "open_run", "read_takedowns"]

SIGNED = "takedown.json"


def open_run(corpus: Corpus, entry: Entry) -> Dataset:
    """A run as a dataset, with the manifest as take-downs have left it."""
    dataset = open_dataset(corpus.run_folder(entry.run_id), corpus.storage)
    changes = [signed["runs"][entry.run_id] for signed in read_takedowns(corpus) if entry.run_id in signed["runs"]]
    return Dataset(dataset.folder, adjust(dataset.manifest, changes), corpus.storage) if changes else dataset


def read_takedowns(corpus: Corpus) -> list[dict[str, Any]]:
    """The signed records of all take-downs, in order."""
    found = []
    for entry in corpus.entries:
        if entry.kind == "takedown":
            with corpus.storage.open(join(corpus.run_folder(entry.run_id), SIGNED)) as file:
                found.append(json.loads(file.read()))
    return found


def adjust(manifest: Mapping[str, Any], changes: list[dict[str, Any]]) -> dict[str, Any]:
    """A manifest after take-downs.

    Args:
        changes: what each has done to this run: ``files`` (path, rows, bytes, sha256 after), ``books`` (records gone, by table) and
            ``counters`` (what to take off the manifest's).
    """
    now: dict[str, Any] = copy.deepcopy(dict(manifest))
    files = {entry["path"]: entry for entry in now["files"]}
    for change in changes:
        for entry in change["files"]:
            old = files[entry["path"]]
            table = entry["path"].split("/")[0]
            if entry["rows"] is not None and table in now["tables"]:
                now["tables"][table]["rows"] -= old["rows"] - entry["rows"]
            old.update({name: entry[name] for name in ("rows", "bytes", "sha256")})
        for table, count in change["books"].items():
            now["books"][table] -= count
            now["books"]["records"] -= count
            now["input"]["records"] -= count
        for group, counts in change["counters"].items():
            for name, count in counts.items():
                now["counters"][group][name] -= count
    return now
