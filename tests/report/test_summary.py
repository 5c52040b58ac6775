import io
from pathlib import Path

import tiny_dataset
from rich.console import Console

from pipeline.report.summary import next_commands, render_summary, summarise


def test_the_summary_names_every_reason_and_code(tmp_path: Path) -> None:
    lines = {line.label: line.count for line in summarise(tiny_dataset.write_dataset(tmp_path))}
    assert lines["documents in"] == 7
    assert (lines["clean documents"], lines["duplicates"], lines["removed"], lines["dead letters"]) == (2, 1, 3, 1)
    assert (lines["word_count"], lines["kill_notice"], lines["killed"], lines["empty"]) == (1, 1, 1, 1)
    assert (lines["edits"], lines["fused_words"], lines["clusters of copies"]) == (5, 1, 1)


def test_only_the_ten_busiest_rules_are_named_and_the_rest_is_counted(tmp_path: Path) -> None:
    manifest = tiny_dataset.write_dataset(tmp_path)
    manifest["counters"]["edits_by_rule"] = {f"rule{number:02}": number for number in range(1, 14)}
    labels = [line.label for line in summarise(manifest)]
    assert labels[-11:] == [*(f"rule{number:02}" for number in range(13, 3, -1)), "3 more rules"]
    assert summarise(manifest)[-1].count == 1 + 2 + 3


def test_the_rendered_summary_says_where_it_is_and_what_comes_next(tmp_path: Path) -> None:
    manifest = tiny_dataset.write_dataset(tmp_path)
    page = io.StringIO()
    render_summary(Console(file=page, width=100), manifest, "out/news", 61.23, "03ab")
    assert "out/news  (61.2 s)" in page.getvalue()
    assert "copydesk explain out/news 03ab" in page.getvalue()
    assert "balanced: every document in is in exactly one table" in page.getvalue()


def test_books_that_do_not_balance_are_shouted(tmp_path: Path) -> None:
    manifest = tiny_dataset.write_dataset(tmp_path)
    manifest["books"]["balanced"] = False
    assert any(line.note == "NOT BALANCED" for line in summarise(manifest))


def test_a_folder_with_a_blank_is_quoted() -> None:
    assert next_commands("my news", "ab")[1] == "copydesk verify 'my news'"
