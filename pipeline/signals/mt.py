"""From evidence of machine translation to a score, a band and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.records import Evidence
from pipeline.text.evidence import LIKELY, combine

__all__ = ["BANDS", "band", "language_tag", "quotes_verbatim", "score"]

BANDS: tuple[tuple[str, float], ...] = (("certain", 0.90), ("likely", LIKELY), ("possible", 0.20), ("none", 0.0))
"""Name and least score of each band, highest first."""


def score(evidence: Iterable[Evidence]) -> float:
    """How strong the evidence of machine translation is, from 0 to 1. Zero never means that a person wrote the text.

    >>> score([])
    0.0
    """
    return combine(evidence)


def band(value: float) -> str:
    """The band of a score.

    >>> band(0.95), band(0.5775), band(0.35), band(0.08)
    ('certain', 'likely', 'possible', 'none')
    """
    return next(name for name, least in BANDS if value >= least)


def quotes_verbatim(name: str) -> bool | None:
    """False from band ``likely`` on: quotations went through two languages. Otherwise None, since nothing is known."""
    return False if name in ("certain", "likely") else None


def language_tag(tag: str | None, name: str) -> str | None:
    """The BCP-47 tag with the mark of machine translation, ``-t-t0-und``, from band ``likely`` on.

    >>> language_tag("en", "certain"), language_tag("en-t-fr", "likely"), language_tag("en", "possible"), language_tag(None, "certain")
    ('en-t-t0-und', 'en-t-fr-t0-und', 'en', None)
    """
    if tag is None or quotes_verbatim(name) is None or "-t0-" in tag:
        return tag
    return f"{tag}-t0-und" if "-t-" in tag else f"{tag}-t-t0-und"
