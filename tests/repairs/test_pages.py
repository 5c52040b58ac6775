"""The pages name every rule, and the kinds of evidence that a reader may meet."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline import filters, repairs
from pipeline.signals import translation

DOCS = Path(__file__).parents[2] / "docs"


def test_every_rule_and_filter_has_its_line() -> None:
    characters = (DOCS / "encoding.md").read_text(encoding="utf-8")
    damage = (DOCS / "translation-damage.md").read_text(encoding="utf-8")
    signals = (DOCS / "signals.md").read_text(encoding="utf-8")
    assert [rule.NAME for rule in repairs.CHARACTER_RULES if f"`{rule.NAME}`" not in characters] == []
    assert [rule.NAME for rule in repairs.TEXT_RULES if f"`{rule.NAME}`" not in damage and rule.NAME != "personal_data"] == []
    assert [entry.NAME for entry in filters.FILTERS if f"`{entry.NAME}`" not in signals] == []


def test_every_kind_of_evidence_is_explained() -> None:
    source = Path(translation.__file__).read_text(encoding="utf-8")
    kinds = set(re.findall(r'\("([a-z]+_[a-z_]+)", (?:"|STRONG|WEAK|find_)', source)) | set(re.findall(r'Evidence\("([a-z_]+)"', source))
    pages = (DOCS / "signals.md").read_text(encoding="utf-8") + (DOCS / "translation-damage.md").read_text(encoding="utf-8")
    assert len(kinds) >= 12
    assert sorted(kind for kind in kinds if f"`{kind}`" not in pages) == []
