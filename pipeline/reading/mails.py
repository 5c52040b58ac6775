"""Mail: single messages (.eml) and mailboxes (mbox). A message is a row of the columns that `parsers.row` knows.

Columns: text, title (Subject), byline (From), published_at (Date as ISO 8601), id (Message-ID), list_id, to. The plain text of a message
is preferred; of one that has HTML only, the column of the text holds the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.reading.letters import EXCERPT_BYTES, Found, Lost
from pipeline.reading.rows import canonical_json
from pipeline.reading.streams import Peekable
from pipeline.records import FileSlice, Origin

__all__ = ["read_mail", "read_mailbox"]

_ENVELOPE = re.compile(rb"From \S+[^\n]{0,200}\d{2}:\d{2}[^\n]{0,100}\r?\n?$|From (?:-|\S+@\S+)[^\n]{0,300}\r?\n?$")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_MAX_PARTS = 1000
_MAX_HEADER = 10_000
_DEEP = re.compile(rb"^content-type:[ \t]*multipart/", re.IGNORECASE | re.MULTILINE)
_MAX_DEPTH = 100
"""Levels of parts within parts; the parser of the standard library goes down one frame a level."""


def read_mail(piece: FileSlice, data: bytes, config: InputConfig) -> Found | Lost:
    """One message as a row.

    Codes: ``no_text`` where no part of it is text, ``too_deep``, ``record_too_large``, and those of decoding.
    """
    return _record(Origin(uri=piece.name, path=piece.uri, length=len(data)), data, config)


def read_mailbox(piece: FileSlice, source: Peekable, config: InputConfig) -> Iterator[Found | Lost]:
    """Yield the messages of an mbox file, each located by the byte where its envelope line begins.

    A line ``From ...`` begins a message where a blank line stands before it. ``>From`` within a message is ``From``.
    """
    parts: list[bytes] = []
    start = position = length = 0
    blank = True
    try:
        for line in _lines(source, config.max_record_bytes):
            if blank and _ENVELOPE.match(line):
                if length:
                    yield _message(piece, start, length, parts, config)
                parts, start, length = [], position, 0
            blank = not line.strip(b"\r\n")
            position += len(line)
            length += len(line)
            if length <= config.max_record_bytes:
                parts.append(line)
            elif len(parts) > 1:
                parts = [b"".join(parts)[: EXCERPT_BYTES + 1]]
    except DocumentError as error:
        yield Lost(
            Origin(uri=piece.name, path=piece.uri, locator=start, length=length), error.code, error.message, None, b"".join(parts)[:81]
        )
        return
    if length:
        yield _message(piece, start, length, parts, config)


def _lines(source: Peekable, limit: int) -> Iterator[bytes]:
    """Lines with their ends; one that is longer than `limit` comes in pieces."""
    rest = b""
    while chunk := source.read_some():
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line + b"\n"
        if len(rest) > limit:
            yield rest
            rest = b""
    if rest:
        yield rest


def _message(piece: FileSlice, start: int, length: int, parts: list[bytes], config: InputConfig) -> Found | Lost:
    origin = Origin(uri=piece.name, path=piece.uri, locator=start, length=length)
    data = b"".join(parts)
    if data.endswith((b"\n\n", b"\n\r\n")):
        data = data[: -1 if data.endswith(b"\n\n") else -2]  # the blank line before the next envelope
    if length > config.max_record_bytes:
        message = f"a message of {length} bytes; input.max_record_bytes is {config.max_record_bytes}"
        return Lost(origin, "record_too_large", message, None, data[: EXCERPT_BYTES + 1])
    if data.startswith(b"From "):
        data = data[data.find(b"\n") + 1 :] if b"\n" in data else b""
    return _record(origin, _QUOTED_FROM.sub(rb"\1", data), config)


def _record(origin: Origin, data: bytes, config: InputConfig) -> Found | Lost:
    try:
        row = canonical_json(_row(data, config))
        if len(row) > config.max_record_bytes:
            raise DocumentError("record_too_large", f"a message of {len(row)} bytes; input.max_record_bytes is {config.max_record_bytes}")
    except DocumentError as error:
        return Lost(origin, error.code, error.message, None, data[: EXCERPT_BYTES + 1])
    return Found(origin, row, "row")


def _row(data: bytes, config: InputConfig) -> dict[str, Any]:
    if sum(1 for _ in _DEEP.finditer(data)) > _MAX_DEPTH:
        raise DocumentError("too_deep", f"the message has more than {_MAX_DEPTH} levels of parts")
    mail = message_from_bytes(data)
    name, address = parseaddr(_header(mail, "From"))
    row: dict[str, Any] = {
        config.title_field or "title": _header(mail, "Subject"),
        config.byline_field or "byline": name or address,
        config.date_field or "published_at": _date(_header(mail, "Date")),
        config.id_field or "id": _header(mail, "Message-ID").strip("<> "),
        "list_id": _header(mail, "List-Id"),
        "to": _header(mail, "To"),
    }
    return {key: value for key, value in row.items() if value} | {config.text_field: _text(mail)}


def _header(mail: Message, name: str) -> str:
    """A header as text: encoded words decoded, bytes that were not to be there read as UTF-8."""
    from pipeline.parsers.labels import codec_of

    value = str(mail.get(name) or "")[:_MAX_HEADER]
    parts: list[str] = []
    try:
        words = decode_header(value)
    except HeaderParseError:
        words = [(value, None)]
    for word, charset in words:
        if isinstance(word, str):
            parts.append(word.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
            continue
        parts.append(word.decode(codec_of(charset or "utf-8") or "latin-1", "replace"))
    return re.sub(r"\s+", " ", "".join(parts)).replace("\0", "").strip()


def _date(value: str) -> str:
    try:
        return parsedate_to_datetime(value).isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return value


def _text(mail: Message) -> str:
    page = ""
    for count, part in enumerate(mail.walk()):
        if count > _MAX_PARTS:
            break
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        content = _content(part)
        if kind == "text/plain" and content.strip():
            return content
        page = page or (content if kind == "text/html" and content.strip() else "")
    if page:
        # The closing tags tell the parser of rows that this is a page and not text.
        whole = re.match(r"\s*<(?:!doctype\s+html|html[\s>])", page, re.IGNORECASE) and page.count("</") >= 3
        return page if whole else f"<!doctype html><html><head></head><body>{page}</body></html>"
    raise DocumentError("no_text", "no part of the message is text or HTML")


def _content(part: Message) -> str:
    from pipeline.parsers import decoding

    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return ""
    charset = part.get_param("charset")
    text = decoding.decode(data, charset[:40] if isinstance(charset, str) else None).text
    return text.replace("\r\n", "\n")
