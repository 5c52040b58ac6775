"""Which site a document belongs to, from what its metadata and its file say."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

__all__ = ["name_site"]

_SAME_SITE = re.compile(r"^(?:www\d?|m|mobile|amp)\.")
_PART = re.compile(r"[^\W_]+")
_COMPRESSED = frozenset({"gz", "bz2", "xz", "zst", "lz4", "br"})
_CONTAINERS = frozenset({"jsonl", "ndjson", "csv", "tsv", "parquet", "arrow", "feather", "warc", "wet", "zip", "tar", "tgz", "mbox"})


def name_site(url: str | None, publisher: str | None, uri: str) -> str:
    """The host of the document's address; else its publisher; else the top folder or the container that it came in.

    Args:
        url: address that the document names or was retrieved from.
        publisher: who published this copy.
        uri: name of the input file within the run.

    Figures that only number folders and files are left out, so that a site in many files is one site; single files that lie in no
    folder, or in folders by date, are all of one site, whose name is empty.

    >>> name_site("https://www.orlepost.example/a?b=1", "Orle Post", "dump.jsonl"), name_site(None, "Orle  Post", "dump.jsonl")
    ('orlepost.example', 'orle post')
    >>> [name_site(None, None, uri) for uri in ("orle/2023/1.txt", "2023/05/1.txt", "1.txt", "orle-2023-00017.jsonl.gz")]
    ['orle', '', '', 'orle.jsonl']
    """
    if url and (host := _host(url)):
        return host
    if publisher and (name := " ".join(publisher.casefold().split())):
        return name
    path = PurePosixPath(uri.rsplit("://", 1)[-1])
    if len(path.parts) > 1:
        return _without_numbers(path.parts[0])
    suffixes = [part for part in path.name.lower().split(".")[1:] if part not in _COMPRESSED]
    if suffixes and suffixes[-1] in _CONTAINERS:
        return f"{_without_numbers(path.name.split('.')[0])}.{suffixes[-1]}"
    return ""


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname
    except ValueError:  # a bracket without its other half
        return ""
    return _SAME_SITE.sub("", host) if host and "." in host else ""


def _without_numbers(name: str) -> str:
    return "-".join(part for part in _PART.findall(name.casefold()) if not part.isdecimal())
