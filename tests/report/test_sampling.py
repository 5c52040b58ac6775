import json
from pathlib import Path
from typing import Any

import pytest
import tiny_dataset
from tiny_dataset import COPY, STORY, rewrite_part

from pipeline.report import sampling
from pipeline.report.dataset import Dataset, open_dataset
from pipeline.report.sampling import sample_edits, sample_members, sample_pairs, sample_rows


@pytest.fixture
def dataset(tiny: Path) -> Dataset:
    return open_dataset(str(tiny))


def add_part(folder: Path, path: str, rows: list[dict[str, Any]]) -> None:
    manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    manifest["files"].append({"path": path})
    tiny_dataset.write_manifest(folder, manifest)
    rewritten = folder / path
    rewritten.write_bytes((folder / path.split("/")[0] / "part-00000-000000000.parquet").read_bytes())
    rewrite_part(folder, path, lambda _: rows)


def test_rows_are_taken_from_early_parts_and_small_ids(tiny: Path) -> None:
    row = {"source_uri": "x", "step": "read", "code": "cut", "message": "m", "run_id": "r"}
    rows = [row | {"doc_id": f"{number:032x}"} for number in (9, 3, 7, 5)]
    rewrite_part(tiny, "dead_letters/part-00001-000000000.parquet", lambda _: rows)
    found = sample_rows(open_dataset(str(tiny)), "dead_letters", "code", ("message",), {"cut", "never"}, 3)
    assert [int(row["doc_id"], 16) for row in found["cut"]] == [3, 5, 7]
    assert "never" not in found


def test_each_example_of_a_rule_is_from_another_document(tiny: Path) -> None:
    part = "edits/part-00000-000000000.parquet"
    rewrite_part(tiny, part, lambda rows: [*rows, *({**rows[0], "seq": seq} for seq in (5, 6))])
    assert [sample.doc_id for sample in sample_edits(open_dataset(str(tiny)), {"widgets"}, 3)["widgets"]] == [STORY]


def test_an_edit_whose_text_is_elsewhere_is_shown_without_context(tiny: Path) -> None:
    part = "edits/part-00000-000000000.parquet"
    rewrite_part(tiny, part, lambda rows: [rows[0] | {"doc_id": "f" * 32}])
    (sample,) = sample_edits(open_dataset(str(tiny)), {"widgets"}, 3)["widgets"]
    assert (sample.edit.before, sample.left, sample.right) == ("Play audio\n", "", "")


def test_texts_are_read_for_the_first_parts_only(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sample_edits(dataset, {"fused_words"}, 1)["fused_words"][0].left
    monkeypatch.setattr(sampling, "_MOST_REPLAYED", 0)
    assert not sample_edits(dataset, {"fused_words"}, 1)["fused_words"][0].left


def test_the_most_similar_pairs_of_each_relation_come_first(tiny: Path) -> None:
    def many(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [rows[1] | {"jaccard": number / 10, "b": f"{number:032x}"} for number in range(5)] + [rows[1] | {"jaccard": None}]

    rewrite_part(tiny, "relations/part-00000-000000000.parquet", many)
    found = sample_pairs(open_dataset(str(tiny)), {"shares_passage", "same_template"}, 2)
    assert [round(pair["jaccard"], 1) for pair in found] == [0.4, 0.3]


def test_members_are_the_copies_behind_a_representative(dataset: Dataset) -> None:
    assert [row["doc_id"] for row in sample_members(dataset, [STORY], 5)[STORY]] == [COPY]
    assert sample_members(dataset, [COPY], 5) == {}


def test_no_more_parts_are_read_than_the_limit(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_part(tiny, "relations/part-00001-000000000.parquet", [{"a": COPY, "b": STORY, "relation": "same_template", "merges": False}])
    assert len(sample_pairs(open_dataset(str(tiny)), {"same_template"}, 2)) == 1
    monkeypatch.setattr(sampling, "MOST_PARTS", 1)
    assert sample_pairs(open_dataset(str(tiny)), {"same_template"}, 2) == []
