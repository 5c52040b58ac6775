"""The cases of tests/cases: positive, negative, and what is known to be out of reach."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from clean_news import run_all

from pipeline import provenance
from pipeline.repairs import CHARACTER_RULES, TEXT_RULES
from pipeline.signals import translation

CASES = Path(__file__).parents[1] / "cases"


def load(name: str) -> list[Any]:
    cases = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["name"]) for case in cases]


@pytest.mark.parametrize("case", load("characters"))
def test_characters(case: dict[str, str]) -> None:
    state = run_all(case["text"], None, rules=CHARACTER_RULES)
    assert state.text == case["expect"]
    assert provenance.undo(state.text, state.edits) == case["text"]


@pytest.mark.parametrize("case", load("translation_damage"))
def test_translation_damage(case: dict[str, Any]) -> None:
    rules = (*CHARACTER_RULES, translation, *TEXT_RULES)
    state = run_all(case["text"], case["language"], translated=case.get("translated", False), rules=rules)
    assert state.text == case["expect"]
    assert provenance.undo(state.text, state.edits) == case["text"]
    assert all(edit.evidence for edit in state.edits)


@pytest.mark.parametrize("case", load("translation_damage"))
def test_a_repaired_text_is_clean(case: dict[str, Any]) -> None:
    translated = case.get("translated", False)
    once = run_all(case["text"], case["language"], translated=translated)
    assert run_all(once.text, case["language"], translated=translated).edits == ()
