"""Removes documents outside limits on measured signals. Off unless limits are set: short alerts, tables and lists are news."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from pipeline.config import FilterConfig
from pipeline.errors import ConfigError
from pipeline.filters._measured import Measured
from pipeline.records import Verdict
from pipeline.schema import json_schema

NAME, VERSION = "quality", 1

_FORM = re.compile(r"\s*([a-z_]+)\s*(<=|>=)\s*(-?\d+(?:\.\d+)?)\s*\Z")


class Limit(NamedTuple):
    """One limit: the signal's column, ``<=`` or ``>=``, and the value."""

    signal: str
    relation: str
    value: float


def measure(measured: Measured) -> Mapping[str, float | None]:
    """All signals of the document."""
    return measured.signals


def judge(value: Mapping[str, float | None], config: FilterConfig) -> Verdict | None:
    """Remove a document at the first limit that it breaks. A signal that could not be measured breaks none.

    Raises:
        ConfigError: a limit is not of the form ``signal <= number`` or ``signal >= number``, or names no signal.
    """
    for text in config.limits:
        limit = _known(parse_limit(text), value)
        found = value[limit.signal]
        if found is not None and (found > limit.value if limit.relation == "<=" else found < limit.value):
            return Verdict(NAME, f"{limit.signal} is {found:g}, wanted {limit.relation} {limit.value:g}", float(found), limit.value)
    return None


def check(config: FilterConfig) -> None:
    """Make sure, before a run, that all limits can be read and name a signal.

    Raises:
        ConfigError: see `judge`.
    """
    columns = json_schema("documents")["properties"]
    known = [name for name in columns if name.startswith("rps_") or name == "n_paragraphs"]
    for text in config.limits:
        _known(parse_limit(text), known)


def _known(limit: Limit, signals: Iterable[str]) -> Limit:
    if limit.signal not in signals:
        raise ConfigError(f"filter.limits: {limit.signal} is no signal; there are {', '.join(sorted(signals))}")
    return limit


@cache
def parse_limit(text: str) -> Limit:
    """Read one limit.

    >>> parse_limit("rps_doc_mean_word_length <= 12")
    Limit(signal='rps_doc_mean_word_length', relation='<=', value=12.0)
    >>> parse_limit("words > 3")
    Traceback (most recent call last):
    pipeline.errors.ConfigError: filter.limits must hold entries such as 'rps_doc_word_count >= 20', found 'words > 3'
    """
    match = _FORM.match(text)
    if match is None:
        raise ConfigError(f"filter.limits must hold entries such as 'rps_doc_word_count >= 20', found {text!r}")
    return Limit(match[1], match[2], float(match[3]))
