"""Zip archives, whole or damaged: the entries, each with its content.

The directory at the end tells what there is. Where it is damaged or missing, as after a broken download, the members are found by their own
headers.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from pipeline.errors import DocumentError
from pipeline.reading.archives import Damage, Entry
from pipeline.reading.decompress import DECODE_ERRORS, make_decoder
from pipeline.reading.streams import CHUNK_BYTES, why

__all__ = ["list_zip"]

_LOCAL, _CENTRAL, _END, _END64, _LOCATOR64 = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_BEHIND = b"PK\x07\x08"
_METHODS = {0: "none", 8: "deflate", 12: "bzip2", 93: "zstd", 95: "xz"}
_READ_BYTES = 64 * 1024
_OFFICE = ("[Content_Types].xml", "_rels/.rels", "mimetype", "META-INF/MANIFEST.MF", "META-INF/container.xml")
"""What stands near the start of the directory of an office file, an e-book or a program, which are one document or none."""


@dataclass(frozen=True, slots=True)
class _Member:
    """What the directory, or its own header, says of a member. `packed` and `checksum` are None where they stand behind the content."""

    name: bytes
    flags: int
    method: int
    checksum: int | None
    packed: int | None
    offset: int
    mode: int


def list_zip(handle: BinaryIO, size: int) -> Iterator[Entry | Damage]:
    """Yield the members of a zip archive in the order of its directory; folders are left out.

    Args:
        handle: the archive, seekable.
        size: its bytes.

    Codes of damage: ``corrupt_zip``, ``truncated_zip``, ``not_text_data`` for an office file, ``unreadable_file``.
    """
    try:
        found = _find_directory(handle, size)
        if found and not _is_whole(handle, *found):
            found = None

        def members() -> Iterator[_Member]:
            return _placed(handle, found) if found else _local_members(handle, size)

        if any(_name(member) in _OFFICE for member in islice(members(), 20)):
            yield Damage(0, DocumentError("not_text_data", "an office file, an e-book or a program; accepted are archives of text"))
            return
        last = 0
        for member in members():
            last = member.offset
            if not member.name.endswith((b"/", b"\\")) and not stat.S_ISDIR(member.mode):
                yield Entry(_name(member), member.offset, member.packed or 0, _content(handle, size, member), _refusal(member))
        if not found and _find(handle, last, _CENTRAL) is None:
            message = "the archive ends without its directory; members that it should have are missing"
            yield Damage(size, DocumentError("truncated_zip", message))
    except OSError as error:
        yield Damage(size, DocumentError("unreadable_file", f"reading stopped: {why(error)}"))


def _read_at(handle: BinaryIO, start: int, count: int) -> bytes:
    handle.seek(start)
    return handle.read(count)


def _find_directory(handle: BinaryIO, size: int) -> tuple[int, int, int] | None:
    """Where the directory begins, how many entries it has, and what has to be added to the offsets in it."""
    tail_start = max(0, size - 65_557)
    tail = _read_at(handle, tail_start, 65_557)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return None
    count, length, offset = struct.unpack("<HII", tail[at + 10 : at + 20])
    end = tail_start + at
    if 0xFFFF in (count,) or 0xFFFFFFFF in (length, offset):
        locator = _read_at(handle, max(0, end - 20), 20)
        if not locator.startswith(_LOCATOR64) or len(locator) < 20:
            return None
        place = struct.unpack("<Q", locator[8:16])[0]
        record = _read_at(handle, place, 56) if place < size else b""
        if not record.startswith(_END64) or len(record) < 56:
            return None
        count, length, offset = struct.unpack("<QQQ", record[32:56])
        end = place
    start = end - length
    return (start, count, start - offset) if 0 <= start <= end else None


def _is_whole(handle: BinaryIO, start: int, count: int, shift: int) -> bool:
    """Does the directory have all of its entries, each as it should be?"""
    return sum(1 for _ in _directory(handle, start, count, shift)) == count


def _directory(handle: BinaryIO, start: int, count: int, shift: int) -> Iterator[_Member]:
    buffer, at = b"", start
    for _ in range(count):
        if len(buffer) < 46 + 3 * 0xFFFF:
            # Names and extra fields have at most 64 KiB each.
            buffer += _read_at(handle, at + len(buffer), 4 * 0xFFFF)
        if not buffer.startswith(_CENTRAL) or len(buffer) < 46:
            return
        made, _, flags, method = struct.unpack("<HHHH", buffer[4:12])
        checksum, packed, unpacked, name_size, extra_size, comment_size = struct.unpack("<IIIHHH", buffer[16:34])
        attributes, offset = struct.unpack("<II", buffer[38:46])
        name, extra = buffer[46 : 46 + name_size], buffer[46 + name_size : 46 + name_size + extra_size]
        wide = _wide(extra, [unpacked, packed, offset])
        mode = attributes >> 16 if made >> 8 == 3 else 0
        yield _Member(name, flags, method, checksum, wide[1], wide[2] + shift, mode)
        step = 46 + name_size + extra_size + comment_size
        buffer, at = buffer[step:], at + step


def _placed(handle: BinaryIO, found: tuple[int, int, int]) -> Iterator[_Member]:
    """The members of the directory, each where its header stands: what was put into a file or taken out moves only what is behind it."""
    start, count, shift = found
    for member in _directory(handle, start, count, shift):
        moved, unmoved = max(0, member.offset), member.offset - shift
        there = not shift or (moved == member.offset and _read_at(handle, moved, 4) == _LOCAL)
        yield replace(member, offset=moved if there or _read_at(handle, unmoved, 4) != _LOCAL else unmoved)


def _wide(extra: bytes, values: list[int]) -> list[int]:
    """Sizes and offset of more than 32 bits, from the extra field; those that are not there stay."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack("<HH", extra[at : at + 4])
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            for index, value in enumerate(values):
                if value == 0xFFFFFFFF and len(field) >= 8:
                    values[index], field = struct.unpack("<Q", field[:8])[0], field[8:]
            break
        at += 4 + length
    return values


def _local_members(handle: BinaryIO, size: int) -> Iterator[_Member]:
    """Members by their own headers, in the order in which they stand."""
    place: int = 0
    while (at := _find(handle, place, _LOCAL)) is not None:
        head = _read_at(handle, at, 30)
        if len(head) < 30:
            return
        flags, method = struct.unpack("<HH", head[6:10])
        checksum, packed, unpacked, name_size, extra_size = struct.unpack("<IIIHH", head[14:30])
        rest = _read_at(handle, at + 30, name_size + extra_size)
        packed = _wide(rest[name_size:], [unpacked, packed])[1]
        behind = bool(flags & 8) and not packed
        data = at + 30 + name_size + extra_size
        stated: int | None = packed
        if behind:
            stated = ((_find(handle, data, _BEHIND) or size) - data) if method == 0 else None
        yield _Member(rest[:name_size], flags, method, None if behind else checksum, stated, at, 0)
        # What a damaged header says is not to be believed: the next member is searched from where this one's content should end
        # only if a header stands there.
        after = data + packed
        whole = not behind and after <= size and _read_at(handle, after, 4) in (_LOCAL, _CENTRAL, _BEHIND)
        place = after if whole else at + 4


def _find(handle: BinaryIO, start: int, mark: bytes) -> int | None:
    while block := _read_at(handle, start, CHUNK_BYTES):
        at = block.find(mark)
        if at >= 0:
            return start + at
        if len(block) < CHUNK_BYTES:
            return None
        start += len(block) - len(mark) + 1
    return None


def _name(member: _Member) -> str:
    try:
        return member.name.decode()
    except UnicodeDecodeError:
        # Without the mark for UTF-8, names are in the code page of the first PCs.
        return member.name.decode("cp437") if not member.flags & 0x800 else member.name.decode("utf-8", "backslashreplace")


def _refusal(member: _Member) -> DocumentError | None:
    if stat.S_IFMT(member.mode) not in (0, stat.S_IFREG):
        return DocumentError("not_a_file", "the member is a link or a device; only plain files are read")
    if member.flags & 1 or member.method == 99:
        return DocumentError("encrypted_member", "the member is encrypted; unpack the archive with its password and give what is in it")
    if member.method not in _METHODS:
        message = f"the member is compressed by method {member.method}; accepted are stored, deflate, bzip2, zstd and xz"
        return DocumentError("unsupported_encoding", message)
    return None


def _content(handle: BinaryIO, size: int, member: _Member) -> Iterator[bytes]:
    """The content of a member, with its checksum held to what is stated where that is known."""
    checksum = 0
    try:
        for chunk in _chunks(handle, size, member):
            checksum = zlib.crc32(chunk, checksum)
            yield chunk
    except DECODE_ERRORS as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise DocumentError("unreadable_file", f"reading stopped: {why(error)}") from None
        raise DocumentError("corrupt_zip", f"the content of the member is damaged: {error}") from None
    if member.checksum is not None and checksum != member.checksum:
        raise DocumentError("corrupt_zip", f"the checksum of the member is {checksum:08x} and should be {member.checksum:08x}")


def _chunks(handle: BinaryIO, size: int, member: _Member) -> Iterator[bytes]:
    head = _read_at(handle, member.offset, 30)
    if not head.startswith(_LOCAL) or len(head) < 30:
        raise DocumentError("corrupt_zip", f"at byte {member.offset} there is no header of a member")
    at = member.offset + 30 + sum(struct.unpack("<HH", head[26:30]))
    end = size if member.packed is None else at + member.packed
    if end > size:
        raise DocumentError("truncated_zip", f"the archive ends {end - size} bytes before its member does")
    decoder = None if member.method == 0 else make_decoder(_METHODS[member.method])
    while at < end and (data := _read_at(handle, at, min(_READ_BYTES, end - at))):
        at += len(data)
        if decoder is None:
            yield data
            continue
        while True:
            if chunk := decoder.feed(data):
                yield chunk
            if decoder.rest is not None:
                return
            if decoder.hungry:
                break
            data = b""
    if decoder is not None:
        raise EOFError("it ends too early")
