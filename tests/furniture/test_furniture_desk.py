"""Whole invented documents of many kinds through the desk, against what an editor would make of them (tests/cases/furniture_desk.json)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import provenance
from pipeline.config import InputConfig, RepairConfig
from pipeline.desk import parse, repair
from pipeline.records import Origin, RawDocument, RepairedDocument

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "cases" / "furniture_desk.json").read_text(encoding="utf-8"))


def _run(case: dict[str, Any]) -> RepairedDocument:
    data = "\n".join(case["text"]).encode()
    return repair(parse(RawDocument("d", 0, Origin("d.txt"), data, hashlib.sha256(data).hexdigest()), InputConfig()), RepairConfig())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_document(case: dict[str, Any]) -> None:
    repaired = _run(case)
    assert repaired.text.split("\n\n") == case["paragraphs"]
    found = {name: getattr(repaired.metadata, name) for name in case["metadata"]}
    assert {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()} == case["metadata"]
    assert provenance.undo(repaired.text, repaired.edits) == repaired.parsed.source_text
