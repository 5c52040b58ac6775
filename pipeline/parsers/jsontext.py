"""JSON read strictly: no value that depends on which of two equal keys counts, no number that cannot be held, no endless depth."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from pipeline.errors import DocumentError

__all__ = ["MAX_DEPTH", "load", "load_object", "refuse_repeated"]

MAX_DEPTH = 100
"""Levels of nesting. Python's own limit depends on the stack at hand; this one is the same everywhere."""

MAX_CONTAINERS = 1_000_000
"""Objects and arrays of one record, brackets in its texts counted. Each takes Python some 64 to 232 bytes; a news item has a hundred."""

_MAX_DIGITS = 4300
"""Digits of a whole number that Python converts by default (CVE-2020-10735); a longer one is kept as text."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def load_object(text: str) -> tuple[dict[str, Any], int]:
    """One JSON object, and how many lone surrogates in it became U+FFFD. A key that its outermost object has twice is an error.

    Raises:
        DocumentError: ``bad_json``, ``too_deep``, ``not_an_object``.

    >>> load_object('{"n": NaN, "s": "\\\\ud83d"}')
    ({'n': 'NaN', 's': '\ufffd'}, 1)
    """
    value, replaced = load(text)
    if not isinstance(value, dict):
        raise DocumentError("not_an_object", f"the record is a JSON {_json_type(value)}; accepted is an object")
    refuse_repeated(value)
    return value, replaced


def load(text: str) -> tuple[Any, int]:
    """Any JSON value; errors and the count as in `load_object`.

    Raises:
        DocumentError: also ``too_large``, for more objects and arrays than fit a worker's memory.
    """
    if len(text) > MAX_CONTAINERS and text.count("[") + text.count("{") > MAX_CONTAINERS:
        raise DocumentError("too_large", f"more than {MAX_CONTAINERS} objects and arrays")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_whole,
            parse_float=_real,
            parse_constant=str,
        )
    except json.JSONDecodeError as error:
        place = len(text[: error.pos].encode("utf-8", "replace"))
        what = "a NUL character" if text[error.pos : error.pos + 1] == "\0" else error.msg
        raise DocumentError("bad_json", f"not valid JSON at byte {place}: {what}") from None
    except RecursionError:
        raise DocumentError("too_deep", f"values are nested more than {MAX_DEPTH} levels deep") from None
    _check_depth(value)
    return _without_surrogates(value) if "\\ud" in text or "\\uD" in text else (value, 0)


class Repeated(dict[str, Any]):
    """An object in which keys occur twice with different values: `keys_repeated`. The first value stands under the key."""

    keys_repeated: tuple[str, ...] = ()


def refuse_repeated(value: object, key: str | None = None) -> None:
    """Refuse an object whose value for `key` (without one: for any key) is not certain.

    Raises:
        DocumentError: ``bad_json``.
    """
    if isinstance(value, Repeated) and (key is None or key in value.keys_repeated):
        shown = _SURROGATE.sub("\ufffd", (key or value.keys_repeated[0])[:80])
        raise DocumentError("bad_json", f"the key {shown!r} occurs twice in one object, so its value is not certain")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    kept = Repeated()
    repeated = []
    for key, value in pairs:
        if key not in kept:
            kept[key] = value
        elif kept[key] != value:
            repeated.append(key)
            kept.setdefault(f"{key}#2", value)
    kept.keys_repeated = tuple(repeated)
    return kept if repeated else dict(kept)


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < _MAX_DIGITS else digits


def _real(digits: str) -> float | str:
    value = float(digits)
    return value if math.isfinite(value) else digits


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner for outer in level if isinstance(outer, (dict, list)) for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise DocumentError("too_deep", f"values are nested more than {MAX_DEPTH} levels deep")


def _without_surrogates(value: Any) -> tuple[Any, int]:
    count = 0

    def clean(item: Any) -> Any:
        nonlocal count
        if isinstance(item, str):
            text, found = _SURROGATE.subn("\ufffd", item)
            count += found
            return text
        if isinstance(item, list):
            return [clean(entry) for entry in item]
        if isinstance(item, dict):
            pairs = ((clean(key), clean(entry)) for key, entry in item.items())
            if not isinstance(item, Repeated):
                return dict(pairs)
            made = Repeated(pairs)
            made.keys_repeated = item.keys_repeated
            return made
        return item

    return clean(value), count


def _json_type(value: Any) -> str:
    names = {list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
