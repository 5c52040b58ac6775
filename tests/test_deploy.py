"""Files of `deploy/` name options, parameters and modules that exist."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from pipeline.cli import command
from pipeline.launch import construct, list_parameters, make_parser

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"


def parse_command(arguments: list[str]) -> None:
    """What the command line makes of arguments, without running anything."""
    name, *rest = arguments
    found = command.commands[name]
    if "--" in rest:
        rest = rest[: rest.index("--")]
    found.make_context(name, list(rest))


def flink_documents() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "flink" / "flink-session.yaml").read_text(encoding="utf-8")))


def test_the_template_describes_the_parameters_of_its_launcher() -> None:
    described = json.loads((DEPLOY / "dataflow" / "metadata.json").read_text(encoding="utf-8"))["parameters"]
    assert sorted(entry["name"] for entry in described) == list_parameters()
    required = {action.dest for action in make_parser()._actions if action.required}
    assert {entry["name"] for entry in described if not entry["isOptional"]} == required
    for entry in described:
        for pattern in entry["regexes"]:
            re.compile(pattern)


def test_commands_of_cron_airflow_and_flink_are_accepted() -> None:
    line = (DEPLOY / "cron" / "copydesk.cron").read_text(encoding="utf-8").splitlines()[-1]
    words = shlex.split(line.split("&&", 1)[1].split(">>")[0])
    parse_command(words[words.index("copydesk") + 1 :])
    tree = ast.parse((DEPLOY / "airflow" / "copydesk_nightly.py").read_text(encoding="utf-8"))
    lists = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "arguments"]
    assert len(lists) == 2
    for entry in lists:
        assert isinstance(entry, ast.List)
        parse_command(["s3://news/corpus" if isinstance(word, ast.Name) else ast.literal_eval(word) for word in entry.elts])
    (job,) = (document for document in flink_documents() if document["kind"] == "Job")
    parse_command(job["spec"]["template"]["spec"]["containers"][0]["args"])


def test_an_unknown_option_in_a_deployed_command_would_be_seen() -> None:
    with pytest.raises(click.UsageError):
        parse_command(["run", "in", "--output", "out", "--no-such-option"])


def test_modules_that_images_start_exist() -> None:
    pool = next(document for document in flink_documents() if document["kind"] == "FlinkDeployment")
    containers = pool["spec"]["taskManager"]["podTemplate"]["spec"]["containers"]
    module = next(entry["command"] for entry in containers if entry["name"] == "worker-pool")[2]
    assert importlib.util.find_spec(module) is not None
    assert "pipeline.launch" in (DEPLOY / "dataflow" / "launch.py").read_text(encoding="utf-8")


def test_versions_of_beam_are_those_of_the_constraints() -> None:
    constraints = (DEPLOY.parent / "constraints.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"^apache-beam==(\S+)$", constraints, re.M)
    named = [
        *re.findall(r"^ARG BEAM=(\S+)$", (DEPLOY / "container" / "Dockerfile").read_text(encoding="utf-8"), re.M),
        *re.findall(r"job_server:(\S+)$", (DEPLOY / "flink" / "flink-session.yaml").read_text(encoding="utf-8"), re.M),
    ]
    assert named
    assert set(named) == {version}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_graph_for_dataflow_is_built_without_an_account(seeds: Path, tmp_path: Path) -> None:
    pipeline = construct(
        [
            f"--input={seeds / 'raw'}",
            f"--output={tmp_path / 'out'}",
            "--settings=dedup.bands=64;filter.languages=en,de",
            "--project=news-desk",
            "--region=europe-west1",
            "--temp_location=gs://news-bucket/tmp",
            "--staging_location=gs://news-bucket/staging",
            "--sdk_container_image=registry/worker:1",
        ]
    )
    graph = pipeline.to_runner_api()
    names = {transform.unique_name for transform in graph.components.transforms.values()}
    assert {"Read", "Parse", "Repair", "Judge", "Stage", "Band", "Verify", "Cluster", "Elect", "Publish", "Commit"} <= names
    assert graph.ByteSize() < 10 * 2**20, "Dataflow refuses graphs of more than 20 MB, and base64 takes a third"


def test_parameters_that_cannot_be_used_are_refused_before_a_job_exists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline.launch import main

    beam_options = [
        "--project=news-desk",
        "--region=europe-west1",
        "--temp_location=gs://news-bucket/tmp",
        "--staging_location=gs://news-bucket/s",
    ]
    assert main([f"--input={tmp_path / 'nothing'}", f"--output={tmp_path / 'out'}", *beam_options]) == 2
    assert main([f"--input={tmp_path}", f"--output={tmp_path / 'out'}", "--settings=dedup.band=64", *beam_options]) == 2
    assert "bands" in capsys.readouterr().err
