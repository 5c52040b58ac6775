"""Three real documents against what a careful editor made of them: nothing missing, nothing left, nothing touched beside it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline import provenance
from pipeline.config import InputConfig, RepairConfig
from pipeline.desk import parse, repair
from pipeline.records import Edit, Origin, RawDocument, RepairedDocument
from pipeline.signals import mt

NUMBERS = ("000", "001", "003")


def _document(shared: Path, number: str) -> tuple[dict[str, Any], str, RepairedDocument]:
    gold = json.loads((shared / "gold" / f"{number}.json").read_text(encoding="utf-8"))
    data = (shared / "seeds" / gold["file"]).read_bytes()
    raw = RawDocument("d", 0, Origin(gold["file"]), data, hashlib.sha256(data).hexdigest())
    return gold, data.decode("utf-8"), repair(parse(raw, InputConfig()), RepairConfig())


def _names(entries: list[Any]) -> list[str]:
    return [entry if isinstance(entry, str) else entry.get("name") or entry.get("text") for entry in entries]


@pytest.mark.parametrize("number", NUMBERS)
def test_paragraphs_equal_the_gold(shared: Path, number: str) -> None:
    gold, _, repaired = _document(shared, number)
    paragraphs = repaired.text.split("\n\n")
    for entry in gold["repairs"]:
        for other in entry["accept_alternatives"]:
            paragraphs = [paragraph.replace(other, entry["after"]) for paragraph in paragraphs]
    assert paragraphs == gold["paragraphs"]


@pytest.mark.parametrize("number", NUMBERS)
def test_metadata_equals_the_gold(shared: Path, number: str) -> None:
    gold, _, repaired = _document(shared, number)
    metadata = repaired.metadata
    assert metadata.title == gold["title"]
    assert list(metadata.byline) == _names(gold["byline"])
    assert list(metadata.contributors) == _names(gold.get("contributors", []))
    assert list(metadata.captions) == _names(gold.get("captions", []))
    assert metadata.published_at == gold["published"]
    assert list(metadata.text_agency) == gold["agencies"]["text_credit"]
    assert list(metadata.photo_agency) == gold["agencies"]["photo_credit"]
    assert list(metadata.cited_sources) == gold["agencies"]["cited_sources"]
    strong = [hint["name"] for hint in gold["publisher_hints"] if not hint["certainty"].startswith("weak")]
    assert list(metadata.publisher_hints) == strong
    assert metadata.publisher is None
    assert (metadata.language or "").split("-")[0] == gold["language"]


@pytest.mark.parametrize("number", NUMBERS)
def test_what_must_stay_stays(shared: Path, number: str) -> None:
    gold, _, repaired = _document(shared, number)
    assert [string for string in gold["must_keep"] if string not in repaired.text] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_removed_lines_equal_the_gold(shared: Path, number: str) -> None:
    gold, _, repaired = _document(shared, number)
    removed = sorted(
        (edit.kind, edit.before.strip()) for edit in repaired.edits if edit.op == "delete" and edit.before.strip() and _is_line(edit)
    )
    assert removed == sorted((entry["kind"], entry["fragment"].strip()) for entry in gold["removed"])


@pytest.mark.parametrize("number", NUMBERS)
def test_nothing_but_the_gold_is_changed(shared: Path, number: str) -> None:
    """All edits together, apart from white space, take out the removed lines and put in the gold's repairs."""
    gold, source, repaired = _document(shared, number)
    spans = [(entry["start"], entry["end"]) for entry in (*gold["removed"], *gold["repairs"])]
    kept, position = [], 0
    for start, end in sorted(spans):
        kept.append(source[position:start])
        position = end
    kept.append(source[position:])
    squeezed = re.sub(r"\s+", "", repaired.text)
    at = 0
    for piece in kept:
        piece = re.sub(r"\s+", "", piece)
        found = squeezed.find(piece, at)
        assert found >= 0, f"changed although the gold does not: {piece[:80]!r}"
        at = found + len(piece)


@pytest.mark.parametrize("number", NUMBERS)
def test_undo_gives_the_source_back(shared: Path, number: str) -> None:
    _, source, repaired = _document(shared, number)
    assert provenance.undo(repaired.text, repaired.edits) == source == repaired.parsed.source_text


@pytest.mark.parametrize("number", NUMBERS)
def test_every_removal_names_two_kinds_of_evidence(shared: Path, number: str) -> None:
    _, _, repaired = _document(shared, number)
    lines = [edit for edit in repaired.edits if edit.op == "delete" and edit.before.strip() and _is_line(edit)]
    assert lines
    for edit in lines:
        kinds = set(re.findall(r"\b(zone|form|formula|repetition|echo):", edit.evidence))
        assert len(kinds) >= 2, edit


@pytest.mark.parametrize(("number", "least", "most"), [("000", 0.0, 0.1), ("001", 0.0, 0.1), ("003", 0.9, 1.0)])
def test_mt_score(shared: Path, number: str, least: float, most: float) -> None:
    _, _, repaired = _document(shared, number)
    assert least <= mt.score(repaired.mt_evidence) <= most


def test_mt_score_without_the_disclaimer(shared: Path) -> None:
    gold, source, _ = _document(shared, "003")
    (disclaimer,) = (entry for entry in gold["removed"] if entry["kind"] == "translation_disclaimer")
    data = (source[: disclaimer["start"]] + source[disclaimer["end"] :]).encode()
    raw = RawDocument("d", 0, Origin("without"), data, hashlib.sha256(data).hexdigest())
    assert mt.score(repair(parse(raw, InputConfig()), RepairConfig()).mt_evidence) >= 0.9


def test_damage_flags(shared: Path) -> None:
    """Every damage that the editor is certain of is flagged where it stands; the undamaged documents have no such flag."""
    gold, _, repaired = _document(shared, "003")
    certain = [flag["fragment"] for flag in gold["flags"] if flag["certainty"].startswith("certain")]
    spans = [(flag.start, flag.end) for flag in repaired.flags]
    missed = []
    for fragment in certain:
        start = repaired.text.index(fragment)
        if not any(begin < start + len(fragment) and start < end for begin, end in spans):
            missed.append(fragment)
    assert missed == []
    for number in ("000", "001"):
        assert _document(shared, number)[2].flags == ()


def _is_line(edit: Edit) -> bool:
    """Whether the edit takes out whole lines, which the furniture rules do; repairs touch characters."""
    return len(edit.before.strip()) > 4
