from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.repetition.sites import name_site


@pytest.mark.parametrize(
    ("url", "publisher", "uri", "site"),
    [
        ("https://www.orle.example/a", "Other", "x/y.txt", "orle.example"),
        ("https://m.orle.example/a", None, "x/y.txt", "orle.example"),
        ("https://sport.orle.example/a", None, "x/y.txt", "sport.orle.example"),
        ("//[orle", "Orle Post", "x/y.txt", "orle post"),
        ("urn:orle:1", " ORLE  Post ", "x/y.txt", "orle post"),
        (None, None, "Orle-Post/2024/05/1.txt", "orle-post"),
        (None, None, "20240501/1.txt", ""),
        (None, None, "1.txt", ""),
        (None, None, "orle_2024-05.warc.gz", "orle.warc"),
        (None, None, "channel4.jsonl", "channel4.jsonl"),
    ],
)
def test_the_best_known_name_counts(url: str | None, publisher: str | None, uri: str, site: str) -> None:
    assert name_site(url, publisher, uri) == site


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=30))
def test_any_metadata_gives_a_name(url: str, publisher: str, uri: str) -> None:
    assert name_site(url, publisher, uri) == name_site(url, publisher, uri).strip()
