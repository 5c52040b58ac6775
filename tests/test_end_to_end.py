"""One run over the sample corpus, checked against its manifest, entry by entry."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.config import Config
from pipeline.provenance import apply, undo
from pipeline.records import Edit
from pipeline.report.dataset import open_dataset
from pipeline.report.verifying import verify

MANIFEST = tomllib.loads((Path(__file__).resolve().parents[1] / "seeds" / "MANIFEST.toml").read_text(encoding="utf-8"))
ENTRIES: list[dict[str, Any]] = MANIFEST["document"]
TABLES = ("documents", "duplicates", "removed", "dead_letters")


def read(folder: Path, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / table).to_pylist()
    return rows


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    from pipeline.transforms import flow

    output = tmp_path_factory.mktemp("run") / "out"
    flow.run([str(seeds / "raw")], str(output), Config(), workers=1)
    return output


@pytest.fixture(scope="module")
def placed(dataset: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """(file, record) -> row with its table; records of a file counted in their order."""
    rows = [{**row, "table": table} for table in TABLES for row in read(dataset, table)]
    rows.sort(key=lambda row: (row["source_uri"], row["byte_offset"], row["source_member"] or ""))
    found: dict[tuple[str, int], dict[str, Any]] = {}
    counts: dict[str, int] = {}
    for row in rows:
        number = counts.get(row["source_uri"], 0)
        counts[row["source_uri"]] = number + 1
        found[row["source_uri"], number] = row
    return found


def entry_key(entry: dict[str, Any]) -> tuple[str, int]:
    return entry["file"], entry.get("record", 0)


def split_reference(text: str) -> tuple[str, int]:
    name, _, record = text.partition("#")
    return name, int(record or 0)


def describe(row: dict[str, Any], placed: dict[tuple[str, int], dict[str, Any]]) -> str:
    """What happened to a row, in the words of the manifest."""
    if row["table"] == "removed":
        return f"removed: {row['filter']}"
    if row["table"] == "dead_letters":
        return f"dead letter: {row['code']}"
    if row["table"] == "duplicates":
        keys = [key for key, other in placed.items() if other["doc_id"] == row["representative_id"]]
        (name, record), *_ = keys or [("nothing", 0)]
        return f"duplicate of {name}" + (f"#{record}" if record else "")
    return "documents"


def test_the_manifest_names_every_record(placed: dict[tuple[str, int], dict[str, Any]]) -> None:
    assert sorted(placed) == sorted(entry_key(entry) for entry in ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry['file']}#{entry.get('record', 0)}")
def test_each_document_ends_where_the_manifest_says(entry: dict[str, Any], placed: dict[tuple[str, int], dict[str, Any]]) -> None:
    row = placed[entry_key(entry)]
    expected = entry["expect"].removesuffix("#0")
    assert describe(row, placed) == expected
    for name in ("title", "relation", "mt_band"):
        if name in entry:
            assert row[name] == entry[name]
    if "language" in entry:
        assert (row["language"] or "").split("-")[0] == entry["language"]
    if "byline" in entry:
        assert row["byline"] == entry["byline"]
    for words in entry.get("contains", ()):
        assert words in row["text"]
    for words in entry.get("lacks", ()):
        assert words not in row["text"]


def test_the_dataset_verifies(dataset: Path) -> None:
    findings = list(verify(open_dataset(str(dataset))))
    assert findings
    assert [finding for finding in findings if not finding.ok] == []


def test_the_books_count_what_the_tables_hold(dataset: Path) -> None:
    manifest = json.loads((dataset / "run.json").read_text(encoding="utf-8"))
    counts = {table: len(read(dataset, table)) for table in TABLES}
    assert manifest["books"] == {"records": len(ENTRIES), "balanced": True, **counts}


def test_every_edit_applies_and_undoes(dataset: Path) -> None:
    import hashlib

    edits: dict[str, list[dict[str, Any]]] = {}
    for row in read(dataset, "edits"):
        edits.setdefault(row["doc_id"], []).append(row)
    fields = ("start", "end", "before", "after", "kind", "rule", "rule_version", "certainty")
    checked = 0
    for table in TABLES[:3]:
        for row in read(dataset, table):
            its = sorted(edits.get(row["doc_id"], []), key=lambda edit: edit["seq"])
            steps = [Edit(*(edit[name] for name in fields)) for edit in its]
            source = undo(row["text"], steps)
            assert hashlib.sha256(source.encode()).hexdigest() == row["source_text_sha256"]
            assert apply(source, steps) == row["text"]
            checked += len(steps)
    assert checked > 100


def test_a_representative_lists_every_copy(dataset: Path) -> None:
    duplicates = read(dataset, "duplicates")
    for row in read(dataset, "documents"):
        members = {row["doc_id"], *(copy["doc_id"] for copy in duplicates if copy["cluster_id"] == row["cluster_id"])}
        if row["cluster_size"] > 1:
            assert members <= {copy["doc_id"] for copy in row["carried_by"]}
            assert row["carried_by"][0]["doc_id"] == row["doc_id"]
        else:
            assert members == {row["doc_id"]}


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_bytes_for_any_order_and_number_of_workers(
    workers: int, dataset: Path, seeds: Path, tmp_path: Path, parquet_bytes: Callable[[Path], dict[str, bytes]]
) -> None:
    from pipeline.transforms import flow

    folders = sorted((str(path) for path in (seeds / "raw").iterdir()), reverse=True)
    config = Config()
    flow.run(folders, str(tmp_path / "a"), config, workers=workers)
    flow.run(folders[::-1], str(tmp_path / "b"), config, workers=1)
    assert parquet_bytes(tmp_path / "a") == parquet_bytes(tmp_path / "b")


def test_a_second_run_gives_the_same_bytes(
    dataset: Path, seeds: Path, tmp_path: Path, parquet_bytes: Callable[[Path], dict[str, bytes]]
) -> None:
    from pipeline.transforms import flow

    flow.run([str(seeds / "raw")], str(tmp_path / "again"), Config(), workers=1)
    assert parquet_bytes(tmp_path / "again") == parquet_bytes(dataset)
