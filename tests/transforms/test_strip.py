"""Generated sites through the whole pipeline: what recurs goes, what belongs to the stories stays, for any order and number of workers."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.config import from_mapping
from pipeline.provenance import undo
from pipeline.records import Edit
from pipeline.report.dataset import open_dataset
from pipeline.report.verifying import verify
from pipeline.text.lines import fold

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "repetition": {"min_site_documents": 30, "min_documents": 6},
    "input": {"split_bytes": 60_000},
    "output": {"shard_documents": 25},
}


@pytest.fixture(scope="module")
def sites() -> Iterator[Any]:
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import repetition_sites as module

    yield module
    sys.path.remove(str(ROOT / "benchmarks"))


@pytest.fixture(scope="module")
def pages(sites: Any) -> list[Any]:
    return list(sites.write_sites(100, seed=4))


@pytest.fixture(scope="module")
def inputs(pages: list[Any], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("sites")
    for host in sorted({page.host for page in pages}):
        rows = [{"title": page.title, "url": f"https://{host}/{page.id}", "text": page.text} for page in pages if page.host == host]
        (folder / f"{host}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return sorted(str(path) for path in folder.iterdir())


def run(inputs: list[str], output: Path, **options: Any) -> Path:
    from pipeline.transforms import flow

    flow.run(inputs, str(output), from_mapping(SETTINGS), **options)
    return output


@pytest.fixture(scope="module")
def dataset(inputs: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(inputs, tmp_path_factory.mktemp("run") / "out", workers=1)


@pytest.fixture(scope="module")
def rows(dataset: Path) -> dict[str, dict[str, Any]]:
    """Rows of all documents by the id of their page."""
    tables = (pq.read_table(dataset / table).to_pylist() for table in ("documents", "duplicates", "removed"))
    return {row["canonical_url"].rsplit("/", 1)[-1]: row for table in tables for row in table}


@pytest.fixture(scope="module")
def edits(dataset: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for edit in pq.read_table(dataset / "edits").sort_by([("doc_id", "ascending"), ("seq", "ascending")]).to_pylist():
        found.setdefault(edit["doc_id"], []).append(edit)
    return found


def removed_lines(page: Any, rows: dict[str, dict[str, Any]], edits: dict[str, list[dict[str, Any]]]) -> list[str]:
    return [fold(edit["before"]) for edit in edits.get(rows[page.id]["doc_id"], ()) if edit["rule"] == "recurring_lines"]


def test_only_furniture_goes(sites: Any, pages: list[Any], rows: dict[str, dict[str, Any]], edits: dict[str, list[dict[str, Any]]]) -> None:
    for page in pages:
        allowed = Counter(fold(line) for line, role in page.lines if role in sites.FURNITURE | {"name"})
        assert not Counter(removed_lines(page, rows, edits)) - allowed, page.id


def test_most_furniture_of_a_large_site_goes(
    pages: list[Any], sites: Any, rows: dict[str, dict[str, Any]], edits: dict[str, list[dict[str, Any]]]
) -> None:
    large = [page for page in pages if page.host == "large.example"]
    wanted = sum(role in sites.FURNITURE for page in large for _, role in page.lines)
    went = sum(len(removed_lines(page, rows, edits)) for page in large)
    assert went >= 0.85 * wanted


def test_sites_without_furniture_forms_and_small_sites_are_left_alone(
    pages: list[Any], rows: dict[str, dict[str, Any]], edits: dict[str, list[dict[str, Any]]]
) -> None:
    assert all(removed_lines(page, rows, edits) == [] for page in pages if page.host != "large.example")


def test_every_edit_can_be_undone(pages: list[Any], rows: dict[str, dict[str, Any]], edits: dict[str, list[dict[str, Any]]]) -> None:
    for page in pages:
        row = rows[page.id]
        own = [
            Edit(**{name: edit[name] for name in Edit.__slots__} | {"evidence": edit["evidence"] or ""})
            for edit in edits.get(row["doc_id"], ())
        ]
        assert undo(row["text"], own) == page.text


def test_the_manifest_and_the_report_name_the_lines(dataset: Path, edits: dict[str, list[dict[str, Any]]]) -> None:
    found = json.loads((dataset / "run.json").read_text(encoding="utf-8"))["repetition"]
    mine = [edit for own in edits.values() for edit in own if edit["rule"] == "recurring_lines"]
    assert (found["sites"], found["removed"]) == (1, len(mine))
    assert found["lines"] == len({fold(edit["before"]) for edit in mine})
    assert [entry["removed"] for entry in found["top"]] == sorted((entry["removed"] for entry in found["top"]), reverse=True)
    page = (dataset / "report.html").read_text(encoding="utf-8")
    assert "Furniture by repetition" in page
    assert found["top"][0]["line"].split(".")[0] in page


def test_the_books_and_the_files_hold(dataset: Path) -> None:
    findings = list(verify(open_dataset(str(dataset))))
    assert findings
    assert [finding for finding in findings if not finding.ok] == []


def test_order_and_workers_do_not_matter(
    dataset: Path, inputs: list[str], tmp_path: Path, parquet_bytes: Callable[[Path], dict[str, bytes]]
) -> None:
    assert parquet_bytes(run(inputs[::-1], tmp_path / "out", workers=2)) == parquet_bytes(dataset)
