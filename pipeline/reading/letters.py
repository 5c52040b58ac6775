"""What the readers of one file hand to `read`, which numbers it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.identity import doc_id, sha256_hex
from pipeline.records import DeadLetter, FileSlice, Origin, RawDocument

__all__ = ["EXCERPT_BYTES", "Found", "Lost", "Skipped", "excerpt", "slice_origin"]

EXCERPT_BYTES = 80
"""Enough to recognise a record by eye; an excerpt is not a copy of the record."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that could be read. `raw_sha256` is that of `data` unless given, as for a Parquet row's original bytes."""

    origin: Origin
    data: bytes
    kind: str

    def numbered(self, ordinal: int) -> RawDocument:
        """The record as the next step wants it."""
        raw_sha256 = sha256_hex(self.data)
        origin = self.origin
        return RawDocument(doc_id(origin.uri, origin.member, origin.locator, raw_sha256), ordinal, origin, self.data, raw_sha256, self.kind)


@dataclass(frozen=True, slots=True)
class Lost:
    """A record that could not be read."""

    origin: Origin
    code: str
    message: str
    raw_sha256: str | None = None
    head: bytes = b""

    def numbered(self, ordinal: int) -> DeadLetter:
        """The dead letter."""
        origin = self.origin
        key = doc_id(origin.uri, origin.member, origin.locator, self.raw_sha256)
        return DeadLetter(key, ordinal, origin, self.raw_sha256, "read", self.code, self.message, excerpt(self.head))


@dataclass(frozen=True, slots=True)
class Skipped:
    """What is no record and is passed over on purpose: counted by its `kind`, and by nothing else."""

    kind: str


def slice_origin(piece: FileSlice, length: int | None = None) -> Origin:
    """Origin of a dead letter for a whole slice. No other slice of the file, and no record in it, has the same."""
    member = f"row groups {piece.start}-{piece.end}" if piece.container == "parquet" else None
    return Origin(uri=piece.name, path=piece.uri, member=member, locator=piece.start, length=length)


def excerpt(data: bytes) -> str | None:
    r"""A printable view of the first bytes of a record; None where there are none.

    >>> excerpt(b"a\x00b\xff\ncd")
    'a\\x00b\\xff\\ncd'
    """
    if not data:
        return None
    cut = len(data) > EXCERPT_BYTES
    text = data[:EXCERPT_BYTES].decode("utf-8", "surrogateescape")
    shown = "".join(c if c.isprintable() else rf"\x{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else ascii(c)[1:-1] for c in text)
    return shown + "…" if cut else shown
