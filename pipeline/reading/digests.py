"""Digests that a WARC record states of itself. A plain WARC file has no other means to notice that bytes have changed."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping

__all__ = ["is_damaged"]

_ALGORITHMS = ("md5", "sha1", "sha256", "sha512")


def is_damaged(block: bytes, fields: Mapping[str, str]) -> bool:
    """Does a record say of itself that its bytes are not those that were written?

    Writers differ in what they take for the payload (with or without chunks and compression) and rewrite headers of responses, so
    that a wrong payload digest alone says nothing, and a right one saves a record whose block digest is wrong.

    Args:
        block: what follows the header of the record.
        fields: the header, names in lower case.

    >>> is_damaged(b"ferry", {"warc-block-digest": "md5:00000000000000000000000000000000"})
    True
    >>> is_damaged(b"ferry", {"warc-block-digest": "sha1:not a digest"}), is_damaged(b"ferry", {})
    (False, False)
    """
    if _holds(block, fields.get("warc-block-digest", "")) is not False:
        return False
    payload = block.partition(b"\r\n\r\n")[2] if block.startswith(b"HTTP/") else block
    return not _holds(payload, fields.get("warc-payload-digest", ""))


def _holds(data: bytes, label: str) -> bool | None:
    """Whether a digest such as ``sha1:`` with base32 or hexadecimal digits is that of `data`; None where it cannot be read."""
    name, _, value = label.strip().partition(":")
    name = name.lower().replace("-", "")
    if name not in _ALGORITHMS:
        return None
    wanted = hashlib.new(name, usedforsecurity=False)
    stated = _decode(value.strip(), wanted.digest_size)
    if stated is None:
        return None
    wanted.update(data)
    return wanted.digest() == stated


def _decode(value: str, size: int) -> bytes | None:
    try:
        if len(value) == 2 * size:
            return binascii.unhexlify(value)
        decoded = base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except ValueError:  # binascii.Error is one
        return None
    return decoded if len(decoded) == size else None
