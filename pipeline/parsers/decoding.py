"""Bytes -> text, and how it was decided. Nothing is ever lost: a byte that has no reading becomes U+FFFD and is counted.

The order: byte order mark, charset of the transport, declaration inside the document, strict UTF-8, zero-byte pattern of UTF-16,
mostly valid UTF-8, detection. A label is read as browsers read it (WHATWG Encoding Standard): ``latin-1`` means windows-1252.
Two things overrule a label: bytes that are not valid in it, and text that is valid UTF-8 with several multi-byte characters,
since no other encoding yields that by accident.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from pipeline.errors import DocumentError
from pipeline.parsers import detection
from pipeline.parsers.labels import codec_of

__all__ = ["Decoded", "declared_label", "decode", "decode_row"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without byte order mark; `encoding` is a Python codec name (or two, see `codec`), `source` the word of the output schema."""

    text: str
    encoding: str
    source: str
    confidence: float | None = None
    replaced: int = 0

    @property
    def codec(self) -> str:
        """The codec of most of the text: where single bytes were of another encoding, `encoding` names both."""
        return self.encoding.partition(",")[0]


_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x7fELF", "ELF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE (an old Office document)"),
    (b"{\\rtf", "RTF"),
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Arrow"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
)

_BLANK = b" \t\r\n\f\v\x00\x1a"
# Control characters that text and wire formats have: tab, line ends, form feed, escape, and those of ISO 646 that IPTC 7901 and ANPA use
# for headers, text, typesetting (DLE, DC1 to DC4, shifts) and fields.
_RARE_CONTROL = (
    bytes(c for c in range(32) if c not in b"\t\n\r\f\v\b\x01\x02\x03\x04\x0e\x0f\x10\x11\x12\x13\x14\x16\x1a\x1b\x1c\x1d\x1e\x1f")
    + b"\x7f"
)
_XML_DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META_CHARSET = re.compile(rb"""<meta\s[^>]{0,300}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_DECLARATION_BYTES = 4096
"""How far a declaration is looked for. Browsers look at 1024 bytes; pages with long comments before it exist."""

_MIXED = 1.5
"""Bad bytes for one sound sequence up to which a text that says that it is UTF-8 is UTF-8 with foreign bytes; see `_is_damaged_utf8`."""

_SOUND = re.compile(
    rb"(?:[\x00-\x7f]++|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})++"
)
"""Runs of bytes that are valid UTF-8."""

_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode(data: bytes, transport: str | None = None) -> Decoded:
    """Decode a whole file.

    Args:
        data: the bytes.
        transport: charset label of the transport, for example of an HTTP header.

    Raises:
        DocumentError: ``empty_file``, ``blank_file``, ``not_text_data``.

    >>> decode(b"caf\\xe9 na\\xefve", "latin-1").encoding
    'cp1252'
    >>> decode("żółć i jaźń".encode(), "latin-1").encoding
    'utf-8'
    """
    if not data:
        raise DocumentError("empty_file", "the file has 0 bytes")
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return _checked(_with(data[len(bom) :], codec, "bom"))
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise DocumentError("not_text_data", f"the file is {kind} data; accepted are text, HTML, XML and JSON")
    if not data[:4096].strip(_BLANK) and not data.strip(_BLANK):
        raise DocumentError("blank_file", f"the file has {len(data)} bytes of white space and nothing else")
    if codec_16 := detection.wide_codec(data):
        return _checked(_with(data, codec_16, "detected", 1.0))
    _refuse_binary(data)
    return _checked(_decide(data, transport))


def decode_row(data: bytes) -> Decoded:
    """Decode one JSON record, which is UTF-8 by its definition (RFC 8259).

    Raises:
        DocumentError: ``bad_utf8`` with the position of the first bad byte, ``empty_file``.
    """
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    try:
        return Decoded(data.decode("utf-8"), "utf-8", "container")
    except UnicodeDecodeError as error:
        bad = data[error.start : error.start + 1].hex()
        raise DocumentError("bad_utf8", f"byte {error.start} of the record is 0x{bad}, which is not valid UTF-8 ({error.reason})") from None


def declared_label(data: bytes) -> str | None:
    """The encoding label that an XML declaration or an HTML meta element states.

    >>> declared_label(b'<?xml version="1.0" encoding="ISO-8859-1"?><nitf/>')
    'ISO-8859-1'
    """
    head = data[:_DECLARATION_BYTES]
    match = _XML_DECLARATION.match(head)
    if match is None and head.lstrip()[:1] == b"<":
        match = _META_CHARSET.search(head)
    return match[1].decode("ascii") if match else None


def _decide(data: bytes, transport: str | None) -> Decoded:
    if escaped := detection.escape_codec(data):
        return _with(data, escaped, "detected", 1.0)
    if data.isascii():
        return Decoded(data.decode("ascii"), "utf-8", "utf-8")
    try:
        as_utf8 = data.decode("utf-8")
    except UnicodeDecodeError:
        as_utf8 = None
    stated: str | None = None
    for label, source in ((transport, "transport"), (declared_label(data), "declared")):
        codec = codec_of(label)
        if codec is None or (codec.startswith("utf-16") and source == "declared"):
            # A document that could be read far enough to find its declaration is not UTF-16, whatever it says.
            continue
        if codec == "utf-8":
            if as_utf8 is not None:
                return Decoded(as_utf8, "utf-8", source)
            stated = stated or source
            continue
        if as_utf8 is not None and _is_utf8_beyond_chance(data, codec):
            return Decoded(as_utf8, "utf-8", "utf-8")
        decoded = _with(data, codec, source)
        if decoded.replaced <= len(data) // 1000:
            return decoded
    if as_utf8 is not None:
        return Decoded(as_utf8, "utf-8", "utf-8")
    if stated and _is_damaged_utf8(data, _MIXED):
        return _mixed(data, stated)
    if _is_damaged_utf8(data):
        return _with(data, "utf-8", "utf-8")
    codec, confidence = detection.detect(data)
    return _with(data, codec, "detected", confidence)


def _with(data: bytes, codec: str, source: str, confidence: float | None = None) -> Decoded:
    try:
        return Decoded(data.decode(codec), codec, source, confidence)
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
        # A U+FFFD that the source itself had is not one that the decoding put in.
        own = data.decode(codec, "ignore").count("\ufffd")
        return Decoded(text, codec, source, confidence, max(1, text.count("\ufffd") - own))


def _is_utf8_beyond_chance(data: bytes, codec: str) -> bool:
    # In a single-byte encoding two letters that happen to be one valid sequence are already unlikely (and a whole file without an
    # invalid one far more so); in a double-byte encoding short texts are valid UTF-8 now and then.
    found = len(_MULTIBYTE.findall(data[:65_536]))
    return found >= (1 if detection.is_single_byte(codec) else 4)


def _mixed(data: bytes, source: str) -> Decoded:
    """UTF-8 into which a system put single bytes of windows-1252: a byte beyond ASCII that stands alone is read as one of these.

    What is left of a sequence that was cut has no reading, and becomes U+FFFD.
    """
    pieces: list[str] = []
    position = strays = replaced = 0
    for sound in (*_SOUND.finditer(data), None):
        start, end = sound.span() if sound else (len(data), len(data))
        if bad := data[position:start]:
            alone = len(bad) == 1 and data[max(0, position - 1) : position] < b"\x80" and data[start : start + 1] < b"\x80"
            reading = bad.decode("cp1252", "ignore") if alone else ""
            unread = "" if reading else bad.decode("utf-8", "replace")
            strays, replaced = strays + bool(reading), replaced + len(unread)
            pieces.append(reading or unread)
        pieces.append(data[start:end].decode("utf-8"))
        position = end
    return Decoded("".join(pieces), "utf-8, cp1252" if strays else "utf-8", source, None, replaced)


def _is_damaged_utf8(data: bytes, bad_to_good: float = 0.5) -> bool:
    # Text with a few bad bytes is UTF-8 with damage while sound sequences outnumber them two to one. In 243 samples of other encodings
    # (benchmarks/detect.py) there are never less than 1.7 bad bytes for one sequence that is sound by accident.
    sample = data[:262_144]
    good = len(_MULTIBYTE.findall(sample))
    bad = sum(1 for byte in _MULTIBYTE.sub(b"", sample) if byte >= 0x80)
    return good > 0 and bad <= good * bad_to_good


def _refuse_binary(data: bytes) -> None:
    sample = data[:65_536]
    zeros = sample.count(0)
    control = len(sample) - len(sample.translate(None, _RARE_CONTROL))
    # A few stray NUL in an old wire file are damage; more than one in a hundred bytes is not text. No text has one other
    # control character in thirty either.
    if zeros * 100 > len(sample) + 400 or (control - zeros) * 30 > len(sample):
        raise DocumentError(
            "not_text_data", f"{control} of the first {len(sample)} bytes are control characters ({zeros} NUL); this is no text"
        )


def _checked(decoded: Decoded) -> Decoded:
    blank = " \t\r\n\f\v\0\x1a\ufeff"
    if not decoded.text[:4096].strip(blank) and not decoded.text.strip(blank):
        raise DocumentError("blank_file", "the file has white space and nothing else")
    return decoded
