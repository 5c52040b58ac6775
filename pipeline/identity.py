"""Ids that are the same on every machine and in every run."""

from __future__ import annotations

import hashlib

__all__ = ["doc_id", "framed_digest", "sha256_hex"]


def doc_id(name: str, member: str | None, locator: int, raw_sha256: str | None) -> str:
    """Id of a record: 128 bits of BLAKE2b as 32 hex digits (docs/design.md, Identity).

    Args:
        name: the file's name within the run.
        member: member of a file that holds several documents, or None.
        locator: byte offset in the (decompressed) file, or row number.
        raw_sha256: SHA-256 of the raw record, or None where it could not be read.

    >>> doc_id("a.txt", None, 0, "00")
    '27c3183920f1de1a77c9edb0d9740187'
    >>> doc_id("a.txt", "", 0, "00") == doc_id("a.txt", None, 0, "00")
    False
    """
    return framed_digest((name, member, str(locator), raw_sha256))


def framed_digest(fields: tuple[str | None, ...]) -> str:
    """BLAKE2b-128 over fields, in hex. Each is framed by its length, so that no two different tuples give the same bytes."""
    digest = hashlib.blake2b(digest_size=16)
    for value in fields:
        if value is None:
            digest.update(b"-")
        else:
            data = value.encode()
            digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def sha256_hex(data: bytes) -> str:
    """SHA-256 in hex.

    >>> sha256_hex(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()
