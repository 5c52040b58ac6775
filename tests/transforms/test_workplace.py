from __future__ import annotations

import json
from pathlib import Path

import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.config import Config
from pipeline.errors import OutputError
from pipeline.planning import Plan
from pipeline.transforms.workplace import Workplace


def open_workplace(target: Path, *, overwrite: bool = False) -> Workplace:
    return Workplace(str(target), Config(), overwrite=overwrite, beam_options=PipelineOptions([]))


def write_dataset(folder: Path, run: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps({"copydesk": {}, "run_id": run}), encoding="utf-8")


def finish(target: Path, run: str, *, overwrite: bool = False) -> None:
    with open_workplace(target, overwrite=overwrite) as place:
        write_dataset(target.parent / f".{target.name}.copydesk" / "publish", run)
        place.finish(1.0, 1)


def run_of(target: Path) -> str:
    content: dict[str, str] = json.loads((target / "run.json").read_text(encoding="utf-8"))
    return content["run_id"]


def test_a_dataset_appears_by_one_rename_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    finish(tmp_path / "out", "one")
    assert run_of(tmp_path / "out") == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_older_dataset_is_replaced_only_when_asked(tmp_path: Path) -> None:
    finish(tmp_path / "out", "one")
    with pytest.raises(OutputError, match="--overwrite"):
        finish(tmp_path / "out", "two")
    assert run_of(tmp_path / "out") == "one"
    finish(tmp_path / "out", "two", overwrite=True)
    assert run_of(tmp_path / "out") == "two"


@pytest.mark.parametrize("content", ["{}", "not json", None])
def test_a_folder_that_is_not_ours_is_never_touched(tmp_path: Path, content: str | None) -> None:
    (tmp_path / "out").mkdir()
    name = "run.json" if content is not None else "thesis.tex"
    (tmp_path / "out" / name).write_text(content or "years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="was not written by copydesk"):
        finish(tmp_path / "out", "one", overwrite=True)
    assert (tmp_path / "out" / name).exists()


def test_an_empty_folder_may_be_the_target(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    finish(tmp_path / "out", "one")
    assert run_of(tmp_path / "out") == "one"


def test_a_file_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="is not a folder"):
        finish(tmp_path / "out", "one")


def test_a_second_run_on_the_same_target_is_stopped_at_the_door(tmp_path: Path) -> None:
    with open_workplace(tmp_path / "out"), pytest.raises(OutputError, match="another run is writing"):
        finish(tmp_path / "out", "two")


def test_a_failed_run_keeps_what_it_staged_and_nothing_else(tmp_path: Path) -> None:
    def fail() -> None:
        with open_workplace(tmp_path / "out") as place:
            settings = place.settings(Plan((), 0, 0), local=True)
            Path(settings.staged).mkdir(parents=True)
            Path(settings.staged, "shard").touch()
            raise RuntimeError("died")

    with pytest.raises(RuntimeError, match="died"):
        fail()
    assert not (tmp_path / "out").exists()
    assert list((tmp_path / ".out.copydesk" / "staged").rglob("shard"))
    assert not (tmp_path / ".out.copydesk" / "publish").exists()


def test_staged_work_of_another_configuration_goes(tmp_path: Path) -> None:
    old = tmp_path / ".out.copydesk" / "staged" / "another"
    old.mkdir(parents=True)
    with open_workplace(tmp_path / "out") as place:
        place.settings(Plan((), 0, 0), local=True)
        assert not old.exists()


def test_a_run_that_died_between_its_two_renames_gets_the_old_dataset_back(tmp_path: Path) -> None:
    write_dataset(tmp_path / ".out.copydesk" / "old", "one")
    with open_workplace(tmp_path / "out", overwrite=True):
        assert run_of(tmp_path / "out") == "one"
