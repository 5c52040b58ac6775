"""Measures what machine translation left in the text: evidence with weights, and flags for damage that has no certain repair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pipeline.records import Evidence, Flag
from pipeline.text.articles import capital_articles, find_capital_articles
from pipeline.text.damage import Damage
from pipeline.text.evidence import LIKELY, STRONG, STRUCTURAL, WEAK, combine
from pipeline.text.fused import HUMPS, find_fused_words
from pipeline.text.grammar import CLASHES, find_aux_clashes, find_capital_articles_inside, find_said_that, has_said_that
from pipeline.text.habits import (
    find_foreign_acronyms,
    find_fragments,
    find_lexical_choices,
    find_lone_honorifics,
    find_reordered_appositions,
    find_unknown_word_marks,
)
from pipeline.text.punctuation import ORPHANS, SPACED_MARKS, find_orphans, find_spaced_marks
from pipeline.text.quotes import find_quote_faults, has_suspects
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "translation", 1

_MARKS = frozenset(("translate.goog", "google_font_residue", "google_translated_class", "translationOfWork", "translator"))
_SHOWN = 12  # characters on each side of a span that the fragment of an evidence shows

_Finder = Callable[[str], Iterable[Damage]]

# kind, certainty of the flag, finder
_ENGLISH_DAMAGE: tuple[tuple[str, str, _Finder], ...] = (
    ("aux_clash", "certain", find_aux_clashes),
    ("midsentence_capital_article", "certain", find_capital_articles_inside),
    ("said_x_that", "likely", find_said_that),
    ("unknown_word_marks", "certain", find_unknown_word_marks),
)
# People write these too: they vote, and are flagged, only beside real damage.
_ENGLISH_HABITS: tuple[tuple[str, _Finder], ...] = (
    ("foreign_acronym", find_foreign_acronyms),
    ("verbless_fragment", find_fragments),
)
# Flagged only in documents that are likely translated; no evidence of their own.
_ENGLISH_SUSPICIONS: tuple[tuple[str, str, _Finder], ...] = (
    ("reordered_apposition", "likely", find_reordered_appositions),
    ("lexical_choice", "possible", find_lexical_choices),
)


def may_be_translated(text: str, context: Context) -> bool:
    """Whether there is evidence beside the text, or damage that no string tells of."""
    return (
        bool(context.parsed.marks or context.mt_evidence)
        or "-t-" in (context.parsed.metadata.language or "").lower().replace("_", "-")
        or has_suspects(text)
        or (context.language == "en" and has_said_that(text))
    )


TRIGGER = Trigger(printed=(*ORPHANS, *SPACED_MARKS, *HUMPS, *CLASHES, "*"), listed=capital_articles, questions=(may_be_translated,))


def find(text: str, context: Context) -> Iterator[Evidence | Flag]:
    """Yield evidence and flags. Runs before the repairs, on damaged prose.

    A kind is one vote however often it occurs; see `pipeline.text.evidence`. Absence of evidence says nothing:
    no surface rule finds what a good translation system wrote.
    """
    findings: list[Evidence | Flag] = [*_declared(context), *_repairable(text, context.language)]
    if context.language == "en":
        findings += _english_damage(text)
        evidence = [*context.mt_evidence, *(item for item in findings if isinstance(item, Evidence))]
        if any(item.weight > WEAK for item in evidence):
            findings += _english_habits(text)
        if combine(evidence) >= LIKELY:
            findings += _english_suspicions(text)
    yield from findings


def _declared(context: Context) -> Iterator[Evidence]:
    marks = [mark for mark in context.parsed.marks if mark in _MARKS]
    tag = (context.parsed.metadata.language or "").lower().replace("_", "-")
    if "-t-" in tag:
        marks.append(f"language {tag}")
    if marks:
        yield Evidence("structural", 0, 0, ", ".join(marks), STRUCTURAL)


def _repairable(text: str, language: str | None) -> Iterator[Evidence]:
    """Damage that a repair rule may take up: evidence only, since a flag is for what stays."""
    for kind, weight, damages in (
        ("quote_orientation_fault", STRONG, find_quote_faults(text, language)),
        ("orphan_punctuation", STRONG, (damage for damage in find_orphans(text) if text[damage.start] != ".")),
        ("doubled_stop", WEAK, (damage for damage in find_orphans(text) if text[damage.start] == ".")),
        ("article_case_damage", STRONG, find_capital_articles(text, language)),
        ("fused_words", STRONG, find_fused_words(text)),
        ("spaced_punctuation", WEAK, find_spaced_marks(text, language)),
    ):
        for damage in damages:
            yield Evidence(kind, damage.start, damage.end, _around(text, damage), weight)


def _english_damage(text: str) -> Iterator[Evidence | Flag]:
    for kind, certainty, finder in _ENGLISH_DAMAGE:
        for damage in finder(text):
            yield Evidence(kind, damage.start, damage.end, text[damage.start : damage.end], STRONG)
            yield _flag(text, damage, kind, certainty)


def _english_habits(text: str) -> Iterator[Evidence | Flag]:
    for kind, finder in _ENGLISH_HABITS:
        for damage in finder(text):
            yield Evidence(kind, damage.start, damage.end, text[damage.start : damage.end], WEAK)
            yield _flag(text, damage, kind, "possible")
    for damage in find_lone_honorifics(text):
        yield Evidence("honorific_inconsistency", damage.start, damage.end, text[damage.start : damage.end], WEAK)


def _english_suspicions(text: str) -> Iterator[Flag]:
    for kind, certainty, finder in _ENGLISH_SUSPICIONS:
        for damage in finder(text):
            yield _flag(text, damage, kind, certainty)


def _flag(text: str, damage: Damage, kind: str, certainty: str) -> Flag:
    return Flag(kind, damage.start, damage.end, text[damage.start : damage.end], certainty, NAME, damage.after)


def _around(text: str, damage: Damage) -> str:
    return text[max(0, damage.start - _SHOWN) : damage.end + _SHOWN].replace("\n", " ")
