from __future__ import annotations

import json
from pathlib import Path

import pytest
from golden_pairs import SUFFIX, documents, observe

from pipeline.parsers import FORMATS

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
FILES = documents(GOLDEN)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(GOLDEN)))
def test_a_file_is_read_as_its_pair_states(path: Path) -> None:
    expected = json.loads((path.parent / (path.name + SUFFIX)).read_text(encoding="utf-8"))
    assert observe(path) == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(GOLDEN)))
def test_reading_twice_gives_the_same(path: Path) -> None:
    assert observe(path) == observe(path)


def test_every_format_has_a_golden_pair() -> None:
    extractors = {seen.get("extractor", "").split(" ")[0] for path in FILES for seen in observe(path)}
    assert {parser.NAME for parser in FORMATS} <= extractors


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(GOLDEN)))
def test_each_value_says_where_it_came_from(path: Path) -> None:
    for seen in observe(path):
        metadata = seen.get("metadata", {})
        assert set(metadata) - {"extra", "metadata_sources"} == set(metadata.get("metadata_sources", {}))
