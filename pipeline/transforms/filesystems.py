"""`Storage` over Beam's file systems (s3://, gs://, hdfs://, azfs://), and the choice between it and the local one."""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems

from pipeline.errors import ConfigError
from pipeline.storage import FileInfo, LocalStorage, Storage, glob_prefix, glob_regex, is_remote

__all__ = ["BeamStorage", "storage_for"]


def storage_for(uri: str) -> Storage:
    """The storage that a path or URL belongs to.

    Raises:
        ConfigError: no file system is installed for the URL's scheme.
    """
    if not is_remote(uri):
        return LocalStorage()
    scheme = FileSystems.get_scheme(uri)
    try:
        FileSystems.get_filesystem(uri)
    except ValueError:
        extra = {"s3": "aws", "gs": "gcp", "azfs": "azure"}.get(scheme)
        hint = f"install copydesk[{extra}]" if extra else "s3://, gs://, azfs:// and local paths are accepted"
        raise ConfigError(f"{uri}: no file system for {scheme}:// is installed; {hint}") from None
    return BeamStorage()


@dataclass(frozen=True, slots=True)
class BeamStorage:
    """Objects in a store. There are no folders, and a rename is a copy and a delete; nothing here presumes more."""

    @property
    def is_local(self) -> bool:
        """Always False."""
        return False

    def list_files(self, root: str) -> Iterator[FileInfo]:
        """See `Storage.list_files`."""
        found = list(_match(root)) if not root.endswith("/") else []
        yield from found or _match(root.rstrip("/") + "/**")

    def glob(self, pattern: str) -> Iterator[FileInfo]:
        """See `Storage.glob`. Beam's own patterns let ``*`` cross a slash on some stores, so the match is checked here."""
        prefix, regex = glob_prefix(pattern), glob_regex(pattern)
        for info in _match(prefix.rstrip("/") + "/**"):
            if regex.fullmatch(info.uri):
                yield info

    def open(self, uri: str) -> BinaryIO:
        """See `Storage.open`."""
        try:
            file = FileSystems.open(uri, compression_type=CompressionTypes.UNCOMPRESSED)
        except BeamIOError as error:
            if not FileSystems.exists(uri):
                raise FileNotFoundError(errno.ENOENT, "no such object", uri) from None
            raise OSError(errno.EIO, f"cannot be opened: {error}", uri) from None
        return cast("BinaryIO", io.BufferedReader(file) if isinstance(file, io.RawIOBase) else file)

    @contextmanager
    def create(self, uri: str) -> Iterator[BinaryIO]:
        """See `Storage.create`. An object appears when its upload is completed; after an exception it is deleted again."""
        file = FileSystems.create(uri, compression_type=CompressionTypes.UNCOMPRESSED)
        try:
            yield file
        except BaseException:
            file.close()
            FileSystems.delete([uri])
            raise
        file.close()

    def exists(self, uri: str) -> bool:
        """See `Storage.exists`."""
        return FileSystems.exists(uri) or any(True for _ in _match(uri.rstrip("/") + "/**"))

    def rename(self, source: str, target: str) -> None:
        """See `Storage.rename`."""
        found = [info.uri for info in self.list_files(source)]
        FileSystems.rename(found, [target + uri[len(source) :] for uri in found])

    def delete_tree(self, uri: str) -> None:
        """See `Storage.delete_tree`."""
        found = [info.uri for info in self.list_files(uri)]
        if found:
            FileSystems.delete(found)

    def make_folder(self, uri: str) -> None:
        """Nothing: folders do not exist in an object store."""


def _match(pattern: str) -> Iterator[FileInfo]:
    try:
        results = FileSystems.match([pattern])
    except BeamIOError as error:
        raise ConfigError(f"{pattern} cannot be listed; check that the bucket exists and that credentials are set ({error})") from None
    for result in results:
        for metadata in sorted(result.metadata_list, key=lambda entry: entry.path):
            if not metadata.path.endswith("/"):
                identity = f"{metadata.last_updated_in_seconds}-{metadata.size_in_bytes}"
                yield FileInfo(metadata.path, metadata.size_in_bytes, identity, metadata.path)
