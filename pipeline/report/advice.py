"""What a person should hear about a finished run before they use its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["NOTHING_READ", "advise", "is_nothing_read", "most_frequent"]

NOTHING_READ = 3
"""Exit code of a run that finished and could not read one record: the books balance, but nobody wanted that."""

_SERVER_SAID_SO = "http_status"
"""Redirections and missing pages are most of some crawls, and nothing that the user could mend."""

_HINTS = {
    "no_text_field": "Name the column that holds the text as --text-field.",
    "bad_text_type": "Name another column as --text-field.",
    "not_text_data": "Unpack or convert such files to text first.",
    "record_too_large": "--set input.max_record_bytes=... raises the limit.",
    "unreadable_file": "Give permission to read them, and run again.",
}


def is_nothing_read(manifest: Mapping[str, Any]) -> bool:
    """Is every record of the run a dead letter?"""
    books = manifest["books"]
    return bool(books["records"] == books.get("dead_letters", 0) > 0)


def advise(manifest: Mapping[str, Any], first_message: str | None) -> list[str]:
    """Sentences to show; none where half of the records could be read.

    Args:
        manifest: content of run.json.
        first_message: what the first dead letter of the most frequent code says.

    >>> books = {"records": 4, "dead_letters": 3}
    >>> manifest = {"books": books, "counters": {"dead_letters_by_code": {"no_text_field": 3}}}
    >>> print(*advise(manifest, "the record has no field 'text'; it has 'body'"), sep="\\n")
    3 of 4 records are dead letters, 3 of them no_text_field: the record has no field 'text'; it has 'body'.
    Name the column that holds the text as --text-field.
    """
    codes = manifest["counters"].get("dead_letters_by_code", {})
    records, dead = manifest["books"]["records"], manifest["books"].get("dead_letters", 0)
    ours = dead - codes.get(_SERVER_SAID_SO, 0)
    if not dead or (dead < records and ours * 2 <= records):
        return []
    code = most_frequent(manifest) or _SERVER_SAID_SO
    how_many = "Not one record could be read:" if dead == records else f"{dead:,} of {records:,} records are dead letters,"
    example = f": {first_message.rstrip('.')}." if first_message else "."
    sentences = [f"{how_many} {codes.get(code, 0):,} {'with the code' if dead == records else 'of them'} {code}{example}"]
    return [*sentences, _HINTS[code]] if code in _HINTS else sentences


def most_frequent(manifest: Mapping[str, Any]) -> str | None:
    """The code that most dead letters have, those of servers left out; None where there are none."""
    codes = manifest["counters"].get("dead_letters_by_code", {})
    return max(sorted(code for code in codes if code != _SERVER_SAID_SO), key=lambda code: codes[code], default=None)
