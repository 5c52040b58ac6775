"""Inputs -> splits: lists files, gives each a name, cuts large ones, groups small ones.

The plan depends on the set of files (names, sizes, and the content of large ones), never on the order in which inputs were given
or folders were listed. A small file is not opened here: `reading` finds out what it is (container ``auto``).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from pipeline.config import InputConfig
from pipeline.errors import ConfigError
from pipeline.identity import framed_digest
from pipeline.reading.cutting import find_cut
from pipeline.records import FileSlice, InputSplit
from pipeline.storage import FileInfo, Storage, glob_prefix, is_glob, is_remote, local_path

__all__ = ["Plan", "check_input", "plan"]

MAX_SPLIT_FILES = 2_000
"""A split's list of files travels in the job graph, and a split is what is read again after a crash."""

MIN_SPLIT_BYTES = 256 * 1024
"""Below this the fixed cost of a split (a staged shard with its manifest, some ms) is no longer small beside its reading."""

WANTED_SPLITS = 16
"""Small inputs are cut into about this many splits: four for each of four workers, since splits are dealt out up front."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will read. `splits` are numbered in the order of names; `bytes` are as listed, compressed files as they are.

    `hidden` files were left out by `input.skip_hidden`.
    """

    splits: tuple[InputSplit, ...]
    files: int
    bytes: int
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class _File:
    info: FileInfo
    depth: int  # how many final segments of its URI lie below the input root; 0: it was given by itself


def plan(inputs: Sequence[str], storage_for: Callable[[str], Storage], config: InputConfig, exclude: Sequence[str] = ()) -> Plan:
    """Find all input files and divide them into splits.

    Args:
        inputs: files, folders (with all that is below), globs; paths or URLs.
        storage_for: gives the storage of a URI.
        config: `split_bytes` and `skip_hidden` matter here.
        exclude: the output directory and what belongs to it; must have no part in the inputs.

    Raises:
        ConfigError: an input does not exist, cannot be read or holds no file, or contains the output or lies within it.
    """
    files, hidden = _collect(inputs, storage_for, config, exclude)
    named = sorted(zip(_names(files), files, strict=True), key=lambda pair: pair[0])
    total = sum(file.info.size for file in files)
    target = min(config.split_bytes, max(MIN_SPLIT_BYTES, total // WANTED_SPLITS))
    groups = _group((_cut(name, file.info, storage_for, config, target) for name, file in named), target)
    splits = tuple(InputSplit(_split_id(group), number, group) for number, group in enumerate(groups))
    return Plan(splits, len(files), total, hidden)


def _collect(
    inputs: Sequence[str], storage_for: Callable[[str], Storage], config: InputConfig, exclude: Sequence[str]
) -> tuple[list[_File], int]:
    """Every file once, under its longest name; and how many hidden ones nothing else asks for."""
    if not inputs:
        raise ConfigError("no input given; give files, folders, globs in quotes or URLs")
    found: dict[str, _File] = {}
    left_out: set[str] = set()
    for given in inputs:
        storage = storage_for(given)
        count = hidden = 0
        for new in _list(given, storage, exclude):
            if config.skip_hidden and _is_hidden(new):
                hidden += 1
                left_out.add(new.info.real)
                continue
            count += 1
            old = found.get(new.info.real)
            if old is None or (-new.depth, new.info.uri) < (-old.depth, old.info.uri):
                found[new.info.real] = new
        if not count:
            raise ConfigError(_nothing_found(given, storage, hidden))
    return list(found.values()), len(left_out - found.keys())


def check_input(given: str, storage: Storage, exclude: Sequence[str]) -> None:
    """Refuse an input of which the name alone says that it cannot be used.

    Raises:
        ConfigError: as `plan` would.
    """
    pattern = _is_pattern(given, storage)
    root = _root(given, pattern=pattern)
    for output in exclude:
        if _contains(_real(output), _real(root)):
            raise ConfigError(f"input {given!r} lies in the output {output!r}; give another input or --output")
        if not pattern and _contains(_real(root), _real(output)):
            raise ConfigError(f"the output {output!r} lies in the input {given!r}; choose an output outside of it")
    if not pattern and not is_remote(given) and not storage.exists(given):
        raise ConfigError(_nothing_found(given, storage, 0))


def _root(given: str, *, pattern: bool) -> str:
    return _absolute((glob_prefix(given) or ".") if pattern else given)


def _list(given: str, storage: Storage, exclude: Sequence[str]) -> Iterator[_File]:
    """The files of one input; the depth of a file that was given by itself is 0."""
    check_input(given, storage, exclude)
    pattern = _is_pattern(given, storage)
    outputs = [(output, _real(output)) for output in exclude]
    above = _slashes(_root(given, pattern=pattern))
    for info in storage.glob(given) if pattern else storage.list_files(given):
        depth = _slashes(info.uri) - above
        if info.error and depth <= 0:
            raise ConfigError(f"input {given!r} cannot be read: {info.error}")
        for output, real in outputs if pattern else ():
            if _contains(real, info.real):
                raise ConfigError(f"input {given!r} matches files of the output {output!r}; choose an output outside of it")
        yield _File(info, max(depth, 0))


def _is_hidden(file: _File) -> bool:
    """Does a segment below the root begin with a dot? A file or root that was given by its own name is wanted."""
    return file.depth > 0 and "/." in file.info.uri and any(part.startswith(".") for part in _tail(file.info.uri, file.depth))


def _is_pattern(given: str, storage: Storage) -> bool:
    """A local file may be called ``[1].txt``; asked for that, an object store would match it as a pattern."""
    return is_glob(given) and (is_remote(given) or not storage.exists(given))


def _nothing_found(given: str, storage: Storage, hidden: int) -> str:
    if hidden:
        return f"input {given!r} holds hidden files only ({hidden}); input.skip_hidden = false takes them"
    if _is_pattern(given, storage):
        return f"input {given!r} matches no file; * stays within one folder, **/ goes through all below"
    if storage.exists(given):
        return f"input {given!r} is an empty folder; give one that holds files"
    return f"input {given!r} does not exist; give a file, a folder, a glob in quotes or a URL"


def _absolute(uri: str) -> str:
    return uri.rstrip("/") if is_remote(uri) else str(Path(local_path(uri)).absolute())


def _real(uri: str) -> str:
    return uri.rstrip("/") if is_remote(uri) else os.path.realpath(local_path(uri))


def _contains(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/" + os.sep) + ("/" if is_remote(folder) else os.sep))


def _slashes(uri: str) -> int:
    path = uri if is_remote(uri) else local_path(uri)
    return path.rstrip("/" + os.sep).replace(os.sep, "/").count("/")


def _tail(uri: str, depth: int) -> list[str]:
    """The last segments of a URI, which are valid Unicode where those of the path need not be."""
    return uri.replace(os.sep, "/").rsplit("/", depth)[-depth:]


def _names(files: Sequence[_File]) -> list[str]:
    """Unique names: those that are equal take one more parent folder each, until none are (docs/design.md, Identity)."""
    depths = [max(1, file.depth) for file in files]
    while True:
        names = ["/".join(_tail(file.info.uri, depth)) for file, depth in zip(files, depths, strict=True)]
        counts = Counter(names)
        # Whole URIs differ, so that this ends.
        equal = [index for index, name in enumerate(names) if counts[name] > 1]
        if not equal:
            return names
        for index in equal:
            depths[index] += 1


def _cut(name: str, info: FileInfo, storage_for: Callable[[str], Storage], config: InputConfig, target: int) -> list[FileSlice]:
    """The slices of one file: one, unless it is large and of a kind that can be read from the middle."""
    whole = FileSlice(info.uri, name, info.size, info.identity, 0, info.size, "auto", "auto")
    if info.size <= max(target, config.split_bytes // 4) or info.error:
        return [whole]
    try:
        storage = storage_for(info.uri)
        with storage.open(info.uri) as handle:
            cut = find_cut(handle, name, info.size, target, config, local=storage.is_local)
    except OSError:
        return [whole]  # Read says what is wrong with it, in a dead letter
    if cut is None:
        return [whole]
    return [
        replace(whole, start=start, end=end, container=cut.container, compression=cut.compression) for start, end in pairwise(cut.bounds)
    ]


def _group(cuts: Iterable[list[FileSlice]], target: int) -> list[tuple[FileSlice, ...]]:
    """Large files stand alone; small ones are gathered in the order of names."""
    groups: list[tuple[FileSlice, ...]] = []
    small: list[FileSlice] = []
    size = 0
    for pieces in cuts:
        if len(pieces) > 1 or pieces[0].size >= target:
            groups += [(piece,) for piece in pieces]
            continue
        if small and (size + pieces[0].size > target or len(small) == MAX_SPLIT_FILES):
            groups.append(tuple(small))
            small, size = [], 0
        small += pieces
        size += pieces[0].size
    if small:
        groups.append(tuple(small))
    return sorted(groups, key=lambda group: (group[0].name, group[0].start))


def _split_id(group: tuple[FileSlice, ...]) -> str:
    """Depends on what is read, not on where it lies or when it was written."""
    return framed_digest(tuple(str(part) for s in group for part in (s.name, s.start, s.end, s.container, s.compression, s.size)))
