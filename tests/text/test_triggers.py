"""The pre-check is exact: with triggers and without, the same comes out of every text."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import desk
from pipeline.config import RepairConfig
from pipeline.records import Metadata, Origin, ParsedDocument
from pipeline.text.rules import Context, Rule, State, run_rules
from pipeline.text.scanning import EDGE, Scanner, find_starts
from pipeline.text.triggers import Trigger, places, precheck, special_characters

REPOSITORY = Path(__file__).resolve().parents[2]
RULES = (*desk.RULES_BEFORE_LANGUAGE, *desk.RULES_AFTER_LANGUAGE)
LANGUAGES = ("en", "de", "fr", "pt", "ru", "tr", "ar", "zh", "ko", "sv", None)


class Bare:
    """A rule without its trigger, so that it always runs."""

    def __init__(self, rule: Rule) -> None:
        self.NAME, self.VERSION, self.find = rule.NAME, rule.VERSION, rule.find


BARE = tuple(map(Bare, RULES))


def strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from strings(item)


def cases() -> list[str]:
    names = ("furniture", "furniture_pages", "characters", "translation_damage", "translation_signals")
    trees = [json.loads((REPOSITORY / "tests" / "cases" / f"{name}.json").read_text(encoding="utf-8")) for name in names]
    return sorted({text for tree in trees for text in strings(tree)})


def examples() -> list[str]:
    trees = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((REPOSITORY / "data").glob("*.toml"))]
    return [entry[key] for tree in trees for entry in tree.get("entry", ()) for key in ("example", "counter_example") if entry.get(key)]


CASES = cases()
LINES = sorted({line for text in (*CASES, *examples()) for line in text.split("\n") if line.strip()})
PROSE = (
    "The ferry Aurora left the harbour of Bergen at noon on Tuesday with 212 people on board.",
    "“Nobody was hurt,” the harbour master said, and the damage to the bow – a dent – is small…",
    "Der Hafen ist seit gestern für alle Schiffe gesperrt, teilte die Verwaltung am Montag mit.",
)


def assert_equal(text: str, language: str | None = "en", title: str | None = None, marks: tuple[str, ...] = ()) -> None:
    metadata = Metadata(language=language, title=title)
    parsed = ParsedDocument("d", 0, Origin("u"), "0", 0, text, metadata, "text", "plain", title_in_text=title is None, marks=marks)
    config = RepairConfig()
    assert run_rules(State(text, metadata), RULES, parsed, config) == run_rules(State(text, metadata), BARE, parsed, config)


@pytest.mark.parametrize("start", range(4))
def test_the_same_comes_out_of_every_case(start: int) -> None:
    for number, text in enumerate(CASES[start::4]):
        assert_equal(text, LANGUAGES[number % len(LANGUAGES)], (None, "UPDATE 2-Ferry sinks off island")[number % 2])


@pytest.mark.parametrize("language", ["en", "de", "ko", None])
def test_the_same_comes_out_where_every_phrase_of_the_data_meets_prose(language: str | None) -> None:
    entries = examples()
    for at in range(0, len(entries), 20):
        assert_equal("\n".join((*PROSE, *entries[at : at + 20])), language)


def test_the_same_comes_out_of_the_seeds(seeds: Path) -> None:
    for path in sorted((seeds / "raw").rglob("*.txt")):
        assert_equal(path.read_bytes().decode("utf-8", "replace"))


def test_the_same_comes_out_of_real_documents(shared: Path) -> None:
    for path in sorted((shared / "seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for changed in (text, text.lower(), text.upper(), text.replace("\n", "\n\n")):
            assert_equal(changed)


@settings(max_examples=100)
@given(
    st.lists(st.one_of(st.sampled_from(LINES), st.sampled_from(PROSE), st.text(max_size=30)), max_size=9),
    st.sampled_from(LANGUAGES),
    st.sampled_from(["\n", "\n\n", " \n", "\r\n"]),
    st.sampled_from([None, "Ferry leaves Bergen"]),
    st.sampled_from([(), ("translate.goog",), ("stub",)]),
)
def test_the_same_comes_out_of_any_mixture(
    lines: list[str], language: str | None, separator: str, title: str | None, marks: tuple[str, ...]
) -> None:
    assert_equal(separator.join(lines), language, title, marks)


@settings(max_examples=100)
@given(st.text(st.one_of(st.characters(), st.sampled_from("“”‘’…—–&<>()[]/@#*:;,.! \n\u00a0\u00ad\ud800")), max_size=200))
def test_the_same_comes_out_of_any_text(text: str) -> None:
    assert_equal(text, None)


def test_clean_prose_runs_few_rules() -> None:
    """What the pre-check is for: were it to hold for every text, nothing else here would notice."""
    text = "\n\n".join(
        f"The crew of the old ferry number {number} had checked the engine twice before it went out to sea." for number in range(12)
    )
    present, _ = precheck(RULES).look_up(text, "en")
    context = Context(ParsedDocument("d", 0, Origin("u"), "0", 0, text, Metadata(language="en"), "text", "plain"), Metadata(language="en"))
    running = precheck(RULES).ask(present, text, context).bit_count()
    assert running <= 6, f"{running} of {len(RULES)} rules run on clean prose"


def test_a_clause_asks_for_all_its_sets() -> None:
    scanner = Scanner([(1, (frozenset(("permission", "consent")), frozenset(("without",)))), (2, (frozenset((f"{EDGE}ai{EDGE}",)),))])
    assert [scanner.judge(scanner.find(text)) for text in ("permission", "without consent", "he said", "ai, again")] == [0, 1, 0, 2]


def test_a_clause_without_a_set_always_holds() -> None:
    assert Scanner([(4, ()), (2, (frozenset(("",)),))]).judge([]) == 6


def test_lone_surrogates_are_scanned_past() -> None:
    assert find_starts(frozenset(("b",)), "\ud83d b") == [(2, "b")]


def test_special_characters() -> None:
    assert special_characters("Plain text, with marks: (1) 'x'\n\t") == frozenset()
    assert special_characters("a\x0c\x7fé&") == {"\x0c", "\x7f", "é", "&"}


def test_a_rule_that_is_called_alone_finds_its_places_itself() -> None:
    trigger = Trigger(printed=("cat",))
    context = Context(ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "plain"), Metadata())
    assert places(trigger, lambda: frozenset(("cat",)), "a cat, a cat", "a cat, a cat", context) == [(2, "cat"), (9, "cat")]
