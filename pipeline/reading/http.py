"""An HTTP response as a crawl keeps it -> what the server said of it, and its body as it was meant."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import brotli
import zstandard

from pipeline.errors import DocumentError

__all__ = ["Response", "parse_headers", "parse_response", "split_media_type"]

_MAX_HEADERS = 256 * 1024
"""Servers stop at 8 to 64 KiB of headers."""

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ERRORS = (zlib.error, zstandard.ZstdError, brotli.error, EOFError)
_PART_BYTES = 2**20
_ZSTD_STEP = 64
"""The binding bounds no output, and a block of 4 bytes can make 128 KiB."""
_ZSTD_WINDOW = 2**23
"""RFC 9659: what a user agent must accept of the content coding zstd."""


@dataclass(frozen=True, slots=True)
class Response:
    """`status` is None where the block has no status line; `media_type` and `charset` are as declared, in lower case."""

    status: int | None
    media_type: str | None
    charset: str | None
    body: bytes


def parse_headers(block: bytes) -> dict[str, str]:
    """Header lines -> values by lower-case name. Of a name that comes again the first counts; a folded line belongs to the one before.

    >>> parse_headers(b"Content-Type: text/html;\\r\\n charset=utf-8\\r\\nnonsense\\r\\nX: 1\\r\\nx: 2")
    {'content-type': 'text/html; charset=utf-8', 'x': '1'}
    """
    found: dict[str, str] = {}
    last = ""
    for line in re.split(r"\r?\n", block.decode("utf-8", "replace")):
        if line[:1] in (" ", "\t") and last:
            found[last] = f"{found[last]} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        last = name.strip().lower() if colon and name.strip().lower() not in found else ""
        if last:
            found[last] = value.strip()
    return found


def split_media_type(value: str | None) -> tuple[str | None, str | None]:
    """A Content-Type -> media type and charset, each None where it is not stated.

    >>> split_media_type('Text/HTML; q="a;b"; Charset="UTF-8"'), split_media_type("nonsense")
    (('text/html', 'utf-8'), (None, None))
    """
    media_type = (value or "").split(";")[0].strip().lower()
    charset = re.search(r"""\bcharset\s*=\s*["']?([\w.:\-]{1,40})""", value or "", re.IGNORECASE)
    return media_type if re.fullmatch(r"[\w.+\-]+/[\w.+\-]+", media_type) else None, charset[1].lower() if charset else None


def parse_response(block: bytes, limit: int) -> Response:
    """Take a response apart and undo its Transfer-Encoding and Content-Encoding.

    Crawlers often keep the header and store the body decoded: a body that does not begin as the header says is taken as it is.

    Args:
        block: status line, headers and body.
        limit: bytes of the decoded body, at most.

    Raises:
        DocumentError: ``bad_http``, ``unsupported_encoding``, ``corrupt_body``, ``record_too_large``.
    """
    status = _STATUS.match(block)
    if not status:
        return Response(None, None, None, block)
    end = _HEADER_END.search(block, 0, _MAX_HEADERS)
    if not end:
        raise DocumentError("bad_http", "the headers of the HTTP response have no end")
    headers = parse_headers(block[status.end() : end.start()].partition(b"\n")[2])
    body = block[end.end() :]
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _unchunk(body)
    codings = [part.strip().lower() for part in headers.get("content-encoding", "").split(",")]
    for coding in reversed([coding for coding in codings if coding not in ("", "identity", "none", "utf-8")]):
        body = _decode(body, coding, limit)
    return Response(int(status[1]), *split_media_type(headers.get("content-type")), body)


def _unchunk(body: bytes) -> bytes:
    parts: list[bytes] = []
    position = 0
    while size := _CHUNK.match(body, position):
        count = int(size[1], 16)
        if not count:
            return b"".join(parts)
        start = size.end()
        if start + count > len(body):
            raise DocumentError("corrupt_body", f"a chunk of the HTTP body ends {start + count - len(body)} bytes too early")
        parts.append(body[start : start + count])
        position = start + count
        position += 2 if body[position : position + 2] == b"\r\n" else body[position : position + 1] == b"\n"
    if not parts or position >= len(body):
        return b"".join(parts) or body
    raise DocumentError("corrupt_body", f"at byte {position} of the HTTP body there is no length of a chunk")


def _decode(body: bytes, coding: str, limit: int) -> bytes:
    if not body or not _may_be(coding, body):
        return body
    if coding not in _STREAMS:
        raise DocumentError("unsupported_encoding", f"the HTTP body is encoded as {coding[:40]!r}; accepted are gzip, deflate, br and zstd")
    reason = ""
    for stream in _STREAMS[coding]:
        try:
            return _within(stream(body), limit)
        except _ERRORS as error:
            reason = str(error)
    raise DocumentError("corrupt_body", f"the HTTP body is not whole as {coding}: {reason}")


def _may_be(coding: str, body: bytes) -> bool:
    if coding in ("gzip", "x-gzip"):
        return body.startswith(b"\x1f\x8b")
    if coding == "zstd":
        return body.startswith(b"\x28\xb5\x2f\xfd")
    return bool(_CONTROL.search(body[:256])) or len(body) < 16  # no magic to go by; text is not compressed


def _within(parts: Iterator[bytes], limit: int) -> bytes:
    kept: list[bytes] = []
    size = 0
    for part in parts:
        kept.append(part)
        size += len(part)
        if size > limit:
            raise DocumentError("record_too_large", f"an HTTP body of more than {limit} bytes, which is input.max_record_bytes")
    return b"".join(kept)


def _zlib_parts(body: bytes, wbits: int) -> Iterator[bytes]:
    inner = zlib.decompressobj(wbits)
    while not inner.eof:
        part = inner.decompress(body, _PART_BYTES)
        body = inner.unconsumed_tail
        if not part and not body and not inner.eof:
            raise EOFError("it ends too early")
        yield part


def _brotli_parts(body: bytes) -> Iterator[bytes]:
    inner = brotli.Decompressor()
    part = inner.process(body, output_buffer_limit=_PART_BYTES)
    while not inner.is_finished():
        if not part and inner.can_accept_more_data():
            raise EOFError("it ends too early")
        yield part
        part = inner.process(b"", output_buffer_limit=_PART_BYTES)
    yield part


def _zstd_parts(body: bytes) -> Iterator[bytes]:
    inner = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    for start in range(0, len(body), _ZSTD_STEP):
        yield inner.decompress(body[start : start + _ZSTD_STEP])
        if inner.eof:
            return
    raise EOFError("it ends too early")


_STREAMS: dict[str, tuple[Callable[[bytes], Iterator[bytes]], ...]] = {
    "gzip": (lambda body: _zlib_parts(body, 31),),
    "x-gzip": (lambda body: _zlib_parts(body, 31),),
    # The standard means zlib; servers also send it without the wrapper, and browsers take both.
    "deflate": (lambda body: _zlib_parts(body, 15), lambda body: _zlib_parts(body, -15)),
    "br": (_brotli_parts,),
    "zstd": (_zstd_parts,),
}
