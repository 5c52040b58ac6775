"""The floors and the digest of benchmarks/quality, on sizes that fit into a test run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

QUALITY = Path(__file__).resolve().parents[2] / "benchmarks" / "quality"
sys.path[:0] = [str(QUALITY), str(QUALITY.parent)]

import measure  # noqa: E402
import sets  # noqa: E402

SPOKEN = sets.language()
FLOORS = measure.read_floors()
RECORDED = json.loads((QUALITY / "digest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(sets.SETS))
@pytest.mark.parametrize("seed", [1, 2])
def test_sets_hold_their_floors(name: str, seed: int) -> None:
    assert measure.check(measure.measure_items(sets.SETS[name](SPOKEN, seed)), FLOORS[name]) == []


@pytest.mark.slow
def test_a_generated_corpus_holds_its_floors() -> None:
    assert measure.check(measure.measure_corpus(1500, 3, SPOKEN), FLOORS["corpus"]) == []


def test_what_variants_of_the_samples_are_to_them_is_as_recorded() -> None:
    found = measure.digest(QUALITY.parents[1] / "seeds" / "raw", None, SPOKEN)
    wrong = [line for name, lines in found.items() for line in measure.differences(name, lines, RECORDED.get(name, {}))]
    assert wrong == []
    assert len(found) >= 10


def test_what_variants_of_the_gold_are_to_it_is_as_recorded(shared: Path) -> None:
    found = measure.digest(shared / "none", shared / "gold", SPOKEN)
    assert [line for name, lines in found.items() for line in measure.differences(name, lines, RECORDED.get(name, {}))] == []
    assert all(said.endswith("with its source") for lines in found.values() for said in lines.values())


def test_a_figure_below_its_floor_is_told() -> None:
    assert measure.check({"joined": 0.94, "mixed": 1.0}, {"joined": 0.95, "mixed": 0}) == [
        "joined is 0.9400, the floor is 0.95",
        "mixed is 1.0000, the ceiling is 0",
    ]
