"""Names: of agencies, of outlets, and what looks like the name of a person."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.furniture._phrases import phrases, phrases_in
from pipeline.text.lines import fold

__all__ = ["agency_named", "known_source", "looks_like_name", "looks_like_outlet", "outlet_named", "tidy_name", "title_case"]

_PARTICLES = frozenset(
    "de del della di da do dos das du la le van von der den ter ten te bin ben ibn al el y e i af zu zum zur st".split()  # noqa: SIM905
)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’.·-][^\W\d_]*)*\.?")
_HAN_NAME = re.compile(
    r"[\u4e00-\u9fff々]{2,5}|[\u3040-\u30ff\u4e00-\u9fff々]{2,5}[ \u3000][\u3040-\u30ff\u4e00-\u9fff々]{1,5}|[\uac00-\ud7a3]{2,4}"
)


@cache
def _no_name() -> frozenset[str]:
    """Words that are no part of a person's name."""
    return _words_of("no_name")


def looks_like_outlet(text: str) -> bool:
    """Whether a text has the form of an outlet's name that we do not know: capitals, and at its end a word that only outlets bear.

    >>> looks_like_outlet("Kelsund Mirror"), looks_like_outlet("Breaking News"), looks_like_outlet("A look in the mirror")
    (True, False, False)
    """
    parts = text.removeprefix("The ").split()
    if not 2 <= len(parts) <= 4 or len(text) > 40 or fold(parts[0]) in _no_name():
        return False
    return fold(parts[-1]) in _words_of("outlet_word") and all(part[0].isupper() for part in parts)


@cache
def _words_of(kind: str) -> frozenset[str]:
    return frozenset(word for phrase in phrases_in("bylines.toml", kind) for word in re.findall(r"[^\W\d_]+", _expanded(phrase.pattern)))


@cache
def _institutions() -> frozenset[str]:
    """Words that end the name of an outlet or a desk and not of a person."""
    return _words_of("institution") | _words_of("outlet_word")


@lru_cache(maxsize=2048)
def _key(text: str) -> str:
    return fold(text).strip(" .,;:()[]<>/|-–—\"'")


def _expanded(pattern: str) -> str:
    """A list of words with optional last letters, written out: ``sports?|update[ds]?``."""
    pattern = re.sub(r"(\w+)\[(\w)(\w)\]\?", r"\1|\1\2|\1\3", pattern)
    return re.sub(r"(\w*)(\w)\?", r"\1|\1\2", pattern)


@cache
def _agencies() -> dict[str, tuple[str, str]]:
    return {fold(name): (phrase.name or name, phrase.kind) for phrase in phrases("agencies.toml") for name in phrase.names}


@cache
def _outlets() -> dict[str, str]:
    return {fold(name): phrase.name or name for phrase in phrases("outlets.toml") for name in phrase.names}


def agency_named(text: str, *, pictures: bool = False) -> str | None:
    """The agency that a credit names, as we record it, or None. Picture agencies count only with `pictures`.

    >>> agency_named("REUTERS"), agency_named("Getty Images"), agency_named("Getty Images", pictures=True)
    ('Reuters', None, 'Getty Images')
    """
    found = _agencies().get(_key(text))
    if found is None or (found[1] == "photo_agency" and not pictures):
        return None
    return found[0]


def outlet_named(text: str) -> str | None:
    """The outlet that a text names as a whole, or None.

    >>> outlet_named("THE WASHINGTON EXAMINER"), outlet_named("the harbour")
    ('Washington Examiner', None)
    """
    key = _key(text)
    return _outlets().get(key) or (_outlets().get(key[4:]) if key.startswith("the ") else None)


def known_source(text: str) -> str | None:
    """An agency or an outlet named by the whole text."""
    return agency_named(text) or outlet_named(text)


def looks_like_name(text: str, *, announced: bool = False) -> bool:
    """Whether a text has the form of one person's name: two to five words, each with a capital but for particles.

    Args:
        text: one candidate.
        announced: True where the line says that a name follows ("By ..."): then only its first word must not be an ordinary one.

    >>> [looks_like_name(t) for t in ("Ana Ruiz", "JO VAN DER LIND", "Middle East", "Ana says no", "Reuters", "J. Lind Jr.")]
    [True, True, False, False, False, True]
    >>> looks_like_name("Jo West"), looks_like_name("Jo West", announced=True)
    (False, True)
    """
    text = text.strip().rstrip(",")
    parts = text.split()
    if not (4 <= len(text) <= 48 and 2 <= len(parts) <= 5):
        return _HAN_NAME.fullmatch(text) is not None
    capitals = 0
    for index, part in enumerate(parts):
        word = part.rstrip(",")
        bare = fold(word).strip(".")
        if index and _is_particle(bare, index):
            continue
        if not _NAME_WORD.fullmatch(word) or (bare in _no_name() and (index == 0 or not announced)):
            return False
        if word[0].isupper():
            capitals += 1
        elif word[0].islower() and bare not in _PARTICLES:
            return False
    if fold(parts[-1]) in _institutions() or (parts[-1].isupper() and not text.isupper() and known_source(parts[-1])):
        return False
    uncased = capitals == 0 and not text.isascii() and not any(char.islower() for char in text) and len(parts) <= 4
    return (capitals >= 2 or (uncased and announced)) and known_source(text) is None


def _is_particle(word: str, index: int) -> bool:
    return word in _PARTICLES or word in _SUFFIXES or (index > 0 and ("'" in word or word.startswith("al-")))


def tidy_name(text: str) -> str:
    """A person's name as prose prints it: white space and commas trimmed, capitals undone.

    >>> tidy_name(" ANA RUIZ,"), tidy_name("JO MCKAY-O'NEILL"), tidy_name("Lee de la Cruz")
    ('Ana Ruiz', "Jo McKay-O'Neill", 'Lee de la Cruz')
    """
    name = " ".join(text.split()).strip(" ,;:|·•")
    return title_case(name) if name.isupper() and len(name) > 3 else name


def title_case(text: str) -> str:
    """Undo capitals word by word; particles stay small inside.

    >>> title_case("THE HARBOR POST")
    'The Harbor Post'
    """
    words = text.split()
    return " ".join(_cased(word, first=index == 0) for index, word in enumerate(words))


def _cased(word: str, *, first: bool) -> str:
    low = word.lower()
    if not first and low in _PARTICLES:
        return low
    low = re.sub(r"(^|[-'’.])(\w)", lambda m: m[1] + m[2].upper(), low)
    low = re.sub(r"(['’])([A-Z])$", lambda m: m[1] + m[2].lower(), low)
    return re.sub(r"^Mc(\w)", lambda m: "Mc" + m[1].upper(), low)
