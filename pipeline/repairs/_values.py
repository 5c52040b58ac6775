"""The character repairs for short values beside the text: a headline, a name, a caption."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.config import RepairConfig
from pipeline.records import Metadata, Origin, ParsedDocument
from pipeline.text.rules import Rule, State, run_rules

_NO_DOCUMENT = ParsedDocument("", 0, Origin(""), "", 0, "", Metadata(), "text", "")


def apply_to_value(value: str, rules: Sequence[Rule], config: RepairConfig) -> str:
    """`value` with the character repairs, on one line, without white space at its edges. No edits are kept."""
    if value.isascii() and value.isprintable() and "&" not in value:
        return value.strip()  # nothing in it that a character rule looks at
    return " ".join(run_rules(State(value, Metadata()), rules, _NO_DOCUMENT, config).text.split("\n")).strip()
