"""The corpus that a run adds to: lock, what is compared with, the rename and the commit. As `workplace` is for runs that stand alone.

Locally a run is written below `.copydesk/` and renamed to `runs/<run_id>`; on an object store it is written in its place, which nobody
reads before a commit names it. docs/corpus.md has the whole protocol.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.config import Config, fingerprint
from pipeline.corpus.card import write_card
from pipeline.corpus.elders import Elder, Elders
from pipeline.corpus.locking import Lock
from pipeline.corpus.log import MARKER, Corpus, Entry, add_entry, choose_window, create_corpus, is_corpus, open_corpus, scheme_of
from pipeline.corpus.taking import finish_takedowns
from pipeline.errors import ConfigError, OutputError
from pipeline.planning import Plan
from pipeline.progressing import ProgressLog
from pipeline.publishing import dump_json
from pipeline.storage import PARTIAL_SUFFIX, is_remote, join
from pipeline.transforms.filesystems import storage_for
from pipeline.transforms.settings import Settings
from pipeline.transforms.workplace import choose_staging, expect

__all__ = ["AlreadyCommittedError", "CorpusPlace"]

WORK = ".copydesk"


class AlreadyCommittedError(Exception):
    """The corpus holds a run over the same input with the same configuration."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.run_id)
        self.entry = entry


class CorpusPlace:
    """Context of one run of a corpus.

    Args:
        window: which runs to compare with, see `choose_window`.
        date: ISO date of this run; windows are counted by it.

    Raises:
        OutputError: another run is at work, or the folder holds something else.
        ConfigError: the configuration makes sketches that cannot be compared with those of the corpus.
    """

    def __init__(self, folder: str, config: Config, *, window: str | None, date: str, beam_options: PipelineOptions) -> None:
        self._config, self._window, self._date, self._options = config, window, date, beam_options
        self._remote = is_remote(folder)
        self.folder = folder.rstrip("/") if self._remote else str(Path(folder).absolute())
        self._work = join(self.folder, WORK)
        self._publish = join(self.folder, "runs", "{run_id}") if self._remote else join(self._work, "publish")
        self._staged = self._input = ""
        self._corpus: Corpus | None = None
        self._lock: Lock | None = None
        self.progress = ProgressLog(None)

    @property
    def corpus(self) -> Corpus:
        """The corpus as it was at the door, or, after `finish`, with this run."""
        if self._corpus is None:
            raise RuntimeError("the corpus is open inside of the context only")
        return self._corpus

    def __enter__(self) -> CorpusPlace:
        FileSystems.set_options(self._options)
        storage = storage_for(self.folder)
        known = is_corpus(self.folder, storage)
        if not known:
            self._check_new()
        self._lock = Lock(self._work, storage, self.folder)
        self._lock.take()
        try:
            known = is_corpus(self.folder, storage)
            self._corpus = open_corpus(self.folder, storage) if known else create_corpus(self.folder, storage, self._config)
            if self._corpus.scheme != scheme_of(self._config):
                found, wanted = scheme_of(self._config), self._corpus.scheme
                raise ConfigError(f"the corpus at {self.folder} compares by {wanted}; these settings of [dedup] compare by {found}")
            self._sweep()
            finish_takedowns(self._corpus, self._work)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.progress.folder is not None:
            shutil.rmtree(self.progress.folder, ignore_errors=True)
        if not self._remote:
            shutil.rmtree(join(self._work, "publish"), ignore_errors=True)
        if self._lock is not None:
            self._lock.release()

    def settings(self, planned: Plan, *, local: bool) -> Settings:
        """What the transforms need to know.

        Raises:
            AlreadyCommittedError: this run is in the corpus already.
        """
        self._input = _identify(planned, self._config)
        for entry in self.corpus.entries:
            if entry.input_sha256 == self._input:
                raise AlreadyCommittedError(entry)
        self._staged, digest = choose_staging(self._work, self._config, remote=self._remote)
        expected = expect(planned)
        progress = self.progress if local else ProgressLog(None)
        return Settings(self._config, self._staged, self._publish, digest, expected, progress, self._elders())

    def finish(self, seconds: float, workers: int | None) -> dict[str, Any]:
        """Put the run in its place and commit it; return the content of run.json."""
        storage, corpus = storage_for(self.folder), self.corpus
        with storage.open(join(self._staged, "run_id")) as file:
            run_id = file.read().decode()
        written = self._publish.replace("{run_id}", run_id)
        with storage.open(join(written, "run.json")) as file:
            content = file.read()
        manifest: dict[str, Any] = json.loads(content)
        with storage.create(join(written, "run_times.json")) as times:
            times.write(dump_json({"seconds": round(seconds, 3), "workers": workers}))
        if not self._remote:
            storage.rename(written, corpus.run_folder(run_id))
        if self._lock is None or not self._lock.is_held():
            raise OutputError(f"the lock of {self.folder} was taken away from this run; nothing of it counts, run it again")
        books = {name: count for name, count in manifest["books"].items() if name != "balanced"}
        digest = hashlib.sha256(content).hexdigest()
        entry = Entry(len(corpus.entries) + 1, run_id, "run", self._effective_date(), self._input, digest, books)
        self._corpus = add_entry(corpus, entry)
        write_card(self._corpus)
        storage.delete_tree(join(self._work, "staged"))
        return manifest

    def _elders(self) -> Elders:
        chosen = choose_window(self.corpus.entries, self._window, self._effective_date())
        runs = []
        for entry in chosen:
            folder = self.corpus.run_folder(entry.run_id)
            with self.corpus.storage.open(join(folder, "run.json")) as file:
                runs.append(Elder.of(entry.seq, folder, json.loads(file.read())))
        return Elders(len(self.corpus.entries) + 1, tuple(runs))

    def _effective_date(self) -> str:
        """Dates never fall: a clock that goes backwards makes a run as old as the one before."""
        entries = self.corpus.entries
        return max(self._date, entries[-1].date) if entries else self._date

    def _check_new(self) -> None:
        if self._remote:
            others = [info.uri for info in storage_for(self.folder).list_files(self.folder + "/") if f"/{WORK}/" not in info.uri]
            if others:
                raise OutputError(f"{self.folder} is not empty and is no corpus; name another prefix, or empty it yourself")
            return
        target = Path(self.folder)
        if target.exists() and not target.is_dir():
            raise OutputError(f"{self.folder} is not a folder; name a folder that does not exist yet, or a corpus")
        if target.is_dir() and any(entry.name not in (WORK, MARKER) for entry in target.iterdir()):
            raise OutputError(f"{self.folder} is not empty and is no corpus; name another folder, or empty it yourself")

    def _sweep(self) -> None:
        """Remove what a run that died has left: folders that no commit names."""
        named = {entry.run_id for entry in self.corpus.entries}
        if self._remote:
            storage = storage_for(self.folder)
            if storage.exists(join(self._work, "staged")):  # only a run that died leaves it
                runs = join(self.folder, "runs") + "/"
                found = {info.uri[len(runs) :].split("/")[0] for info in storage.list_files(runs)}
                for name in sorted(found - named):
                    storage.delete_tree(runs + name)
            self.progress = ProgressLog(tempfile.mkdtemp(prefix="copydesk-progress-"))
            return
        runs_folder = Path(self.folder, "runs")
        for folder in runs_folder.iterdir() if runs_folder.is_dir() else ():
            if folder.name not in named:
                shutil.rmtree(folder)
        for name in ("publish", "progress"):
            shutil.rmtree(Path(self._work, name), ignore_errors=True)
            Path(self._work, name).mkdir(parents=True)
        for partial in Path(self._work).rglob(f"*{PARTIAL_SUFFIX}"):
            partial.unlink(missing_ok=True)
        self.progress = ProgressLog(join(self._work, "progress"))


def _identify(planned: Plan, config: Config) -> str:
    """What a run reads and how: names, sizes and times of change of all files, and the configuration."""
    files = sorted({(s.name, s.size, s.identity) for split in planned.splits for s in split.slices})
    return hashlib.sha256(json.dumps([files, fingerprint(config)]).encode()).hexdigest()
