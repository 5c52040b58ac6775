"""Each check must pass on a sound dataset and find the one fault that a test puts in."""

import json
from pathlib import Path
from typing import Any

import pytest
import tiny_dataset
from tiny_dataset import COPY, QUOTER, STORY, rewrite_part

from pipeline.report.dataset import open_dataset
from pipeline.report.verifying import CHECKS, verify


def failing(folder: Path) -> dict[str, tuple[str, ...]]:
    return {finding.check: finding.examples for finding in verify(open_dataset(str(folder))) if not finding.ok}


def change_manifest(folder: Path, change: Any) -> None:
    manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    change(manifest)
    tiny_dataset.write_manifest(folder, manifest)


def test_a_sound_dataset_passes_every_check(tiny: Path) -> None:
    findings = list(verify(open_dataset(str(tiny))))
    assert [finding.check for finding in findings] == [name for name, _ in CHECKS]
    assert all(finding.ok for finding in findings), findings
    assert findings[-1].detail == "5 edits of 6 documents"


def test_a_changed_byte_a_missing_and_a_shortened_file_are_found(tiny: Path) -> None:
    (tiny / "README.md").write_bytes(b"x" + (tiny / "README.md").read_bytes()[1:])
    (tiny / "croissant.json").write_bytes((tiny / "croissant.json").read_bytes()[:-1])
    (tiny / "passages/part-empty.parquet").unlink()
    found = failing(tiny)
    assert set(found) >= {"every listed file has its hash"}
    words = " ".join(found["every listed file has its hash"])
    assert "README.md has another sha256" in words
    assert "croissant.json has" in words
    assert "passages/part-empty.parquet is missing" in words


def test_a_part_that_is_not_parquet_fails_all_checks_that_need_it_and_stops_none(tiny: Path) -> None:
    (tiny / "documents/part-00000-000000000.parquet").write_bytes(b"PAR1 but not really")
    assert len(list(verify(open_dataset(str(tiny))))) == len(CHECKS)
    assert {"every listed file has its hash", "the books balance", "every id occurs once"} <= set(failing(tiny))


def test_an_unlisted_file_is_found_and_a_hidden_one_left_alone(tiny: Path) -> None:
    (tiny / "documents/part-00009.parquet").write_bytes(b"")
    (tiny / ".gitattributes").write_bytes(b"")
    assert failing(tiny) == {"no file is unlisted": ("documents/part-00009.parquet is not listed in run.json",)}


def test_a_row_that_vanished_breaks_the_books(tiny: Path) -> None:
    rewrite_part(tiny, "removed/part-00000-000000000.parquet", lambda rows: rows[:1])
    assert "the parts of removed have 2 rows, the manifest says 3" in failing(tiny)["the books balance"]


def test_books_that_count_other_than_the_tables_are_found(tiny: Path) -> None:
    change_manifest(tiny, lambda manifest: manifest["books"].update(documents=3, records=8))
    found = failing(tiny)["the books balance"]
    assert "the books count 3 documents, the table has 2 rows" in found
    assert len(found) == 2


def test_one_id_in_two_tables_is_found(tiny: Path) -> None:
    rewrite_part(tiny, "dead_letters/part-00001-000000000.parquet", lambda rows: [rows[0] | {"doc_id": QUOTER}])
    assert failing(tiny) == {"every id occurs once": (f"{QUOTER} occurs more than once",)}


def test_an_id_that_is_not_hex_is_a_finding_and_no_crash(tiny: Path) -> None:
    rewrite_part(tiny, "dead_letters/part-00001-000000000.parquet", lambda rows: [rows[0] | {"doc_id": "seven"}])
    assert "not 32 hex digits" in failing(tiny)["every id occurs once"][0]


def test_a_representative_that_is_no_document_is_found_and_null_is_fine(tiny: Path) -> None:
    part = "duplicates/part-00000-000000000.parquet"
    rewrite_part(tiny, part, lambda rows: [rows[0] | {"representative_id": None}])
    assert set(failing(tiny)) == {"every cluster is whole"}
    rewrite_part(tiny, part, lambda rows: [rows[0] | {"representative_id": COPY}])
    assert failing(tiny)["every representative is in documents"] == (f"{COPY} stands for copies and is not in documents",)


@pytest.mark.parametrize("change", [{"cluster_id": COPY}, {"cluster_size": 3}])
def test_a_copy_that_names_another_cluster_or_size_is_found(tiny: Path, change: dict[str, Any]) -> None:
    rewrite_part(tiny, "duplicates/part-00000-000000000.parquet", lambda rows: [rows[0] | change])
    assert failing(tiny) == {"every cluster is whole": (f"copies of {STORY} name another cluster or size than it does",)}


def test_a_cluster_with_too_few_members_is_found(tiny: Path) -> None:
    rewrite_part(tiny, "documents/part-00001-000000000.parquet", lambda rows: [rows[0] | {"cluster_size": 2}])
    assert failing(tiny) == {"every cluster is whole": (f"cluster {QUOTER} should have 2 members, there are 1",)}


def test_counters_that_do_not_add_up_are_found(tiny: Path) -> None:
    change_manifest(tiny, lambda manifest: manifest["counters"]["edits_by_rule"].update(layout=7))
    assert failing(tiny) == {"the books balance": ("the counter edits_by_rule adds up to 11, edits has 5 rows",)}


def test_rows_of_another_run_are_found(tiny: Path) -> None:
    rewrite_part(tiny, "documents/part-00001-000000000.parquet", lambda rows: [rows[0] | {"run_id": "ffffffffffffffff"}])
    assert set(failing(tiny)) == {"settings and run are the same throughout"}


def test_settings_that_do_not_have_their_hash_are_found(tiny: Path) -> None:
    change_manifest(tiny, lambda manifest: manifest["config"]["dedup"].update(bands=64))
    assert set(failing(tiny)) == {"settings and run are the same throughout"}


EDITS = "edits/part-00000-000000000.parquet"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows[:-1], "should have 5 edits, there are 4"),
        (lambda rows: [rows[0] | {"before": "Play video\n"}, *rows[1:]], "undoing its edits does not give the source text back"),
        (lambda rows: [rows[0], rows[1] | {"start": 0, "end": len(rows[1]["before"])}, *rows[2:]], "source text back"),
        (lambda rows: [rows[0] | {"op": "insert"}, *rows[1:]], "edit 0 contradicts itself"),
        (lambda rows: [rows[0] | {"end": 99}, *rows[1:]], "edit 0 contradicts itself"),
        (lambda rows: [*rows[:-1], rows[-1] | {"after": "zz"}], "expected"),
        (lambda rows: [*rows[:-1], rows[-1] | {"seq": 7}], "not numbered"),
    ],
)
def test_a_falsified_edit_is_found(tiny: Path, change: Any, words: str) -> None:
    rewrite_part(tiny, EDITS, change)
    assert words in failing(tiny)["undoing the edits gives every source text back"][0]


def test_a_text_without_its_hash_is_found(tiny: Path) -> None:
    rewrite_part(tiny, "documents/part-00001-000000000.parquet", lambda rows: [rows[0] | {"text": "Other words."}])
    assert "text_sha256" in failing(tiny)["undoing the edits gives every source text back"][0]


def test_edits_of_nobody_are_found(tiny: Path) -> None:
    rewrite_part(tiny, EDITS, lambda rows: [*rows, rows[0] | {"doc_id": "f" * 32}])
    assert failing(tiny)["undoing the edits gives every source text back"] == (f"edits of {'f' * 32}, which no table holds",)


def test_edits_in_a_part_of_another_name_are_matched_all_the_same(tiny: Path) -> None:
    other = "edits/part-00001-000000000.parquet"
    (tiny / EDITS).rename(tiny / other)
    change_manifest(tiny, lambda manifest: [entry.update(path=other) for entry in manifest["files"] if entry["path"] == EDITS])
    assert failing(tiny) == {}


def test_a_part_with_other_columns_is_found(tiny: Path) -> None:
    import pyarrow.parquet as pq

    part = tiny / "relations/part-00000-000000000.parquet"
    pq.write_table(pq.read_table(part).drop_columns(["evidence"]), part)
    assert "missing evidence" in failing(tiny)["every part has its table's schema"][0]


def test_a_manifest_without_books_fails_without_a_crash(tiny: Path) -> None:
    change_manifest(tiny, lambda manifest: manifest.pop("books"))
    assert "incomplete" in failing(tiny)["the books balance"][0]


def test_story_has_edits_at_all(tiny: Path) -> None:
    import pyarrow.parquet as pq

    assert set(pq.read_table(tiny / EDITS).column("doc_id").to_pylist()) == {STORY}
