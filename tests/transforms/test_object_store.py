"""Input and output on s3://, against a real protocol server on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from pipeline.config import Config
from pipeline.errors import OutputError

TEXT = "The harbour board of Orle met for nine hours and decided nothing, which its chair called a result. " * 12


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, "-c", "from moto.server import main; main(['-H', '127.0.0.1', '-p', '5117'])"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = "http://127.0.0.1:5117"
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


@pytest.fixture
def options(endpoint: str) -> list[str]:
    return [f"--s3_endpoint_url={endpoint}", "--s3_access_key_id=a", "--s3_secret_access_key=b", "--s3_region_name=us-east-1"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_run_from_bucket_to_bucket_gives_the_local_bytes(endpoint: str, options: list[str], tmp_path: Path) -> None:
    from pipeline.transforms import flow

    store = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    store.create_bucket(Bucket="news")
    (tmp_path / "in").mkdir()
    for number in range(5):
        text = f"Board decides nothing, part {number}\n\n{TEXT}\n\nNumber {number} of five."
        (tmp_path / "in" / f"{number}.txt").write_text(text, encoding="utf-8")
        store.put_object(Bucket="news", Key=f"in/{number}.txt", Body=text.encode())

    flow.run(["s3://news/in/"], "s3://news/out", Config(), workers=1, beam_options=options)
    flow.run([str(tmp_path / "in")], str(tmp_path / "out"), Config(), workers=1)

    listed = {entry["Key"] for entry in store.list_objects_v2(Bucket="news")["Contents"]}
    local = {f"out/{path.relative_to(tmp_path / 'out').as_posix()}" for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {key for key in listed if not key.startswith("in/")} == local
    manifest = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    for entry in manifest["files"]:
        body = store.get_object(Bucket="news", Key=f"out/{entry['path']}")["Body"].read()
        assert body == (tmp_path / "out" / entry["path"]).read_bytes()

    with pytest.raises(OutputError, match="already holds a dataset"):
        flow.run(["s3://news/in/"], "s3://news/out", Config(), workers=1, beam_options=options)
    flow.run(["s3://news/in/*.txt"], "s3://news/out", Config(), workers=1, overwrite=True, beam_options=options)
    assert len(store.list_objects_v2(Bucket="news", Prefix="out/")["Contents"]) == len(local)


def test_a_scheme_without_a_file_system_says_what_would_be_accepted() -> None:
    from pipeline.errors import ConfigError
    from pipeline.transforms.filesystems import storage_for

    with pytest.raises(ConfigError, match="no file system for abfs:// is installed; s3://"):
        storage_for("abfs://container/x")
