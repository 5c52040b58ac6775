"""CSV and TSV: rows as records, in canonical JSON as those of Parquet are, each located by the byte where it begins.

Quotes are those of RFC 4180: a field that begins with one ends with one, two stand for one, and delimiters and line ends within are text.
A quote within a field that does not begin with one is text, as real files have it.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.reading.columns import unique_names
from pipeline.reading.letters import EXCERPT_BYTES, Found, Lost, slice_origin
from pipeline.reading.rows import canonical_json
from pipeline.reading.streams import CHUNK_BYTES, Peekable, plain_chunks
from pipeline.records import FileSlice, Origin

__all__ = ["Dialect", "detect_separated", "read_piece", "read_separated", "row_starts", "separated_dialect"]

_NAME = re.compile(r"\.(csv|tsv|tab)(?:\.(?:gz|gzip|zst|zstd|bz2|xz))?$", re.IGNORECASE)
_DELIMITERS = (",", ";", "\t", "|")
_PLAIN = {delimiter.encode(): re.compile(rb"[^\r\n" + re.escape(delimiter.encode()) + rb"]*+") for delimiter in _DELIMITERS}
_SAMPLE_ROWS = 50
_MAX_COLUMNS = 2000
_HEAD_BYTES = 2**20
_MAX_NAME = 120
_QUOTED = re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"')
_LINE_END = re.compile(rb"\r\n|\n|\r")
_NUMBER = re.compile(r"[-+]?[\d.,:/ ]+%?")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written; `encoding` is None for UTF-8."""

    delimiter: str
    encoding: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    """Fields of a record; None where its quotes make no sense. `end` is where the next one begins."""

    fields: list[bytes] | None
    end: int


def detect_separated(head: bytes, name: str, text_field: str, *, whole: bool) -> Dialect | None:
    r"""The dialect of a table with a header, or None.

    Under a CSV or TSV name, at least half of the first rows must have as many fields as the header, and the header must look like one.
    Under any other name, the header must have a column `text_field`, and all of at least two rows must agree with it.

    Args:
        head: the first bytes.
        name: the file's name.
        text_field: see `config.InputConfig`.
        whole: `head` is all there is.

    >>> detect_separated(b"id,text\n1,a\n2,b\n", "a.dat", "text", whole=True)
    Dialect(delimiter=',', encoding=None)
    >>> detect_separated(b"On Monday, it rained.\nOn Tuesday, it did not.\nThen, sun.", "a.txt", "text", whole=True)
    """
    named = _NAME.search(name)
    first = head.split(b"\n", 1)[0]
    if not named and text_field.encode() not in first.replace(b"\0", b""):
        return None
    encoding = _encoding(head)
    text = head.decode(encoding or "utf-8", "replace").removeprefix("\ufeff").encode()
    best: tuple[int, int, str] | None = None
    for delimiter in _DELIMITERS:
        rows = list(_sample(text, delimiter, whole=whole))
        if len(rows) < 2 or not rows[0] or len(rows[0]) > _MAX_COLUMNS:
            continue
        header = [field.decode("utf-8", "replace") for field in rows[0]]
        good = sum(row is not None and len(row) == len(header) for row in rows[1:])
        stated = text_field in header
        if len(header) < 2 and not (named and stated and delimiter == ","):
            continue
        if (named and good and 2 * good >= len(rows) - 1 and (stated or _is_header(header))) or (stated and good == len(rows) - 1 >= 2):
            best = max(best or (0, 0, ""), (good, len(header), delimiter))
    return Dialect(best[2], encoding) if best else None


def _encoding(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        from pipeline.parsers import decoding

        try:
            found = decoding.decode(head).codec
        except DocumentError:
            return None
        return None if found.startswith("utf-8") else found
    return None


def _sample(text: bytes, delimiter: str, *, whole: bool) -> Iterator[list[bytes] | None]:
    at = 0
    for _ in range(_SAMPLE_ROWS):
        row = _parse(text, at, delimiter.encode(), final=whole)
        if row is None or at >= len(text):
            return
        at = row.end
        if row.fields != [b""]:
            yield row.fields


def _is_header(names: list[str]) -> bool:
    """Names of columns are short, differ, and are no numbers; the first may be missing, as that of an index is."""
    unique = len(set(names)) == len(names)
    return unique and all(name.strip() and len(name) <= _MAX_NAME and not _NUMBER.fullmatch(name) for name in names[1:])


def _parse(data: bytes, at: int, delimiter: bytes, *, final: bool) -> _Row | None:
    """The record at `at`; None where it goes on behind `data`, which it cannot if that is `final`."""
    fields: list[bytes] = []
    plain = _PLAIN[delimiter]
    position = at
    while True:
        if data[position : position + 1] == b'"':
            quoted = _QUOTED.match(data, position)
            if quoted is None or (quoted.end() == len(data) and not final):
                return _bad(data, at) if final else None
            fields.append(quoted[1].replace(b'""', b'"'))
            position = quoted.end()
        else:
            found = plain.match(data, position)
            fields.append(found[0] if found else b"")
            position = found.end() if found else position
        if position >= len(data):
            return _Row(fields, position) if final else None
        if data[position : position + 1] == delimiter:
            position += 1
            continue
        end = _LINE_END.match(data, position)
        if end is None:
            return _bad(data, at)
        if end[0] == b"\r" and end.end() == len(data) and not final:
            return None  # LF may follow the CR
        return _Row(fields, end.end())


def _bad(data: bytes, at: int) -> _Row:
    """A record whose quotes make no sense costs its first line."""
    end = _LINE_END.search(data, at)
    return _Row(None, end.end() if end else len(data))


class _Table:
    """A stream of records with a buffer; `position` is the place of the buffer's first byte in the content as UTF-8."""

    def __init__(self, source: Peekable, dialect: Dialect, limit: int, start: int = 0) -> None:
        self._source, self._delimiter, self._limit = source, dialect.delimiter.encode(), limit
        self._decoder = codecs.getincrementaldecoder(dialect.encoding)("replace") if dialect.encoding else None
        self._buffer = b""
        self._at = 0
        self._ended = False
        self._error: DocumentError | None = None
        self.position = start
        self._more()
        if not start and self._buffer.startswith(codecs.BOM_UTF8):
            self._at = self.position = len(codecs.BOM_UTF8)

    def _more(self) -> None:
        have = len(self._buffer) - self._at
        parts = [self._buffer[self._at :]]
        wanted = max(CHUNK_BYTES, have)  # doubled, so that a long record is not looked at again for every chunk
        while wanted > 0 and not self._ended and not self._error:
            try:
                chunk = self._source.read_some()
            except DocumentError as error:
                self._error = error
                break
            self._ended = not chunk
            if self._decoder:
                chunk = self._decoder.decode(chunk, self._ended).encode("utf-8", "replace")
            parts.append(chunk)
            wanted -= len(chunk)
        self._buffer, self._at = b"".join(parts), 0

    def next_row(self) -> tuple[int, bytes, list[bytes] | None] | None:
        """Place, bytes and fields of the next record that is not blank; None at the end."""
        while True:
            over = len(self._buffer) - self._at > self._limit + CHUNK_BYTES
            row = _parse(self._buffer, self._at, self._delimiter, final=self._ended or over)
            if row is None:
                if self._error:
                    raise self._error
                self._more()
                continue
            if row.end == self._at and self._ended:
                return None
            start, data = self.position, self._buffer[self._at : row.end]
            self._at = row.end
            self.position += len(data)
            if over and row.end == len(self._buffer):
                self._skip_line()
            if data.strip(b"\r\n"):
                return start, data, row.fields

    def _skip_line(self) -> None:
        """Pass over the rest of a line that is longer than any record."""
        while not self._ended and not self._error:
            self._more()
            end = _LINE_END.search(self._buffer)
            self._at = end.end() if end else len(self._buffer)
            self.position += self._at
            if end:
                return

    def resume(self) -> bool:
        """Go on behind a damage of the compression, at the next line."""
        if not self._source.resume():
            return False
        self.position += len(self._buffer) - self._at + 1
        self._buffer, self._at, self._error = b"", 0, None
        self._more()
        end = _LINE_END.search(self._buffer)
        self._at = end.end() if end else 0
        self.position += self._at
        return True


def separated_dialect(source: Peekable, name: str, config: InputConfig) -> Dialect | None:
    """The dialect of a file that is a table with a header, by its first mebibyte, which holds some dozens of rows with whole articles."""
    head = source.peek(_HEAD_BYTES)
    return detect_separated(head, name, config.text_field, whole=len(head) < _HEAD_BYTES)


def row_starts(handle: BinaryIO, dialect: Dialect, config: InputConfig) -> Iterator[int]:
    """Where the rows of a plain UTF-8 file begin, as `read_separated` finds them; the file is parsed, since quotes tell it alone.

    Some 150 MB a second. A file that cannot be read on has no more rows.
    """
    table = _Table(Peekable(plain_chunks(handle)), dialect, config.max_record_bytes)
    try:
        while found := table.next_row():
            yield found[0]
    except DocumentError:
        return  # Read says what is wrong with it


def read_piece(piece: FileSlice, handle: BinaryIO, config: InputConfig) -> Iterator[Found | Lost]:
    """Yield the rows of a plain file that begin in [piece.start, piece.end), one of them at `piece.start`; names as its header has them."""
    dialect = separated_dialect(Peekable(plain_chunks(handle)), piece.name, config) or Dialect(",", None)
    header = _Table(Peekable(plain_chunks(handle)), dialect, config.max_record_bytes)
    fields: list[bytes] | None = None
    try:
        while fields is None and (found := header.next_row()):
            fields = found[2]
    except DocumentError as error:
        yield Lost(slice_origin(piece), error.code, error.message)
        return
    source = Peekable(plain_chunks(handle, piece.start, piece.size))
    yield from read_separated(piece, source, dialect, config, header=fields or [])


def read_separated(
    piece: FileSlice, source: Peekable, dialect: Dialect, config: InputConfig, *, header: list[bytes] | None = None
) -> Iterator[Found | Lost]:
    """Yield the rows of a table below its header.

    Args:
        piece: the file; with `header`, the piece of it that `source` begins with.
        header: names of the columns, where the source begins behind them.

    Codes: ``bad_csv_row``, ``bad_utf8``, ``record_too_large``, and those of a damaged compression.
    """
    start, end = (piece.start, piece.end) if header is not None else (0, math.inf)
    header = header or []
    names = _column_names(header)
    table = _Table(source, dialect, config.max_record_bytes, start)
    while True:
        try:
            found = table.next_row()
        except DocumentError as error:
            yield Lost(Origin(uri=piece.name, path=piece.uri, locator=table.position), error.code, error.message)
            if not names or not table.resume():
                return
            continue
        if found is None:
            return
        start, data, fields = found
        if start >= end:
            return
        if fields == header:
            continue  # files of one kind that were put one behind the other
        if not names and fields:
            header = fields
            names = _column_names(fields)
            continue
        yield _record(Origin(uri=piece.name, path=piece.uri, locator=start, length=len(data)), data, fields, names, config)


def _column_names(header: list[bytes]) -> list[str]:
    return unique_names([field.decode("utf-8", "replace").strip() for field in header])


def _record(origin: Origin, data: bytes, fields: list[bytes] | None, names: list[str], config: InputConfig) -> Found | Lost:
    try:
        if len(data) > config.max_record_bytes:
            raise DocumentError("record_too_large", f"a row of {len(data)} bytes; input.max_record_bytes is {config.max_record_bytes}")
        if fields is None:
            raise DocumentError("bad_csv_row", "a quote is not closed, or something else than a delimiter follows it")
        if len(fields) != len(names):
            raise DocumentError("bad_csv_row", f"the row has {len(fields)} fields and the header has {len(names)}")
        try:
            values = [field.decode() for field in fields]
        except UnicodeDecodeError:
            raise DocumentError("bad_utf8", "the row is not valid UTF-8, as the rows before it are") from None
    except DocumentError as error:
        return Lost(origin, error.code, error.message, None, data[: EXCERPT_BYTES + 1])
    return Found(origin, canonical_json(dict(zip(names, values, strict=True))), "row")
