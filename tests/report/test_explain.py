import io
from pathlib import Path

import pytest
import tiny_dataset
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tiny_dataset import BROKEN, COPY, KILLED, NOTICE, QUOTER, SHORT, STORY

from pipeline.errors import DatasetError
from pipeline.provenance import sequence
from pipeline.records import Edit
from pipeline.report.dataset import open_dataset
from pipeline.report.explain import Story, build_story, replay
from pipeline.report.explain_view import render_story
from pipeline.report.finding import find_documents


def story_of(folder: Path, doc_id: str) -> Story:
    dataset = open_dataset(str(folder))
    (match,) = find_documents(dataset, doc_id)
    return build_story(dataset, match)


def page_of(story: Story, *, show_all: bool = False) -> str:
    page = io.StringIO()
    render_story(Console(file=page, width=160), story, show_all=show_all)
    return page.getvalue()


def test_every_edit_is_told_with_the_words_around_it(tiny: Path) -> None:
    story = story_of(tiny, STORY)
    assert [view.seq for view in story.edits] == [0, 1, 2, 3, 4]
    fused = story.edits[2]
    assert fused.left.endswith("will stay open ")
    assert fused.right.startswith(", the port office said")
    assert [view.is_layout for view in story.edits] == [False, False, False, False, True]


def test_the_page_of_a_representative(tiny: Path) -> None:
    page = page_of(story_of(tiny, STORY))
    for words in (
        "Nordvik harbour to stay open",
        "in the clean dataset",
        "post/nordvik.txt",
        "utf-8 (by utf-8)",
        "NORDVIK, Nov. 3 (ABC) -",
        "[-thiswinter-]{+this winter+}",
        "both halves stand in the text",
        "[-Play audio⏎-]",
        "and 1 edit of white space only; --all shows each",
        "1 flag",
        "the policy decided by: longest",
        "Coast Daily",
        "near_duplicate  Jaccard 0.5, 50 % of this in the other, 90 % of the other in this",
        "one quotation",
        "kept apart",
    ):
        assert words in page
    assert "[-⏎⏎⏎-]{+⏎⏎+}" not in page
    assert "[-⏎⏎⏎-]{+⏎⏎+}" in page_of(story_of(tiny, STORY), show_all=True)


def test_the_page_of_a_copy_says_what_stands_for_it_and_why(tiny: Path) -> None:
    story = story_of(tiny, COPY)
    assert [copy["doc_id"] for copy in story.copies] == [STORY, COPY]
    page = page_of(story)
    assert f"{STORY} (Nordvik harbour to stay open)" in page
    assert "This one is to it: near_duplicate, Jaccard 0.5, 90 % of this in the other, 50 % of the other in this" in page
    assert f"->  {COPY}" in page
    assert "nothing: the clean text is the source text" in page


def test_mark_up_in_a_title_is_shown_as_it_is(tiny: Path) -> None:
    assert "Port <b>open</b> & busy" in page_of(story_of(tiny, COPY))


def test_the_page_of_a_translated_document_shows_its_evidence(tiny: Path) -> None:
    page = page_of(story_of(tiny, QUOTER))
    assert "score 0.65, band likely; quotations may not be attributed word for word" in page
    assert "0.35  orphan_punctuation  Ferries" in page
    assert "place in the file  812" in page


def test_the_page_of_a_removed_document_says_why(tiny: Path) -> None:
    assert "word_count: 1 word, at least 3 wanted  measured 1, limit 3" in page_of(story_of(tiny, SHORT))
    assert f"because {NOTICE} (wire/kill.txt)" in page_of(story_of(tiny, KILLED))


def test_the_page_of_a_dead_letter_says_what_was_found(tiny: Path) -> None:
    page = page_of(story_of(tiny, BROKEN))
    assert "empty in step parse: the file holds no text; any text would be accepted" in page
    assert "wire/empty.txt" in page
    assert "What was changed" not in page


def test_relations_are_told_from_the_side_of_the_document(tiny: Path) -> None:
    part = "relations/part-00000-000000000.parquet"
    tiny_dataset.rewrite_part(tiny, part, lambda rows: [rows[0] | {"relation": "contains"}])
    assert story_of(tiny, STORY).relations[0].relation == "contains"
    copy = story_of(tiny, COPY).relations[0]
    assert (copy.relation, copy.containment) == ("contained_in", pytest.approx(0.9))


def test_passages_are_cut_from_the_text(tiny: Path) -> None:
    row = {"a": STORY, "b": QUOTER, "a_start": 0, "a_end": 7, "b_start": 0, "b_end": 7, "words": 1, "identity": 1.0, "kind": "quote"}
    row |= {"longest": 1, "stories": 2, "evidence": "quoted in a; in 2 stories"}
    tiny_dataset.rewrite_part(tiny, "passages/part-empty.parquet", lambda _: [row])
    assert story_of(tiny, STORY).passages[0].fragment == "NORDVIK"
    assert story_of(tiny, QUOTER).passages[0].fragment == "Ferries"
    assert "quote  1 words, 100 % equal  quoted here; in 2 stories" in page_of(story_of(tiny, STORY))
    assert "quoted there; in 2 stories" in page_of(story_of(tiny, QUOTER))


def test_text_cannot_steer_the_terminal(tiny: Path) -> None:
    part = "documents/part-00001-000000000.parquet"
    tiny_dataset.rewrite_part(tiny, part, lambda rows: [rows[0] | {"title": "a\x1b[2Jb\u202ec", "keywords": ["[red]x[/red]\x07"]}])
    page = page_of(story_of(tiny, QUOTER))
    assert "a<U+001B>[2Jb<U+202E>c" in page
    assert "[red]x[/red]<U+0007>" in page
    assert "\x1b" not in page


def test_a_change_that_cannot_be_seen_is_told_in_code_points() -> None:
    (view,) = replay("caf\u00e9", [Edit(3, 5, "e\u0301", "\u00e9", "composition", "nfc", 1)])
    page = page_of(Story("documents", "p", _row("caf\u00e9"), (view,)))
    assert "U+0065 U+0301 -> U+00E9" in page


def test_edits_that_stand_in_a_part_of_another_name_are_found(tiny: Path) -> None:
    import json

    manifest = json.loads((tiny / "run.json").read_text(encoding="utf-8"))
    (tiny / "edits/part-00000-000000000.parquet").rename(tiny / "edits/part-00007.parquet")
    for entry in manifest["files"]:
        entry["path"] = entry["path"].replace("edits/part-00000-000000000", "edits/part-00007")
    tiny_dataset.write_manifest(tiny, manifest)
    assert len(story_of(tiny, STORY).edits) == 5


def test_edits_that_do_not_belong_to_the_text_are_a_fault_of_the_dataset(tiny: Path) -> None:
    tiny_dataset.rewrite_part(tiny, "edits/part-00000-000000000.parquet", lambda rows: [*rows[:-1], rows[-1] | {"after": "zz"}])
    with pytest.raises(DatasetError, match="do not belong to its text"):
        story_of(tiny, STORY)


def _row(text: str) -> dict[str, object]:
    from pipeline.schema import arrow_schema

    empty: dict[str, object] = dict.fromkeys(arrow_schema("documents").names)
    return empty | {"doc_id": STORY, "text": text, "source_uri": "x.txt", "n_paragraphs": 1, "mt_score": 0.0, "mt_band": "none"}


@given(st.text("ab \u00a0\n", max_size=40), st.data())
def test_replaying_shows_exactly_what_stood_on_both_sides(source: str, data: st.DataObject) -> None:
    text, edits = source, []
    for _ in range(3):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 3)))
        new = sequence(text, [Edit(start, end, text[start:end], data.draw(st.text("xy", max_size=2)), "k", "r", 1)])
        edits += new
        text = "".join((text[:start], new[0].after, text[end:])) if new else text
    for view, moment in zip(replay(text, edits), _moments(source, edits), strict=True):
        assert view.left.lstrip("…") + view.edit.before + view.right.rstrip("…") in moment


def _moments(source: str, edits: list[Edit]) -> list[str]:
    moments = []
    for edit in edits:
        moments.append(source)
        source = source[: edit.start] + edit.after + source[edit.end :]
    return moments
