"""Word sequences that no English writer and hardly an English typo makes: what is left where a translated link was glued back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase

from pipeline.text.damage import Damage, language_list, occurrences

__all__ = ["CLASHES", "find_aux_clashes", "find_capital_articles_inside", "find_said_that", "has_said_that"]

# Patterns are tried only where a plain search has found the words that they begin behind.
_AUXILIARY = re.compile(r"\b(?:do|does|did|can|could|may|might|must|shall|should|will|would)\Z")
_DO = re.compile(r"\b(?:do|does|did)\Z")
_FINITE_WORDS, _FINITE_DO_WORDS = "am|are|is|was|were|has|had|been|being", "do|does|did"
_FINITE = re.compile(rf"(?:{_FINITE_WORDS})\b(?: \w+)?")
_FINITE_DO = re.compile(rf"(?:{_FINITE_DO_WORDS})\b(?: \w+)?")
# Plain verb forms that are neither a participle nor a common noun or adjective: "to be fight" but not "to be put" or "to be king".
_VERBS = (
    "accept|agree|allow|announce|appear|apply|arrive|ask|attend|avoid|become|begin|believe|belong|bring|build|buy|carry|choose|confirm|consider|"
    "continue|convince|create|decide|deliver|deny|describe|destroy|discuss|eat|emerge|ensure|enter|establish|expect|explain|face|fight|find|follow|"
    "forget|get|give|go|grow|happen|hear|improve|include|increase|introduce|invite|join|keep|know|learn|lose|maintain|make|meet|occur|pay|prevent|"
    "produce|protect|prove|provide|publish|pull|pursue|reach|receive|refuse|reject|remain|remember|remove|require|say|see|seek|seem|sell|send|"
    "serve|sign|sit|speak|spend|stay|suggest|take|teach|tell|think|throw|treat|try|understand|urge|use|wait|warn|wear|win|write"
)
_OBJECT = "the|a|an|his|her|its|their|our|your|my|this|that|these|those|him|them|it|us|to|for|with|against|about|on|in"
_VERB = re.compile(rf"(?:{_VERBS})\b(?= (?:{_OBJECT})\b)(?: \w+)?")
_NEGATIONS = ((" not ", 0), ("n't ", 0), ("n’t ", 0), (" cannot ", 4))  # and how much of it belongs to the auxiliary

_SMALL_BEFORE = re.compile(r"(?<![\w’'-])[a-z][a-z’'-]+\Z")
_SMALL_AFTER = re.compile(r"[a-z][a-z’'-]*")
_WITH_ARTICLE = frozenset(("FT", "BBC", "AP", "WSJ", "NYT"))
_NO_OUTLETS = frozenset(("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "AM", "PM", "GMT", "UTC", "EST", "EDT", "CET", "BST", "IST"))
_SAID_SHAPE = re.compile(r"sa(?:id|ys) (?:the )?[A-Z][A-Za-z]+ that ")
_SAID = re.compile(r"(?:the )?([A-Z][A-Za-z]+) that (?!(?:day|night|week|month|year|morning|evening|afternoon|time|same|one)\b)")

CLASHES = (
    *(negation + word for negation, _ in _NEGATIONS for word in f"{_FINITE_WORDS}|{_FINITE_DO_WORDS}".split("|")),
    *(f" to be {verb}" for verb in _VERBS.split("|")),
    *(f"{before} The {after}" for before in f"{ascii_lowercase}’'-" for after in ascii_lowercase),
)
"""Strings of which a text with any of the two clashes below has one."""


def find_aux_clashes(text: str) -> Iterator[Damage]:
    """Yield one span per pair of verb forms that cannot stand together. English only.

    >>> [d[:2] for d in find_aux_clashes("If he did not are pushing hard, they appear to be fight the urge.")]
    [(6, 25), (44, 59)]
    >>> list(find_aux_clashes("What they do not have is time; it cannot be put off, nor made to be king of the hill."))
    []
    """
    spans = sorted([*_negated(text), *_infinitives(text)])
    for start, end in spans:
        words = " ".join(text[start:end].split()[:3])
        yield Damage(start, end, None, f"“{words}” cannot stand together")


def _negated(text: str) -> Iterator[tuple[int, int]]:
    """``did not are``, ``couldn’t was``: an auxiliary with a negation, and a finite form of another behind it."""
    for negation, own in _NEGATIONS:
        for at in occurrences(text, negation):
            after = at + len(negation)
            finite = _FINITE.match(text, after) or _FINITE_DO.match(text, after)
            if finite is None:
                continue
            left = _AUXILIARY.search(text, max(0, at + own - 8), at + own)
            if left and not (finite.re is _FINITE_DO and _DO.search(text, left.start(), at + own)):
                yield left.start(), finite.end()


def _infinitives(text: str) -> Iterator[tuple[int, int]]:
    """``to be fight the``: an infinitive of *be* with a plain verb and its object behind it."""
    for at in occurrences(text, " to be "):
        verb = _VERB.match(text, at + 7)
        if verb:
            yield at + 1, verb.end()


def find_capital_articles_inside(text: str) -> Iterator[Damage]:
    """Yield one span per capital article between small words, for example ``rumor The visit``. English only.

    The span takes the words on both sides in.

    >>> [d[:3] for d in find_capital_articles_inside("Mr. Lo long rumor The visit to Oslo.")]
    [(12, 27, 'rumor the visit')]
    >>> list(find_capital_articles_inside("He read The Times. The end. Vitamin A is fine - The rest is not."))
    []
    """
    for at in occurrences(text, " The "):
        right = _SMALL_AFTER.match(text, at + 5)
        left = _SMALL_BEFORE.search(text, max(0, at - 30), at) if right else None
        if left and right:
            yield Damage(left.start(), right.end(), f"{left[0]} the {right[0]}", "a capital article between small words")


def has_said_that(text: str) -> bool:
    """Whether the shape is there: a verb of saying, a word with a capital, and `that`."""
    return _SAID_SHAPE.search(text) is not None


def find_said_that(text: str) -> Iterator[Damage]:
    """Yield one span per ``said X that``, where X is an outlet: English says ``told X that``.

    >>> [d[:3] for d in find_said_that("A source said FT that Lo would come.")]
    [(9, 21, 'told the FT that')]
    >>> list(find_said_that("He said Monday that it rained, said CNN that day. She said Mr. Lo that."))
    []
    """
    outlets = language_list("outlets", "names")
    for verb, told in (("said ", "told"), ("says ", "tells")):
        for at in occurrences(text, verb):
            match = _SAID.match(text, at + len(verb))
            if match is None or text[at - 1 : at].isalnum():
                continue
            name = match[1]
            if (name.isupper() and len(name) > 1 and name not in _NO_OUTLETS) or name in outlets:
                article = "the " if name in _WITH_ARTICLE else ""
                yield Damage(at, match.end() - 1, f"{told} {article}{name} that", "an outlet is told something; it is not said something")
