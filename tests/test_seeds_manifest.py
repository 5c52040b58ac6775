"""The sample corpus and its manifest agree with each other. What the run makes of it is tested end to end elsewhere."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).parents[1] / "seeds"
RAW = SEEDS / "raw"
DOCUMENTS: list[dict[str, Any]] = tomllib.loads((SEEDS / "MANIFEST.toml").read_text(encoding="utf-8"))["document"]
FILTERS = {"not_text", "kill_notice", "canceled", "withheld", "killed", "empty_text"}
CODES = {"empty_file", "truncated_gzip", "bad_json", "bad_utf8", "record_too_large", "not_text_data", "no_text", "no_text_field"}
KEYS = {"file", "record", "shows", "expect", "title", "language", "byline", "relation", "mt_band", "contains", "lacks"}


def name_of(entry: dict[str, Any]) -> str:
    return f"{entry['file']}#{entry['record']}" if "record" in entry else str(entry["file"])


EXPECTED = {name_of(entry): str(entry["expect"]) for entry in DOCUMENTS}


def read_lines(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()


def test_every_file_is_listed_and_every_listed_file_is_there() -> None:
    on_disk = {path.relative_to(RAW).as_posix() for path in RAW.rglob("*") if path.is_file()}
    assert on_disk == {entry["file"] for entry in DOCUMENTS}


def test_names_are_unique() -> None:
    assert len(EXPECTED) == len(DOCUMENTS)


def test_every_line_of_a_record_file_is_listed() -> None:
    listed: dict[str, list[int]] = {}
    for entry in DOCUMENTS:
        if ".jsonl" in entry["file"]:
            listed.setdefault(entry["file"], []).append(entry["record"])
        else:
            assert "record" not in entry, name_of(entry)
    assert listed
    for file, records in listed.items():
        assert sorted(records) == list(range(len(read_lines(RAW / file)))), file


@pytest.mark.parametrize("entry", DOCUMENTS, ids=name_of)
def test_entry_is_well_formed(entry: dict[str, Any]) -> None:
    assert not set(entry) - KEYS
    assert entry["shows"]
    expect = str(entry["expect"])
    if match := re.fullmatch(r"duplicate of (.+)", expect):
        assert EXPECTED.get(match[1]) == "documents", "a representative must itself be expected in documents"
    elif match := re.fullmatch(r"removed: (.+)", expect):
        assert match[1] in FILTERS
    elif match := re.fullmatch(r"dead letter: (.+)", expect):
        assert match[1] in CODES
    else:
        assert expect == "documents"
    assert ("relation" in entry) <= expect.startswith("duplicate of")


def test_the_broken_ones_are_broken_as_described() -> None:
    for entry in DOCUMENTS:
        path = RAW / entry["file"]
        match entry["expect"]:
            case "dead letter: empty_file":
                assert path.stat().st_size == 0
            case "dead letter: truncated_gzip":
                with pytest.raises(EOFError):
                    gzip.decompress(path.read_bytes())
            case "dead letter: bad_json":
                with pytest.raises(json.JSONDecodeError):
                    json.loads(read_lines(path)[entry["record"]])
            case "dead letter: bad_utf8":
                with pytest.raises(UnicodeDecodeError):
                    read_lines(path)[entry["record"]].decode("utf-8")


def test_checked_strings_of_plain_files_come_from_the_file() -> None:
    """A `lacks` string that the raw file never had would check nothing."""
    for entry in DOCUMENTS:
        path = RAW / entry["file"]
        if path.suffix in (".txt", ".html") and not entry["expect"].startswith("dead letter"):
            encoding = next((name for name in ("cp1251", "cp1252") if name in path.name), "utf-8")
            text = path.read_bytes().decode(encoding)
            missing = [phrase for phrase in entry.get("lacks", []) if phrase not in text]
            assert not missing, name_of(entry)
