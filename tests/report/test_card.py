import json
import re
from pathlib import Path
from typing import Any

import pytest
import tiny_dataset

from pipeline.report.card import croissant, dataset_card
from pipeline.schema import TABLES, arrow_schema


@pytest.fixture
def manifest(tmp_path: Path) -> dict[str, Any]:
    return tiny_dataset.write_dataset(tmp_path)


def test_documents_are_the_default_configuration(manifest: dict[str, Any]) -> None:
    card = dataset_card(manifest)
    front = card.split("---\n")[1]
    assert "- config_name: documents\n  data_files: documents/*.parquet\n  default: true\n" in front
    assert front.count("default: true") == 1
    assert "- config_name: edits\n  data_files: edits/*.parquet\n" in front


def test_a_table_without_rows_is_no_configuration_but_stands_on_the_page(manifest: dict[str, Any]) -> None:
    card = dataset_card(manifest)
    assert "config_name: passages" not in card
    assert "| `passages` | 0 |" in card


def test_the_card_states_languages_as_the_hub_wants_them_and_the_size(manifest: dict[str, Any]) -> None:
    manifest["counters"]["languages"] = {"en": 3, "en-t-t0-und": 1, "no": 1, "unknown": 2, "und": 1}
    front = dataset_card(manifest).split("---\n")[1]
    assert "language:\n- en\n- 'no'\ntags:" in front  # a bare no is false in YAML
    assert "size_categories:\n- n<1K\n" in front


def test_neither_page_holds_a_time_and_both_are_the_same_twice(manifest: dict[str, Any]) -> None:
    again = json.loads(json.dumps(manifest))
    for page in (dataset_card, lambda m: json.dumps(croissant(m))):
        assert page(manifest) == page(again)
        assert not re.search(r"\d\d:\d\d|20\d\d-\d\d", page(manifest))


def test_croissant_lists_every_part_with_its_hash(manifest: dict[str, Any]) -> None:
    files = {entry["@id"]: entry for entry in croissant(manifest)["distribution"] if entry["@type"] == "cr:FileObject"}
    parts = {entry["path"]: entry["sha256"] for entry in manifest["files"] if entry["path"].endswith(".parquet")}
    assert {name: entry["sha256"] for name, entry in files.items()} == parts
    assert all(entry["contentUrl"] == name for name, entry in files.items())


def test_croissant_describes_every_column_of_every_table(manifest: dict[str, Any]) -> None:
    described = {entry["@id"]: entry for entry in croissant(manifest)["recordSet"]}
    assert list(described) == list(TABLES)
    for table, record_set in described.items():
        assert [field["@id"] for field in record_set["field"]] == [f"{table}/{name}" for name in arrow_schema(table).names]
        assert all(field["description"] for field in record_set["field"])


def test_croissant_gives_nested_columns_their_parts(manifest: dict[str, Any]) -> None:
    fields = {field["@id"]: field for record_set in croissant(manifest)["recordSet"] for field in record_set["field"]}
    flags = fields["documents/flags"]
    assert flags["repeated"]
    assert [part["@id"] for part in flags["subField"]][:2] == ["documents/flags/kind", "documents/flags/start"]
    assert flags["subField"][1]["dataType"] == "sc:Integer"
    assert fields["documents/byline"]["repeated"]
    assert fields["documents/published_at"]["dataType"] == "sc:DateTime"
    assert fields["documents/ai_reserved"]["dataType"] == "sc:Boolean"


def test_every_id_that_croissant_refers_to_exists(manifest: dict[str, Any]) -> None:
    text = json.dumps(croissant(manifest))
    sets = {entry["@id"] for entry in croissant(manifest)["distribution"]}
    assert set(re.findall(r'"fileSet": {"@id": "([^"]+)"}', text)) <= sets


def test_the_card_says_which_tables_datasets_does_not_know(manifest: dict[str, Any]) -> None:
    for table in manifest["tables"]:
        manifest["tables"][table] = {"rows": 0 if table in ("removed", "dead_letters") else 1}
    assert "it does not know these here: `removed`, `dead_letters` have no rows." in dataset_card(manifest)
    for table in manifest["tables"]:
        manifest["tables"][table] = {"rows": 1}
    assert "without rows" not in dataset_card(manifest)
