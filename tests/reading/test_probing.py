import json
from pathlib import Path

import pytest

from pipeline.config import InputConfig
from pipeline.planning import plan
from pipeline.reading.probing import probe_columns
from pipeline.storage import LocalStorage

ROW = {"body": "The ferry sails again, the company said.", "headline": "Ferry sails", "meta": {"day": "2026-05-03"}}


def probe(path: Path, **settings: str) -> list[str]:
    config = InputConfig(**settings)  # type: ignore[arg-type]
    return probe_columns(plan([str(path)], lambda _: LocalStorage(), config).splits, lambda _: LocalStorage(), config)


def write_rows(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_column_that_no_row_has_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.jsonl", ROW, ROW)
    assert probe(path) == ["none of the 2 rows looked at has a column 'text', which is --text-field; they have 'body', 'headline', 'meta'"]
    (warning,) = probe(path, text_field="body", title_field="headlin")
    assert "'headlin', which is --title-field" in warning
    assert probe(path, text_field="body", date_field="meta.day", title_field="headline") == []
    assert len(probe(path, text_field="body", date_field="meta.hour")) == 1
    (warning,) = probe(write_rows(tmp_path / "b.jsonl", ROW))
    assert warning.startswith("the one row looked at has no column 'text'")


def test_one_row_that_has_it_is_enough(tmp_path: Path) -> None:
    assert probe(write_rows(tmp_path / "a.jsonl", ROW, {"text": "The ferry sails."}, ROW)) == []


def test_many_columns_are_not_all_named(tmp_path: Path) -> None:
    (warning,) = probe(write_rows(tmp_path / "a.json", {f"column{number}": 1 for number in range(40)}))
    assert warning.endswith("'column18', 'column19' and 28 more")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"The ferry sails again, the company said on Monday."),
        ("a.html", b"<!doctype html><html><body><p>The ferry sails again.</p></body></html>"),
        ("a.jsonl", b'{"text": \n{"text"\n'),
        ("a.jsonl", b"\xff\xfe{\n"),
        ("a.txt", b"{curly} words begin this text"),
        ("empty.jsonl", b""),
        (
            "a.json",
            b'{"uri": "urn:x:1", "type": "text", "headline": "Ferry", "body_text": "It sails.", "version": "2"}',
        ),
    ],
)
def test_what_is_no_row_gives_no_warning(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert probe(tmp_path / name, title_field="headlin") == []


def test_only_a_few_records_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_rows(tmp_path / "a.jsonl", *[ROW] * 5000)
    (warning,) = probe(path)
    assert warning.startswith("none of the 20 rows")
