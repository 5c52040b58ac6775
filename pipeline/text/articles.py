"""Articles in capitals at the beginning of an ordinary sentence: what a translated link leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.resources import load_toml
from pipeline.text.damage import Damage, Paragraphs, Quotations, language_list, paragraphs, remembered

__all__ = ["capital_articles", "find_capital_articles"]

_FIRST_WORD = re.compile(r"[\"“‘«„ ]*(?:[^\W\d_] )?([^\W\d_]{2,40})")
_LEAD = re.compile(r"[\"“‘«„ ]*([^\W\d_]{5,40}) [^\W\d_]*[a-zß-ÿ]")
_LOOK = 300  # characters of a sentence that decide whether it is of mixed case


def capital_articles() -> list[str]:
    """Strings of which a text with an article in capitals has one, whatever its language."""
    return sorted({f"{article} " for articles in load_toml("translation.toml")["articles"].values() for article in articles})


@remembered
def find_capital_articles(text: str, language: str | None) -> Iterator[Damage]:
    """Yield one change per article in capitals at a sentence's beginning in a line of mixed case.

    A first word in capitals at the very beginning of the story is a drop cap, and then the whole text is left alone:
    what looks like damage further down may begin a section.

    >>> [d[:3] for d in find_capital_articles("It is late.\\nTHE BBC said on Friday that rain was near.", "en")]
    [(12, 15, 'The')]
    >>> list(find_capital_articles("THE harbour is shut.\\nTHE BBC said on Friday that rain was near.", "en"))
    []
    """
    articles = language_list("articles", language or "")
    if not any(f"{article} " in text for article in articles):
        return
    if _is_house_style(text):
        return
    pattern = re.compile(rf"(?<!\S)(?:{'|'.join(sorted(articles))}) (?=[^\W\d_]{{2}})")
    lines, quotations = Paragraphs(text), Quotations(text)
    for match in pattern.finditer(text):
        start, end = lines.span(match.start())
        if (
            _is_sentence_start(text, start, match.start())
            and _is_mixed(text[match.end() : min(end, match.end() + _LOOK)])
            and not quotations.covers(match.start())
        ):
            word = match[0][:-1]
            yield Damage(
                match.start(),
                match.end() - 1,
                word[0] + word[1:].lower(),
                "article in capitals at the beginning of a sentence of mixed case",
            )


def _is_house_style(text: str) -> bool:
    """Whether the outlet sets first words in capitals: that of the story, or those of two paragraphs and not acronyms."""
    spans = list(paragraphs(text))
    if not spans:
        return True
    word = _FIRST_WORD.match(text, *spans[0])
    if word is not None and word[1].isupper():
        return True
    leads = (_LEAD.match(text, start, end) for start, end in spans)
    return sum(1 for lead in leads if lead is not None and lead[1].isupper()) >= 2


def _is_sentence_start(text: str, start: int, at: int) -> bool:
    before = text[max(start, at - 4) : at].rstrip()
    return not before or before[-1] in ".!?"


def _is_mixed(rest: str) -> bool:
    """Whether the rest of the line is an ordinary sentence: most letters small, five words at least."""
    letters = [c for c in rest if c.isalpha()]
    return rest.count(" ") >= 4 and sum(c.islower() for c in letters) * 3 > len(letters) * 2
