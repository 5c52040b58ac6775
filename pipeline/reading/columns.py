"""Arrow arrays -> plain JSON values, exactly and without ever failing on a value.

``to_pylist`` is not enough: it raises on text that is not UTF-8, on times outside Python's years and on nanoseconds, and it takes
whatever pandas or the time zone database of the machine make of a value.
"""

from __future__ import annotations

import base64
import math
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa
from pyarrow import types

__all__ = ["MAX_DEPTH", "Undecodable", "is_too_deep", "plain_values", "unique_names"]

MAX_DEPTH = 32
"""Levels of nesting of a column; real schemas have three or four."""

_EPOCH = datetime(1970, 1, 1)
_DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


class Undecodable:
    """Stands for text that is not valid UTF-8; `data` are its bytes. It makes its row a dead letter."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


def is_too_deep(kind: pa.DataType, room: int = MAX_DEPTH) -> bool:
    """Is a type nested in more than `MAX_DEPTH` levels?"""
    if room == 0:
        return True
    return any(is_too_deep(kind.field(index).type, room - 1) for index in range(kind.num_fields))


def unique_names(names: list[str]) -> list[str]:
    """Column names as keys of an object: one that comes again takes its ordinal among all columns.

    >>> unique_names(["a", "b", "a"])
    ['a', 'b', 'a#3']
    """
    taken: set[str] = set()
    result: list[str] = []
    for ordinal, name in enumerate(names, 1):
        unique = name
        while unique in taken:
            unique = f"{unique}#{ordinal}"
        taken.add(unique)
        result.append(unique)
    return result


def plain_values(array: pa.Array, *, binary_is_text: bool = False) -> list[Any]:
    """The values of a column as None, bool, int, float, str, list and dict.

    Times become ISO 8601 (UTC ones with ``+00:00``), decimals text, binary base64, NaN and the infinities None. A value that its
    type cannot hold (a time after the year 9999) becomes its number as text.

    Args:
        array: any Arrow array that Parquet can give.
        binary_is_text: binary is text without the annotation, as old writers leave it.

    >>> plain_values(pa.array([[1, None], None]))
    [[1, None], None]
    """
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        return plain_values(array.storage, binary_is_text=binary_is_text)
    if types.is_dictionary(kind):
        return plain_values(array.dictionary_decode(), binary_is_text=binary_is_text)
    if types.is_nested(kind):
        return _nested_values(array)
    if _is_text(kind):
        return [None if value is None else _decode(value) for value in array.cast(pa.large_binary()).to_pylist()]
    if _is_binary(kind):
        make = _decode if binary_is_text else _base64
        return [None if value is None else make(value) for value in array.to_pylist()]
    if types.is_floating(kind):
        return [None if value is None or not math.isfinite(value) else float(value) for value in array.to_pylist()]
    if types.is_temporal(kind):
        return _temporal_values(array)
    if types.is_decimal(kind):
        return [None if value is None else format(value, "f") for value in array.to_pylist()]
    return list(array.to_pylist())


def _is_text(kind: pa.DataType) -> bool:
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_binary(kind: pa.DataType) -> bool:
    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind) or types.is_fixed_size_binary(kind))


def _decode(value: bytes) -> str | Undecodable:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return Undecodable(value)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _nested_values(array: pa.Array) -> list[Any]:
    kind = array.type
    valid = array.is_valid().to_pylist()
    if types.is_struct(kind):
        names = unique_names([kind.field(index).name for index in range(kind.num_fields)])
        columns = [plain_values(column) for column in array.flatten()]
        rows = zip(*columns, strict=True) if columns else [()] * len(array)
        return [dict(zip(names, row, strict=True)) if there else None for there, row in zip(valid, rows, strict=True)]
    if types.is_map(kind):
        pairs = list(zip(plain_values(array.keys), plain_values(array.items), strict=True))
        return [_mapping(pairs[start:end]) if there else None for there, (start, end) in zip(valid, _bounds(array), strict=True)]
    if types.is_fixed_size_list(kind):
        values = plain_values(array.values)
        size, first = kind.list_size, array.offset
        return [values[(first + i) * size : (first + i + 1) * size] if there else None for i, there in enumerate(valid)]
    values = plain_values(array.values)
    return [values[start:end] if there else None for there, (start, end) in zip(valid, _bounds(array), strict=True)]


def _bounds(array: pa.Array) -> list[tuple[int, int]]:
    offsets = array.offsets.to_pylist()
    if types.is_list_view(array.type) or types.is_large_list_view(array.type):
        return [(start, start + size) for start, size in zip(offsets, array.sizes.to_pylist(), strict=True)]
    return list(pairwise(offsets))


def _mapping(pairs: list[tuple[Any, Any]]) -> Any:
    """An object where that is possible without losing an entry, else a list of pairs."""
    keys = {key for key, _ in pairs if isinstance(key, str)}
    return dict(pairs) if len(keys) == len(pairs) else [list(pair) for pair in pairs]


def _temporal_values(array: pa.Array) -> list[Any]:
    kind = array.type
    if types.is_interval(kind):
        return [None if value is None else str(value) for value in array.to_pylist()]
    wide = kind.bit_width == 64
    numbers: list[int | None] = array.view(pa.int64() if wide else pa.int32()).to_pylist()
    if types.is_date(kind):
        return [None if n is None else _date(n // 86_400_000 if wide else n) for n in numbers]
    if types.is_duration(kind):
        return list(numbers)  # in the column's unit
    if types.is_time(kind):
        return [None if n is None else _time(n, kind.unit) for n in numbers]
    return [None if n is None else _timestamp(n, kind.unit, utc=kind.tz is not None) for n in numbers]


def _date(days: int) -> str:
    try:
        return (date(1970, 1, 1) + timedelta(days=days)).isoformat()
    except OverflowError:
        return str(days)


def _time(number: int, unit: str) -> str:
    seconds, fraction = divmod(number, 10 ** _DIGITS[unit])
    if not 0 <= seconds < 86_400:
        return str(number)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" + _fraction(fraction, unit)


def _timestamp(number: int, unit: str, *, utc: bool) -> str:
    seconds, fraction = divmod(number, 10 ** _DIGITS[unit])
    try:
        whole = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return str(number)
    return whole.isoformat() + _fraction(fraction, unit) + ("+00:00" if utc else "")


def _fraction(fraction: int, unit: str) -> str:
    return f".{fraction:0{_DIGITS[unit]}}" if fraction else ""
