from __future__ import annotations

import jsonschema
import pyarrow as pa
import pytest

from pipeline.rows import STAGED_SCHEMA, decision_columns
from pipeline.schema import TABLES, arrow_schema, json_schema, parse_type


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_valid_json_schema_with_descriptions(table: str) -> None:
    schema = json_schema(table)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert set(schema["required"]) <= set(schema["properties"])
    for name, column in schema["properties"].items():
        assert column["description"].endswith("."), name
        assert parse_type(column["x-arrow"]) == arrow_schema(table).field(name).type


@pytest.mark.parametrize("table", TABLES)
def test_the_arrow_schema_says_what_it_is(table: str) -> None:
    schema = arrow_schema(table)
    assert schema.metadata[b"schema_id"].decode() == f"urn:copydesk:schema:{table}:1"
    assert all(field.metadata[b"description"] for field in schema)


def test_nullability_follows_required() -> None:
    documents = arrow_schema("documents")
    assert not documents.field("text").nullable
    assert documents.field("title").nullable


def test_duplicates_and_removed_hold_all_columns_of_documents() -> None:
    for table in ("duplicates", "removed"):
        assert arrow_schema(table).names[: len(arrow_schema("documents"))] == arrow_schema("documents").names


def test_a_staged_row_can_become_a_row_of_any_table() -> None:
    late = {"run_id", "pipeline_version", "config_sha256", "rules_sha256", *decision_columns(None, "")}
    late |= {"representative_id", "relation", "jaccard", "containment", "containment_of_representative", "representative_run_id"}
    for table in ("documents", "duplicates", "removed", "dead_letters"):
        for field in arrow_schema(table):
            assert field.name in late or STAGED_SCHEMA.field(field.name).type == field.type


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown x-arrow type 'strnig'"):
        parse_type("strnig")


def test_structs_in_lists_parse() -> None:
    assert parse_type("list<struct<a: string, b: list<int32>>>") == pa.list_(
        pa.field("element", pa.struct([("a", pa.string()), ("b", pa.list_(pa.field("element", pa.int32())))]))
    )
