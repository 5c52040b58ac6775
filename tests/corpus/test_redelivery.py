"""A feed that grows: every night holds all lines of the nights before."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline.config import Config
from pipeline.corpus.log import open_corpus
from pipeline.corpus.verifying import verify_corpus

pytestmark = pytest.mark.slow

LINES = [
    "The harbour board of Orle met for nine hours and decided nothing, which its chair called a result, and the fishermen went home.",
    "Three engines pull every train on the mountain line, and one man has driven all of them since the tunnel was opened in spring.",
    "The harbour board of Orle met for nine hours and decided nothing, which its chair called a result, and the fishermen went home. "
    "Nobody in the hall laughed.",
    "Snow closed the pass for a fourth day, the police of Minder said on Sunday, and the mail went round by the lake as in every winter.",
]


def test_a_document_that_arrives_again_is_a_copy_of_itself(tmp_path: Path) -> None:
    from pipeline.transforms.corpus_flow import run_corpus

    books = []
    for night in (2, 3, 4):
        text = "".join(json.dumps({"text": line}) + "\n" for line in LINES[:night])
        (tmp_path / "feed.jsonl").write_text(text, encoding="utf-8")
        result, is_new = run_corpus([str(tmp_path / "feed.jsonl")], str(tmp_path / "corpus"), Config(), workers=1, date="2026-01-01")
        assert is_new
        books.append(result.manifest["books"])
        for row in pq.read_table(Path(result.output) / "duplicates").to_pylist():
            if row["representative_id"] == row["doc_id"]:
                assert (row["relation"], row["cluster_size"]) == ("exact_raw", 1)
                assert (
                    row["representative_run_id"]
                    == open_corpus(str(tmp_path / "corpus")).entries[0 if row["text"] in LINES[:2] else 1].run_id
                )
    assert books[0]["duplicates"] == 0
    assert books[1]["duplicates"] >= 2
    assert books[2]["duplicates"] >= 3
    texts = pipeline.load_corpus(str(tmp_path / "corpus"), ["text"]).column("text").to_pylist()
    assert len(texts) == 3
    assert set(texts) < set(LINES)
    assert [finding for finding in verify_corpus(open_corpus(str(tmp_path / "corpus"))) if not finding.ok] == []
