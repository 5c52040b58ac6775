from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.times import parse_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-03-20", "2023-03-20T00:00:00+00:00"),
        ("2023-03-20T10:00:00Z", "2023-03-20T10:00:00+00:00"),
        ("2023-03-20T10:00:00+0530", "2023-03-20T04:30:00+00:00"),
        ("2023-03-20 10:00", "2023-03-20T10:00:00+00:00"),
        ("20230320T1000Z", "2023-03-20T10:00:00+00:00"),
        ("20230320", "2023-03-20T00:00:00+00:00"),
        ("Mon, 20 Mar 2023 10:00:00 +0100", "2023-03-20T09:00:00+00:00"),
    ],
)
def test_a_complete_time_is_read(text: str, expected: str) -> None:
    parsed = parse_time(text)
    assert parsed is not None
    assert parsed.isoformat() == expected


@pytest.mark.parametrize("text", [None, "", "Monday", "03/04/2023", "2023", "0001-01-01", "9999-12-31", "20231399", "x" * 100])
def test_anything_else_stays_unknown(text: str | None) -> None:
    assert parse_time(text) is None


@given(st.text(max_size=70))
def test_never_raises(text: str) -> None:
    parsed = parse_time(text)
    assert parsed is None or parsed.tzinfo is not None
