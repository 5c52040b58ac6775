from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import RepairConfig
from pipeline.records import Flag, Metadata, Origin, ParsedDocument
from pipeline.repairs import CHARACTER_RULES, LAYOUT_RULES, TEXT_RULES
from pipeline.signals import mt, translation
from pipeline.text.rules import State, run_rules

CASES = json.loads((Path(__file__).parents[1] / "cases" / "translation_signals.json").read_text(encoding="utf-8"))["cases"]
RULES = (*CHARACTER_RULES, translation, *TEXT_RULES, *LAYOUT_RULES)


def measure(text: str, language: str = "en", marks: tuple[str, ...] = (), declared: str | None = None, *, repair: bool = False) -> State:
    parsed = ParsedDocument("0" * 32, 0, Origin("x"), "0" * 64, 0, text, Metadata(language=declared), "text", "plain", marks=marks)
    return run_rules(State(text, Metadata(language=language)), RULES if repair else (translation,), parsed, RepairConfig())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_cases(case: dict[str, Any]) -> None:
    state = measure(case["text"], case.get("language", "en"), tuple(case.get("marks", ())))
    assert sorted({item.kind for item in state.mt_evidence}) == case["kinds"]
    assert sorted(flag.fragment for flag in state.flags) == sorted(case["flags"])
    for flag in state.flags:
        assert case["text"][flag.start : flag.end] == flag.fragment


def test_two_strong_kinds_make_likely_and_one_does_not() -> None:
    one = measure("If they did not are there, it rains.")
    two = measure("If they did not are there, it rains. .")
    assert (mt.band(mt.score(one.mt_evidence)), mt.band(mt.score(two.mt_evidence))) == ("possible", "likely")


def test_a_language_tag_with_t_is_structural() -> None:
    assert [item.kind for item in measure("Late.", declared="en-t-fr").mt_evidence] == ["structural"]
    assert measure("Late.", declared="en-US").mt_evidence == ()


def overlaps(flag: Flag, start: int, end: int) -> bool:
    return flag.start < end and start < flag.end


def gold(shared: Path, number: str) -> tuple[dict[str, Any], str]:
    document = json.loads((shared / "gold" / f"{number}.json").read_text(encoding="utf-8"))
    raw = (shared / "seeds" / document["file"]).read_text(encoding="utf-8")
    return document, "\n".join(raw[start:end] for start, end in document["paragraph_raw_spans"])


@pytest.mark.parametrize("number", ["000", "001", "003"])
def test_repairs_of_the_gold_documents(shared: Path, number: str) -> None:
    document, text = gold(shared, number)
    state = measure(text, repair=True)
    assert state.text.split("\n\n") == document["paragraphs"]
    for kept in document["must_keep"]:
        assert kept in state.text


def test_damage_of_the_gold_document_is_measured_and_flagged(shared: Path) -> None:
    document, text = gold(shared, "003")
    state = measure(text, repair=True)
    assert mt.score(state.mt_evidence) >= 0.9
    named = {
        item["signal"].lower() for item in document["machine_translated"]["evidence"] if item["weight"] in ("strong", "medium", "weak")
    }
    assert named - {"explicit_disclaimer"} <= {item.kind for item in state.mt_evidence}
    for wanted in document["flags"]:
        at = state.text.find(wanted["fragment"])
        if wanted["certainty"].startswith("certain"):
            assert at >= 0
            assert any(overlaps(flag, at, at + len(wanted["fragment"])) for flag in state.flags), wanted["fragment"]


@pytest.mark.parametrize("number", ["000", "001"])
def test_undamaged_gold_documents_have_no_evidence(shared: Path, number: str) -> None:
    state = measure(gold(shared, number)[1])
    assert (state.mt_evidence, state.flags) == ((), ())


def test_real_pages_have_next_to_no_evidence(shared: Path) -> None:
    pages = json.loads((shared / "html" / "gold.json").read_text(encoding="utf-8"))
    scores = {name: mt.score(measure(page["articleBody"]).mt_evidence) for name, page in sorted(pages.items())}
    assert {name: score for name, score in scores.items() if score >= 0.2} == {}
