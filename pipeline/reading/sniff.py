"""What a file is, by its first bytes. Its name is second evidence: it decides only where the content leaves two readings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

__all__ = ["HEAD_BYTES", "TAR_BLOCK", "detect_compression", "detect_container", "is_tar_header", "named_compression", "tar_number"]

HEAD_BYTES = 64 * 1024
"""Holds some ten news articles as JSON lines, and costs one read."""

TAR_BLOCK = 512
_LONG_HEAD_BYTES = 2**20
_MAX_LINES = 50

_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
)
_SKIPPABLE_ZSTD = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_BZIP2_BLOCK = (b"1AY&SY", b"\x17rE8P\x90")
_COMPRESSED_NAME = re.compile(r"\.(?:(t?gz|gzip)|(zst|zstd|tzst)|(t?bz2|tbz)|(t?xz))$", re.IGNORECASE)
_WARC_NAME = re.compile(r"\.(?:warc|wet|wat|arc)(?:\.(?:gz|gzip|zst|zstd|bz2|xz))?$", re.IGNORECASE)
_ENVELOPE = re.compile(rb"From [^\n]{0,300}?(?:\d{2}:\d{2}|@|-)[^\n]{0,200}\n")
_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9\-]{0,60}:(?!//)")
_MAIL_FIELDS = frozenset((b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to", b"dkim-signature"))
_USUAL_FIELDS = frozenset((b"from", b"date", b"subject"))
_TAR_NAME = re.compile(r"\.(?:tar(?:\.(?:gz|gzip|zst|zstd|bz2|xz))?|tgz|tzst|tbz2?|txz)$", re.IGNORECASE)
_LINES_NAME = re.compile(r"\.(?:jsonl|ndjson|jsonlines|jl)(?:\.(?:gz|gzip|zst|zstd|bz2|xz))?$", re.IGNORECASE)


def detect_compression(head: bytes) -> str:
    """``none``, ``gzip``, ``zstd``, ``bzip2`` or ``xz``.

    >>> detect_compression(bytes.fromhex("1f8b08")), detect_compression(b"BZhou said on Monday")
    ('gzip', 'none')
    """
    for magic, name in _MAGIC:
        # "BZh" alone can begin a text; a block or the end of a stream must follow the level digit. A cut file may end before that.
        if head.startswith(magic) and (name != "bzip2" or (head[3:4].isdigit() and (len(head) < 10 or head[4:10] in _BZIP2_BLOCK))):
            return name
    return "zstd" if _SKIPPABLE_ZSTD.match(head) else "none"


def named_compression(head: bytes, name: str) -> str:
    """What the name says where the content begins with a damage: no text, and nothing known. See `detect_compression`.

    >>> named_compression(b"\\x00\\x8b\\x08\\x00\\x00", "a.jsonl.gz"), named_compression(b"Ferry sails.", "a.txt.gz")
    ('gzip', 'none')
    """
    named = _COMPRESSED_NAME.search(name)
    if not named or not head or b"\0" not in head[:HEAD_BYTES] or _is_known(head):
        return "none"
    return ("gzip", "zstd", "bzip2", "xz")[(named.lastindex or 1) - 1]


def _is_known(head: bytes) -> bool:
    return head.startswith((b"PAR1", b"WARC/", b"PK\x03\x04", b"ARROW1", b"\xff\xfe", b"\xfe\xff")) or head[257:262] == b"ustar"


def tar_number(field: bytes) -> int | None:
    """A number in a header of tar: octal digits, or with the first bit set the bytes of a large one.

    >>> tar_number(b"0000644\\0"), tar_number(b"\\x80" + bytes(6) + b"\\x09"), tar_number(b"12x")
    (420, 9, None)
    """
    if field[:1] == b"\x80":
        number = int.from_bytes(field[1:], "big")
        return number if number < 2**62 else None
    digits = field.split(b"\0")[0].strip()
    return int(digits or b"0", 8) if re.fullmatch(rb"[0-7]*", digits) else None


def is_tar_header(block: bytes) -> bool:
    """Is this a header of a member of a tar archive, by its checksum?"""
    if len(block) < TAR_BLOCK or not block[0]:
        return False
    stated = tar_number(block[148:156])
    around = block[:148] + b" " * 8 + block[156:TAR_BLOCK]
    # Old writers summed signed bytes.
    return stated in (sum(around), sum(around) - 256 * sum(byte > 127 for byte in around))


def detect_container(peek: Callable[[int], bytes], name: str, max_record_bytes: int) -> str:
    """``parquet``, ``arrow``, ``warc``, ``zip``, ``tar``, ``mbox``, ``mail``, ``lines`` (one JSON object a line) or ``file``.

    A ``file`` is one document, or something that a parser knows how to take apart.

    Args:
        peek: gives the first n bytes of the decompressed content, fewer only where there are no more.
        name: the file's name.
        max_record_bytes: see `config.InputConfig`.

    A file is ``lines`` where at least two lines, and half of those looked at, are complete JSON objects; under a JSONL name, one is
    enough, or a beginning of one. A pretty-printed object and an array are one ``file`` under any name.

    >>> two = b'{"text": "a"}\\n{"text": "b"}\\n'
    >>> detect_container(lambda n: two[:n], "a.txt", 1024), detect_container(lambda n: two[:13], "a.json", 1024)
    ('lines', 'file')
    """
    asked = HEAD_BYTES
    head = peek(asked)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"ARROW1\0\0") or _is_arrow_stream(head):
        return "arrow"
    if head.startswith(b"WARC/") or (_WARC_NAME.search(name) and (not head or b"WARC/1." in head)):
        return "warc"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) or (b"PK\x03\x04" in head and name.lower().endswith(".zip")):
        return "zip"
    if is_tar_header(head[:TAR_BLOCK]) or head[257:262] == b"ustar" or (_TAR_NAME.search(name) and b"\0ustar" in head):
        return "tar"
    if mail := _detect_mail(head, name):
        return mail
    named = _LINES_NAME.search(name) is not None
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if (named or begins == b"{") and len(head) == asked and head.count(b"\n") < 2:
        head = peek(asked := _LONG_HEAD_BYTES)
        if b"\n" not in head and len(head) == asked and not named:
            # As one document it would be over the limit anyway; as lines, only its first line is lost.
            head = peek(asked := max_record_bytes + HEAD_BYTES)
            if b"\n" not in head and len(head) > max_record_bytes:
                return "lines"
    lines = _complete_lines(head, whole=len(head) < asked)
    if not lines:  # blank, or a first line that is longer than the look
        return "lines" if named and begins and begins not in b"[<" else "file"
    if lines[0] in (b"{", b"["):
        return "file"
    objects = sum(map(_is_object, lines))
    if named:
        return "lines" if objects or any(line.startswith(b"{") for line in lines) else "file"
    return "lines" if objects >= 2 and 2 * objects >= len(lines) else "file"


def _is_arrow_stream(head: bytes) -> bool:
    """A message: the mark, the length of its description in words of 8 bytes, and a description that is not all zeros."""
    length = int.from_bytes(head[4:8], "little")
    return head.startswith(b"\xff\xff\xff\xff") and 8 <= length < 2**24 and length % 8 == 0 and any(head[8:24])


def _detect_mail(head: bytes, name: str) -> str | None:
    """``mbox`` where an envelope line and a header follow each other, ``mail`` where a file begins with the header of a message.

    News text can begin with lines such as From and Date. What only mail has must be there too; under a mail's name it need not.
    """
    if _ENVELOPE.match(head) and _FIELD.match(head, head.find(b"\n") + 1):
        return "mbox"
    if not _FIELD.match(head):
        return None
    block = re.split(rb"\r?\n\r?\n", head[:HEAD_BYTES], maxsplit=1)[0]
    lines = [line for line in re.split(rb"\r?\n", block) if line[:1] not in (b" ", b"\t")]
    names = {line.split(b":")[0].lower() for line in lines if _FIELD.match(line)}
    if len(names) < 2 or not all(_FIELD.match(line) for line in lines):
        return None
    return "mail" if names & _USUAL_FIELDS and (names & _MAIL_FIELDS or name.lower().endswith(".eml")) else None


def _complete_lines(head: bytes, *, whole: bool) -> list[bytes]:
    """The first lines that are not blank, stripped; the last only where the file ends with it."""
    lines = head.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not whole:
        lines.pop()
    filled = (line.strip() for line in lines)
    return [line for line in filled if line][:_MAX_LINES]


def _is_object(line: bytes) -> bool:
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    if len(line) > _LONG_HEAD_BYTES:
        return True  # not worth the time to look closer
    try:
        json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return False
    return True
