from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.checking import check_run
from pipeline.config import Config, from_mapping
from pipeline.errors import ConfigError, OutputError


def check(inputs: list[str], output: str, settings: dict[str, dict[str, object]] | None = None, *, overwrite: bool = False) -> None:
    check_run(inputs, output, from_mapping(settings or {}), None, overwrite=overwrite)


@pytest.mark.parametrize(
    ("inputs", "output", "settings", "message"),
    [
        (["nope"], "out", {}, "'nope' does not exist"),
        (["in", ""], "out", {}, "empty string"),
        (["in"], "in/out", {}, "lies in the input"),
        (["out/a.txt"], "out", {}, "lies in the output"),
        (["in"], "out", {"filter": {"disabled": ["canceld"]}}, "did you mean canceled"),
        (["in"], "out", {"repair": {"disabled": ["zzz"]}}, "copydesk config --rules"),
        (["in"], "out", {"filter": {"languages": ["German"]}}, "no language code"),
    ],
)
def test_what_the_arguments_alone_tell_is_refused(
    inputs: list[str], output: str, settings: dict[str, dict[str, object]], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    with pytest.raises(ConfigError, match=message):
        check(inputs, output, settings)


def test_only_a_dataset_of_ours_is_replaced_and_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    given, target = [str(tmp_path / "a.txt")], tmp_path / "out"
    check(given, str(target))
    target.mkdir()
    check(given, str(target))
    (target / "thesis.tex").write_text("x")
    with pytest.raises(OutputError, match="not written by copydesk"):
        check(given, str(target), overwrite=True)
    (target / "run.json").write_text(json.dumps({"copydesk": {}}))
    with pytest.raises(OutputError, match="--overwrite"):
        check(given, str(target))
    check(given, str(target), overwrite=True)
    with pytest.raises(OutputError, match="lies within the dataset"):
        check(given, str(target / "sub"))


def test_globs_and_stores_are_left_to_the_run(tmp_path: Path) -> None:
    check([str(tmp_path / "*.txt"), "s3://news/2024/"], "gs://clean/2024")


def test_a_wrong_argument_is_answered_before_beam_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from pipeline.cli import main; code = main(['run', 'nope', '-o', 'out']); "
        "sys.exit('apache_beam was imported' if 'apache_beam' in sys.modules else code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "copydesk: input 'nope' does not exist; give a file, a folder, a glob in quotes or a URL\n"


def test_the_defaults_are_usable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    check_run([str(tmp_path / "a.txt")], str(tmp_path / "out"), Config(), 0, overwrite=False)
