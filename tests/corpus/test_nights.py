"""Nights against one run over everything: the same clusters by document, whatever a later night brings about an earlier one."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline.config import Config
from pipeline.corpus.loading import read_standings
from pipeline.corpus.log import open_corpus
from pipeline.corpus.takedowns import open_run
from pipeline.report.verifying import verify

pytestmark = pytest.mark.slow

NIGHTS = 5


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("nightly_corpus", Path(__file__).with_name("nightly_corpus.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`corpus`, of five nights, and `one`, the same input in one run."""
    from pipeline.transforms import flow
    from pipeline.transforms.corpus_flow import run_corpus

    base = tmp_path_factory.mktemp("nights")
    generator = load_generator()
    nights = generator.write(generator.generate(7, NIGHTS, 40), base / "in", generator.generate_wire(7, NIGHTS, 10))
    for number, paths in enumerate(nights):
        run_corpus([str(path) for path in paths], str(base / "corpus"), Config(), workers=1, date=f"2026-03-{number + 1:02d}")
    flow.run([str(base / "in")], str(base / "one"), Config(), workers=1)
    return base


def standing_in_one_run(dataset: Path) -> dict[str, tuple[Any, ...]]:
    found = {}
    for table in ("documents", "duplicates", "removed"):
        for row in pq.read_table(dataset / table).to_pylist():
            stands = (row["cluster_id"], row.get("representative_id", row["doc_id"])) if table != "removed" else (None, None)
            found[row["doc_id"]] = (table, *stands)
    return found


def files_of_night(folder: Path, number: int) -> list[str]:
    return [str(path) for path in sorted((folder / "in").glob("*.json*")) if path.name.split("-")[1][:2] == f"{number:02d}"]


def sorted_rows(table: pa.Table, names: list[str]) -> list[dict[str, Any]]:
    return sorted(table.select(names).to_pylist(), key=lambda row: str(row["doc_id"]))


def test_every_document_stands_as_after_one_run(folder: Path) -> None:
    rows = read_standings(open_corpus(str(folder / "corpus"))).to_pylist()
    nights = {row["doc_id"]: (row["place"], row["cluster_id"], row["representative_id"]) for row in rows}
    assert nights == standing_in_one_run(folder / "one")


def test_a_loader_sees_what_one_run_publishes(folder: Path) -> None:
    names = ["doc_id", "title", "text", "cluster_id", "cluster_size", "duplicate_weight", "representative_reason", "carried_by"]
    table = pipeline.load_corpus(str(folder / "corpus"))
    assert sorted_rows(table, names) == sorted_rows(pq.read_table(folder / "one" / "documents"), names)


def test_the_nights_were_not_idle(folder: Path) -> None:
    """Without copies, promotions and kills across nights the two tests above would say little."""
    corpus = open_corpus(str(folder / "corpus"))
    rows = [row for entry in corpus.entries for row in pq.read_table(Path(open_run(corpus, entry).folder) / "supersedes").to_pylist()]
    assert {row["change"] for row in rows} == {"replaced", "promoted", "moved", "grown"}
    rows = [row for entry in corpus.entries for row in pq.read_table(Path(open_run(corpus, entry).folder) / "retractions").to_pylist()]
    assert {row["cause"] for row in rows} == {"killed", "corrected", "replaced"}


def test_relations_name_the_earlier_document_and_its_run(folder: Path) -> None:
    corpus = open_corpus(str(folder / "corpus"))
    held = {row["doc_id"]: row["run_id"] for row in read_standings(corpus).to_pylist()}
    earlier = 0
    for entry in corpus.entries:
        for row in pq.read_table(Path(open_run(corpus, entry).folder) / "relations").to_pylist():
            runs = {held.get(row["a"], entry.run_id), held.get(row["b"], entry.run_id)} - {entry.run_id}
            assert runs == ({row["earlier_run_id"]} if row["earlier_id"] else set())
            assert row["earlier_id"] in (None, row["a"], row["b"])
            earlier += row["earlier_id"] is not None
    assert earlier > 10


def test_the_books_of_every_run_balance(folder: Path) -> None:
    corpus = open_corpus(str(folder / "corpus"))
    for entry in corpus.entries:
        books = open_run(corpus, entry).manifest["books"]
        assert books["balanced"]
        assert sum(books[table] for table in ("documents", "duplicates", "removed", "dead_letters")) == books["records"]


def test_every_run_verifies_by_itself(folder: Path) -> None:
    corpus = open_corpus(str(folder / "corpus"))
    for entry in corpus.entries:
        assert [finding for finding in verify(open_run(corpus, entry)) if not finding.ok] == []


def test_the_same_nights_give_the_same_bytes(folder: Path, tmp_path: Path, parquet_bytes: Callable[[Path], dict[str, bytes]]) -> None:
    from pipeline.transforms.corpus_flow import run_corpus

    for number in range(2):
        paths = files_of_night(folder, number)
        run_corpus(paths[::-1], str(tmp_path / "corpus"), Config(), workers=1 + number, date=f"2026-04-{number + 1:02d}")
    names = [entry.run_id for entry in open_corpus(str(folder / "corpus")).entries[:2]]
    assert [entry.run_id for entry in open_corpus(str(tmp_path / "corpus")).entries] == names
    for name in names:
        assert parquet_bytes(tmp_path / "corpus" / "runs" / name) == parquet_bytes(folder / "corpus" / "runs" / name)


def test_a_night_that_is_repeated_changes_nothing(folder: Path) -> None:
    from pipeline.transforms.corpus_flow import run_corpus

    before = sorted(path.name for path in (folder / "corpus").iterdir())
    result, is_new = run_corpus(files_of_night(folder, 1), str(folder / "corpus"), Config(), workers=1)
    assert not is_new
    assert result.manifest["corpus"]["seq"] == 2
    assert sorted(path.name for path in (folder / "corpus").iterdir()) == before
    assert len(open_corpus(str(folder / "corpus")).entries) == NIGHTS


def test_datasets_reads_the_committed_runs_by_the_card(folder: Path) -> None:
    card = (folder / "corpus" / "README.md").read_text(encoding="utf-8")
    for entry in open_corpus(str(folder / "corpus")).entries:
        assert f"runs/{entry.run_id}/documents/*.parquet" in card
    assert json.loads((folder / "corpus" / "corpus.json").read_text())["copydesk_corpus"] == 1
