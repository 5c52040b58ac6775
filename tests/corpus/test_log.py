from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.config import Config, DedupConfig
from pipeline.corpus.card import corpus_card
from pipeline.corpus.log import Entry, add_entry, choose_window, create_corpus, is_corpus, open_corpus, scheme_of
from pipeline.errors import ConfigError, DatasetError, OutputError
from pipeline.storage import LocalStorage


def entry(seq: int, date: str = "2026-01-01", kind: str = "run") -> Entry:
    return Entry(seq, f"{seq:016x}", kind, date, f"input {seq}", "", {"records": 10, "documents": 7, "duplicates": 3})


def test_a_commit_is_seen_and_the_newest_counts(tmp_path: Path) -> None:
    corpus = create_corpus(str(tmp_path), LocalStorage(), Config())
    for seq in (1, 2, 3):
        corpus = add_entry(corpus, entry(seq))
    assert open_corpus(str(tmp_path)).entries == (entry(1), entry(2), entry(3))


def test_a_number_is_given_once(tmp_path: Path) -> None:
    corpus = create_corpus(str(tmp_path), LocalStorage(), Config())
    add_entry(corpus, entry(1))
    with pytest.raises(OutputError, match="another run was committed"):
        add_entry(corpus, entry(1))


def test_what_is_half_written_beside_the_runs_does_not_count(tmp_path: Path) -> None:
    corpus = create_corpus(str(tmp_path), LocalStorage(), Config())
    add_entry(corpus, entry(1))
    (tmp_path / "runs" / "0badbad0").mkdir(parents=True)
    (tmp_path / "commits" / "00000002.json.x.partial").write_text("{")
    assert [known.seq for known in open_corpus(str(tmp_path)).entries] == [1]
    assert "0badbad0" not in corpus_card(open_corpus(str(tmp_path)))


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "damaged"), ('{"runs": [{"seq": 1}]}', "damaged"), ('{"runs": []}', "should name runs 1 to 1")],
)
def test_a_damaged_commit_is_no_empty_corpus(tmp_path: Path, content: str, message: str) -> None:
    create_corpus(str(tmp_path), LocalStorage(), Config())
    (tmp_path / "commits").mkdir()
    (tmp_path / "commits" / "00000001.json").write_text(content)
    with pytest.raises(DatasetError, match=message):
        open_corpus(str(tmp_path))


def test_a_folder_without_the_mark_is_no_corpus(tmp_path: Path) -> None:
    assert not is_corpus(str(tmp_path), LocalStorage())
    with pytest.raises(DatasetError, match="is no corpus"):
        open_corpus(str(tmp_path))
    (tmp_path / "corpus.json").write_text(json.dumps({"copydesk_corpus": 99}))
    with pytest.raises(DatasetError, match="not of a form"):
        open_corpus(str(tmp_path))


def test_windows_are_counted_by_dates_and_by_runs() -> None:
    runs = [entry(1, "2026-01-01"), entry(2, "2026-01-31"), entry(3, "2026-02-10")]
    assert [known.seq for known in choose_window(runs, "30d", "2026-02-10")] == [2, 3]
    assert [known.seq for known in choose_window(runs, "31d", "2026-01-31")] == [1, 2, 3]
    assert [known.seq for known in choose_window(runs, "2", "2030-01-01")] == [2, 3]
    assert [known.seq for known in choose_window(runs, "0", "2030-01-01")] == []
    assert [known.seq for known in choose_window(runs, None, "2030-01-01")] == [1, 2, 3]


@pytest.mark.parametrize("window", ["", "d", "3w", "-1", "1.5d"])
def test_what_is_no_window_says_what_is(window: str) -> None:
    with pytest.raises(ConfigError, match="days \\(30d\\) or a number of runs"):
        choose_window([], window, "2026-01-01")


def test_the_scheme_tells_sketches_apart_and_nothing_else() -> None:
    assert scheme_of(Config()) == scheme_of(Config(dedup=DedupConfig(policy="earliest", min_jaccard=0.5)))
    assert scheme_of(Config()) != scheme_of(Config(dedup=DedupConfig(rows=4)))
