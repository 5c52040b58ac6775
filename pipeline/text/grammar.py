"""Word sequences that no English writer and hardly an English typo makes: what is left where a translated link was glued back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text.damage import Damage, language_list

__all__ = ["find_aux_clashes", "find_capital_articles_inside", "find_said_that"]

_FINITE = "am|are|is|was|were|has"
_DO_NOT = re.compile(rf"\b(?:do|does|did)(?: not|n['’]t) (?:{_FINITE}|had|been|being)\b(?: \w+)?")
_MODAL_NOT = re.compile(
    rf"\b(?:can|could|may|might|must|shall|should|will|would)(?: not|n['’]t) (?:{_FINITE}|had|did|does|been|being)\b(?: \w+)?"
)
_CANNOT = re.compile(rf"\bcannot (?:{_FINITE}|had|did|does|been|being)\b(?: \w+)?")
# Plain verb forms that are neither a participle nor a common noun or adjective: "to be fight" but not "to be put" or "to be king".
_VERBS = (
    "accept|agree|allow|announce|appear|apply|arrive|ask|attend|avoid|become|begin|believe|belong|bring|build|buy|carry|choose|confirm|consider|"
    "continue|convince|create|decide|deliver|deny|describe|destroy|discuss|eat|emerge|ensure|enter|establish|expect|explain|face|fight|find|follow|"
    "forget|get|give|go|grow|happen|hear|improve|include|increase|introduce|invite|join|keep|know|learn|lose|maintain|make|meet|occur|pay|prevent|"
    "produce|protect|prove|provide|publish|pull|pursue|reach|receive|refuse|reject|remain|remember|remove|require|say|see|seek|seem|sell|send|"
    "serve|sign|sit|speak|spend|stay|suggest|take|teach|tell|think|throw|treat|try|understand|urge|use|wait|warn|wear|win|write"
)
_OBJECT = "the|a|an|his|her|its|their|our|your|my|this|that|these|those|him|them|it|us|to|for|with|against|about|on|in"
_TO_BE = re.compile(rf"\bto be (?:{_VERBS})\b(?= (?:{_OBJECT})\b)(?: \w+)?")
_CLASH_HINTS = ("n't ", "n’t ", " not ", "cannot ", " to be ")

_INSIDE = re.compile(r" (The|An) (?=[a-z])")
_NO_OUTLETS = frozenset(("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "AM", "PM", "GMT", "UTC", "EST", "EDT", "CET", "BST", "IST"))
_SAID = re.compile(
    r"\b(?:said|says) (?:the )?([A-Z][A-Za-z]+) that (?!(?:day|night|week|month|year|morning|evening|afternoon|time|same|one)\b)"
)


def find_aux_clashes(text: str) -> Iterator[Damage]:
    """Yield one span per pair of verb forms that cannot stand together. English only.

    >>> [d[:2] for d in find_aux_clashes("If he did not are pushing hard, they appear to be fight the urge.")]
    [(6, 25), (44, 59)]
    >>> list(find_aux_clashes("What they do not have is time; it cannot be put off, nor made to be king of the hill."))
    []
    """
    if not any(hint in text for hint in _CLASH_HINTS):
        return
    patterns = (_DO_NOT, _MODAL_NOT, _CANNOT, _TO_BE)
    for start, end in sorted(match.span() for pattern in patterns for match in pattern.finditer(text)):
        words = " ".join(text[start:end].split()[:3])
        yield Damage(start, end, None, f"“{words}” cannot stand together")


def find_capital_articles_inside(text: str) -> Iterator[Damage]:
    """Yield one span per capital article between small words, for example ``rumor The visit``. English only.

    The span takes the words on both sides in.

    >>> [d[:3] for d in find_capital_articles_inside("Mr. Lo long rumor The visit to Oslo.")]
    [(12, 27, 'rumor the visit')]
    >>> list(find_capital_articles_inside("He read The Times. The end. Vitamin A is fine - The rest is not."))
    []
    """
    if " The " not in text and " An " not in text:
        return
    for match in _INSIDE.finditer(text):
        left = re.search(r"[a-z’']{2,}$", text[max(0, match.start() - 30) : match.start()])
        right = re.match(r"[a-z’'-]+", text[match.end() : match.end() + 30])
        if left and right:
            start, end = match.start() - len(left[0]), match.end() + len(right[0])
            yield Damage(start, end, text[start:end].replace(match[0], match[0].lower()), "a capital article between small words")


def find_said_that(text: str) -> Iterator[Damage]:
    """Yield one span per ``said X that``, where X is an outlet: English says ``told X that``.

    >>> [d[:3] for d in find_said_that("A source said FT that Lo would come.")]
    [(9, 21, 'told the FT that')]
    >>> list(find_said_that("He said Monday that it rained, said CNN that day. She said Mr. Lo that."))
    []
    """
    if "said " not in text and "says " not in text:
        return
    outlets = language_list("outlets", "names")
    for match in _SAID.finditer(text):
        name = match[1]
        if (name.isupper() and len(name) > 1 and name not in _NO_OUTLETS) or name in outlets:
            verb = "told" if match[0].startswith("said") else "tells"
            article = "the " if name in ("FT", "BBC", "AP", "WSJ", "NYT") else ""
            yield Damage(
                match.start(), match.end() - 1, f"{verb} {article}{name} that", "an outlet is told something; it is not said something"
            )
