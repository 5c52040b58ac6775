"""Every kind of furniture in many languages, with what only looks like it. The cases are in
tests/cases: furniture.json has one kind of furniture each, furniture_pages.json whole pages as common templates print them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline import provenance
from pipeline.config import RepairConfig
from pipeline.furniture import RULES
from pipeline.records import Metadata, Origin, ParsedDocument
from pipeline.text.rules import State, run_rules

FOLDER = Path(__file__).parents[1] / "cases"
CASES: list[dict[str, Any]] = [
    case for name in ("furniture.json", "furniture_pages.json") for case in json.loads((FOLDER / name).read_text(encoding="utf-8"))
]
# Read in every text; a case names them where they are its subject.
INCIDENTAL = {"language", "published_hints", "cited_sources", "section"}


def _run(case: dict[str, Any]) -> tuple[str, State]:
    text = "\n".join(case["text"])
    metadata = Metadata(title=case.get("title"), language=case["language"])
    parsed = ParsedDocument("d", 0, Origin("u"), "0", 0, text, metadata, "text", "text", title_in_text=case.get("title_in_text", True))
    return text, run_rules(State(text, metadata), RULES, parsed, RepairConfig(keep_datelines=case.get("keep_datelines", True)))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    text, state = _run(case)
    if case["paragraphs"] is not None:
        assert [line.strip() for line in state.text.split("\n") if line.strip()] == case["paragraphs"]
    _compare_metadata(case.get("metadata", {}), state.metadata)
    if "mt" in case:
        assert bool(state.mt_evidence) == case["mt"]
    if "flags" in case:
        assert [flag.kind for flag in state.flags] == case["flags"]
    if "key_without" in case:
        left_out = [state.text[start:end].strip() for start, end in state.key_spans]
        assert left_out == [case["key_without"]]
    assert provenance.undo(state.text, state.edits) == text


def _compare_metadata(expected: dict[str, Any], metadata: Metadata) -> None:
    found = {name: getattr(metadata, name) for name in Metadata.__dataclass_fields__}
    found = {name: list(value) if isinstance(value, tuple) else value for name, value in found.items() if value not in (None, ())}
    for hint in expected.get("published_hints_has", []):
        assert hint in found.get("published_hints", [])
    wanted = {name: value for name, value in expected.items() if not name.endswith("_has")}
    assert {name: value for name, value in found.items() if name not in INCIDENTAL or name in wanted} == wanted


def test_every_removal_names_two_kinds_of_evidence() -> None:
    for case in CASES:
        for edit in _run(case)[1].edits:
            assert len(set(re.findall(r"\b(zone|form|formula|repetition|echo):", edit.evidence))) >= 2, (case["name"], edit)


def test_a_clean_text_is_left_alone() -> None:
    """Running the rules over their own result changes nothing, where the title is no longer in the text."""
    for case in CASES:
        _, state = _run(case)
        metadata = state.metadata if state.metadata.title else Metadata(title="-", language=case["language"])
        parsed = ParsedDocument("d", 0, Origin("u"), "0", 0, state.text, metadata, "text", "text", title_in_text=False)
        again = run_rules(State(state.text, metadata), RULES, parsed, RepairConfig())
        assert again.edits == (), case["name"]
