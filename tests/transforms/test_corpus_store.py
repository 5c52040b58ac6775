"""A corpus on s3://, against a real protocol server on loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import pipeline
from pipeline.cli import main
from pipeline.config import Config
from pipeline.corpus.log import open_corpus

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

TEXT = (
    "The harbour board of Orle met for nine hours and decided nothing, which its chair called a result. Fishermen had asked for a longer "
    "quay and a cheaper licence, and went home with neither. The mayor said that she would write to the ministry again before the autumn, "
    "as she had done in each of the four years before, and that she hoped for an answer."
)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/moto-api/data.json").close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait()


def test_a_corpus_in_a_bucket_has_the_local_bytes_and_lets_go_of_a_story(
    endpoint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipeline.transforms.corpus_flow import run_corpus

    options = [f"--s3_endpoint_url={endpoint}", "--s3_access_key_id=a", "--s3_secret_access_key=b", "--s3_region_name=us-east-1"]
    store: Any = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    store.create_bucket(Bucket="news")
    nights = [
        [TEXT, "Snow closed the pass for a fourth day, the police of Minder said on Sunday."],
        [TEXT[:250], "Rain fell on Halm all day."],
    ]
    for number, texts in enumerate(nights):
        path = tmp_path / f"night-{number}.jsonl"
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        for target in ("s3://news/corpus", str(tmp_path / "corpus")):
            run_corpus([str(path)], target, Config(), date=f"2026-01-0{number + 1}", workers=1, beam_options=options)

    local = tmp_path / "corpus"
    listed = {entry["Key"] for entry in store.list_objects_v2(Bucket="news")["Contents"]}
    wanted = {path for path in local.rglob("*") if path.is_file() and ".copydesk" not in path.parts}
    assert listed == {path.relative_to(tmp_path).as_posix() for path in wanted}
    for path in wanted:
        if path.name != "run_times.json":
            assert store.get_object(Bucket="news", Key=path.relative_to(tmp_path).as_posix())["Body"].read() == path.read_bytes()

    half = next(path for path in wanted if path.parent.name == "documents")
    store.put_object(Bucket="news", Key="corpus/runs/half/documents/part-00000-000000000.parquet", Body=half.read_bytes())
    assert pipeline.load_corpus("s3://news/corpus", beam_options=options).equals(pipeline.load_corpus(str(local)))

    capsys.readouterr()
    code = main(["takedown", "s3://news/corpus", "--uri", "night-1.jsonl", "--reason", "withdrawn", "--by", "A. Editor", "--", *options])
    assert (code, "2 files" in capsys.readouterr().out) == (0, False)
    assert pipeline.load_corpus("s3://news/corpus", ["text"], options).column("text").to_pylist() == [nights[0][1]]
    assert len(open_corpus(str(local)).entries) == 2
    assert main(["verify", "s3://news/corpus", "--", *options]) == 0
