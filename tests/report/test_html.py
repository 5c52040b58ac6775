import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import tiny_dataset

from pipeline.errors import DatasetError
from pipeline.report.html import render_report


@pytest.fixture
def page(tiny: Path) -> str:
    return render_report(load(tiny), str(tiny))


def load(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return manifest


class Balance(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed(page: str) -> None:
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert page.startswith("<!doctype html>")


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(page: str) -> None:
    assert not re.search(r"<script|<link|<img|https?://|url\(|@import", page)
    assert re.findall(r'href="(?!#)', page) == []


def test_the_page_holds_no_time_and_is_the_same_twice(tiny: Path, page: str) -> None:
    assert render_report(load(tiny), str(tiny)) == page
    assert not re.search(r"\b\d\d:\d\d\b|\b20\d\d-\d\d", page)


def test_edits_are_shown_with_the_words_around_them(page: str) -> None:
    assert "will stay open </span><del>thiswinter</del><ins>this winter</ins>" in page
    assert "both halves stand in the text" in page


def test_merges_are_shown_with_their_scores_and_non_merges_with_their_reason(page: str) -> None:
    row = next(line for line in page.splitlines() if tiny_dataset.COPY in line)
    assert all(words in row for words in ("Coast Daily", "near_duplicate", ">0.50<", ">0.90<"))
    assert "one quotation" in page
    assert "the policy decided by: longest" in page


def test_removals_and_dead_letters_say_why(page: str) -> None:
    for words in ("1 word, at least 3 wanted", "killed by its source", "the file holds no text", "wire/empty.txt"):
        assert words in page
    assert "balanced, by document id" in page


def test_rules_that_only_move_white_space_come_last(page: str) -> None:
    rules = re.findall(r"<summary>(\w+) <span", page[page.index('id="changed"') : page.index('id="merged"')])
    assert rules == ["calls_to_action", "fused_words", "orphan_punctuation", "widgets", "layout"]


def test_text_is_escaped(page: str) -> None:
    assert "Port &lt;b&gt;open&lt;/b&gt; &amp; busy" in page
    assert "<b>open</b>" not in page


def test_settings_that_differ_from_the_default_are_listed(tiny: Path, page: str) -> None:
    assert "dedup.bands" not in page
    manifest = load(tiny)
    manifest["config"]["dedup"]["bands"] = 64
    assert "<code>dedup.bands</code></td><td><code>64</code>" in render_report(manifest, str(tiny))


def test_an_empty_run_has_a_page_too(tmp_path: Path) -> None:
    manifest = tiny_dataset.write_dataset(tmp_path)
    manifest["files"] = []
    manifest["books"] = {"records": 0, "balanced": True, "documents": 0, "duplicates": 0, "removed": 0, "dead_letters": 0}
    manifest["counters"] = {"clusters": 0, "largest_cluster": 0}
    page = render_report(manifest, str(tmp_path))
    assert "0 documents in, 0 clean documents out" in page
    assert "Every record could be read." in page


def test_an_edit_that_does_not_fit_its_text_is_a_fault_of_the_dataset(tiny: Path) -> None:
    tiny_dataset.rewrite_part(tiny, "edits/part-00000-000000000.parquet", lambda rows: [*rows[:-1], rows[-1] | {"after": "zz"}])
    with pytest.raises(DatasetError):
        render_report(load(tiny), str(tiny))


def test_passages_are_shown_with_their_words(tiny: Path) -> None:
    row = {"a": tiny_dataset.STORY, "b": tiny_dataset.QUOTER, "a_start": 0, "a_end": 7, "b_start": 0, "b_end": 7}
    row |= {"words": 1, "identity": 1.0, "kind": "quote", "longest": 1, "stories": 2, "evidence": "quoted in a; in 2 stories"}
    assert 'id="shared"' not in render_report(load(tiny), str(tiny))
    tiny_dataset.rewrite_part(tiny, "passages/part-empty.parquet", lambda _: [row])
    manifest = load(tiny)
    manifest["counters"]["passages"] = {"quote": 1}
    page = render_report(manifest, str(tiny))
    assert "1 quote. The longest" in page
    assert "<td>quote</td><td>NORDVIK</td>" in page
