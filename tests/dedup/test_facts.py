from __future__ import annotations

import pytest
from dedup_desk import Doc, compare
from dedup_stories import join, story

from pipeline.dedup.facts import (
    Facts,
    compare_versions,
    is_global,
    marker_kind,
    read_facts,
    same_source,
    sent_after,
    split_guid,
    write_facts,
)
from pipeline.records import Metadata


def facts(**values: object) -> Facts:
    return Facts("a.txt", 100, **values)  # type: ignore[arg-type]


def test_facts_come_back_as_they_went_in() -> None:
    shared = {
        "title": 'A "quoted" title',
        "publisher": "Daily Post",
        "published_at": "2024-01-02",
        "modified_at": "2024-01-03",
        "version": "3",
        "version_marker": "UPDATE 2",
        "pubstatus": "usable",
        "guid": "urn:a:1",
    }
    metadata = Metadata(canonical_url="https://x.example/1", slugline="STORM", text_agency=("ABC", "XYZ"), **shared)
    found = read_facts(write_facts(metadata, uri="x/a.txt", characters=10, mt_band="likely", flags=("stub", "camel"), removed=True))
    expected = {"url": "https://x.example/1", "slug": "STORM", "agencies": ("ABC", "XYZ"), "flags": ("camel", "stub"), **shared}
    assert found == Facts("x/a.txt", 10, "likely", removed=True, **expected)  # type: ignore[arg-type]
    assert read_facts(write_facts(Metadata(), uri="a", characters=0, mt_band="none", flags=(), removed=False)) == Facts("a", 0)


@pytest.mark.parametrize(
    ("marker", "kind"),
    [
        ("KILL", "kill"), ("STORY WITHDRAWN", "kill"), ("ADVISORY-DELETE", "kill"), ("zurückgezogen", "kill"),
        ("CORRECTED", "correction"), ("CORRECTION", "correction"), ("Berichtigung", "correction"), ("RECTIFICATIF", "correction"),
        ("UPDATE 3", "update"), ("3rd Ld-Writethru", "update"), ("2nd Lead", "update"), ("WRAPUP 2", "update"),
        ("REFILE", "repeat"), ("RPT", "repeat"),
        ("FACTBOX", None), ("ANALYSIS", None), ("skill", None), ("leadership", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_markers(marker: str | None, kind: str | None) -> None:
    assert marker_kind(marker) == kind


@pytest.mark.parametrize("guid", ["urn:newsml:abc.example:20240102:1", "https://abc.example/story/1", "tag:abc.example,2024:1", "a" * 32])
def test_ids_that_are_unique_in_the_world(guid: str) -> None:
    assert is_global(guid)


@pytest.mark.parametrize("guid", ["1", "story-77", "a9000", "12:30", "", "two words: here"])
def test_ids_that_are_unique_at_home_only(guid: str) -> None:
    assert not is_global(guid)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ({"version": "10"}, {"version": "9"}),
        ({"version": "1.10"}, {"version": "1.9"}),
        ({"version": "2", "published_at": "2024-01-01"}, {"version": "1", "published_at": "2024-01-02"}),
        ({"version_marker": "UPDATE 2"}, {"version_marker": "UPDATE 1"}),
        ({"modified_at": "2024-01-02T10:00:00Z"}, {"published_at": "2024-01-02T10:30:00+01:00"}),
        ({"version_marker": "CORRECTED"}, {}),
    ],
)
def test_the_newer_version(new: dict[str, str], old: dict[str, str]) -> None:
    assert compare_versions(facts(**new), facts(**old)) == 1
    assert compare_versions(facts(**old), facts(**new)) == -1


@pytest.mark.parametrize(
    ("a", "b"), [({}, {}), ({"version": "2"}, {}), ({"published_at": "2024-01-01"}, {}), ({"version": "x"}, {"version": "y"})]
)
def test_nothing_says_which_is_newer(a: dict[str, str], b: dict[str, str]) -> None:
    assert compare_versions(facts(**a), facts(**b)) == compare_versions(facts(**b), facts(**a)) == 0


def test_a_marker_alone_does_not_say_that_a_story_was_sent_after_its_notice() -> None:
    assert not sent_after(facts(version_marker="UPDATE 1"), facts(version_marker="KILL"))
    assert sent_after(facts(version="3"), facts(version="2"))
    assert sent_after(facts(published_at="2024-01-02"), facts(published_at="2024-01-01"))
    assert not sent_after(facts(version="2"), facts(version="2"))


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ({"publisher": "ABC"}, {"publisher": "abc"}, True),
        ({"publisher": "Daily Post", "agencies": ("ABC",)}, {"publisher": "ABC", "agencies": ("ABC",)}, False),
        ({"agencies": ("ABC",)}, {"agencies": ("ABC", "XYZ")}, True),
        ({"publisher": "ABC"}, {"agencies": ("ABC",)}, True),
        ({"publisher": "Daily Post"}, {"agencies": ("ABC",)}, False),
        ({}, {}, False),
    ],
)
def test_sources(a: dict[str, object], b: dict[str, object], same: bool) -> None:
    assert same_source(facts(**a), facts(**b)) is same
    assert same_source(facts(**b), facts(**a)) is same


@pytest.mark.parametrize(
    ("guid", "base", "version"),
    [
        ("urn:newsml:example.com:20240102:AB77:1N", "urn:newsml:example.com:20240102:AB77", "1"),
        ("urn:newsml:example.com:20240102T101500:AB-7.7:12", "urn:newsml:example.com:20240102T101500:AB-7.7", "12"),
        ("URN:NEWSML:example.com:20240102:AB77:3u", "URN:NEWSML:example.com:20240102:AB77", "3"),
        ("urn:newsml:example.com:20240102:section:AB77:3U", "urn:newsml:example.com:20240102:section:AB77", "3"),
        ("urn:newsml:example.com:20240102:230320-99-001234", "urn:newsml:example.com:20240102:230320-99-001234", None),
        ("urn:newsml:example.com:20240102:77", "urn:newsml:example.com:20240102:77", None),
        ("tag:example.com,2024:77:3", "tag:example.com,2024:77:3", None),
        ("77", "77", None),
    ],
)
def test_the_revision_in_an_id_is_a_version(guid: str, base: str, version: str | None) -> None:
    assert split_guid(guid) == (base, version)
    facts = read_facts(write_facts(Metadata(guid=guid), uri="a", characters=1, mt_band="none", flags=(), removed=False))
    assert (facts.guid, facts.version) == (guid, version)
    known = write_facts(Metadata(guid=guid, version="9"), uri="a", characters=1, mt_band="none", flags=(), removed=False)
    assert read_facts(known).version == "9"


def test_revisions_of_one_identifier_are_versions_of_one_story() -> None:
    docs = [Doc(f"r{n}", join(story(n)), Metadata(guid=f"urn:newsml:example.com:20240102:AB77:{n}{'NUU'[n - 1]}")) for n in (1, 2, 3)]
    docs.append(Doc("other", join(story(4)), Metadata(guid="urn:newsml:example.com:20240102:AB78:1N")))
    outcome = compare(docs)
    assert outcome.clusters() == [["r1", "r2", "r3"]]
    assert outcome.of("r3").table == "documents"  # type: ignore[union-attr]
