"""What must hold for any text: no error, edits that undo, prose that stays, labels that go wherever they stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import provenance
from pipeline.config import RepairConfig
from pipeline.furniture import RULES
from pipeline.records import Metadata, Origin, ParsedDocument
from pipeline.text.rules import State, run_rules

CASES = json.loads((Path(__file__).parents[1] / "cases" / "furniture.json").read_text(encoding="utf-8"))
LINES = sorted({line for case in CASES for line in case["text"]})
LANGUAGES = st.sampled_from(["en", "de", "ru", "tr", "ar", "zh", "ja", "ko", "xx", None])
PROSE = (
    "The ferry Aurora left the harbour of Bergen at noon with 212 people on board.",
    "Harbour master Nils Dahl said that the crew had checked the engine twice before departure.",
    "Nobody was hurt when the ship touched the quay, and the damage to the bow is small.",
    "The council will talk about a second quay in the autumn, when the budget is known.",
    "In the old town the shops stayed open until late, and the cafes were full of stranded travellers.",
    "A replacement will leave at eight in the morning and call at all ports on the way north.",
)


def _run(text: str, language: str | None = "en", *, title_in_text: bool = True) -> State:
    metadata = Metadata(language=language) if title_in_text else Metadata(title="Ferry leaves Bergen", language=language)
    parsed = ParsedDocument("d", 0, Origin("u"), "0", 0, text, metadata, "text", "text", title_in_text=title_in_text)
    return run_rules(State(text, metadata), RULES, parsed, RepairConfig())


@settings(max_examples=80)
@given(st.text(st.characters(codec="utf-8"), max_size=400), LANGUAGES, st.booleans())
def test_any_text_is_read_and_undone(text: str, language: str | None, title_in_text: bool) -> None:
    state = _run(text, language, title_in_text=title_in_text)
    assert provenance.undo(state.text, state.edits) == text


@settings(max_examples=80)
@given(st.lists(st.sampled_from([*LINES, "", "  ", "0:00", "—"]), max_size=14), LANGUAGES, st.sampled_from(["\n", "\n\n"]))
def test_any_mixture_of_lines_is_read_and_undone(lines: list[str], language: str | None, separator: str) -> None:
    text = separator.join(lines)
    state = _run(text, language)
    assert provenance.undo(state.text, state.edits) == text
    if text.strip():
        assert state.text.strip(), "furniture rules never leave an empty document"
    for edit in state.edits:
        assert edit.op == "delete"
        assert edit.certainty == "certain"
    for start, end in state.key_spans:
        assert 0 <= start <= end <= len(state.text)


@settings(max_examples=60)
@given(st.permutations(PROSE))
def test_prose_stays(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    state = _run(text, title_in_text=False)
    assert state.text == text
    assert state.edits == ()
    assert state.metadata.byline == ()


FURNITURE = (
    "Advertisement",
    "Article continues below",
    "CLICK HERE TO READ MORE FROM THE HARBOR POST",
    "Sign up for our daily newsletter",
    "Follow us on Facebook and Twitter",
    "READ MORE: Storm shuts three ports on the west coast",
    "STORM SHUTS THREE PORTS ON WEST COAST",
    "Video Embed",
    "Share this article",
    "A ferry leaves the port of Bergen. Jo Lind/Reuters via Imagehouse",
    "5 min read",
)


@settings(max_examples=60)
@given(st.sampled_from(FURNITURE), st.integers(1, len(PROSE) - 1), st.sampled_from(["\n", "\n\n"]))
def test_furniture_goes_wherever_it_stands_in_the_body(line: str, place: int, separator: str) -> None:
    text = separator.join([*PROSE[:place], line, *PROSE[place:]])
    state = _run(text, title_in_text=False)
    assert [part for part in state.text.split("\n") if part] == list(PROSE)


@pytest.mark.parametrize(
    "line",
    [
        "What happens next",
        "‘A red line’",
        "WHAT WE KNOW",
        "3. The second engine",
        "A long night on the quay",
        "Who pays?",
        "Nils Dahl",
        "Bergen",
        "The numbers: 212 on board, none hurt",
        "“We were lucky,” he said",
        "Lights out",
    ],
)
def test_headings_and_short_lines_of_the_story_stay(line: str) -> None:
    text = "\n\n".join([*PROSE[:3], line, *PROSE[3:]])
    assert _run(text, title_in_text=False).text == text
