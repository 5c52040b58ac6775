"""The target of a run and the working folder beside it: lock, resume, and the rename that makes a dataset appear.

A directory without `run.json` is not a dataset. On a local disk the dataset is written in the working folder and renamed into place as the
last act, so that whatever moment a run dies at, the target holds the old dataset or nothing. An object store has no rename: there the
parts are written in place, and `run.json`, written last, is the commit.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.checking import check_target
from pipeline.committing import Expected
from pipeline.config import Config, fingerprint
from pipeline.errors import OutputError
from pipeline.planning import Plan
from pipeline.progressing import ProgressLog
from pipeline.publishing import dump_json
from pipeline.resources import code_sha256
from pipeline.storage import PARTIAL_SUFFIX, is_remote, join
from pipeline.transforms.filesystems import storage_for
from pipeline.transforms.settings import Settings
from pipeline.version import __version__

__all__ = ["Workplace", "choose_staging", "expect"]


class Workplace:
    """Context of one run: checks and locks the target on entry, leaves staged splits for a rerun on failure.

    Raises:
        OutputError: the target holds something that must not be replaced, or another run is at work on it.
    """

    def __init__(self, output: str, config: Config, *, overwrite: bool, beam_options: PipelineOptions) -> None:
        self._config, self._overwrite, self._options = config, overwrite, beam_options
        self._remote = is_remote(output)
        self.output = output.rstrip("/") if self._remote else str(Path(output).absolute())
        self._lock: IO[str] | None = None
        target = Path(self.output)
        self._work = f"{self.output}.copydesk-work" if self._remote else str(target.parent / f".{target.name}.copydesk")
        self._publish = self.output if self._remote else join(self._work, "publish")
        self.progress = ProgressLog(None)

    def __enter__(self) -> Workplace:
        FileSystems.set_options(self._options)
        if self._remote:
            self._enter_remote()
        else:
            self._enter_local()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.progress.folder is not None and self._remote:
            shutil.rmtree(self.progress.folder, ignore_errors=True)
        if not self._remote:
            if kind is not None:
                shutil.rmtree(self._publish, ignore_errors=True)
                if not Path(self._work, "staged").exists():
                    shutil.rmtree(self._work, ignore_errors=True)
            if self._lock is not None:
                self._lock.close()

    def settings(self, planned: Plan, *, local: bool) -> Settings:
        """What the transforms need to know; staged splits of other configurations go."""
        staged, digest = choose_staging(self._work, self._config, remote=self._remote)
        expected = expect(planned)
        progress = self.progress if local else ProgressLog(None)
        return Settings(self._config, staged, self._publish, digest, expected, progress)

    def finish(self, seconds: float, workers: int | None) -> dict[str, Any]:
        """Put the dataset in its place and clear the working folder; return the content of run.json."""
        storage = storage_for(self._publish)
        with storage.open(join(self._publish, "run.json")) as file:
            manifest: dict[str, Any] = json.loads(file.read())
        with storage.create(join(self._publish, "run_times.json")) as times:
            times.write(dump_json({"seconds": round(seconds, 3), "workers": workers}))
        if self._remote:
            storage.delete_tree(self._work)
        else:
            self._rename_into_place()
        return manifest

    def _enter_local(self) -> None:
        target, work = Path(self.output), Path(self._work)
        check_target(self.output, overwrite=self._overwrite)
        try:
            work.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(f"nothing can be written in {target.parent}, where {target.name} would appear: {reason}") from None
        self._lock = _take_lock(work / "lock", self.output)
        old = work / "old"
        if old.exists() and not target.exists():
            old.rename(target)  # a run died between its two renames
        shutil.rmtree(old, ignore_errors=True)
        for name in ("publish", "progress"):
            shutil.rmtree(work / name, ignore_errors=True)
            (work / name).mkdir()
        for partial in work.rglob(f"*{PARTIAL_SUFFIX}"):
            partial.unlink(missing_ok=True)
        self.progress = ProgressLog(str(work / "progress"))

    def _enter_remote(self) -> None:
        storage = storage_for(self.output)
        manifest = join(self.output, "run.json")
        if any(True for _ in storage.list_files(self.output + "/")):
            if not storage.exists(manifest) and not storage.exists(self._work):
                raise OutputError(f"{self.output} is not empty and holds no finished dataset; name another prefix, or empty it yourself")
            if storage.exists(manifest) and not self._overwrite:
                raise OutputError(f"{self.output} already holds a dataset; name another prefix, or give --overwrite to replace it")
            storage.delete_tree(manifest)  # from here on the old dataset is none any more
            storage.delete_tree(self.output + "/")
        self.progress = ProgressLog(tempfile.mkdtemp(prefix="copydesk-progress-"))

    def _rename_into_place(self) -> None:
        target, old = Path(self.output), Path(self._work, "old")
        if target.is_dir() and not any(target.iterdir()):
            target.rmdir()
        if target.exists():
            target.rename(old)
        storage_for(self.output).rename(self._publish, self.output)
        shutil.rmtree(self._work, ignore_errors=True)


def choose_staging(work: str, config: Config, *, remote: bool) -> tuple[str, str]:
    """Folder for the staged splits of a configuration in a working folder, and its fingerprint; local ones of others are removed."""
    parts = (__version__, fingerprint(config), code_sha256())
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    staged = join(work, "staged")
    if not remote and Path(staged).is_dir():
        for folder in Path(staged).iterdir():
            if folder.name != digest:
                shutil.rmtree(folder)
    return join(staged, digest), digest


def expect(planned: Plan) -> Expected:
    """What a plan promises the books."""
    return Expected(len(planned.splits), planned.files, planned.bytes, planned.hidden)


def _take_lock(path: Path, output: str) -> IO[str]:
    import fcntl

    lock = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise OutputError(f"another run is writing {output}; wait for it, or name another folder") from None
    return lock
