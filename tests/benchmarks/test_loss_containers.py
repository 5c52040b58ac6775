"""The loss test of every container, small: benchmarks/loss_containers.py is the long one."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))

import loss_containers

TEXTS = loss_containers.make_texts(40, random.Random(3))


@pytest.mark.parametrize("name", list(loss_containers.CONTAINERS))
def test_every_container_gives_what_was_put_in(name: str, tmp_path: Path) -> None:
    file, build = loss_containers.CONTAINERS[name]
    (tmp_path / file).write_bytes(build(TEXTS))
    ids, found, letters = loss_containers.read_texts(tmp_path / file)
    assert (found, letters) == (TEXTS, 0)
    assert len(set(ids)) == len(TEXTS)


@pytest.mark.parametrize("name", list(loss_containers.CONTAINERS))
@pytest.mark.parametrize("damage", list(loss_containers.DAMAGES))
def test_a_damage_costs_what_it_touches_and_the_books_say_so(name: str, damage: str, tmp_path: Path) -> None:
    outcome = loss_containers.run_trials(name, damage, TEXTS, 3, 5, tmp_path)
    assert loss_containers.is_good(name, damage, outcome, len(TEXTS)), outcome
