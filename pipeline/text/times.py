"""Times as news sources write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["parse_time"]

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?)?\s*(Z|[+-]\d\d:?\d\d)?")


def parse_time(text: str | None) -> datetime | None:
    """A time in UTC, or None where the text is not a complete and unambiguous date.

    Accepts ISO 8601 (extended and the compact form of wire formats) and RFC 5322. A date alone is its midnight in UTC, and so is
    a time without a zone taken for UTC: the source's own words are kept beside it.

    >>> parse_time("2023-03-20T10:00:00+01:00").isoformat()
    '2023-03-20T09:00:00+00:00'
    >>> parse_time("20230320T100000Z").isoformat()
    '2023-03-20T10:00:00+00:00'
    >>> parse_time("last Friday") is None
    True
    """
    if not text or len(text) > 64:
        return None
    text = text.strip()
    parsed: datetime | None = None
    try:
        if match := _COMPACT.fullmatch(text):
            year, month, day, hour, minute, second, zone = match.groups()
            parsed = datetime.fromisoformat(f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone or ''}")
        elif re.match(r"\d{4}-\d\d", text):
            parsed = datetime.fromisoformat(text)
        elif re.search(r"\d{1,2} [A-Z][a-z]{2} \d{4}", text):
            parsed = parsedate_to_datetime(text)
        if parsed is None:
            return None
        parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    # Years outside these bounds are typing errors or default values of content systems.
    return parsed if 1450 <= parsed.year <= 2200 else None
