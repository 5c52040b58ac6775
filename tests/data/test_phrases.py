"""Every entry of the phrase files: unique, compiles, finds its example and leaves its counter-example alone."""

from __future__ import annotations

import re

import pytest

from pipeline.furniture._phrases import Phrase, phrases
from pipeline.resources import load_toml
from pipeline.text.lines import fold

FILES = tuple(
    f"{name}.toml"
    for name in (
        "agencies",
        "bylines",
        "calls_to_action",
        "captions",
        "citing",
        "clues",
        "credits",
        "dates",
        "disclaimers",
        "furniture",
        "notices",
        "outlets",
        "rights",
        "versions",
    )
)
FIELDS = ("id", "pattern", "kind", "languages", "zone", "example", "counter_example", "source", "since")
ENTRIES = [(file, entry) for file in FILES for entry in load_toml(file)["entry"]]


def _phrase(file: str, entry: dict) -> Phrase:
    return next(phrase for phrase in phrases(file) if phrase.id == entry["id"])


@pytest.mark.parametrize(("file", "entry"), ENTRIES, ids=[entry["id"] for _, entry in ENTRIES])
def test_entry_finds_its_example_and_not_its_counter_example(file: str, entry: dict) -> None:
    phrase = _phrase(file, entry)
    assert phrase.found_in(entry["example"]), f"{entry['id']} misses its example"
    assert not phrase.found_in(entry["counter_example"]), f"{entry['id']} matches its counter-example"


def test_entries_are_complete() -> None:
    for file, entry in ENTRIES:
        missing = [field for field in FIELDS if not entry.get(field)]
        assert not missing, f"{file}: {entry.get('id')} lacks {missing}"
        assert entry["zone"] in {"head", "body", "tail", "any"}
        assert all(re.fullmatch(r"[a-z]{2}|any", language) for language in entry["languages"])
        re.compile(entry["pattern"])


def test_ids_are_unique() -> None:
    ids = [entry["id"] for _, entry in ENTRIES]
    assert len(ids) == len(set(ids))


def test_folded_patterns_are_written_folded() -> None:
    """A capital or a curly quote in a pattern for folded text could never match. Escapes and group names are no text."""
    for file, entry in ENTRIES:
        if load_toml(file)["match"] not in ("exact", "raw"):
            text = re.sub(r"\\.|\(\?P<\w+>", "", entry["pattern"])
            assert fold(text) == " ".join(text.split()), entry["id"]


def test_every_kind_of_line_phrase_covers_fifteen_languages() -> None:
    wanted = {"en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "uk", "tr", "ar", "zh", "ja", "ko"}
    covered: dict[str, set[str]] = {}
    for entry in load_toml("furniture.toml")["entry"]:
        covered.setdefault(entry["kind"], set()).update(entry["languages"])
    assert {kind: sorted(wanted - languages) for kind, languages in covered.items() if wanted - languages} == {}
