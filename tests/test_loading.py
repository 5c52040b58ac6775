"""The folder alone is enough: every usual reader gets `documents` by default, with the right types, whatever is null in which file.

First a small dataset made by hand, then the output of a run over the sample corpus. In the first part of the small one `urgency` and
`mt_evidence` are null throughout, in the second `byline`, `flags` and `carried_by`.
"""

import datetime
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.schema import TABLES, arrow_schema

sys.path.append(str(Path(__file__).parent / "report"))
import tiny_dataset
from tiny_dataset import QUOTER, STORY

TIME = datetime.datetime(2024, 11, 3, 9, 30, tzinfo=datetime.UTC)
PUBLISHED = "documents/part-00001-000000000.parquet"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "out"
    target.mkdir()
    tiny_dataset.write_dataset(target)
    # The first file has no time of publication at all, the second has one.
    tiny_dataset.rewrite_part(target, PUBLISHED, lambda rows: [rows[0] | {"published_at": TIME}])
    return target


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The `datasets` library with a cache of its own and no network."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    datasets.disable_progress_bars()
    return datasets


def load(hub: Any, folder: Path, table: str | None = None) -> Any:
    return hub.load_dataset(str(folder), *([table] if table else []), split="train", cache_dir=hub.config.HF_DATASETS_CACHE)


def test_datasets_gives_documents_by_default(hub: Any, folder: Path) -> None:
    documents = load(hub, folder)
    assert documents["doc_id"][:] == [STORY, QUOTER]
    assert documents.column_names == arrow_schema("documents").names
    assert documents.features["byline"] == hub.List(hub.Value("string"))
    assert documents.features["urgency"] == hub.Value("int32")
    assert documents.features["ai_reserved"] == hub.Value("bool")
    assert documents.features["published_at"] == hub.Value("timestamp[us, tz=UTC]")
    assert documents.features["flags"].feature["start"] == hub.Value("int32")
    assert documents["urgency"][:] == [None, 4]
    assert documents["byline"][:] == [["Ana Ruiz"], None]
    assert documents["published_at"][1] == TIME
    assert [copy["publisher"] for copy in documents["carried_by"][0]] == ["The Harbor Post", "Coast Daily"]


def test_datasets_knows_the_other_tables_by_name(hub: Any, folder: Path) -> None:
    assert set(hub.get_dataset_config_names(str(folder))) == set(TABLES) - {"passages"}  # which has no rows here
    assert load(hub, folder, "edits")["before"][0] == "Play audio\n"
    assert load(hub, folder, "removed").column_names == arrow_schema("removed").names
    assert load(hub, folder, "dead_letters")["code"][:] == ["empty"]


@pytest.mark.parametrize("table", TABLES)
def test_pyarrow_reads_each_table_with_exactly_its_schema(folder: Path, table: str) -> None:
    import pyarrow.dataset

    read = pyarrow.dataset.dataset(folder / table).to_table()
    assert read.schema.equals(arrow_schema(table))
    assert read.schema.metadata[b"schema_id"] == f"urn:copydesk:schema:{table}:1".encode()


def test_pyarrow_keeps_the_descriptions(folder: Path) -> None:
    import pyarrow.dataset

    schema = pyarrow.dataset.dataset(folder / "documents").schema
    assert schema.field("urgency").metadata[b"description"] == b"Editorial urgency, 1 (highest) to 9."


def test_pandas(folder: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_parquet(folder / "documents")
    assert list(frame["doc_id"]) == [STORY, QUOTER]
    assert frame["urgency"].isna().tolist() == [True, False]
    assert frame["published_at"].dtype.tz is not None
    assert list(frame["byline"].iloc[0]) == ["Ana Ruiz"]
    typed = pandas.read_parquet(folder / "documents", dtype_backend="pyarrow")
    assert typed["urgency"].dtype == pandas.ArrowDtype(pa.int32())
    assert typed["ai_reserved"].dtype == pandas.ArrowDtype(pa.bool_())


def test_polars(folder: Path) -> None:
    polars = pytest.importorskip("polars")
    for source in (folder / "documents", folder / "documents/*.parquet"):
        frame = polars.scan_parquet(source).collect()
        assert frame["doc_id"].to_list() == [STORY, QUOTER]
        assert frame.schema["urgency"] == polars.Int32
        assert frame.schema["published_at"] == polars.Datetime("us", "UTC")
        assert frame.schema["byline"] == polars.List(polars.String)
        assert frame["published_at"].to_list() == [None, TIME]
        assert frame["urgency"].to_list() == [None, 4]


def test_duckdb(folder: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        relation = connection.sql(f"select * from '{folder}/documents/*.parquet' order by doc_id")
        kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
        assert (kinds["urgency"], kinds["byline"], kinds["ai_reserved"]) == ("INTEGER", "VARCHAR[]", "BOOLEAN")
        assert kinds["published_at"] == "TIMESTAMP WITH TIME ZONE"
        rows = connection.sql(
            f"select doc_id, urgency, byline, flags[1].kind from '{folder}/documents/*.parquet' order by doc_id"
        ).fetchall()
    assert rows == [(STORY, None, ["Ana Ruiz"], "fused_words"), (QUOTER, 4, None, None)]


@pytest.mark.slow
def test_beam(folder: Path) -> None:
    beam = pytest.importorskip("apache_beam")
    from apache_beam.testing.util import assert_that, equal_to

    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        rows = pipeline | beam.io.ReadFromParquet(f"{folder}/documents/*.parquet")
        found = rows | beam.Map(lambda row: (row["doc_id"], row["urgency"], row["byline"]))
        assert_that(found, equal_to([(STORY, None, ["Ana Ruiz"]), (QUOTER, 4, None)]))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample corpus, cleaned."""
    from pipeline.cli import main

    out = tmp_path_factory.mktemp("run") / "out"
    corpus = Path(__file__).resolve().parents[1] / "seeds" / "raw"
    assert main(["run", str(corpus), "--output", str(out), "--workers", "1", "--quiet", "--set", "input.split_bytes=40000"]) == 0
    return out


@pytest.mark.slow
def test_every_reader_gets_all_documents_of_a_run(run: Path, hub: Any) -> None:
    import json

    import duckdb
    import pandas
    import polars
    import pyarrow.dataset

    manifest = json.loads((run / "run.json").read_text(encoding="utf-8"))
    wanted = sorted(pyarrow.dataset.dataset(run / "documents").to_table(columns=["doc_id"]).column("doc_id").to_pylist())
    assert len(wanted) == manifest["books"]["documents"] > 10
    assert sum(entry["path"].startswith("documents/") for entry in manifest["files"]) > 1
    assert sorted(load(hub, run)["doc_id"]) == wanted
    assert sorted(pandas.read_parquet(run / "documents")["doc_id"]) == wanted
    assert sorted(polars.read_parquet(run / "documents/*.parquet")["doc_id"]) == wanted
    with duckdb.connect() as connection:
        rows = connection.sql(f"select doc_id from '{run}/documents/*.parquet' order by doc_id").fetchall()
    assert [doc_id for (doc_id,) in rows] == wanted


@pytest.mark.slow
def test_every_table_of_a_run_has_its_schema_and_its_rows(run: Path, hub: Any) -> None:
    import json

    import pyarrow.dataset

    tables = json.loads((run / "run.json").read_text(encoding="utf-8"))["tables"]
    for table in TABLES:
        read = pyarrow.dataset.dataset(run / table).to_table()
        assert read.schema.equals(arrow_schema(table))
        assert read.num_rows == tables[table]["rows"]
        if read.num_rows:
            assert load(hub, run, table).num_rows == read.num_rows


@pytest.mark.slow
def test_a_run_verifies_and_tells_every_story(run: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import pyarrow.dataset

    from pipeline.cli import main

    assert main(["verify", str(run)]) == 0, capfd.readouterr().out
    for table in ("documents", "duplicates", "removed", "dead_letters"):
        for doc_id in pyarrow.dataset.dataset(run / table).to_table(columns=["doc_id"]).column("doc_id").to_pylist()[:6]:
            assert main(["explain", str(run), doc_id, "--all"]) == 0
            assert doc_id in capfd.readouterr().out
