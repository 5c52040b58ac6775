"""Measures what machine translation left in the text: evidence with weights, and flags for damage that has no certain repair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pipeline.records import Evidence, Flag
from pipeline.text.articles import find_capital_articles
from pipeline.text.damage import Damage
from pipeline.text.evidence import STRONG, STRUCTURAL
from pipeline.text.fused import find_fused_words
from pipeline.text.grammar import find_aux_clashes, find_capital_articles_inside, find_said_that
from pipeline.text.punctuation import find_orphans, find_spaced_marks
from pipeline.text.quotes import find_quote_faults
from pipeline.text.rules import Context

NAME, VERSION = "translation", 1

_SHOWN = 12  # characters of context on each side of a span that an evidence's fragment shows


def find(text: str, context: Context) -> Iterator[Evidence | Flag]:
    """Yield evidence and flags. Runs before the repairs, on damaged prose.

    A kind is one vote however often it occurs; see `pipeline.text.evidence`. Absence of evidence says nothing:
    no surface rule finds what a good translation system wrote.
    """
    language = context.language
    yield from _declared(context)
    yield from _repairable(text, language)
    if language == "en":
        yield from _english(text)


def _declared(context: Context) -> Iterator[Evidence]:
    tag = (context.parsed.metadata.language or "").lower()
    marks = [*context.parsed.marks, *(["language tag " + tag] if "-t-" in tag else [])]
    if marks:
        yield Evidence("structural", 0, 0, ", ".join(marks), STRUCTURAL)


def _repairable(text: str, language: str | None) -> Iterator[Evidence]:
    """Damage that a repair rule may take up: evidence only, since a flag is for what stays."""
    for kind, damages in (
        ("quote_orientation_fault", find_quote_faults(text, language)),
        ("orphan_punctuation", find_orphans(text)),
        ("orphan_punctuation", find_spaced_marks(text, language)),
        ("article_case_damage", find_capital_articles(text, language)),
        ("fused_words", find_fused_words(text)),
    ):
        for damage in damages:
            yield Evidence(kind, damage.start, damage.end, _around(text, damage), STRONG)


def _english(text: str) -> Iterator[Evidence | Flag]:
    finders: tuple[tuple[str, str, Callable[[str], Iterable[Damage]]], ...] = (
        ("aux_clash", "certain", find_aux_clashes),
        ("midsentence_capital_article", "certain", find_capital_articles_inside),
        ("said_x_that", "likely", find_said_that),
    )
    for kind, certainty, finder in finders:
        for damage in finder(text):
            fragment = text[damage.start : damage.end]
            yield Evidence(kind, damage.start, damage.end, fragment, STRONG)
            yield Flag(kind, damage.start, damage.end, fragment, certainty, NAME, damage.after)


def _around(text: str, damage: Damage) -> str:
    return text[max(0, damage.start - _SHOWN) : damage.end + _SHOWN].replace("\n", " ")
