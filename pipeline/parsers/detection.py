"""Guesses the encoding of bytes that nothing declares and that are not UTF-8."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pipeline.parsers.labels import codec_of

__all__ = ["detect", "escape_codec", "is_single_byte", "wide_codec"]

_SAMPLE = 65_536
_LITTLE = 24
"""Bytes; from here on `benchmarks/detect.py` shows no gain from a smaller choice of encodings."""

_MARKS_1252 = b"\xa9\xae\xb0\xb7\xbc\xbd\xbe"
_OF_THE_WEB = (
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "cp866", "koi8-r", "koi8-u"),
    *("iso8859-2", "iso8859-5", "iso8859-7", "iso8859-13", "iso8859-15", "iso8859-16", "mac-roman", "mac-cyrillic"),
    *("gb18030", "big5hkscs", "cp932", "euc-jp", "cp949", "utf-8"),
)
"""Encodings that browsers know (WHATWG Encoding Standard) and that are not a subset of another of them."""

_LATIN = (
    *(
        "cp1252",
        "cp1250",
        "cp1254",
        "cp1257",
        "iso8859-2",
        "iso8859-13",
        "iso8859-15",
        "iso8859-16",
        "mac-roman",
        "mac-latin2",
        "mac-turkish",
    ),
    *("cp437", "cp850", "cp852", "cp857", "cp858", "cp861", "cp863", "cp865", "cp775"),
)


def detect(data: bytes) -> tuple[str, float]:
    """The most likely codec of `data` and how sure that is, from 0 to 1. Always an answer: windows-1252 with 0 at worst.

    Where there is very little text, only encodings of the web are asked, since among a hundred encodings one fits by chance; marks such
    as the degree sign, which no letters stand beside, are windows-1252.

    >>> detect("Паром опоздал".encode("koi8-r"))[0], detect(b"Ferry\\xae late at 30\\xb0")
    ('koi8_r', ('cp1252', 0.0))
    """
    from chardet import EncodingEra  # costs 100 ms to import, and most corpora never need it
    from chardet import detect as guess

    sample = data[:_SAMPLE]
    if not sample.translate(None, _MARKS_1252 + bytes(range(128))):
        return "cp1252", 0.0
    if len(sample) < _LITTLE:
        found = guess(data, include_encodings=_OF_THE_WEB)
    else:
        # A file without any ASCII letter or digit may be EBCDIC; in all others its code pages fit by chance alone.
        eras = EncodingEra.ALL if not re.search(rb"[a-zA-Z0-9]{2}", sample) else EncodingEra.ALL & ~EncodingEra.MAINFRAME
        found = guess(data, max_bytes=_SAMPLE, encoding_era=eras)
    if _mixes_scripts(sample, codec_of(found["encoding"])):
        found = guess(data, max_bytes=_SAMPLE, include_encodings=_LATIN)
    codec = codec_of(found["encoding"])
    return (codec, round(float(found["confidence"]), 3)) if codec else ("cp1252", 0.0)


def _mixes_scripts(sample: bytes, codec: str | None) -> bool:
    """Whether the words with letters beyond ASCII are mostly Latin words with a letter of another script in them, as no language writes."""
    if codec is None or not is_single_byte(codec):
        return False
    words = [w for w in re.findall(r"[^\W\d_]+", sample.decode(codec, "replace")) if not w.isascii()]
    mixed = sum(1 for w in words if re.search(r"[A-Za-z]", w) and re.search(r"[\u0370-\u1dff\u2e80-\uffff]", w))
    return mixed * 2 > len(words)


def wide_codec(data: bytes) -> str | None:
    """UTF-16 without byte order mark, by its zero bytes: they all stand on one side of the pairs.

    Text in any script has spaces, digits or line ends, whose other half is zero.

    >>> wide_codec("The harbour".encode("utf-16-be")), wide_codec(b"The harbour")
    ('utf-16-be', None)
    """
    sample = data[:_SAMPLE]
    sample = sample[: len(sample) - len(sample) % 2]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    for codec, zeros in (("utf-32-le", sample[3::4]), ("utf-32-be", sample[0::4])):
        # No character needs the highest byte, and hardly one of news the second highest.
        if len(sample) % 4 == 0 and not any(zeros) and _reads_as_text(sample, codec):
            return codec
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    many, few, codec = (even, odd, "utf-16-be") if even > odd else (odd, even, "utf-16-le")
    units = len(sample) // 2
    one_sided = many >= 2 and few * 20 <= many
    if one_sided and many * 5 >= units * 2:
        return codec if _reads_as_text(sample, codec) else None
    if _share_of_ascii(sample) > 0.8:
        # Few zeros among bytes that are good ASCII: text with a stray NUL. In other scripts half of the bytes are none.
        return None
    if one_sided and many * 50 >= units:
        return codec if _reads_as_text(sample, codec) else None
    # Chinese has few spaces, and letters whose other half is zero.
    return next((c for c in ("utf-16-le", "utf-16-be") if _reads_as_text(sample, c) and _is_of_one_script(sample, c)), None)


def escape_codec(data: bytes) -> str | None:
    """ISO-2022 codec by its escape sequences, which are ASCII bytes and therefore valid UTF-8 too."""
    head = data[:_SAMPLE]
    if b"\x1b" in head:
        japanese = any(mark in head for mark in (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I"))
        codec = "iso2022_jp_ext" if japanese else "iso2022_kr" if b"\x1b$)C" in head else None
    else:
        codec = "hz" if b"~{" in head and b"~}" in head and head.isascii() else None
    if codec is None:
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


def _is_of_one_script(sample: bytes, codec: str) -> bool:
    # Random pairs of bytes fall into all of Unicode; text in a script without spaces stays in its blocks.
    letters = [ord(c) for c in sample.decode(codec, "replace") if c.isalpha()]
    east_asian = sum(0x3040 <= c <= 0x30FF or 0x4E00 <= c <= 0x9FFF for c in letters)
    hangul = sum(0xAC00 <= c <= 0xD7A3 for c in letters)
    return max(east_asian, hangul) * 100 >= len(letters) * 95 and len(letters) >= 20


def _share_of_ascii(sample: bytes) -> float:
    others = sample.translate(None, bytes(range(0x20, 0x7F)) + b"\t\r\n\0")
    return 1 - len(others) / max(1, len(sample) - sample.count(0))


def _reads_as_text(sample: bytes, codec: str) -> bool:
    text = sample.decode(codec, "replace")
    bad = sum(1 for c in text if c == "\ufffd" or (unicodedata.category(c) in ("Cn", "Co", "Cc") and c not in "\t\r\n\f"))
    return bad * 50 <= len(text)
