"""The generated corpus: the same for the same seed, and true to its truth table."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = (900, 200, 300, 100, 500, 800, 400)


@pytest.fixture(scope="module")
def corpus() -> Iterator[Any]:
    """The generator is a script, so its folder is where it finds its other modules."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import corpus as module

    yield module
    sys.path.remove(str(ROOT / "benchmarks"))


@pytest.fixture(scope="module")
def language(corpus: Any) -> Any:
    return corpus.learn(corpus.seed_paragraphs(ROOT / "seeds" / "raw"), sizes=SMALL)


@pytest.fixture(scope="module")
def documents(corpus: Any, language: Any) -> list[Any]:
    return list(islice(corpus.generate(language, 5), 800))


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[place : place + 5]) for place in range(len(words) - 4)}


def test_same_seed_same_documents(corpus: Any, language: Any, documents: list[Any]) -> None:
    assert list(islice(corpus.generate(language, 5), 800)) == documents
    assert list(islice(corpus.generate(language, 6), 20)) != documents[:20]


def test_shuffle_keeps_every_document(corpus: Any, documents: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "SHUFFLE_PLACES", 50)
    shuffled = list(corpus.shuffle(documents, 5))
    assert shuffled != documents
    assert sorted(d.row["id"] for d in shuffled) == sorted(d.row["id"] for d in documents)


def test_truth_is_consistent(documents: list[Any]) -> None:
    truths = [document.truth for document in documents]
    names = {truth["doc"] for truth in truths}
    assert len(names) == len(documents)
    for document in documents:
        assert document.row["id"] == document.truth["doc"]
        if document.truth["role"] == "copy":
            assert document.truth["operation"]
            assert document.truth["source"] == document.truth["cluster"]
            assert document.truth["cluster"] in names
        else:
            assert document.truth["cluster"] == document.truth["doc"]


def test_shares_are_as_announced(documents: list[Any]) -> None:
    roles = Counter(document.truth["role"] for document in documents)
    assert 0.5 < roles["single"] / len(documents) < 0.78
    assert 0.2 < (roles["copy"] + roles["original"]) / len(documents) < 0.45
    assert roles["template"] % 20 == 0


def test_copies_are_near_their_source_and_stories_are_not(documents: list[Any]) -> None:
    texts = {document.row["id"]: shingles(document.row["text"]) for document in documents}
    for document in documents:
        if document.truth["role"] == "copy":
            a, b = texts[document.row["id"]], texts[document.truth["source"]]
            assert len(a & b) / min(len(a), len(b)) > 0.35, document.truth
    alone = [texts[document.row["id"]] for document in documents if document.truth["role"] in ("single", "original")][:150]
    jaccards = [len(a & b) / len(a | b) for a, b in combinations(alone, 2)]
    assert sum(jaccards) / len(jaccards) < 0.001
    assert max(jaccards) < 0.15


def test_a_shared_quotation_is_shared_word_for_word(documents: list[Any]) -> None:
    groups = defaultdict(list)
    for document in documents:
        if document.truth["operation"] == "quote":
            groups[document.truth["source"]].append(set(document.row["text"].split("\n\n")))
    shared = [set.intersection(*texts) for texts in groups.values() if len(texts) > 1]
    assert shared
    for paragraphs in shared:
        quotations = [match[1] for paragraph in paragraphs if (match := re.match(r"“([^”]*),” said", paragraph))]
        assert [len(quotation.split()) for quotation in quotations] == [25]


def test_every_operation_changes_what_it_says() -> None:
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import random

    from corpus_copies import OPERATIONS

    paragraphs = [f"“Paragraph {number} has been here since Monday,” said about two o’clock the three of them." for number in range(8)]
    sys.path.remove(str(ROOT / "benchmarks"))
    for name, (operation, _) in OPERATIONS.items():
        changed = operation(list(paragraphs), random.Random(1), lambda count: ["Something new."] * count)
        assert (changed == paragraphs) == (name in ("exact", "headline_changed")), name
    assert len(OPERATIONS["cut_25"][0](paragraphs, random.Random(1), list)) == 2
    mojibake = OPERATIONS["mojibake"][0](paragraphs, random.Random(1), list)
    assert mojibake[0].startswith("â€œParagraph")


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "txt"])
def test_files_hold_what_the_truth_names(kind: str, corpus: Any, language: Any, tmp_path: Path) -> None:
    corpus.write_corpus(60, tmp_path / "out", 3, kind, tmp_path / "truth.parquet", language)
    if kind == "jsonl":
        text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("*.jsonl"))
        names = [json.loads(line)["id"] for line in text.rstrip("\n").split("\n")]
    elif kind == "parquet":
        names = [name for path in (tmp_path / "out").rglob("*.parquet") for name in pq.read_table(path)["id"].to_pylist()]
    else:
        names = [path.stem for path in (tmp_path / "out").rglob("*.txt")]
    truth = pq.read_table(tmp_path / "truth.parquet")["doc"].to_pylist()
    assert sorted(names) == sorted(truth)
    assert len(names) == 60
    with pytest.raises(SystemExit, match="not empty"):
        corpus.write_corpus(60, tmp_path / "out", 3, kind, tmp_path / "truth.parquet", language)
