"""Weights of evidence of machine translation, and how they add up."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from pipeline.records import Evidence

__all__ = ["DISCLAIMER", "LIKELY", "STRONG", "STRUCTURAL", "WEAK", "WEAK_CAP", "combine"]

DISCLAIMER = 0.97
"""The site says that it translates by machine."""

STRUCTURAL = 0.90
"""The mark-up or the language tag says so."""

STRONG = 0.35
"""Damage that people do not make: three distinct kinds were found in none of 2,453 native and human-translated news documents."""

WEAK = 0.08
"""Habits that people have too."""

WEAK_CAP = 0.25
"""All weak kinds together weigh no more than this."""

LIKELY = 0.50
"""From this score on a document counts as likely translated by machine."""


def combine(evidence: Iterable[Evidence]) -> float:
    """``1 - prod(1 - weight)`` over distinct kinds, in [0, 1]. A second finding of one kind adds nothing.

    >>> one = Evidence("aux_clash", 0, 5, "", 0.35)
    >>> round(combine([one, one, Evidence("orphan_punctuation", 9, 10, "", 0.35)]), 4)
    0.5775
    >>> combine([])
    0.0
    """
    weights: dict[str, float] = {}
    for item in evidence:
        weights[item.kind] = max(item.weight, weights.get(item.kind, 0.0))
    ordered = [weights[kind] for kind in sorted(weights)]
    if not ordered:
        return 0.0
    weak = min(WEAK_CAP, 1 - prod(1 - weight for weight in ordered if weight <= WEAK))
    return 1 - (1 - weak) * prod(1 - weight for weight in ordered if weight > WEAK)
