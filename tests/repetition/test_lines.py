from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repetition_desk import CONFIG, SITE, count, make_text, paragraph, story

from pipeline.provenance import apply, sequence, undo
from pipeline.records import Edit
from pipeline.repetition.counting import RecurringLines
from pipeline.repetition.keys import site_key
from pipeline.repetition.lines import find_edits

ABOUT = "The Orle Morning is printed in Orle and read in nine valleys between the sea and the hills."
"""A paragraph about the outlet."""


def clean(text: str, recurring: RecurringLines) -> str:
    return apply(text, sequence(text, edits_of(text, recurring)))


def edits_of(text: str, recurring: RecurringLines) -> list[Edit]:
    return find_edits(text, site_key(SITE), SITE, recurring, CONFIG)


def site_of(pages: Sequence[Sequence[str]]) -> RecurringLines:
    """A site of these pages and as many stories without anything."""
    return count([make_text(lines) for lines in pages] + [make_text(story(1000 + n)) for n in range(len(pages))])


def test_labels_at_both_edges_go_and_leave_the_layout() -> None:
    pages = [["Kvell", *story(n), "Fnord zabble", "Zib"] for n in range(30)]
    recurring = site_of(pages)
    assert [clean(make_text(lines), recurring) for lines in pages] == [make_text(lines[1:-2]) for lines in pages]


def test_the_evidence_names_the_figures_and_a_second_kind() -> None:
    pages = [[*story(n), "Fnord zabble"] for n in range(30)]
    (edit,) = edits_of(make_text(pages[0]), site_of(pages))
    assert (edit.before, edit.kind, edit.rule, edit.certainty) == ("\n\nFnord zabble", "recurring_line", "recurring_lines", "likely")
    assert edit.evidence == "repetition: 30 stories of 60 texts of orle.example; zone: tail; form: no full stop"


def test_a_paragraph_about_the_outlet_goes_from_the_end() -> None:
    pages = [[*story(n), ABOUT] for n in range(30)]
    assert clean(make_text(pages[3]), site_of(pages)) == make_text(story(3))


def test_a_box_between_paragraphs_goes_as_a_block() -> None:
    pages = [[*story(n)[:2], "Fnord zabble", "Zib morf", *story(n)[2:]] for n in range(30)]
    assert clean(make_text(pages[3]), site_of(pages)) == make_text(story(3))


def test_blocks_with_single_breaks_keep_the_greater_break() -> None:
    pages = [[*story(n)[:2], "Fnord zabble\nZib morf", *story(n)[2:]] for n in range(30)]
    assert clean(make_text(pages[3]), site_of(pages)) == make_text(story(3))
    pages = [[*story(n), f"{paragraph(n)}\nFnord zabble"] for n in range(30)]
    assert clean(make_text(pages[3]), site_of(pages)) == make_text([*story(3), paragraph(3)])


STAY = {
    "a sub-heading": lambda n: [*story(n)[:2], "Weather", *story(n)[2:]],
    "a sub-heading before a round-up": lambda n: [*(["Weather"] if n % 2 else ["Harbour"]), story(n)[0], "Sport", *story(n)[1:]],
    "a refrain": lambda n: [
        *story(n)[: n % 3 + 1],
        "Nobody in Orle would say who paid for the new bridge that week.",
        *story(n)[n % 3 + 1 :],
    ],
    "background that ends some stories": lambda n: [
        *story(n, 5)[: n % 5 + 1],
        "The bridge was closed in May after a barge had struck its pillar.",
        *story(n, 5)[n % 5 + 1 :],
    ],
    "a table at the end": lambda n: [*story(n), *(cell for row in range(4) for cell in (f"Team {'abcd'[row]}", str(n * 3 + row)))],
    "a table without a story": lambda n: [cell for row in range(9) for cell in (f"Team {'abcdefghi'[row]}", f"{n}:{row}")],
    "a form": lambda n: [f"{paragraph(row)[:-1]} {n}." if row == 2 else paragraph(row) for row in range(5)],
    "a short last sentence": lambda n: [*story(n), *(["The search goes on."] if n % 4 == 0 else [])],
}


@pytest.mark.parametrize("name", STAY)
def test_what_recurs_in_stories_stays(name: str) -> None:
    pages = [STAY[name](n) for n in range(40)]
    recurring = count([make_text(lines) for lines in pages])
    assert [edits_of(make_text(lines), recurring) for lines in pages] == [[]] * len(pages)


def test_a_document_of_nothing_but_furniture_is_left_alone() -> None:
    pages = [[*story(n), ABOUT, "Fnord zabble"] for n in range(30)]
    assert edits_of(make_text([ABOUT, "Fnord zabble"]), site_of(pages)) == []


def test_an_alert_keeps_its_line_and_loses_the_label() -> None:
    pages = [[*story(n), "Fnord zabble"] for n in range(60)]
    assert clean("Bridge closed in Orle\n\nFnord zabble", count([make_text(lines) for lines in pages])) == "Bridge closed in Orle"


def test_the_first_line_stays_where_no_headline_is_known() -> None:
    pages = [["Morning briefing", *story(n)] for n in range(30)]
    recurring, text = site_of(pages), make_text(pages[0])
    assert clean(text, recurring) == make_text(story(0))
    assert find_edits(text, site_key(SITE), SITE, recurring, CONFIG, titled=False) == []


def test_versions_of_a_story_do_not_lose_what_they_share() -> None:
    pages = [[*story(n), "Fnord zabble"] for n in range(60)]
    recurring = count(
        [make_text(lines) for lines in pages] + [make_text([*story(n)[:1], *story(0)[1:], "Vostok"]) for n in range(200, 220)]
    )
    version = make_text([*story(205)[:1], *story(0)[1:], "Vostok"])
    assert clean(version, recurring) == version


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from([*story(1), *story(2), "Fnord zabble", "Zib", "Weather", ABOUT, "12:30", "x"]), min_size=1, max_size=12),
    st.booleans(),
)
def test_any_text_is_never_emptied_and_comes_back(lines: list[str], tight: bool) -> None:
    recurring = _known()
    text = ("\n" if tight else "\n\n").join(lines)
    edits = sequence(text, edits_of(text, recurring))
    result = apply(text, edits)
    assert undo(result, edits) == text
    assert result.strip()
    assert result == result.strip()


@cache
def _known() -> RecurringLines:
    return count([make_text(["Zib", *story(n), "Weather", *story(n + 500), ABOUT, "Fnord zabble", "Zib"]) for n in range(40)])
