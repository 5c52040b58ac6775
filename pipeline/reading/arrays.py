"""An array of JSON objects that is longer than any record may be: its elements as records, with bounded memory.

A shorter array is one file that its parser takes apart; of this one, each element has its byte offset as its place.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import DocumentError
from pipeline.reading.letters import EXCERPT_BYTES, Found, Lost
from pipeline.reading.streams import CHUNK_BYTES, Peekable
from pipeline.records import FileSlice, Origin

__all__ = ["is_array", "read_array"]

_START = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\[[ \t\r\n]*\{")
_BETWEEN = re.compile(r"[ \t\r\n,]*")
_TAIL = 64 * 1024
"""Characters that are kept of a damaged region, in which the next element may have begun."""


def is_array(head: bytes) -> bool:
    r"""Do these bytes begin an array of objects?

    >>> is_array(b'\xef\xbb\xbf [\n {"text": '), is_array(b"[1] A footnote")
    (True, False)
    """
    return _START.match(head) is not None


class _Text:
    """The stream as text, with what cannot be decoded kept as it is. `at` is where reading stands, `place` its byte offset."""

    def __init__(self, source: Peekable) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.text, self.at, self.place = "", 0, 0
        self.ended = False
        self.error: DocumentError | None = None

    def more(self) -> None:
        """Have twice as much before `at`, so that a long element is not looked at again for every chunk."""
        parts, wanted = [self.text[self.at :]], max(CHUNK_BYTES, len(self.text) - self.at)
        while wanted > 0 and not self.ended:
            try:
                chunk = self._source.read_some()
            except DocumentError as error:
                self.error, chunk = error, b""
            self.ended = not chunk
            parts.append(self._decoder.decode(chunk, self.ended))
            wanted -= len(chunk)
        self.text, self.at = "".join(parts), 0

    def take(self, end: int) -> bytes:
        """The bytes up to a position, passed over."""
        data = self.text[self.at : end].encode("utf-8", "surrogateescape")
        self.at, self.place = end, self.place + len(data)
        return data


def read_array(piece: FileSlice, source: Peekable, limit: int) -> Iterator[Found | Lost]:
    """Yield the elements of an array.

    Args:
        piece: the file, for the origin of records.
        source: its content.
        limit: bytes of an element, at most.

    What cannot be read is one record up to the next element that reads as those before did; its parser says what is wrong with it. Codes:
    ``record_too_large``, and those of a damaged compression.
    """
    from pipeline.parsers.members import next_element  # brings an XML library, which JSONL and Parquet do without

    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
    keys: frozenset[str] = frozenset()
    between = ""
    text = _Text(source)
    text.more()
    text.take(text.text.index("[") + 1)
    while True:
        gap = _BETWEEN.match(text.text, text.at)
        start = gap.end() if gap else text.at
        if start >= len(text.text) and not text.ended:
            text.more()
            continue
        between = between or (text.text[text.at : start] if keys else "")
        text.take(start)
        if text.at >= len(text.text) or text.text[text.at] == "]":
            break
        value, end = _decode(decoder, text, limit)
        if end is not None and (isinstance(value, dict) or not keys):  # a string after objects is the rest of one
            keys = keys or frozenset(value if isinstance(value, dict) else ())
            yield _found(piece, text, end, limit)
            continue
        yield from _pass_over(piece, text, limit, lambda: next_element(decoder, text.text, text.at, keys, between))  # noqa: B023 - called at once
    if text.error is not None:
        yield Lost(Origin(uri=piece.name, path=piece.uri, locator=text.place), text.error.code, text.error.message)


def _decode(decoder: json.JSONDecoder, text: _Text, limit: int) -> tuple[Any, int | None]:
    """The element at the text's place and where it ends; None where it is damaged, or longer than `limit` characters."""
    while True:
        try:
            value, end = decoder.raw_decode(text.text, text.at)
        except (json.JSONDecodeError, RecursionError):
            value, end = None, len(text.text)
        if end < len(text.text) or (text.ended and value is not None):
            return value, end
        if text.ended or len(text.text) - text.at > limit:
            return None, None
        text.more()


def _found(piece: FileSlice, text: _Text, end: int, limit: int) -> Found | Lost:
    place = text.place
    data = text.take(end)
    origin = Origin(uri=piece.name, path=piece.uri, locator=place, length=len(data), media_type="application/json")
    if len(data) > limit:
        message = f"an element of {len(data)} bytes; input.max_record_bytes is {limit}"
        return Lost(origin, "record_too_large", message, None, data[: EXCERPT_BYTES + 1])
    return Found(origin, data, "file")


def _pass_over(piece: FileSlice, text: _Text, limit: int, find: Any) -> Iterator[Found | Lost]:
    """A damaged region up to the next sound element: one record."""
    place, size, head = text.place, 0, b""
    while True:
        end = find()
        if end < len(text.text) or text.ended:
            break
        kept = max(text.at + 1, len(text.text) - _TAIL)
        if size or kept - text.at > limit:
            data = text.take(kept)
            size, head = size + len(data), head or data[: EXCERPT_BYTES + 1]
        text.more()
    data = text.take(end)
    origin = Origin(uri=piece.name, path=piece.uri, locator=place, length=size + len(data), media_type="application/json")
    if size or len(data) > limit:
        message = f"{size + len(data)} bytes without an element that can be read; input.max_record_bytes is {limit}"
        yield Lost(origin, "record_too_large", message, None, head or data[: EXCERPT_BYTES + 1])
    else:
        yield Found(origin, data.rstrip(b" \t\r\n,"), "file")
