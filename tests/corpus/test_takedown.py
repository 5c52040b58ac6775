"""A take-down: no copy is loaded, no text of it is left, all other files keep their bytes, and the record says who, when and why."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import pipeline
from pipeline.cli import main
from pipeline.config import Config
from pipeline.corpus import take_down as module
from pipeline.corpus.log import open_corpus
from pipeline.corpus.verifying import verify_corpus

pytestmark = pytest.mark.slow

HARBOUR = (
    "The harbour board of Orle met for nine hours on Tuesday and decided nothing, which its chair called a result. Fishermen had asked "
    "for a longer quay and a cheaper licence, and went home with neither. The mayor said that she would write to the ministry again "
    "before the autumn, as she had done in each of the four years before. Nobody in the hall laughed, and the clerk closed the windows "
    "against the rain."
)
RAILWAY = (
    "Three engines pull every train on the mountain line, and one man has driven all of them since the tunnel was opened. He retires in "
    "June. The company has trained two successors, who say that the brakes on the upper loop need a patience that no simulator can teach."
)
CUT = HARBOUR[:260]


def write_night(folder: Path, name: str, rows: list[dict[str, Any]]) -> str:
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def add_night(folder: Path, corpus: Path, name: str, rows: list[dict[str, Any]], date: str) -> dict[str, Any]:
    from pipeline.transforms.corpus_flow import run_corpus

    result, _ = run_corpus([write_night(folder, name, rows)], str(corpus), Config(), workers=1, date=date)
    return result.manifest


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("kept")
    add_night(base, base / "corpus", "one", [{"text": HARBOUR, "url": "https://a.example/harbour"}, {"text": RAILWAY}], "2026-05-01")
    add_night(base, base / "corpus", "two", [{"text": CUT, "url": "https://b.example/cut"}], "2026-05-02")
    add_night(base, base / "corpus", "three", [{"text": "Snow closed the pass for a fourth day, the police of Minder said."}], "2026-05-03")
    return base


@pytest.fixture
def corpus(kept: Path, tmp_path: Path) -> Path:
    shutil.copytree(kept / "corpus", tmp_path / "corpus")
    return tmp_path / "corpus"


def hashes(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in (folder / "runs").rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def texts(folder: Path) -> list[str]:
    return sorted(pipeline.load_corpus(str(folder), ["text"]).column("text").to_pylist())


def take(folder: Path, *arguments: str) -> int:
    return main(["takedown", str(folder), *arguments, "--reason", "the desk withdrew it", "--by", "A. Editor"])


def problems(folder: Path) -> list[str]:
    return [f"{finding.check}: {finding.examples}" for finding in verify_corpus(open_corpus(str(folder))) if not finding.ok]


def test_a_story_goes_with_its_copies(corpus: Path, kept: Path) -> None:
    before = hashes(corpus)
    assert any(HARBOUR[:200] in text for text in texts(corpus))
    assert take(corpus, "--uri", "https://b.example/cut") == 0

    assert [text[:5] for text in texts(corpus)] == ["Snow ", "Three"]
    after = hashes(corpus)
    third = open_corpus(str(corpus)).entries[2].run_id
    changed = {path for path in before if after[path] != before[path]}
    assert changed
    assert not any(third in path for path in changed)
    assert all(path.split("/")[2] in ("documents", "duplicates", "index", "lookup", "report.html", "croissant.json") for path in changed)
    for path in (corpus / "runs").rglob("*"):
        assert not path.is_file() or HARBOUR[:40].encode() not in path.read_bytes()
    assert problems(corpus) == []


def test_the_record_says_who_when_why_and_what(corpus: Path) -> None:
    take(corpus, "--uri", "https://a.example/harbour")
    entry = open_corpus(str(corpus)).entries[-1]
    signed = json.loads((corpus / "runs" / entry.run_id / "takedown.json").read_text())
    assert entry.kind == "takedown"
    assert (signed["by"], signed["reason"]) == ("A. Editor", "the desk withdrew it")
    assert signed["at"].startswith("20")
    assert len(signed["documents"]) == 2
    for run_id, change in signed["runs"].items():
        for file in change["files"]:
            assert hashlib.sha256((corpus / "runs" / run_id / file["path"]).read_bytes()).hexdigest() == file["sha256"]
            assert file["sha256"] != file["sha256_before"]


def test_without_its_copies_another_one_stands(corpus: Path) -> None:
    assert take(corpus, "--uri", "https://a.example/harbour", "--only") == 0
    assert CUT in texts(corpus)
    assert not any(HARBOUR in text for text in texts(corpus))
    assert problems(corpus) == []


def test_a_text_in_hand_finds_its_copies(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("Our desk sends this again.\n\n" + HARBOUR, encoding="utf-8")
    assert main(["find", str(corpus), "--text", str(tmp_path / "letter.txt")]) == 0
    assert "2 copies" in capsys.readouterr().out
    (tmp_path / "other.txt").write_text("Nothing on record says anything of this kind about beekeepers in Halm.", encoding="utf-8")
    assert main(["find", str(corpus), "--text", str(tmp_path / "other.txt")]) == 1


def test_what_was_taken_down_does_not_come_back(corpus: Path, tmp_path: Path) -> None:
    take(corpus, "--uri", "https://a.example/harbour")
    rows = [
        {"text": HARBOUR + " Correspondents were sent away.", "url": "https://c.example/again"},
        {"text": RAILWAY.replace("June", "May")},
    ]
    manifest = add_night(tmp_path, corpus, "four", rows, "2026-05-04")
    assert manifest["counters"]["removed_by_filter"] == {"taken_down": 1}
    assert not any("harbour" in text for text in texts(corpus))
    assert problems(corpus) == []


def test_a_take_down_that_died_is_finished_by_the_next_command(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise OSError(5, "the disk went away")

    with monkeypatch.context() as patched:
        patched.setattr(module, "put_in_place", die)
        assert take(corpus, "--uri", "https://a.example/harbour") == 1
    assert not any("harbour" in text for text in texts(corpus))
    assert problems(corpus) != []
    add_night(tmp_path, corpus, "five", [{"text": "Rain fell on Halm all day and the fair was put off."}], "2026-05-05")
    assert problems(corpus) == []
    for path in (corpus / "runs").rglob("*"):
        assert not path.is_file() or HARBOUR[:40].encode() not in path.read_bytes()


def test_a_query_without_a_match_changes_nothing(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = hashes(corpus)
    assert take(corpus, "--doc", "ffffffffffff") == 2
    assert "nothing on record" in capsys.readouterr().err
    assert hashes(corpus) == before
    assert len(open_corpus(str(corpus)).entries) == 3
