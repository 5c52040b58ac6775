"""Labels of pages by kind and language: each goes before, amid and after a story, and what only looks like one stays.

tests/cases/furniture_labels.json has four paragraphs a language, labels by kind, and under `keep` headings in the same words.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.config import RepairConfig
from pipeline.furniture import RULES
from pipeline.records import Metadata, Origin, ParsedDocument
from pipeline.text.rules import State, run_rules

LABELS: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "furniture_labels.json").read_text(encoding="utf-8")
)
KINDS = sorted({kind for kinds in LABELS.values() for kind in kinds} - {"prose", "keep"})
AROUND_ONLY = {"popular", "comments", "account", "live"}
"""Kinds of which a label amid a story may be a sub-heading, or stands there with a list under it."""


def _left(lines: list[str], language: str) -> list[str]:
    text, metadata = "\n".join(lines), Metadata(title="Headline", language=language)
    parsed = ParsedDocument("d", 0, Origin("u"), "0", 0, text, metadata, "text", "text")
    return [line for line in run_rules(State(text, metadata), RULES, parsed, RepairConfig()).text.split("\n") if line.strip()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", sorted(LABELS))
def test_labels_go(language: str, kind: str) -> None:
    prose = LABELS[language]["prose"]
    stayed = []
    for label in LABELS[language].get(kind, []):
        places = [[*prose, label]]
        if kind != "popular":
            places.append([label, *prose])
        if kind not in AROUND_ONLY and not (kind == "print_and_size" and (" " not in label or len(label) <= 3)):
            places.append([*prose[:2], label, *prose[2:]])
        stayed += [lines for lines in places if _left(lines, language) != prose]
    assert stayed == []


@pytest.mark.parametrize("language", sorted(LABELS))
def test_headings_in_the_same_words_stay(language: str) -> None:
    prose = LABELS[language]["prose"]
    for heading in LABELS[language]["keep"]:
        lines = [*prose[:2], heading, *prose[2:]]
        assert _left(lines, language) == lines


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_labels_in_every_language(kind: str) -> None:
    assert [language for language in sorted(LABELS) if len(LABELS[language].get(kind, [])) < 2] == []
