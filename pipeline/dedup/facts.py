"""What relations, election and the list of carriers need to know of a document, packed as one compact JSON string in its sketch."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from pipeline.records import Metadata
from pipeline.text.times import parse_time

__all__ = ["Facts", "compare_versions", "is_global", "marker_kind", "read_facts", "same_source", "sent_after", "split_guid", "write_facts"]

_KILL = re.compile(r"\b(?:KILL|KILLED|WITHDRAWN|WITHDRAW|WITHDRAWAL|ADVISORY-DELETE|CANCEL(?:L?ED)?|ANNUL\w*|ZURÜCKGEZOGEN)\b", re.I)
_CORRECTION = re.compile(r"\b(?:CORRECT\w*|CORRIG\w*|KORREKTUR|BERICHTIGUNG|RECTIFI\w*|RETTIFICA|CORREC+I[OÓ]N)", re.I)
_REPEAT = re.compile(r"\b(?:RPT|REPEAT|REFILE|WIEDERHOLUNG|RESEND)\b", re.I)
_UPDATE = re.compile(r"\b(?:UPDATE[DS]?|WRITE-?THR(?:U|OUGH)|LEAD(?:ALL)?|LD|NEU|WRAPUP|ADDS)\b", re.I)
_PART = re.compile(r"\b(?:ADD|SUB|INSERT|TAKE)\b", re.I)
_MARKERS = (("kill", _KILL), ("correction", _CORRECTION), ("part", _PART), ("update", _UPDATE), ("repeat", _REPEAT))
_NUMBER = re.compile(r"\d+")
_GLOBAL = re.compile(r"[a-z][a-z0-9+.-]{1,15}:\S+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", re.I)

_REVISION = re.compile(r"(urn:newsml:[^:\s]+:[0-9]{8}[^:\s]*:[^\s]+):([0-9]{1,9})[A-Z]?", re.I)
_LISTS = ("agencies", "flags")
_TEXTS = (
    *((name, name) for name in ("title", "publisher")),
    ("url", "canonical_url"),
    *((name, name) for name in ("published_at", "modified_at", "version", "version_marker", "pubstatus", "guid")),
    ("slug", "slugline"),
)
"""Names of text facts, and of the fields of `Metadata` that they come from."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Unknown is None. Times are as the source states them; `uri` is the input file."""

    uri: str
    characters: int
    mt_band: str = "none"
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published_at: str | None = None
    modified_at: str | None = None
    version: str | None = None
    version_marker: str | None = None
    pubstatus: str | None = None
    guid: str | None = None
    slug: str | None = None
    agencies: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    removed: bool = False

    @property
    def kills(self) -> bool:
        """Whether this document takes another one back: a kill notice, or a cancellation sent under the id of what it cancels."""
        return self.pubstatus in ("canceled", "cancelled") or marker_kind(self.version_marker) == "kill"

    @property
    def time(self) -> float | None:
        """Seconds since 1970 of the latest change, else of publication."""
        moment = parse_time(self.modified_at) or parse_time(self.published_at)
        return moment.timestamp() if moment else None

    @property
    def published(self) -> float | None:
        """Seconds since 1970 of publication, else of the latest change."""
        moment = parse_time(self.published_at) or parse_time(self.modified_at)
        return moment.timestamp() if moment else None


def write_facts(metadata: Metadata, *, uri: str, characters: int, mt_band: str, flags: tuple[str, ...], removed: bool) -> str:
    """Pack the facts of one document; what is unknown is left out.

    >>> read_facts(write_facts(Metadata(guid="urn:x:1"), uri="a.txt", characters=9, mt_band="none", flags=(), removed=False)).guid
    'urn:x:1'
    """
    # By hand, since a general encoder takes longer for this than the sketch of the text.
    quote = json.encoder.encode_basestring
    parts = [f'"uri":{quote(uri)},"characters":{characters},"mt_band":{quote(mt_band)}']
    revision = split_guid(metadata.guid)[1] if metadata.guid else None
    for name, field in _TEXTS:
        value = getattr(metadata, field)
        if value is None and name == "version":
            value = revision
        if value is not None:
            parts.append(f'"{name}":{quote(value)}')
    for name, values in (("agencies", metadata.text_agency), ("flags", sorted(flags))):
        if values:
            parts.append(f'"{name}":[{",".join(map(quote, values))}]')
    if removed:
        parts.append('"removed":true')
    return "{" + ",".join(parts) + "}"


def read_facts(text: str) -> Facts:
    """Read what `write_facts` packed."""
    values = json.loads(text)
    for name in _LISTS:
        if name in values:
            values[name] = tuple(values[name])
    return Facts(**values)


def is_global(guid: str) -> bool:
    """Whether an id looks unique in the world (a URI, a UUID), not only at its publisher.

    >>> is_global("urn:newsml:example.com:20240102:77"), is_global("{0f8fad5b-d9cb-469f-a165-70867728950e}"[1:-1]), is_global("77")
    (True, True, False)
    """
    return _GLOBAL.fullmatch(guid.strip()) is not None


def split_guid(guid: str) -> tuple[str, str | None]:
    """An id and the version in it: the last part of a NewsML 1 identifier is the revision, and the letter after it says how it came about.

    A NewsML-G2 identifier has the same beginning and no revision.

    >>> split_guid("urn:newsml:example.com:20240102:AB77:3U"), split_guid("urn:newsml:example.com:20240102:AB77")
    (('urn:newsml:example.com:20240102:AB77', '3'), ('urn:newsml:example.com:20240102:AB77', None))
    """
    found = _REVISION.fullmatch(guid.strip())
    return (found[1], found[2]) if found else (guid.strip(), None)


def marker_kind(marker: str | None) -> str | None:
    """``kill``, ``correction``, ``part``, ``update`` or ``repeat``, or None where the marker says nothing about versions.

    A part (an add, a take, an insert, a substituted paragraph) belongs to a story and replaces none of its versions.

    >>> [marker_kind(m) for m in ("KILL", "CORRECTED", "2nd Add", "UPDATE 2", "1st Ld-Writethru", "RPT", "FACTBOX", None)]
    ['kill', 'correction', 'part', 'update', 'update', 'repeat', None, None]
    """
    if not marker:
        return None
    for kind, pattern in _MARKERS:
        if pattern.search(marker):
            return kind
    return None


def compare_versions(a: Facts, b: Facts) -> int:
    """Which of two documents of one story is the newer version: 1 for a, -1 for b, 0 where nothing says so.

    The version number decides, then the number in the marker, then the times, then the mere presence of a marker.

    >>> old, new = Facts("a", 1, version="2"), Facts("b", 1, version="10")
    >>> compare_versions(old, new), compare_versions(new, old), compare_versions(old, old)
    (-1, 1, 0)
    """
    for left, right in (
        (_numbers(a.version), _numbers(b.version)),
        (_marker_number(a), _marker_number(b)),
        (a.time, b.time),
        (_marked(a), _marked(b)),
    ):
        if left is not None and right is not None and left != right:
            return 1 if left > right else -1  # type: ignore[operator]
    return 0


def sent_after(a: Facts, b: Facts) -> bool:
    """Whether a was sent after b, by version number or else by time; False where neither is known of both."""
    numbers = _numbers(a.version), _numbers(b.version)
    if None not in numbers and numbers[0] != numbers[1]:
        return numbers > numbers[::-1]
    return a.time is not None and b.time is not None and a.time > b.time


def same_source(a: Facts, b: Facts) -> bool:
    """Whether two documents come from one source: the same publisher or, where that is not known of both, the same text agency.

    An outlet that carries an agency's story is another source than the agency.

    >>> same_source(Facts("a", 1, publisher="Daily Post", agencies=("ABC",)), Facts("b", 1, publisher="ABC", agencies=("ABC",)))
    False
    """
    if a.publisher and b.publisher:
        return a.publisher.casefold() == b.publisher.casefold()
    left, right = _agency_names(a), _agency_names(b)
    if a.publisher or b.publisher:
        publisher = (a.publisher or b.publisher or "").casefold()
        return publisher in (right if a.publisher else left)
    return bool(left & right)


def _agency_names(facts: Facts) -> set[str]:
    return {name.casefold() for name in facts.agencies}


def _numbers(text: str | None) -> tuple[int, ...] | None:
    found = tuple(int(digits[:30]) for digits in _NUMBER.findall(text[:80])) if text else ()
    return found or None


def _marker_number(facts: Facts) -> tuple[int, ...] | None:
    kind = marker_kind(facts.version_marker)
    if kind not in ("update", "correction"):
        return None
    return _numbers(facts.version_marker)


def _marked(facts: Facts) -> int:
    return int(marker_kind(facts.version_marker) in ("update", "correction"))
