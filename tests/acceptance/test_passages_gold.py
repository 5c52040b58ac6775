"""The passages that three real documents share, against those that a careful reader marked; and the same over invented documents."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.config import Config, OutputConfig, PassagesConfig

PASSAGES = Config(passages=PassagesConfig(enabled=True))


def run(source: Path, output: Path, config: Config = PASSAGES) -> Path:
    from pipeline.transforms import flow

    flow.run([str(source)], str(output), config, workers=1)
    return output


def read(folder: Path, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / table).to_pylist()
    return rows


def by_file(folder: Path) -> list[dict[str, tuple[int, int, str]]]:
    """For each passage: file -> start, end and words of its span."""
    documents = {row["doc_id"]: row for table in ("documents", "duplicates") for row in read(folder, table)}
    found = []
    for row in read(folder, "passages"):
        entry = {}
        for side in "ab":
            document, start, end = documents[row[side]], row[f"{side}_start"], row[f"{side}_end"]
            entry[document["source_uri"]] = (start, end, document["text"][start:end])
        found.append(entry)
    return found


def test_passages_equal_the_gold(shared: Path, tmp_path: Path) -> None:
    gold = json.loads((shared / "gold" / "overlap.json").read_text(encoding="utf-8"))
    output = run(shared / "seeds", tmp_path / "out")
    assert all(row["kind"] == "quote" for row in read(output, "passages"))
    texts = {row["source_uri"]: row["text"] for row in read(output, "documents")}
    wanted = [entry for entry in gold["passages"] if entry["report"] == "must"]
    found = by_file(output)
    assert len(found) == len(wanted)
    for entry in wanted:
        spans = {next(uri for uri in texts if uri.startswith(span["doc"])): span["text"] for span in entry["spans"]}
        places = {uri: (texts[uri].index(text), texts[uri].index(text) + len(text)) for uri, text in spans.items()}
        assert any(
            set(passage) == set(places) and all(abs(passage[uri][end] - places[uri][end]) <= 2 for uri in places for end in (0, 1))
            for passage in found
        )
    relations = [(row["relation"], row["merges"]) for row in read(output, "relations")]
    assert relations == [("shares_passage", False)]


QUOTATION = "We shall rebuild the northern pier before the herring return, and we shall do it without a loan"
STANDING = "The Orle Post is printed on the old rope walk by a cooperative of its readers; write to the night desk about errors."


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve stories, two of which quote the same words; one of these in a copy too. Five are of one site with a standing paragraph."""
    folder = tmp_path_factory.mktemp("raw")
    rows = []
    for number in range(12):
        chance = random.Random(number)
        body = [" ".join(invent(chance) for _ in range(40)).capitalize() + "." for _ in range(6)]
        if number == 2:
            body.insert(1, f"“{QUOTATION},” she said.")
        if number == 7:
            body.insert(3, f'He had put it like this: "{QUOTATION}."')
        publisher = "Orle Post" if number >= 7 else f"Outlet {number}"
        rows.append({"id": f"n{number}", "publisher": publisher, "text": "\n\n".join(body + ([STANDING] if number >= 7 else []))})
    copy = {**rows[2], "id": "copy", "publisher": "The Copyist"}
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [*rows, copy]), encoding="utf-8")
    return folder


def invent(chance: random.Random) -> str:
    """A word that no other story has, most likely; or one of grammar."""
    if chance.random() < 0.4:
        return chance.choice(("the", "of", "and", "to", "in", "was", "had", "for"))
    return "".join(chance.choice("bdfgklmnprstv") + chance.choice("aeiou") for _ in range(chance.randint(2, 4)))


@pytest.fixture(scope="module")
def dataset(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(corpus, tmp_path_factory.mktemp("passages") / "out")


def test_invented_documents(dataset: Path) -> None:
    output = dataset
    documents = {row["doc_id"]: row for table in ("documents", "duplicates") for row in read(output, table)}
    rows = read(output, "passages")
    quotes = [row for row in rows if row["kind"] == "quote"]
    assert len(quotes) == 1
    for side in "ab":
        assert documents[quotes[0][side]]["text"][quotes[0][f"{side}_start"] : quotes[0][f"{side}_end"]] == QUOTATION
    assert quotes[0]["stories"] == 2
    standing = [row for row in rows if row["kind"] == "boilerplate"]
    assert len(standing) == 10
    assert {documents[row[side]]["publisher"] for row in standing for side in "ab"} == {"Orle Post"}
    counters = json.loads((output / "run.json").read_text(encoding="utf-8"))["counters"]["passages"]
    assert counters == {kind: sum(row["kind"] == kind for row in rows) for kind in counters}
    assert sum(counters.values()) == len(rows)


def test_the_same_rows_for_any_sharding(dataset: Path, corpus: Path, tmp_path: Path) -> None:
    def rows(folder: Path) -> list[dict[str, Any]]:
        return sorted(read(folder, "passages"), key=lambda row: (row["a"], row["b"], row["a_start"]))

    sharded = run(corpus, tmp_path / "out", replace(PASSAGES, output=OutputConfig(shard_documents=3)))
    assert len(list((sharded / "passages").iterdir())) > 1
    assert rows(sharded) == rows(dataset)


@pytest.mark.slow
def test_the_same_bytes_again(dataset: Path, corpus: Path, tmp_path: Path, parquet_bytes: Callable[[Path], dict[str, bytes]]) -> None:
    assert parquet_bytes(run(corpus, tmp_path / "out")) == parquet_bytes(dataset)


@pytest.mark.slow
def test_without_the_switch_the_table_is_empty(corpus: Path, tmp_path: Path) -> None:
    assert read(run(corpus, tmp_path / "out", Config()), "passages") == []


def test_passages_need_the_comparison(corpus: Path, tmp_path: Path) -> None:
    from pipeline.config import from_mapping
    from pipeline.errors import ConfigError

    config = from_mapping({"passages": {"enabled": True}, "dedup": {"enabled": False}})
    with pytest.raises(ConfigError, match=r"needs dedup\.enabled"):
        run(corpus, tmp_path / "out", config)
