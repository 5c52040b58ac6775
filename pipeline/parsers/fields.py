"""Values of agency formats -> values of `Metadata`, in one way for all formats."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.parsers.source import squeeze
from pipeline.records import Metadata

__all__ = [
    "as_list",
    "as_text",
    "bare_code",
    "bylines",
    "extra",
    "first_created",
    "item_type",
    "language_tag",
    "pubstatus",
    "texts",
    "urgency",
    "version_marker",
    "with_body",
]

_STATUS = {
    "usable": "usable",
    "withheld": "withheld",
    "embargoed": "withheld",
    "canceled": "canceled",
    "cancelled": "canceled",
    "killed": "canceled",
    "withdrawn": "canceled",
}
_ITEM_TYPES = {
    "text": "text",
    "story": "text",
    "article": "text",
    "picture": "picture",
    "photo": "picture",
    "image": "picture",
    "video": "video",
    "audio": "audio",
    "graphic": "graphic",
    "animated": "graphic",
    "composite": "composite",
    "event": "event",
    "planning": "planning",
    "concept": "concept",
}
_MARKERS = (("kill", "KILL"), ("withdraw", "WITHDRAWN"), ("withhold", "WITHHOLD"), ("correct", "CORRECTION"), ("update", "UPDATE"))
_BY = re.compile(r"^by:?[ \u00a0]+(?=\S)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}")


def bare_code(value: str | None) -> str | None:
    """The code without its scheme: ``stat:usable`` and ``http://cv.iptc.org/newscodes/pubstatusg2/usable`` are ``usable``.

    >>> bare_code("ninat:text"), bare_code("Usable")
    ('text', 'Usable')
    """
    return squeeze(re.split(r"[:/#]", value)[-1]) if value else None


def pubstatus(value: str | None) -> str | None:
    """``usable``, ``withheld`` or ``canceled``; a value that is none of them stays as it is, in lower case.

    >>> pubstatus("stat:canceled"), pubstatus("Usable"), pubstatus(None)
    ('canceled', 'usable', None)
    """
    bare = bare_code(value)
    return _STATUS.get(bare.lower(), bare.lower()) if bare else None


def first_created(first: str | None, of_version: str | None, version: str | None) -> str | None:
    """When an item was first created: as stated, or the time of its version where that is the first one (a missing version is 1).

    >>> first_created(None, "2024-05-06T07:08:09Z", "1"), first_created(None, "2024-05-06T07:08:09Z", "3")
    ('2024-05-06T07:08:09Z', None)
    """
    return first or (of_version if version in (None, "0", "1") else None)


def item_type(value: str | None) -> str | None:
    """Kind of the item: text, picture, video, audio, graphic, composite, event, planning.

    >>> item_type("ninat:picture"), item_type("cinat:event")
    ('picture', 'event')
    """
    bare = bare_code(value)
    return _ITEM_TYPES.get(bare.lower(), bare.lower()) if bare else None


def urgency(value: Any) -> int | None:
    """IPTC urgency 1 to 9, else None.

    >>> urgency("4"), urgency("high"), urgency(0)
    (4, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    match = re.fullmatch(r"\s*([1-9])\s*", str(value) if not isinstance(value, int) or abs(value) < 10 else "")
    return int(match[1]) if match else None


def language_tag(value: str | None) -> str | None:
    """A language tag as stated, with hyphens; None for what is no tag.

    >>> language_tag("en_GB"), language_tag("English"), language_tag("x")
    ('en-GB', None, None)
    """
    text = (value or "").strip()
    return text.replace("_", "-") if _LANGUAGE.fullmatch(text) else None


def bylines(values: Iterable[str | None]) -> tuple[str, ...]:
    """Bylines without a leading "By "; each once, in order. Nothing else is taken off: a name may hold "and" or a role.

    >>> bylines(["By Meredith Jameson, Staff Reporter", None, "Byron Lee"])
    ('Meredith Jameson, Staff Reporter', 'Byron Lee')
    """
    return texts(_BY.sub("", text) for text in texts(values))


def version_marker(code: str | None) -> str | None:
    """What a code of a signal, an editorial role or a note's role says that the item does to the version before it.

    >>> version_marker("sig:correction"), version_marker("Kill"), version_marker("atomic")
    ('CORRECTION', 'KILL', None)
    """
    bare = (bare_code(code) or "").lower()
    return next((marker for beginning, marker in _MARKERS if bare.startswith(beginning)), None)


def with_body(
    metadata: Metadata, captions: tuple[str, ...], byline: tuple[str, ...], dateline: str | None, notes: tuple[str, ...]
) -> Metadata:
    """Add what stands beside the text in the body's mark-up; what the delivery states itself is not changed."""
    known = dict(metadata.metadata_sources)
    for name, old, new in (("byline", metadata.byline, byline), ("dateline", metadata.dateline, dateline)):
        if new and not old:
            known[name] = "body"
    for name, values, more in (("captions", metadata.captions, captions), ("editor_notes", metadata.editor_notes, notes)):
        if any(text not in values for text in texts(more)):
            known[name] = f"{known[name]} + body" if name in known else "body"
    return metadata.with_values(
        captions=texts([*metadata.captions, *captions]),
        byline=metadata.byline or byline,
        dateline=metadata.dateline or dateline,
        editor_notes=texts([*metadata.editor_notes, *notes]),
        metadata_sources=tuple(sorted(known.items())),
    )


def texts(values: Iterable[str | None]) -> tuple[str, ...]:
    """Trimmed, each once, in order, without empty ones."""
    return tuple(dict.fromkeys(text for value in values if (text := squeeze(value))))


def as_text(value: Any) -> str | None:
    """A scalar of JSON as text; None for containers and for nothing.

    >>> as_text(6), as_text(" a "), as_text(True), as_text({})
    ('6', 'a', None, None)
    """
    if isinstance(value, str):
        return squeeze(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def as_list(value: Any) -> list[Any]:
    """A JSON list as it is, an object of objects as its values in the order of their keys, anything else as a list of one."""
    if value is None:
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping) and value and all(isinstance(entry, Mapping) for entry in value.values()):
        return [value[key] for key in sorted(value)]
    return [value]


def extra(values: Mapping[str, Any]) -> str | None:
    """What has no field of its own, as one JSON object with sorted keys; None where there is nothing."""
    kept = {key: value for key, value in values.items() if value not in (None, "", [], {}, ())}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if kept else None
