from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.config import from_mapping
from pipeline.errors import ConfigError, OutputError
from pipeline.transforms import flow


@pytest.mark.parametrize(
    ("inputs", "output", "settings", "message"),
    [
        ([""], "out", {}, "empty string"),
        (["news"], " ", {}, "empty string"),
        (["news"], "out", {"repair": {"disabled": ["bylines"]}}, "repair.disabled: there is no 'bylines'; did you mean byline"),
        (["news"], "out", {"filter": {"disabled": ["zzz"]}}, "filter.disabled: there is no 'zzz'"),
        (["news"], "out", {"filter": {"languages": ["english"]}}, "'english' is no language code"),
    ],
)
def test_what_would_only_be_noticed_in_the_result_is_refused_before(
    inputs: list[str], output: str, settings: dict[str, dict[str, object]], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=message):
        flow.run(inputs, output, from_mapping(settings))
    assert list(tmp_path.iterdir()) == []


def test_a_dataset_does_not_take_another_one_in(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run.json").write_text(json.dumps({"copydesk": {}}), encoding="utf-8")
    (tmp_path / "a.txt").write_text("A story of the harbour.", encoding="utf-8")
    with pytest.raises(OutputError, match="lies within the dataset"):
        flow.run([str(tmp_path / "a.txt")], str(tmp_path / "out" / "sub"), from_mapping({}))


def test_a_target_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A story of the harbour.", encoding="utf-8")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="nothing can be written in"):
        flow.run([str(tmp_path / "a.txt")], str(tmp_path / "file" / "out"), from_mapping({}))
