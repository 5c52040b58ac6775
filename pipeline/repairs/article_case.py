"""Lowers an article in capitals at the beginning of a sentence, in documents that are likely translated by machine."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Edit, Flag
from pipeline.repairs._edits import make_edit
from pipeline.text.articles import capital_articles, find_capital_articles
from pipeline.text.evidence import LIKELY, combine
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "article_case", 1
TRIGGER = Trigger(listed=capital_articles)


def find(text: str, context: Context) -> Iterator[Edit | Flag]:
    """Yield one edit per article, or a flag where the document is not known to be translated.

    Beside the evidence, the next word must be of mixed case, or the same damage must stand elsewhere in the document.
    """
    found = list(find_capital_articles(text, context.language))
    likely = bool(found) and combine(context.mt_evidence) >= LIKELY
    for damage in found:
        following = text[damage.end :].split(None, 1)[0]
        if likely and (len(found) > 1 or not following.isupper()):
            yield make_edit(text, damage, NAME, NAME, VERSION)
        else:
            yield Flag(NAME, damage.start, damage.end, text[damage.start : damage.end], "likely", NAME, damage.after)
