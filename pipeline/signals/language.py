"""Which language a text is in, offline and always the same for the same text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pipeline.resources import load_toml

__all__ = ["are_kin", "identify", "normalise_tag"]

_SAMPLE, _BODY = 200, 2000
_LEAST_WORDS = 20
_LEAST_LETTERS = 12
_LEAST_CONFIDENCE = 0.20
"""Below it are names, figures and fragments: measured on six-word pieces of news in 25 languages, wrong answers stay under 0.1."""
_OVERRULE = 0.95
_ENGLISH = (" the ", " of ", " and ", " to ", " in ", " that ")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*\Z")
_ALIASES = {"iw": "he", "in": "id", "ji": "yi", "nb": "no", "nn": "no", "sh": "sr", "mo": "ro", "fil": "tl"}
# Neighbours that even a good model confuses: a declaration of one is not overruled by the other.
_KIN = (
    {"hr", "bs", "sr", "sh", "sl", "mk"},
    {"id", "ms"},
    {"cs", "sk"},
    {"gl", "pt", "es", "ca"},
    {"no", "nb", "nn", "da", "sv"},
    {"zh", "yue", "wuu", "ja"},
    {"ru", "uk", "be", "bg"},
    {"af", "nl"},
    {"fa", "ps", "ur", "ar"},
    {"hi", "mr", "ne"},
    {"tr", "az"},
)


def identify(text: str, declared: str | None = None) -> tuple[str | None, float | None]:
    """The language of a text.

    Args:
        text: after character repair.
        declared: what the source says, a BCP-47 tag or something like it.

    Returns:
        A BCP-47 tag and the confidence of the identification from 0 to 1, rounded to 3 places. The confidence is None
        where the declaration stands. The tag is None where the text has too few letters or no language is likely.

    >>> identify("The harbour of the old town was closed to ferries in the morning, and that of the new town to all ships.")
    ('en', 0.999)
    >>> identify("12:30", "pt_BR")
    ('pt-BR', None)
    """
    tag = normalise_tag(declared)
    if tag is None:
        return _guess(text)
    found, confidence = _guess(text)
    primary = _ALIASES.get(tag.split("-")[0], tag.split("-")[0])
    if found is None or confidence is None or found == primary or confidence < _OVERRULE or len(text) < _SAMPLE or are_kin(found, primary):
        return tag, None
    return found, confidence


def normalise_tag(tag: str | None) -> str | None:
    """A well-formed tag with `-`, lower-case language, title-case script and upper-case region; None for anything else.

    >>> normalise_tag("EN_us"), normalise_tag("zh-hant-tw"), normalise_tag("en-T-fr"), normalise_tag("English (US)")
    ('en-US', 'zh-Hant-TW', 'en-t-fr', None)
    """
    if not tag or not _TAG.match(tag.strip()):
        return None
    first, *rest = tag.strip().replace("_", "-").split("-")
    parts = [first.lower()]
    extended = False
    for part in rest:
        extended = extended or len(part) == 1
        if not extended and len(part) == 4 and part.isalpha():
            parts.append(part.title())
        elif not extended and len(part) == 2 and part.isalpha():
            parts.append(part.upper())
        else:
            parts.append(part.lower())
    return "-".join(parts)


def _guess(text: str) -> tuple[str | None, float | None]:
    middle = max(0, (len(text) - _BODY) // 2)
    if _is_english(text[middle : middle + _BODY]):
        return "en", 0.999
    sample = _sample(text)
    if sum(map(_weigh, sample)) < _LEAST_LETTERS:
        return None, None
    language, confidence = _model().classify(sample)
    if confidence < _LEAST_CONFIDENCE:
        return None, None
    return str(language), round(float(confidence), 3)


def _weigh(character: str) -> int:
    """A letter of a script beyond alphabets and of few languages says as much as three Latin ones."""
    return (3 if character >= "\u0d80" else 1) if character.isalpha() else 0


def _is_english(sample: str) -> bool:
    """Whether six function words make up an eighth of the words: more than half of a text must be English for that.

    In English news they are a fifth. The model agrees wherever this holds, and costs a hundred times as much.
    """
    words = sample.count(" ")
    if words < _LEAST_WORDS:
        return False
    counts = [sample.count(word) for word in _ENGLISH]
    return sum(counts) * 8 >= words and counts[0] * 40 >= words and sum(count > 0 for count in counts) >= 4


def _sample(text: str) -> str:
    """Up to three pieces, from the beginning, the middle and the end, cut at spaces: a text is not judged by its first line."""
    if len(text) <= 3 * _SAMPLE:
        return text
    pieces = []
    for at in (0, len(text) // 2 - _SAMPLE // 2, len(text) - _SAMPLE):
        piece = text[at : at + _SAMPLE]
        cut = piece.split(" ", 1)[-1] if at and " " in piece else piece
        pieces.append(cut.rsplit(" ", 1)[0] if " " in cut else cut)
    return "\n".join(pieces)


def are_kin(one: str, other: str) -> bool:
    """Whether two languages are easily taken for one another.

    >>> are_kin("no", "da"), are_kin("no", "de")
    (True, False)
    """
    return any(one in family and other in family for family in _KIN)


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # takes a second to load: only where it is asked

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(load_toml("translation.toml")["identification"]["languages"])
    return model
