"""Events of a run, in a file and at a receiver on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.lineage import Lineage

MANIFEST = {
    "files": [
        {"path": "documents/part-00000.parquet", "rows": 5, "bytes": 100},
        {"path": "documents/part-00001.parquet", "rows": 2, "bytes": 50},
        {"path": "README.md", "rows": None, "bytes": 9},
    ]
}


def read_events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_that_ends_well_tells_its_counts(tmp_path: Path) -> None:
    target = tmp_path / "events.jsonl"
    with Lineage(str(target), ["s3://news/raw"], str(tmp_path / "out"), pytest.fail) as lineage:
        lineage.finish(MANIFEST)
    start, complete = read_events(target)
    assert [start["eventType"], complete["eventType"]] == ["START", "COMPLETE"]
    assert start["run"]["runId"] == complete["run"]["runId"]
    assert start["job"] == complete["job"] == {"namespace": "copydesk", "name": "clean out", "facets": {}}
    assert complete["inputs"][0]["namespace"] == "s3://news"
    documents = complete["outputs"][0]
    assert documents["name"] == str(tmp_path / "out" / "documents")
    statistics = documents["outputFacets"]["outputStatistics"]
    assert (statistics["rowCount"], statistics["size"], statistics["fileCount"]) == (7, 150, 2)
    assert {"doc_id", "text"} <= {field["name"] for field in documents["facets"]["schema"]["fields"]}


@pytest.mark.parametrize(("error", "state"), [(ValueError("no space"), "FAIL"), (KeyboardInterrupt(), "ABORT")])
def test_a_run_that_fails_says_so_and_the_error_goes_on(tmp_path: Path, error: BaseException, state: str) -> None:
    target = tmp_path / "events.jsonl"
    with pytest.raises(type(error)), Lineage(str(target), ["in"], "out", pytest.fail):
        raise error
    last = read_events(target)[-1]
    assert last["eventType"] == state
    assert last["run"]["facets"].get("errorMessage", {}).get("message") == ("ValueError: no space" if state == "FAIL" else None)


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[str | None, dict[str, Any]]]]]:
    taken: list[tuple[str | None, dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.headers["Authorization"], json.loads(body)))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1/lineage", taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_events_reach_a_receiver_with_the_key_of_the_environment(
    receiver: tuple[str, list[tuple[str | None, dict[str, Any]]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, taken = receiver
    monkeypatch.setenv("OPENLINEAGE_API_KEY", "k")
    with Lineage(url, ["in"], "out", pytest.fail):
        pass
    assert [(key, event["eventType"]) for key, event in taken] == [("Bearer k", "START"), ("Bearer k", "COMPLETE")]


def test_a_receiver_that_is_down_costs_a_warning() -> None:
    warnings: list[str] = []
    with Lineage("http://127.0.0.1:9/", ["in"], "out", warnings.append):
        pass
    assert [warning.split(" was not taken")[0] for warning in warnings] == ["the START event", "the COMPLETE event"]
