from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.corpus.locking import Lock
from pipeline.corpus.log import open_corpus
from pipeline.corpus.verifying import verify_corpus
from pipeline.errors import OutputError
from pipeline.storage import LocalStorage


@dataclass(frozen=True, slots=True)
class Store(LocalStorage):
    """Behaves as an object store does for locks."""

    @property
    def is_local(self) -> bool:
        return False


def test_a_folder_has_one_writer(tmp_path: Path) -> None:
    first, second = Lock(str(tmp_path), LocalStorage(), "C"), Lock(str(tmp_path), LocalStorage(), "C")
    first.take()
    with pytest.raises(OutputError, match="another run is writing the corpus C"):
        second.take()
    first.release()
    second.take()
    assert second.is_held()
    second.release()


def test_a_store_has_one_writer_and_says_who(tmp_path: Path) -> None:
    first, second = (Lock(str(tmp_path), Store(), "C", turn=0.05) for _ in range(2))
    first.take()
    with pytest.raises(OutputError, match=r"another run is writing the corpus C \(process \d+ on "):
        second.take()
    first.release()
    second.take()
    assert second.is_held()
    second.release()
    assert list((tmp_path / "claims").iterdir()) == []


def test_the_claim_of_a_dead_run_is_taken_away_and_the_dead_run_knows(tmp_path: Path) -> None:
    first, second = (Lock(str(tmp_path), Store(), "C", turn=0.05) for _ in range(2))
    first.take()
    first._stop.set()  # the process stands still
    second.take()
    assert second.is_held()
    assert not first.is_held()
    second.release()


def test_of_many_that_come_together_at_most_one_gets_in(tmp_path: Path) -> None:
    inside: list[Lock] = []
    ready = threading.Barrier(6)

    def enter() -> None:
        lock = Lock(str(tmp_path), Store(), "C", turn=5.0)
        ready.wait()
        try:
            lock._take_claim() if not inside else None
        except OutputError:
            return
        if lock._claim:
            inside.append(lock)

    (tmp_path / "claims").mkdir()
    threads = [threading.Thread(target=enter) for _ in range(6)]
    original = Lock._clear_dead
    try:
        Lock._clear_dead = lambda self, claims: None  # type: ignore[method-assign]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        Lock._clear_dead = original  # type: ignore[method-assign]
    assert len(inside) <= 1
    for lock in inside:
        lock.release()


@pytest.mark.slow
def test_two_runs_at_once_never_mix(tmp_path: Path) -> None:
    commands = []
    for name in ("a", "b"):
        lines = [json.dumps({"text": f"Story {number} of {name}: the board of Orle met for {number} hours."}) for number in range(30)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        commands.append([sys.executable, "-m", "pipeline", "run", f"{name}.jsonl", "--corpus", "corpus", "--quiet", "--workers", "1"])
    runs = [subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) for command in commands]
    told = [run.communicate()[1] for run in runs]
    codes = [run.returncode for run in runs]

    assert 0 in codes
    corpus = open_corpus(str(tmp_path / "corpus"))
    assert len(corpus.entries) == codes.count(0)
    assert all("another run is writing the corpus" in text for text, code in zip(told, codes, strict=True) if code)
    assert all(code in (0, 2) for code in codes)
    assert sorted(path.name for path in (tmp_path / "corpus" / "runs").iterdir()) == sorted(entry.run_id for entry in corpus.entries)
    assert all(finding.ok for finding in verify_corpus(corpus))


@pytest.mark.slow
def test_a_run_that_died_before_its_commit_leaves_nothing_that_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.transforms import corpus_place

    def die(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "The board of Orle met for nine hours and decided nothing."}), encoding="utf-8")
    command = ["run", str(tmp_path / "a.jsonl"), "--corpus", str(tmp_path / "corpus"), "--quiet"]
    with monkeypatch.context() as patched:
        patched.setattr(corpus_place, "add_entry", die)
        assert main(command) == 1
    assert len(list((tmp_path / "corpus" / "runs").iterdir())) == 1
    assert open_corpus(str(tmp_path / "corpus")).entries == ()
    assert main(command) == 0
    corpus = open_corpus(str(tmp_path / "corpus"))
    assert [path.name for path in (tmp_path / "corpus" / "runs").iterdir()] == [corpus.entries[0].run_id]
    assert main(["verify", str(tmp_path / "corpus")]) == 0
