"""Guesses the encoding of bytes that nothing declares and that are not UTF-8."""

from __future__ import annotations

import codecs
import unicodedata
from functools import cache

__all__ = ["detect", "escape_codec", "is_single_byte", "wide_codec"]

_SAMPLE = 65_536


def detect(data: bytes) -> tuple[str, float]:
    """The most likely codec of `data` and how sure that is, from 0 to 1. Always an answer: windows-1252 with 0 at worst."""
    from charset_normalizer import from_bytes  # costs 30 ms to import, and most corpora never need it

    best = from_bytes(data[:_SAMPLE], cp_exclusion=["utf_7"]).best()
    if best is None:
        return "cp1252", 0.0
    return codecs.lookup(best.encoding).name, round(max(0.0, 1.0 - best.chaos), 3)


def wide_codec(data: bytes) -> str | None:
    """UTF-16 without byte order mark, by its zero bytes: they all stand on one side of the pairs.

    Text in any script has spaces, digits or line ends, whose other half is zero.

    >>> wide_codec("The harbour".encode("utf-16-be")), wide_codec(b"The harbour")
    ('utf-16-be', None)
    """
    sample = data[: _SAMPLE - _SAMPLE % 4]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if even + odd > len(sample) * 2 // 3:
        # Three zeros of four: UTF-32, which nobody sends without a mark, but an archive may hold.
        for codec in ("utf-32-le", "utf-32-be"):
            if _reads_as_text(sample[: len(sample) - len(sample) % 4], codec):
                return codec
        return None
    many, few, codec = (even, odd, "utf-16-be") if even > odd else (odd, even, "utf-16-le")
    units = len(sample) // 2
    if few * 20 > many or many * 50 < units:
        return None
    if many * 5 < units * 2 and _share_of_ascii(sample) > 0.8:
        # Few zeros among bytes that are good ASCII: text with a stray NUL. In other scripts half of the bytes are none.
        return None
    return codec if _reads_as_text(sample[: len(sample) - len(sample) % 2], codec) else None


def escape_codec(data: bytes) -> str | None:
    """ISO-2022 codec by its escape sequences, which are ASCII bytes and therefore valid UTF-8 too."""
    head = data[:_SAMPLE]
    if b"\x1b$B" in head or b"\x1b$@" in head or b"\x1b(J" in head or b"\x1b(I" in head:
        codec = "iso2022_jp_ext"
    elif b"\x1b$)C" in head:
        codec = "iso2022_kr"
    elif b"~{" in head and b"~}" in head and head.isascii():
        codec = "hz"
    else:
        return None
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    # A terminal's colour codes are escape sequences too, and yield no character beyond ASCII.
    return None if text.isascii() else codec


@cache
def is_single_byte(codec: str) -> bool:
    """Whether every byte of the encoding is a character."""
    return len(bytes(range(0x20, 0x7F)) + b"\xe1\xe9") == len((bytes(range(0x20, 0x7F)) + b"\xe1\xe9").decode(codec, "replace"))


def _share_of_ascii(sample: bytes) -> float:
    others = sample.translate(None, bytes(range(0x20, 0x7F)) + b"\t\r\n\0")
    return 1 - len(others) / max(1, len(sample) - sample.count(0))


def _reads_as_text(sample: bytes, codec: str) -> bool:
    text = sample.decode(codec, "replace")
    bad = sum(1 for c in text if c == "\ufffd" or (unicodedata.category(c) in ("Cn", "Co", "Cc") and c not in "\t\r\n\f"))
    return bad * 50 <= len(text)
