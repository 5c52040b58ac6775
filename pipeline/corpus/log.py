"""The runs of a corpus, in order: which count, which a new run compares with, and the commit that adds one.

    CORPUS/corpus.json              marks the folder; how its sketches are made
    CORPUS/commits/00000012.json    all runs after the 12th commit; the newest file counts
    CORPUS/runs/<run_id>/           a run; it counts if the newest commit names it

Runs are ordered by number and never by a clock.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.config import Config
from pipeline.errors import ConfigError, DatasetError, OutputError
from pipeline.publishing import dump_json, signature_scheme
from pipeline.storage import LocalStorage, Storage, join

__all__ = ["MARKER", "Corpus", "Entry", "add_entry", "choose_window", "create_corpus", "is_corpus", "open_corpus", "scheme_of"]

MARKER = "corpus.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A committed run.

    Attributes:
        seq: its number, from 1.
        kind: ``run`` or ``takedown``.
        date: ISO date that windows are counted by; never falls from run to run.
        input_sha256: what was read (names, sizes, times of change), with the configuration.
        manifest_sha256: of its run.json.
        books: records by table.
    """

    seq: int
    run_id: str
    kind: str
    date: str
    input_sha256: str
    manifest_sha256: str
    books: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus as one commit shows it."""

    folder: str
    scheme: str
    entries: tuple[Entry, ...] = ()
    storage: Storage = field(default_factory=LocalStorage)

    def run_folder(self, run_id: str) -> str:
        """Folder of a run."""
        return join(self.folder, "runs", run_id)


def scheme_of(config: Config) -> str:
    """How sketches are made; runs that differ in it cannot be compared."""
    return f"{signature_scheme(config)};bands={config.dedup.bands};rows={config.dedup.rows};sample={config.dedup.sample_rate}"


def is_corpus(folder: str, storage: Storage) -> bool:
    """Does a folder hold a corpus?"""
    return storage.exists(join(folder, MARKER))


def create_corpus(folder: str, storage: Storage, config: Config) -> Corpus:
    """Mark a folder as a corpus without runs."""
    scheme = scheme_of(config)
    with storage.create(join(folder, MARKER)) as file:
        file.write(dump_json({"copydesk_corpus": FORMAT, "scheme": scheme}))
    return Corpus(folder, scheme, (), storage)


def open_corpus(folder: str, storage: Storage | None = None) -> Corpus:
    """Read the newest commit.

    Raises:
        DatasetError: it is no corpus, or damaged.
    """
    storage = storage or LocalStorage()
    marker = _read_json(join(folder, MARKER), storage, f"{folder} is no corpus: it holds no {MARKER}, which `copydesk run --corpus` writes")
    if not isinstance(marker, dict) or marker.get("copydesk_corpus") != FORMAT:
        raise DatasetError(f"{join(folder, MARKER)} is not of a form that this version reads")
    numbers = [int(m[1]) for info in storage.list_files(join(folder, "commits")) if (m := re.search(r"[/\\](\d{8})\.json$", info.uri))]
    entries: tuple[Entry, ...] = ()
    if numbers:
        name = _commit_path(folder, max(numbers))
        content = _read_json(name, storage, f"{name} cannot be read")
        try:
            entries = tuple(Entry(**entry) for entry in content["runs"])
        except (KeyError, TypeError) as error:
            raise DatasetError(f"{name} is damaged: {error!r}") from None
        if [entry.seq for entry in entries] != list(range(1, max(numbers) + 1)):
            raise DatasetError(f"{name} is damaged: it should name runs 1 to {max(numbers)}")
    return Corpus(folder, str(marker["scheme"]), entries, storage)


def add_entry(corpus: Corpus, entry: Entry) -> Corpus:
    """Commit a run: one file appears, whole or not at all.

    Raises:
        OutputError: another run has taken the number.
    """
    path = _commit_path(corpus.folder, entry.seq)
    if corpus.storage.exists(path):
        raise OutputError(f"another run was committed to {corpus.folder} meanwhile; nothing of this one counts, run it again")
    entries = (*corpus.entries, entry)
    with corpus.storage.create(path) as file:
        file.write(dump_json({"runs": [asdict(each) for each in entries]}))
    return Corpus(corpus.folder, corpus.scheme, entries, corpus.storage)


def choose_window(entries: Sequence[Entry], window: str | None, date: str) -> tuple[Entry, ...]:
    """The runs that a new one compares with.

    Args:
        window: ``30d`` (runs whose date is less than 30 days before `date`), ``20`` (the last 20 runs), or None for all.
        date: ISO date of the new run.

    Raises:
        ConfigError: not a window.

    >>> runs = [Entry(1, "a", "run", "2026-01-01", "", ""), Entry(2, "b", "run", "2026-01-09", "", "")]
    >>> [entry.run_id for entry in choose_window(runs, "7d", "2026-01-10")], len(choose_window(runs, "7", "2026-01-10"))
    (['b'], 2)
    """
    if window is None:
        return tuple(entries)
    match = re.fullmatch(r"(\d{1,6})(d?)", window.strip())
    if not match:
        raise ConfigError(f"--window {window!r}: days (30d) or a number of runs (20) are accepted")
    number = int(match[1])
    if not match[2]:
        return tuple(entries[len(entries) - number :] if number < len(entries) else entries)
    first = datetime.date.fromisoformat(date) - datetime.timedelta(days=number)
    return tuple(entry for entry in entries if datetime.date.fromisoformat(entry.date) > first)


def _commit_path(folder: str, number: int) -> str:
    return join(folder, "commits", f"{number:08d}.json")


def _read_json(path: str, storage: Storage, missing: str) -> Any:
    try:
        with storage.open(path) as file:
            return json.loads(file.read())
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError(missing) from None
    except ValueError as error:
        raise DatasetError(f"{path} is damaged: {error}") from None
