"""Where files are: one small protocol for local folders and object stores.

A *URI* is a local path or a URL. A local path whose bytes are not valid UTF-8 is written as ``file://`` with those bytes
percent-encoded, so that every URI is valid Unicode and survives any coder.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote_to_bytes

__all__ = [
    "PARTIAL_SUFFIX",
    "FileInfo",
    "LocalStorage",
    "Storage",
    "glob_prefix",
    "glob_regex",
    "is_glob",
    "is_remote",
    "join",
    "local_path",
]

PARTIAL_SUFFIX = ".partial"
"""How the temporary names of `LocalStorage.create` end; a killed process can leave some behind."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file that a listing found.

    Attributes:
        uri: what `open` takes.
        size: bytes.
        identity: changes when the file does: modification time in ns and size, an etag or a checksum.
        real: the same for two ways (links) to one file.
        error: why the file or folder cannot be read, or None.
    """

    uri: str
    size: int
    identity: str
    real: str
    error: str | None = None


class Storage(Protocol):
    """What the pipeline needs from a file system. Implementations are frozen and can be pickled."""

    @property
    def is_local(self) -> bool:
        """True where folders exist and a rename is atomic."""

    def list_files(self, root: str) -> Iterator[FileInfo]:
        """Yield every file below a folder or prefix, recursively, or `root` itself where it is a file; nothing if there is nothing.

        A file or folder that cannot be read is yielded with `error` set.
        """

    def glob(self, pattern: str) -> Iterator[FileInfo]:
        """Yield the files (never folders) that match: ``*``, ``?`` and ``[..]`` within one segment, ``**`` over any number."""

    def open(self, uri: str) -> BinaryIO:
        """Open for reading, seekable.

        Raises:
            OSError: it is not there, cannot be read or is no regular file.
        """

    def create(self, uri: str) -> AbstractContextManager[BinaryIO]:
        """Open for writing. The file appears, whole, when the context ends; after an exception there is nothing to see."""

    def exists(self, uri: str) -> bool:
        """Is there a file, folder or non-empty prefix?"""

    def rename(self, source: str, target: str) -> None:
        """Move a file or a folder. A target file is replaced; a target folder must not exist."""

    def delete_tree(self, uri: str) -> None:
        """Delete a file or a folder with all that is in it; nothing happens where there is nothing."""

    def make_folder(self, uri: str) -> None:
        """Make a folder and its parents where folders exist."""


def is_remote(uri: str) -> bool:
    """Is this the URL of something that is not on this machine's file system?

    >>> is_remote("s3://bucket/x"), is_remote("news/x.txt"), is_remote("file:///news/x.txt")
    (True, False, False)
    """
    return bool(_SCHEME.match(uri)) and not uri.startswith("file://")


def join(base: str, *parts: str) -> str:
    """Append segments to a path or URL.

    >>> join("s3://bucket/out/", "documents", "part-0.parquet")
    's3://bucket/out/documents/part-0.parquet'
    """
    if is_remote(base) or base.startswith("file://"):
        return "/".join([base.rstrip("/"), *(part.strip("/") for part in parts)])
    return os.path.join(base, *parts)  # noqa: PTH118 - a str in, a str out


def local_path(uri: str) -> str:
    """The path that a local URI means.

    >>> local_path("file:///news/a%20b.txt")
    '/news/a b.txt'
    """
    return os.fsdecode(unquote_to_bytes(uri[len("file://") :])) if uri.startswith("file://") else uri


def is_glob(uri: str) -> bool:
    """Does it hold ``*``, ``?`` or ``[``?"""
    return any(sign in uri for sign in "*?[")


def glob_prefix(pattern: str) -> str:
    """The folder before the first segment with a glob character, without a final slash; empty for the current folder.

    >>> glob_prefix("news/2024/**/*.txt"), glob_prefix("*.txt"), glob_prefix("/*")
    ('news/2024', '', '/')
    """
    fixed: list[str] = []
    for segment in pattern.split("/"):
        if is_glob(segment):
            break
        fixed.append(segment)
    return "/".join(fixed) or ("/" if pattern.startswith("/") else "")


def glob_regex(pattern: str) -> re.Pattern[str]:
    """A regular expression for whole paths. ``**`` as a segment spans any number of folders, none included.

    >>> bool(glob_regex("a/**/*.txt").fullmatch("a/x.txt")), bool(glob_regex("a/*").fullmatch("a/b/c"))
    (True, False)
    """
    parts: list[str] = []
    segments = pattern.split("/")
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "**":
            parts.append(".*" if last else "(?:[^/]+/)*")
        else:
            parts.append(_segment_regex(segment) + ("" if last else "/"))
    return re.compile("".join(parts), re.DOTALL)


_GLOB_TOKEN = re.compile(r"\*+|\?|\[!?+(?:\][^\]]*|[^\]]+)\]|.", re.DOTALL)


def _segment_regex(segment: str) -> str:
    out: list[str] = []
    for token in _GLOB_TOKEN.findall(segment):
        if token[0] == "*":
            out.append("[^/]*")
        elif token == "?":
            out.append("[^/]")
        else:
            out.append(_class_regex(token[1:-1]) if len(token) > 1 else re.escape(token))
    return "".join(out)


def _class_regex(body: str) -> str:
    negated, body = body.startswith("!"), body.removeprefix("!")
    members, at = "", 0
    while at < len(body):
        low, high = body[at], body[at + 2 : at + 3]
        if body[at + 1 : at + 2] == "-" and high:
            members += f"{re.escape(low)}-{re.escape(high)}" if low <= high else ""  # a range that runs backwards is empty, as in the shell
            at += 3
        else:
            members += re.escape(low)
            at += 1
    if not members:
        return "[^/]" if negated else "(?!)"
    return f"(?!/)[{'^' if negated else ''}{members}]"


@dataclass(frozen=True, slots=True)
class LocalStorage:
    """Files of this machine."""

    @property
    def is_local(self) -> bool:
        """Always True."""
        return True

    def list_files(self, root: str) -> Iterator[FileInfo]:
        """See `Storage.list_files`. In order of path; what only a link leads to comes last. Each real folder is visited once."""
        return _walk(str(Path(local_path(root)).absolute()), lambda _: True)

    def glob(self, pattern: str) -> Iterator[FileInfo]:
        """See `Storage.glob`. No folder deeper than the pattern is looked at."""
        path = local_path(pattern)
        base = str(Path(glob_prefix(path) or ".").absolute())
        rest = path[len(glob_prefix(path)) :].lstrip("/")
        depth = float("inf") if "**" in rest.split("/") else rest.count("/")
        prefix = base if base.endswith("/") else base + "/"
        matches = glob_regex(rest).fullmatch
        for info in _walk(base, lambda folder: folder[len(prefix) :].count("/") < depth):
            if matches(local_path(info.uri)[len(prefix) :].replace(os.sep, "/")):
                yield info

    def open(self, uri: str) -> BinaryIO:
        """See `Storage.open`. A named pipe or device is refused instead of waited for."""
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(local_path(uri), flags)
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            os.close(descriptor)
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, "it is a folder that could not be listed", uri)
            raise OSError(errno.EINVAL, "not a regular file", uri)
        return os.fdopen(descriptor, "rb")

    @contextlib.contextmanager
    def create(self, uri: str) -> Iterator[BinaryIO]:
        """See `Storage.create`. Temporary name in the same folder, fsync, rename, fsync of the folder."""
        target = Path(local_path(uri))
        target.parent.mkdir(parents=True, exist_ok=True)
        # Process and thread make the name unique among writers that live; what a dead one left is overwritten.
        partial = target.with_name(f".{target.name}.{os.getpid()}-{threading.get_ident()}{PARTIAL_SUFFIX}")
        try:
            with partial.open("wb") as sink:
                yield sink
                sink.flush()
                os.fsync(sink.fileno())
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)

    def exists(self, uri: str) -> bool:
        """See `Storage.exists`. A dangling link counts as there."""
        return os.path.lexists(local_path(uri))

    def rename(self, source: str, target: str) -> None:
        """See `Storage.rename`."""
        origin, goal = Path(local_path(source)), Path(local_path(target))
        if origin.is_dir() and goal.exists():
            raise FileExistsError(errno.EEXIST, "the target exists", target)
        goal.parent.mkdir(parents=True, exist_ok=True)
        origin.replace(goal)
        _sync_folder(goal.parent)

    def delete_tree(self, uri: str) -> None:
        """See `Storage.delete_tree`. A link is deleted, not what it leads to."""
        path = Path(local_path(uri))
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def make_folder(self, uri: str) -> None:
        """See `Storage.make_folder`."""
        Path(local_path(uri)).mkdir(parents=True, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # folders cannot be opened there
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(root: str, enter: Callable[[str], bool]) -> Iterator[FileInfo]:
    """All files below `root`; folders for which `enter(path)` is false are left out. Links to folders wait until all real ones are done."""
    try:
        status = Path(root).stat()
    except OSError as error:
        if os.path.lexists(root):
            yield _broken(root, error)
        return
    if not stat.S_ISDIR(status.st_mode):
        yield _info(root, os.path.realpath(root), status)
        return
    seen: set[tuple[int, int]] = set()
    waiting = [root]
    while waiting:
        links: list[str] = []
        for folder in waiting:
            yield from _walk_real(folder, enter, seen, links)
        waiting = sorted(links)


def _walk_real(top: str, enter: Callable[[str], bool], seen: set[tuple[int, int]], links: list[str]) -> Iterator[FileInfo]:
    stack = [(top, os.path.realpath(top), "folder")]
    while stack:
        path, real, kind = stack.pop()
        try:
            status = Path(path).stat()
            if kind == "folder":
                if (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    below = [(_below(path, name), _below(real, name), kind) for name, kind in _entries(path)]
                    stack += [entry for entry in reversed(below) if entry[2] != "folder" or enter(entry[0])]
            elif kind == "link" and stat.S_ISDIR(status.st_mode):
                if enter(path):
                    links.append(path)
            else:
                yield _info(path, os.path.realpath(path) if kind == "link" else real, status)
        except OSError as error:
            yield _broken(path, error)


def _entries(folder: str) -> list[tuple[str, str]]:
    """Names in a folder and what they are. Folders sort with a final slash, so that paths come out in plain string order."""
    with os.scandir(folder) as entries:
        found = [(entry.name, "link" if entry.is_symlink() else "folder" if entry.is_dir() else "file") for entry in entries]
    return sorted(found, key=lambda entry: entry[0] + "/" if entry[1] == "folder" else entry[0])


def _below(folder: str, name: str) -> str:
    return folder + name if folder.endswith(os.sep) else folder + os.sep + name


def _info(path: str, real: str, status: os.stat_result) -> FileInfo:
    if not stat.S_ISREG(status.st_mode):
        return FileInfo(_uri(path), 0, "", _uri(real), "not a regular file")
    uri = _uri(path)
    return FileInfo(uri, status.st_size, f"{status.st_mtime_ns}-{status.st_size}", uri if real == path else _uri(real))


def _broken(path: str, error: OSError) -> FileInfo:
    return FileInfo(_uri(path), 0, "", _uri(path), error.strerror or str(error))


def _uri(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError:
        # surrogateescape maps byte 0xNN to U+DCNN
        return "file://" + "".join(f"%{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else "%25" if c == "%" else c for c in path)
    return path
