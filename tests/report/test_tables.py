import json
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.report.tables import FORMS, describe_tables
from pipeline.schema import CORPUS_TABLES, TABLES, arrow_schema

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_committed_page_is_the_generated_one() -> None:
    """`copydesk schema --markdown > docs/tables.md` brings it up to date."""
    assert (REPOSITORY / "docs/tables.md").read_text(encoding="utf-8") == describe_tables(form="markdown")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_names_every_table_and_column(form: str) -> None:
    page = describe_tables(form=form)
    for table in TABLES:
        assert table in page
        assert all(name in describe_tables(table, form) or name in arrow_schema("documents").names for name in arrow_schema(table).names)


def test_json_is_the_schema_itself() -> None:
    assert json.loads(describe_tables("edits", "json"))["$id"] == "urn:copydesk:schema:edits:1"
    assert set(json.loads(describe_tables(None, "json"))) == {*TABLES, *CORPUS_TABLES}


def test_an_unknown_table_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="did you mean duplicates"):
        describe_tables("duplicate")
    with pytest.raises(ConfigError, match="there are documents, duplicates"):
        describe_tables("xyz")
