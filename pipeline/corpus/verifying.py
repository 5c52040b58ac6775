"""Checks a whole corpus: every run by itself, and what runs say about each other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from pipeline.corpus.loading import read_amendments, read_standings
from pipeline.corpus.log import Corpus
from pipeline.corpus.takedowns import open_run
from pipeline.errors import DatasetError
from pipeline.report.dataset import MANIFEST, list_parts, scan
from pipeline.report.verifying import CHECKS, Finding, verify
from pipeline.storage import join

__all__ = ["verify_corpus"]

_EXAMPLES = 5

_Outcome = tuple[str, list[str]]


def verify_corpus(corpus: Corpus) -> Iterator[Finding]:
    """Yield one finding for each check of a run, over all runs, and one for each check of the corpus."""
    gathered: dict[str, tuple[int, list[str]]] = {name: (0, []) for name, _ in CHECKS}
    for entry in corpus.entries:
        if entry.kind == "run":
            for finding in verify(open_run(corpus, entry)):
                runs, problems = gathered[finding.check]
                gathered[finding.check] = (runs + 1, problems + [f"run {entry.run_id}: {example}" for example in finding.examples])
    for name, (runs, problems) in gathered.items():
        yield Finding(name, f"{runs:,} runs", len(problems), tuple(problems[:_EXAMPLES]))
    for name, check in _CHECKS:
        try:
            detail, problems = check(corpus)
        except DatasetError as error:
            detail, problems = "stopped", [str(error)]
        yield Finding(name, detail, len(problems), tuple(problems[:_EXAMPLES]))


def _check_commits(corpus: Corpus) -> _Outcome:
    problems = []
    for entry in corpus.entries:
        with corpus.storage.open(join(corpus.run_folder(entry.run_id), MANIFEST)) as file:
            if hashlib.sha256(file.read()).hexdigest() != entry.manifest_sha256:
                problems.append(f"run {entry.run_id}: {MANIFEST} is not the one that was committed")
    return f"{len(corpus.entries):,} commits", problems


def _check_words(corpus: Corpus) -> _Outcome:
    """What runs say about earlier documents is about documents that these runs hold, or held before a take-down."""
    held = {entry.run_id: (entry.seq, _ids(corpus, entry.run_id)) for entry in corpus.entries}
    problems, rows = [], 0
    for entry in corpus.entries:
        run = open_run(corpus, entry)
        for table in ("supersedes", "retractions"):
            for part in list_parts(run.manifest, table):
                for batch in scan(run, part, ["doc_id", "run_id", "seq"]):
                    for row in batch.to_pylist():
                        rows += 1
                        seq, ids = held.get(row["run_id"], (0, set()))
                        if seq != row["seq"] or not 0 < seq < entry.seq:
                            problems.append(f"run {entry.run_id}: {table} names run {row['run_id']}, which is not earlier")
                        elif row["doc_id"] not in ids:
                            problems.append(f"run {entry.run_id}: {table} names {row['doc_id']}, which {row['run_id']} does not hold")
    return f"{rows:,} rows", problems


def _check_standings(corpus: Corpus) -> _Outcome:
    """No document is loaded twice, and whatever stands for a copy is on record."""
    rows = read_standings(corpus).to_pylist()
    known = {row["doc_id"] for row in rows} | _taken(corpus)
    loaded: set[str] = set()
    problems = []
    for row in rows:
        if row["place"] == "documents":
            if row["doc_id"] in loaded:
                problems.append(f"{row['doc_id']} is loaded twice")
            loaded.add(row["doc_id"])
        elif row["place"] == "duplicates" and row["representative_id"] is not None and row["representative_id"] not in known:
            problems.append(f"{row['representative_id']} stands for {row['doc_id']} and is not on record")
    return f"{len(loaded):,} documents stand, of {len(rows):,} texts", problems


def _ids(corpus: Corpus, run_id: str) -> set[str]:
    """Ids of the texts of a run, and of those that were taken down."""
    entry = next(entry for entry in corpus.entries if entry.run_id == run_id)
    ids = {doc_id for doc_id, cause in read_amendments(corpus).gone.get(run_id, {}).items() if cause == "taken_down"}
    if entry.kind == "run":
        run = open_run(corpus, entry)
        for table in ("documents", "duplicates", "removed", "dead_letters"):
            for part in list_parts(run.manifest, table):
                for batch in scan(run, part, ["doc_id"], 65_536):
                    ids.update(batch.column(0).to_pylist())
    return ids


def _taken(corpus: Corpus) -> set[str]:
    gone = read_amendments(corpus).gone
    return {doc_id for ids in gone.values() for doc_id, cause in ids.items() if cause == "taken_down"}


_CHECKS: tuple[tuple[str, Callable[[Corpus], _Outcome]], ...] = (
    ("every run is the one that was committed", _check_commits),
    ("what runs say about earlier documents is about documents on record", _check_words),
    ("no document is loaded twice, every representative is on record", _check_standings),
)
