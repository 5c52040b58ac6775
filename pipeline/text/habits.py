"""Weak signs of translation: people do these things too, so each weighs little and most are asked only where damage was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.text.damage import Damage, Quotations, language_list

__all__ = [
    "find_foreign_acronyms",
    "find_fragments",
    "find_lexical_choices",
    "find_lone_honorifics",
    "find_reordered_appositions",
    "find_unknown_word_marks",
]

_NAMED = re.compile(r"((?:[A-Z][a-z]+ (?:(?:of|and|for|the|on|in) ){0,2}){2,6})\(([A-Z]{2,6})\)")
_NO_ORDER = frozenset(("UTC", "ISO"))  # acronyms that follow no language's word order
_FRAGMENT = re.compile(r"(?<=[a-z]{3}[.!?] )([A-Z][a-z]+(?: [a-z]+){1,2})\.$", re.MULTILINE)
_HONORIFIC = re.compile(r"\b(?:Mr|Mrs|Ms)\.? ([A-Z][\w’'-]+)")
_INFORMED = re.compile(r"\binformed (?:[A-Z][\w’'-]+|him|her|them|us) to [a-z]+")
_UNKNOWN = re.compile(r"(?<![\w*])\*{1,2}[^\W\d_]{3,}(?![\w*])")
_LEAST_MARKS = 3


@cache
def _apposition() -> re.Pattern[str]:
    roles = "|".join(sorted(language_list("roles", "en")))
    name, word = r"[A-Z][\w’'-]{1,30}(?: [A-Z][\w’'-]{1,30}){1,2}", r"[\w’'-]{1,30}"
    return re.compile(rf"(?<![\w,] )\b({name}), ((?:{word} ){{1,4}}(?:{roles})) ((?:said|says|told|added|confirmed|announced) )")


def find_foreign_acronyms(text: str) -> Iterator[Damage]:
    """Yield one span per acronym in brackets that has the initials of the English name in another order.

    >>> [d[:3] for d in find_foreign_acronyms("the Harbour Safety Organization (OSH) said")]
    [(33, 36, 'HSO')]
    >>> list(find_foreign_acronyms("the Harbour Safety Organization (HSO), Coordinated Universal Time (UTC)"))
    []
    """
    if "(" not in text:
        return
    for match in _NAMED.finditer(text):
        initials = "".join(word[0] for word in match[1].split() if word[0].isupper())
        acronym = match[2]
        # A name may begin before its first capital here ("On Monday the ..."); only its last words count.
        initials = initials[-len(acronym) :]
        if acronym != initials and sorted(acronym) == sorted(initials) and acronym not in _NO_ORDER:
            yield Damage(match.start(2), match.end(2), initials, "the initials in another language's order")


def find_fragments(text: str) -> Iterator[Damage]:
    """Yield one span per two or three words without a verb that stand as a sentence at a paragraph's end, outside quotations.

    The word before is taken in, since that is where the words may belong.

    >>> [text[d.start : d.end] for text in ["It burns coal and gas. Eastern steel."] for d in find_fragments(text)]
    ['gas. Eastern steel.']
    >>> list(find_fragments("It burns coal and gas. No comment.\\nThe talks failed. Enough said."))
    []
    """
    usual, quotations = language_list("fragments", "en"), Quotations(text)
    for match in _FRAGMENT.finditer(text):
        words = match[1].lower().split()
        plain = not any(word in usual or word.endswith(("ed", "ing", "ly", "’s")) for word in words)
        if plain and not quotations.covers(match.start()):
            start = text.rfind(" ", max(0, match.start() - 40), match.start() - 1) + 1
            yield Damage(
                max(start, text.rfind("\n", 0, match.start()) + 1), match.end(), None, "words without a verb at the end of a paragraph"
            )


def find_lone_honorifics(text: str) -> Iterator[Damage]:
    """Yield the one ``Mr. X`` of a text that otherwise writes X without it.

    >>> [d[:2] for d in find_lone_honorifics("Lo spoke. Mr. Lo left. Lo said no.")]
    [(10, 16)]
    """
    found = list(_HONORIFIC.finditer(text))
    if len(found) != 1:
        return
    name = re.escape(found[0][1])
    if len(re.findall(rf"(?<!Mr )(?<!Mr\. )(?<!Mrs )(?<!Mrs\. )(?<!Ms )(?<!Ms\. )\b{name}\b", text)) >= 2:
        yield Damage(found[0].start(), found[0].end(), found[0][1], "the only honorific of the text")


def find_reordered_appositions(text: str) -> Iterator[Damage]:
    """Yield one span per name with its role behind it and no comma after the role.

    >>> [d[:3] for d in find_reordered_appositions("Ana Ruiz, harbour spokeswoman said it rained.")]
    [(0, 34, 'harbour spokeswoman Ana Ruiz said')]
    """
    for match in _apposition().finditer(text):
        yield Damage(
            match.start(), match.end() - 1, f"{match[2]} {match[1]} {match[3]}".rstrip(), "a role behind a name, without its second comma"
        )


def find_lexical_choices(text: str) -> Iterator[Damage]:
    """Yield one span per ``informed X to do``, which English says of telling only."""
    for match in _INFORMED.finditer(text):
        yield Damage(match.start(), match.end(), None, "“informed” does not take “to”")


def find_unknown_word_marks(text: str) -> Iterator[Damage]:
    """Yield the words that a rule-based translator marked as unknown with an asterisk, where there are several.

    >>> [d[:2] for d in find_unknown_word_marks("The *Lindqvist told *Harbourmen that *Ferrymaster sank.")]
    [(4, 14), (20, 31), (37, 49)]
    >>> list(find_unknown_word_marks("This is *very* good. * One\\n* Two"))
    []
    """
    if text.count("*") >= _LEAST_MARKS:
        found = list(_UNKNOWN.finditer(text))
        if len(found) >= _LEAST_MARKS:
            for match in found:
                yield Damage(match.start(), match.end(), match[0].lstrip("*"), "marked as unknown by a translator")
