from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.dedup.facts import Facts
from pipeline.dedup.representatives import Member, elect

POLICIES = ("default", "earliest", "longest", "latest_version", "wire_original")


def member(name: str, newer: tuple[str, ...] = (), characters: int = 1000, **values: object) -> Member:
    return Member(name, Facts("a.txt", characters, **values), frozenset(newer))  # type: ignore[arg-type]


def winner(policy: str, *members: Member) -> tuple[str, str]:
    best, reason = elect(members, policy)
    return best.doc_id, reason


def test_every_policy_of_the_configuration_is_there() -> None:
    from dataclasses import fields

    among = next(item.metadata["among"] for item in fields(Config().dedup) if item.name == "policy")
    assert set(among) == set(POLICIES)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_machine_translation_never_stands_for_its_original(policy: str) -> None:
    original = member("99", characters=100, published_at="2024-05-05", flags=("stub", "x"))
    copy = member("01", characters=9000, published_at="2020-01-01", mt_band="likely", publisher="ABC", agencies=("ABC",))
    newer = member("99", newer=("01",), characters=100)
    assert winner(policy, copy, original) == ("99", "not machine-translated")
    assert winner(policy, copy, newer)[0] == "99"


@pytest.mark.parametrize("policy", POLICIES)
def test_a_withheld_text_stands_for_nothing_else(policy: str) -> None:
    assert winner(policy, member("01", pubstatus="withheld", characters=5000), member("02"))[0] == "02"


@pytest.mark.parametrize(
    ("policy", "better", "worse", "reason"),
    [
        ("default", {}, {"flags": ("truncated",)}, "complete"),
        ("default", {"publisher": "ABC", "agencies": ("ABC",)}, {"publisher": "Post", "agencies": ("ABC",)}, "original source"),
        ("default", {"flags": ("a",)}, {"flags": ("a", "b"), "characters": 5000}, "fewest flags"),
        ("default", {"characters": 1200}, {"characters": 1000}, "longest"),
        ("default", {"characters": 950, "published_at": "2024-01-01"}, {"published_at": "2024-01-02"}, "earliest"),
        ("default", {"published_at": "2024-01-01"}, {}, "earliest"),
        ("earliest", {"published_at": "2024-01-01", "flags": ("stub",)}, {"published_at": "2024-01-02"}, "earliest"),
        ("longest", {"characters": 1001, "flags": ("a",)}, {"characters": 1000}, "longest of all"),
        ("wire_original", {"publisher": "ABC", "agencies": ("abc",), "flags": ("stub",)}, {"characters": 9000}, "original source"),
    ],
)
def test_criteria(policy: str, better: dict[str, object], worse: dict[str, object], reason: str) -> None:
    assert winner(policy, member("02", **better), member("01", **worse)) == ("02", reason)


def test_the_latest_of_a_series_stands_for_it() -> None:
    series = [member("01", ("02", "03")), member("02", ("03",)), member("03")]
    assert winner("default", *series) == ("03", "latest version")
    assert winner("earliest", *series)[0] == "03"


def test_a_newer_version_that_may_not_stand_does_not_count() -> None:
    old, new = member("01", ("02",)), member("02", mt_band="certain")
    assert winner("default", old, new) == ("01", "not machine-translated")


def test_closeness_counts_when_it_differs_by_more_than_a_tenth() -> None:
    far, near = Member("01", Facts("a", 9000), close=8), Member("02", Facts("a", 1000), close=10)
    assert winner("default", far, near) == ("02", "closest to the others")
    assert winner("default", Member("01", Facts("a", 9000), close=9), near) == ("01", "longest")
    assert winner("longest", far, near) == ("01", "longest of all")


def test_versions_in_a_circle_leave_the_choice_to_the_next_criterion() -> None:
    assert winner("default", member("01", ("02",)), member("02", ("01",), characters=9000)) == ("02", "longest")


def test_the_smallest_id_settles_a_draw() -> None:
    assert winner("default", member("02"), member("01"), member("03")) == ("01", "smallest id")
    assert winner("default", member("02")) == ("02", "only member")


members = st.lists(
    st.builds(
        lambda n, chars, band, flags, published, status: (n, chars, band, flags, published, status),
        st.integers(0, 99), st.integers(1, 2000), st.sampled_from(["none", "likely"]), st.sampled_from([(), ("stub",), ("a", "b")]),
        st.sampled_from([None, "2024-01-01", "2024-01-02"]), st.sampled_from([None, "usable", "withheld"]),
    ),
    min_size=1, max_size=12, unique_by=lambda row: row[0],
)  # fmt: skip


@given(members, st.sampled_from(POLICIES), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_the_election_is_a_total_order(
    rows: list[tuple[int, int, str, tuple[str, ...], str | None, str | None]], policy: str, chance: random.Random
) -> None:
    made = [member(f"{n:02}", characters=c, mt_band=b, flags=f, published_at=p, pubstatus=s) for n, c, b, f, p, s in rows]
    best, reason = elect(made, policy)
    assert elect(chance.sample(made, len(made)), policy) == (best, reason)
    # Those that lost may leave without a change, except where a longer text made others too short.
    if "longest" not in reason:
        assert elect([best], policy)[0] == best
