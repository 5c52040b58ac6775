"""Members of an archive as records of their own. What a member is, its content says; what must not be opened is refused by itself."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import IO, BinaryIO, cast

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.reading import decompress
from pipeline.reading.letters import EXCERPT_BYTES, Found, Lost, Skipped, slice_origin
from pipeline.records import FileSlice, Origin

__all__ = ["Damage", "Entry", "read_members"]

_MEMORY_BYTES = 4 * 2**20
"""A member above this goes to disk while it is read."""

_MAX_LABEL = 1000
_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"!<arch>\n", b"MSCF\0\0\0\0")


@dataclass(frozen=True, slots=True)
class Entry:
    """A member of an archive.

    Attributes:
        name: as the archive states it.
        offset: where its header begins.
        packed: bytes that it takes in the archive.
        chunks: its content; consumed at once or never.
        refusal: why it is not opened (code and message), or None.
    """

    name: str
    offset: int
    packed: int
    chunks: Iterator[bytes]
    refusal: DocumentError | None = None


@dataclass(frozen=True, slots=True)
class Damage:
    """A region of an archive of which nothing can be read."""

    offset: int
    error: DocumentError


class _Labels:
    """Names of members, each taken once: ``a.txt`` that comes again at byte 512 is ``a.txt//@512``.

    No name holds two slashes in a row, and no id of a document in a member begins with a single @, so that no two labels are equal.
    """

    def __init__(self) -> None:
        self._taken: set[bytes] = set()

    def take(self, name: str, offset: int) -> str:
        label = "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode("ascii") for c in name)
        label = "/".join(part for part in re.split(r"[/\\]", label[:_MAX_LABEL]) if part not in ("", ".")) or "?"
        key = hashlib.blake2b(label.encode("utf-8", "backslashreplace"), digest_size=12).digest()
        if key in self._taken:
            return f"{label}//@{offset}"
        self._taken.add(key)
        return label


def read_members(
    piece: FileSlice,
    entries: Iterable[Entry | Damage],
    config: InputConfig,
    read_content: Callable[[FileSlice, BinaryIO, InputConfig], tuple[str, Iterator[Found | Lost | Skipped]]],
) -> Iterator[Found | Lost | Skipped]:
    """Yield the records of every member, and a dead letter for each that is refused or damaged.

    Args:
        piece: the archive.
        entries: what it holds. Folders are no records; hidden members are passed over as hidden files are, and counted.
        config: limits.
        read_content: what a member is, and its records.

    Codes: ``unsafe_name``, ``not_a_file``, ``encrypted_member``, ``nested_archive``, ``expansion_limit``, ``empty_file``, those of a
    damaged archive, and all that a file can have.
    """
    labels = _Labels()
    room = max(decompress.FREE_EXPANSION_BYTES, int(piece.size * config.max_expansion))
    none = True
    for entry in entries:
        none = False
        if isinstance(entry, Damage):
            yield Lost(Origin(uri=piece.name, path=piece.uri, locator=entry.offset), entry.error.code, entry.error.message)
            continue
        if config.skip_hidden and re.search(r"(?:^|[/\\])\.(?![./\\]|$)", entry.name):
            yield Skipped("hidden_member")
            continue
        origin = Origin(uri=piece.name, path=piece.uri, member=labels.take(entry.name, entry.offset), locator=entry.offset)
        with tempfile.SpooledTemporaryFile(_MEMORY_BYTES) as spool:
            try:
                size = _fill(spool, entry, room, config)
            except DocumentError as error:
                yield Lost(origin, error.code, error.message)
                continue
            room -= size
            yield from _open_member(piece, origin, cast(BinaryIO, spool), size, config, read_content)
    if none:
        yield Lost(slice_origin(piece, piece.size), "empty_file", "the archive holds no file")


def _fill(spool: IO[bytes], entry: Entry, room: int, config: InputConfig) -> int:
    """Copy the content of a member; returns its size.

    Raises:
        DocumentError: it must not be opened, is damaged or is too large.
    """
    if reason := _unsafe(entry.name):
        raise DocumentError("unsafe_name", f"the name of the member {reason}")
    if entry.refusal:
        raise entry.refusal
    limit = min(room, max(decompress.FREE_EXPANSION_BYTES, int(entry.packed * config.max_expansion)))
    size = 0
    for chunk in entry.chunks:
        size += len(chunk)
        if size > limit:
            grown = f"more than {limit} bytes come out of {entry.packed}, or out of the archive and all before"
            raise DocumentError("expansion_limit", f"{grown}, which is taken for a bomb; input.max_expansion is {config.max_expansion:g}")
        spool.write(chunk)
    if not size:
        raise DocumentError("empty_file", "the member has no bytes")
    return size


def _unsafe(name: str) -> str | None:
    r"""What is wrong with a name that leads out of its folder, or None.

    >>> _unsafe("a/../b"), _unsafe("C:b"), _unsafe("a..b/c")
    ('leads to a folder above', 'begins with a drive', None)
    """
    if "\0" in name:
        return "holds a NUL"
    if name.startswith(("/", "\\")):
        return "is an absolute path"
    if re.match(r"[A-Za-z]:", name):
        return "begins with a drive"
    return "leads to a folder above" if ".." in re.split(r"[/\\]", name) else None


def _open_member(
    piece: FileSlice,
    origin: Origin,
    spool: BinaryIO,
    size: int,
    config: InputConfig,
    read_content: Callable[[FileSlice, BinaryIO, InputConfig], tuple[str, Iterator[Found | Lost | Skipped]]],
) -> Iterator[Found | Lost | Skipped]:
    spool.seek(0)
    head = spool.read(EXCERPT_BYTES + 1)
    spool.seek(0)
    label = origin.member or ""
    container, records = read_content(FileSlice(piece.uri, label, size, "", 0, size, "auto", "auto"), spool, config)
    if container in ("zip", "tar") or head.startswith(_ARCHIVES):
        yield Lost(
            replace(origin, length=size), "nested_archive", "an archive within an archive; unpack it and give what is in it", None, head
        )
        return
    for record in records:
        if isinstance(record, Skipped):
            yield record
            continue
        inner = record.origin
        member = f"{label}//{'@' * inner.member.startswith('@')}{inner.member}" if inner.member else label
        # Records of a file that holds many have their places in it; a document has that of its member.
        locator = origin.locator + inner.locator if container in ("file", "mail") else inner.locator
        yield replace(record, origin=replace(inner, uri=piece.name, path=piece.uri, member=member, locator=locator))
