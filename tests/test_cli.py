"""The command as a person types it. What a run does is tested elsewhere; here it is what reaches the run, and how things end."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import pipeline.transforms
from pipeline.cli import command, main
from pipeline.cli_run import MAPPING_FIELDS, build_config, ending_of
from pipeline.config import Config, load
from pipeline.errors import BooksError, OutputError
from pipeline.report.progress import Progress

sys.path.append(str(Path(__file__).parent / "report"))
import tiny_dataset

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a file and a folder to name as inputs."""
    folder = tmp_path / "here"
    (folder / "news").mkdir(parents=True)
    (folder / "a.txt").write_text("The ferry sails.")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    folder = tmp_path / "dataset"
    folder.mkdir()
    tiny_dataset.write_dataset(folder)
    return folder


@pytest.fixture
def calls(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Stands in for the run: notes what it was called with and hands back a small dataset."""
    seen: list[dict[str, Any]] = []

    def run(inputs: Any, output: str, config: Config, **options: Any) -> SimpleNamespace:
        seen.append({"inputs": tuple(inputs), "output": output, "config": config, **options})
        if options["on_progress"]:
            options["on_progress"](Progress("Stage", 1, 2, 30, 0.0))
        return SimpleNamespace(output=str(tiny), manifest=json.loads((tiny / "run.json").read_text(encoding="utf-8")), seconds=1.5)

    monkeypatch.setattr(pipeline.transforms, "flow", SimpleNamespace(run=run), raising=False)
    return seen


def failing_run(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def run(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(pipeline.transforms, "flow", SimpleNamespace(run=run), raising=False)


def test_help_is_quick_because_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pipeline.cli import main; main(['run', '--help']); "
        "heavy = {'apache_beam', 'pyarrow', 'numpy', 'rich', 'jinja2'} & set(sys.modules); sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--text-field COLUMN" in done.stdout


def test_a_run_gets_what_was_typed(calls: list[dict[str, Any]], tmp_path: Path) -> None:
    settings = tmp_path / "copydesk.toml"
    settings.write_text("[dedup]\nbands = 64\nrows = 4\n[input]\ntext_field = 'body'\n")
    arguments = f"run a.txt news/ --output out --config {settings} --overwrite --runner FlinkRunner --workers 3 --text-field article.text"
    assert main([*arguments.split(), "--set", "dedup.rows=5", "--quiet", "--", "--flink_master=h:1", "--output", "x"]) == 0
    (call,) = calls
    assert call["inputs"] == ("a.txt", "news/")
    assert (call["output"], call["runner"], call["workers"], call["overwrite"]) == ("out", "FlinkRunner", 3, True)
    assert call["beam_options"] == ("--flink_master=h:1", "--output", "x")
    assert call["on_progress"] is None
    dedup, given = call["config"].dedup, call["config"].input
    assert (dedup.bands, dedup.rows, given.text_field) == (64, 5, "article.text")


def test_the_defaults_of_a_run(calls: list[dict[str, Any]]) -> None:
    assert main(["run", "a.txt", "-o", "out", "--no-progress"]) == 0
    (call,) = calls
    assert call["config"] == Config()
    assert (call["runner"], call["workers"], call["overwrite"], call["beam_options"]) == ("local", None, False, ())


def test_a_run_ends_with_a_summary_and_the_next_commands(calls: list[dict[str, Any]], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "a.txt", "-o", "out"]) == 0
    out, err = capfd.readouterr()
    assert "documents in" in out
    assert f"copydesk explain out {tiny_dataset.COPY}" in out
    assert "copydesk verify out" in out
    assert err == "[   0.0 s] Stage 1/2, 30 documents\n"


def test_the_log_can_be_json_lines(calls: list[dict[str, Any]], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "a.txt", "-o", "out", "--log-format", "json"]) == 0
    out, err = capfd.readouterr()
    stage, finished = (json.loads(line) for line in err.splitlines())
    assert (stage["event"], stage["stage"], stage["done"], stage["total"], stage["documents"]) == ("stage", "Stage", 1, 2, 30)
    assert (finished["event"], finished["exit_code"], finished["records"], finished["dead_letters"]) == ("finished", 0, 7, 1)
    assert out == ""
    assert main(["run", "none.txt", "-o", "out", "--log-format", "json"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert (json.loads(line)["event"], json.loads(line)["exit_code"]) == ("error", 2)
    assert main(["run", "none.txt", "-o", "out", "--log-format", "xml"]) == 2


def test_parts_of_an_earlier_try_are_told(monkeypatch: pytest.MonkeyPatch, tiny: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def run(*_: Any, on_progress: Any, **__: Any) -> SimpleNamespace:
        on_progress(Progress("Read", 0, 3, 0, 0.0, "parts", resumed=17))
        return SimpleNamespace(output=str(tiny), manifest=json.loads((tiny / "run.json").read_text(encoding="utf-8")), seconds=1.5)

    monkeypatch.setattr(pipeline.transforms, "flow", SimpleNamespace(run=run), raising=False)
    assert main(["run", "a.txt", "-o", "out"]) == 0
    assert "copydesk: 17 parts had been staged by an earlier try and were not read again\n" in capfd.readouterr().err


@pytest.mark.parametrize(("records", "dead", "code"), [(1, 1, 3), (7, 5, 0), (7, 3, 0)])
@pytest.mark.parametrize("quiet", [[], ["-q"]])
def test_a_run_that_could_read_nothing_ends_with_3_and_one_that_read_little_warns(
    records: int, dead: int, code: int, quiet: list[str], tiny: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    manifest = json.loads((tiny / "run.json").read_text(encoding="utf-8"))
    manifest["books"] |= {"records": records, "dead_letters": dead}
    manifest["counters"]["dead_letters_by_code"] = {"empty": dead}
    result = SimpleNamespace(output=str(tiny), manifest=manifest, seconds=1.5)
    monkeypatch.setattr(pipeline.transforms, "flow", SimpleNamespace(run=lambda *_, **__: result), raising=False)
    assert main(["run", "a.txt", "-o", "out", *quiet]) == code
    err = capfd.readouterr().err
    assert ("Not one record could be read" in err) == (code == 3)
    assert ("copydesk: warning: 5 of 7 records are dead letters" in err) == (dead == 5 and not quiet)
    assert err.count("\n") <= 1


def test_a_quiet_run_says_nothing(calls: list[dict[str, Any]], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "a.txt", "-o", "out", "-q"]) == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "-o", "out"], "copydesk run: Missing argument 'INPUT...'"),
        (["run", "a.txt"], "give either --output DIR"),
        (["run", "a.txt", "-o", "out", "--outptu", "x"], "No such option"),
        (["run", "a.txt", "-o", "out", "--workers", "-1"], "neither a whole number"),
        (["run", "a.txt", "-o", "out", "--workers", "two"], "(0: one process a core) nor 'auto'"),
        (["run", "a.txt", "-o", "out", "--set", "dedup.band=3"], "did you mean dedup.bands?"),
        (["run", "a.txt", "-o", "out", "--set", "dedup"], "expected section.key=value"),
        (["run", "a.txt", "-o", "out", "--set", "dedup.bands=many"], "must be a whole number, found 'many'"),
        (["run", "a.txt", "-o", "out", "--set", "filter.min_words=-1"], "at least 0"),
        (["run", "a.txt", "-o", "out", "--config", "no/such.toml"], "no/such.toml cannot be read"),
        (["rum"], "No such command 'rum'"),
        (["schema", "document"], "did you mean documents?"),
        (["clusters", ".", "--top", "0"], "--top"),
    ],
)
def test_unusable_arguments_end_with_2_and_one_line(arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, err = capfd.readouterr()
    assert words in err
    assert err.count("\n") == 1
    assert out == ""


@pytest.mark.parametrize("content", [b"[dedup]\nband = 3", b"[dedup", b"\xff\xfe"])
def test_a_bad_configuration_file_ends_with_2_and_names_the_file(content: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    assert main(["run", "a.txt", "-o", "out", "-c", str(path)]) == 2
    assert "mine.toml" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OutputError("out is not empty"), 2, "copydesk: out is not empty\n"),
        (BooksError("3 records are missing [while running 'Commit/Close']"), 1, "copydesk: 3 records are missing\n"),
        (OSError(28, "No space left on device", "out/x"), 1, "No space left on device"),
        (
            RuntimeError("Traceback ...\nOSError: [Errno 28] No space left on device [while running 'Stage']"),
            1,
            "No space left on device\n",
        ),
        (RuntimeError("Channel closed prematurely."), 1, "a worker process died"),
        (ValueError("Unexpected pipeline runner: Nonsense. Valid values are"), 2, "copydesk: --runner Nonsense. Valid values are"),
    ],
)
def test_a_run_that_fails_says_why_in_one_line(
    error: Exception, code: int, words: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    failing_run(monkeypatch, error)
    assert main(["run", "a.txt", "-o", "out", "--no-progress"]) == code
    assert words in capfd.readouterr().err


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    failing_run(monkeypatch, ZeroDivisionError("division by zero"))
    with pytest.raises(ZeroDivisionError):
        main(["run", "a.txt", "-o", "out", "--no-progress"])
    failing_run(monkeypatch, ValueError("edits overlap"))
    with pytest.raises(ValueError, match="overlap"):
        main(["run", "a.txt", "-o", "out", "--no-progress"])
    failing_run(monkeypatch, RuntimeError("KeyError: 'x'"))
    with pytest.raises(RuntimeError):
        main(["run", "a.txt", "-o", "out", "--no-progress"])


def test_an_error_from_a_worker_is_known_by_its_name() -> None:
    def from_worker(line: str) -> int | None:
        ending = ending_of(RuntimeError(f"Traceback (most recent call last):\n  File x\n{line}\n"))
        return ending and ending.code

    assert from_worker("pipeline.errors.ConfigError: no such thing") == 2
    assert from_worker("pipeline.errors.BooksError: gone [while running 'Publish']") == 1
    assert from_worker("KeyboardInterrupt [while running 'Read']") == 130
    assert from_worker("ValueError: pipeline.errors.BooksError: a quotation") is None


def test_every_wrong_setting_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "a.txt", "-o", "out", "--set", "dedup.band=3", "--set", "dedup.rows=3", "--set", "x=1"]) == 2
    first, second = capfd.readouterr().err.splitlines()
    assert "did you mean dedup.bands?" in first
    assert "expected section.key=value" in second


def test_settings_are_taken_from_file_then_options_then_set(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("[input]\ntext_field = 'one'\nid_field = 'key'\n")
    config = build_config(str(path), {"text_field": "two", "id_field": None}, ["input.text_field=three"])
    assert (config.input.text_field, config.input.id_field) == ("three", "key")


@pytest.mark.parametrize(
    ("assignment", "value"),
    [
        ("input.text_field=2024", "2024"),
        ('input.text_field="a = b"', "a = b"),
        ("input.text_field=a=b", "a=b"),
        ("repair.keep_datelines=false", False),
        ("filter.max_mt_score=1", 1.0),
        ("dedup.policy=earliest", "earliest"),
        ("filter.languages=en, de", ("en", "de")),
        ('filter.languages=["en"]', ("en",)),
        ("filter.languages=", ()),
    ],
)
def test_a_value_can_be_toml_or_bare_words(assignment: str, value: Any) -> None:
    section, key = assignment.partition("=")[0].split(".")
    assert getattr(getattr(build_config(None, {}, [assignment]), section), key) == value


def test_every_mapping_setting_has_an_option() -> None:
    options = {option for parameter in command.commands["run"].params for option in parameter.opts}
    assert {f"--{name.replace('_', '-')}" for name, _ in MAPPING_FIELDS} <= options
    assert len(MAPPING_FIELDS) >= 8


def test_the_printed_configuration_is_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["config"]) == 0
    assert load(capfd.readouterr().out) == Config()
    assert main(["config", "--set", "dedup.bands=10"]) == 0
    assert load(capfd.readouterr().out).dedup.bands == 10


def test_bands_are_explained_for_the_settings_given(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--explain-bands", "--set", "dedup.bands=10", "--set", "dedup.rows=4"]) == 0
    assert capfd.readouterr().out.startswith("10 bands of 4 values")


def test_rules_and_filters_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    from pipeline import desk

    assert main(["config", "--rules"]) == 0
    out = capfd.readouterr().out
    assert all(f"{name} " in out for name, _, _ in desk.list_rules())
    assert "filter.disabled" in out


def test_schemas_are_printed_in_each_form(capfd: pytest.CaptureFixture[str]) -> None:
    for form, words in ((None, "relations (urn:"), ("--json", '"$id"'), ("--arrow", "jaccard: float\n"), ("--markdown", "| `jaccard` |")):
        assert main(["schema", "relations", *([form] if form else [])]) == 0
        assert words in capfd.readouterr().out


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capfd.readouterr().out == f"copydesk {pipeline.__version__}\n"


def test_verify_prints_a_line_for_each_check_and_ends_with_0_or_1(tiny: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tiny)]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert all(line.startswith("ok  ") for line in lines[:-1])
    assert lines[-1] == f"{tiny}: all checks passed"
    (tiny / "stray").write_bytes(b"")
    assert main(["verify", str(tiny)]) == 1
    out = capfd.readouterr().out
    assert "FAIL  no file is unlisted" in out
    assert f"{tiny}: 1 checks failed" in out


@pytest.mark.parametrize("arguments", [["verify"], ["explain", "x"], ["clusters"]])
def test_a_folder_that_is_no_dataset_ends_with_1_and_one_line(
    arguments: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([arguments[0], str(tmp_path), *arguments[1:]]) == 1
    assert capfd.readouterr().err == f"copydesk: {tmp_path} is not a dataset: it holds no run.json, which a finished run writes last\n"


def test_explain_tells_one_story_lists_several_and_refuses_none(
    tiny: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert main(["explain", str(tiny), "nordvik.txt"]) == 0
    assert "[-thiswinter-]{+this winter+}" in capfd.readouterr().out
    assert main(["explain", str(tiny), ".txt"]) == 2
    assert tiny_dataset.STORY in capfd.readouterr().err
    assert main(["explain", str(tiny), "nobody"]) == 2
    assert "holds no record 'nobody'" in capfd.readouterr().err


def test_clusters_are_listed(tiny: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert main(["clusters", str(tiny), "--top", "1"]) == 0
    assert "Nordvik harbour to stay open" in capfd.readouterr().out


def test_a_reader_that_goes_away_leaves_no_traceback(tiny: Path) -> None:
    script = f"{sys.executable} -m pipeline schema --markdown | head -c 10"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False, env=os.environ, cwd=REPOSITORY)
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


def test_the_page_about_the_command_names_every_command_and_option() -> None:
    page = (REPOSITORY / "docs/command.md").read_text(encoding="utf-8")
    for name, entry in command.commands.items():
        assert f"## copydesk {name}" in page
        for parameter in entry.params:
            for option in parameter.opts:
                assert not option.startswith("--") or f"`{option}" in page, option


@pytest.mark.slow
def test_an_address_of_an_unknown_kind_is_refused_by_every_reader(capfd: pytest.CaptureFixture[str]) -> None:
    for arguments in (["verify"], ["clusters"], ["explain", "abcd"]):
        assert main([arguments[0], "ftpx://host/out", *arguments[1:], "--", "--s3_region_name=x"]) == 2
        assert "no file system for ftpx:// is installed" in capfd.readouterr().err
