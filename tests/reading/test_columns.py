import datetime
import decimal
import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading.columns import Undecodable, is_too_deep, plain_values, unique_names

MAP = pa.map_(pa.string(), pa.int32())
NUMBERS = pa.array([1, 2, 3, 4], pa.int64())
CASES: list[tuple[str, pa.Array, list[Any]]] = [
    ("text", pa.array(["é", None, ""]), ["é", None, ""]),
    ("large text", pa.array(["é"], pa.large_string()), ["é"]),
    ("text view", pa.array(["é", None], pa.string_view()), ["é", None]),
    ("binary", pa.array([b"\xff\x00", None]), ["/wA=", None]),
    ("fixed binary", pa.array([b"ab"], pa.binary(2)), ["YWI="]),
    ("bool", pa.array([True, None]), [True, None]),
    ("unsigned", pa.array([2**64 - 1], pa.uint64()), [2**64 - 1]),
    ("float", pa.array([1.5, float("nan"), float("inf"), None]), [1.5, None, None, None]),
    ("half float", pa.array([1.5], pa.float16()), [1.5]),
    ("decimal", pa.array([decimal.Decimal("1E+3"), decimal.Decimal("-0.10")], pa.decimal128(9, 2)), ["1000.00", "-0.10"]),
    ("null", pa.nulls(2), [None, None]),
    ("date", pa.array([datetime.date(2024, 2, 29), None]), ["2024-02-29", None]),
    ("date64", pa.array([86_400_000], pa.date64()), ["1970-01-02"]),
    ("date out of range", pa.array([2**31 - 1], pa.int32()).view(pa.date32()), ["2147483647"]),
    ("time", pa.array([3_723_000_004], pa.int64()).view(pa.time64("us")), ["01:02:03.000004"]),
    ("time in s", pa.array([3723], pa.int32()).view(pa.time32("s")), ["01:02:03"]),
    ("time out of range", pa.array([-1], pa.int64()).view(pa.time64("ns")), ["-1"]),
    ("duration", pa.array([5], pa.duration("ms")), [5]),
    ("timestamp", pa.array([0, None], pa.timestamp("s")), ["1970-01-01T00:00:00", None]),
    ("timestamp ns", pa.array([1], pa.timestamp("ns", tz="Europe/Oslo")), ["1970-01-01T00:00:00.000000001+00:00"]),
    ("timestamp before 1970", pa.array([-1], pa.timestamp("ms", tz="UTC")), ["1969-12-31T23:59:59.999+00:00"]),
    ("timestamp out of range", pa.array([2**62], pa.timestamp("s")), [str(2**62)]),
    ("dictionary", pa.array(["a", None, "a"]).dictionary_encode(), ["a", None, "a"]),
    ("list", pa.array([[1, None], None, []]), [[1, None], None, []]),
    ("list slice", pa.array([[1], [2, 3], [4]]).slice(1), [[2, 3], [4]]),
    ("large list", pa.array([["a"]], pa.large_list(pa.string())), [["a"]]),
    ("list view", pa.array([[1, 2], None], pa.list_view(pa.int64())), [[1, 2], None]),
    ("fixed list", pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int64(), 2)), [[1, 2], None, [3, 4]]),
    ("fixed list slice", pa.array([[1, 2], [3, 4]], pa.list_(pa.int64(), 2)).slice(1), [[3, 4]]),
    ("struct", pa.array([{"x": 1, "y": ["q"]}, None, {"x": None, "y": None}]), [{"x": 1, "y": ["q"]}, None, {"x": None, "y": None}]),
    ("struct slice", pa.array([{"x": 1}, {"x": 2}]).slice(1), [{"x": 2}]),
    ("map", pa.array([[("k", 1)], None, []], MAP), [{"k": 1}, None, {}]),
    ("map slice", pa.array([[("k", 1)], [("l", 2)]], MAP).slice(1), [{"l": 2}]),
    ("map with a key twice", pa.array([[("k", 1), ("k", 2)]], MAP), [[["k", 1], ["k", 2]]]),
    ("map of numbers", pa.array([[(1, 2)]], pa.map_(pa.int8(), pa.int8())), [[[1, 2]]]),
    ("dates in a list", pa.array([[datetime.date(2024, 1, 1)]]), [["2024-01-01"]]),
]


@pytest.mark.parametrize(("array", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_values(array: pa.Array, expected: list[Any]) -> None:
    found = plain_values(array)
    assert found == expected
    assert json.dumps(found, allow_nan=False) == json.dumps(expected)


def test_text_that_is_not_utf8_is_marked_and_hurts_no_neighbour() -> None:
    array = pa.array([b"good", b"\xff\xfe", b"fine"]).cast(pa.binary()).view(pa.string())
    one, two, three = plain_values(array)
    assert (one, three) == ("good", "fine")
    assert isinstance(two, Undecodable)
    assert two.data == b"\xff\xfe"


def test_binary_column_of_text() -> None:
    assert plain_values(pa.array([b"caf\xc3\xa9"]), binary_is_text=True) == ["café"]
    assert isinstance(plain_values(pa.array([b"\xe9"]), binary_is_text=True)[0], Undecodable)


def test_columns_of_one_name_keep_their_values_apart() -> None:
    assert unique_names(["a", "a", "a#2", "a"]) == ["a", "a#2", "a#2#3", "a#4"]
    both = pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"])
    assert plain_values(both) == [{"x": 1, "x#2": 2}]


def test_depth() -> None:
    kind = pa.int8()
    for _ in range(40):
        kind = pa.list_(kind)
    assert is_too_deep(kind)
    assert not is_too_deep(pa.list_(pa.struct([("a", MAP)])))


@given(
    st.lists(
        st.one_of(
            st.none(), st.dictionaries(st.text(max_size=3), st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=3), max_size=3)
        ),
        max_size=6,
    )
)
@settings(max_examples=50)
def test_nested_values_come_back(values: list[Any]) -> None:
    array = pa.array([None if value is None else list(value.items()) for value in values], pa.map_(pa.string(), pa.list_(pa.string())))
    assert plain_values(array) == values
    assert plain_values(array.slice(len(values) // 2)) == values[len(values) // 2 :]
