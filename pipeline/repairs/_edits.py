"""From a damaged place to an edit."""

from __future__ import annotations

from pipeline.records import Edit
from pipeline.text.damage import Damage


def make_edit(text: str, damage: Damage, kind: str, rule: str, version: int) -> Edit:
    """The certain edit that repairs `damage`."""
    return Edit(damage.start, damage.end, text[damage.start : damage.end], damage.after or "", kind, rule, version, "certain", damage.why)
