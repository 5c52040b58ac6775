"""Names: of agencies, of outlets, and what looks like the name of a person."""

from __future__ import annotations

import re
from functools import cache

from pipeline.furniture._phrases import phrases
from pipeline.text.lines import fold

__all__ = ["agency_named", "known_source", "looks_like_name", "outlet_named", "tidy_name", "title_case"]

_PARTICLES = frozenset("de del della di da do dos das du la le van von der den ter ten te bin ben ibn al el y e i af zu zum zur st".split())
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv"])
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’.·-][^\W\d_]*)*\.?")
_HAN_NAME = re.compile(
    r"[\u4e00-\u9fff々]{2,5}|[\u3040-\u30ff\u4e00-\u9fff々]{2,5}[ \u3000][\u3040-\u30ff\u4e00-\u9fff々]{1,5}|[\uac00-\ud7a3]{2,4}"
)
_NO_NAME = frozenset(
    """the a an and or of in on at for to from with by as is are was were be news world politics business sports sport opinion analysis
    update updated live video photo photos breaking exclusive read more home menu share watch listen monday tuesday wednesday thursday
    friday saturday sunday january february march april june july august september october november december today yesterday
    republic states nations kingdom union party court house senate council ministry minister president police war peace city county
    state university school hospital street north south east west central middle new united european american british russian chinese
    ukrainian french german international national local daily weekly times post herald tribune staff press agency network media
    magazine editorial board team desk correspondent reporter editor writer contributor what why how who when where this that these
    top latest related story stories comments newsletter advertisement subscribe sign log in out image gallery report reports says
    say said after before over under against amid talks deal meeting visit summit election vote plan crisis economy market climate
    health science technology culture travel food style entertainment education weather traffic crime courts football soccer""".split()
)


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
    found = _agencies().get(fold(text).strip(" .,;:()[]<>/|-–—"))
    if found is None or (found[1] == "photo_agency" and not pictures):
        return None
    return found[0]


def outlet_named(text: str) -> str | None:
    """The outlet that a text names as a whole, or None.

    >>> outlet_named("THE WASHINGTON EXAMINER"), outlet_named("the harbour")
    ('Washington Examiner', None)
    """
    key = fold(text).strip(" .,;:()[]<>/|-–—\"'")
    return _outlets().get(key) or (_outlets().get(key[4:]) if key.startswith("the ") else None)


def known_source(text: str) -> str | None:
    """An agency or an outlet named by the whole text."""
    return agency_named(text) or outlet_named(text)


def looks_like_name(text: str) -> bool:
    """Whether a text has the form of one person's name: two to five words, each with a capital but for particles.

    >>> [looks_like_name(t) for t in ("Ana Ruiz", "JO VAN DER LIND", "Middle East", "Ana says no", "Reuters", "J. Lind Jr.")]
    [True, True, False, False, False, True]
    """
    text = text.strip().rstrip(",")
    if not 4 <= len(text) <= 48:
        return _HAN_NAME.fullmatch(text) is not None
    parts = text.split()
    if not 2 <= len(parts) <= 5:
        return _HAN_NAME.fullmatch(text) is not None
    capitals = 0
    for index, part in enumerate(parts):
        word = part.rstrip(",")
        if not _NAME_WORD.fullmatch(word):
            return False
        bare = fold(word).strip(".")
        if bare in _NO_NAME:
            return False
        if word[0].isupper():
            capitals += 1
        elif not word[0].islower():
            return False
        elif bare not in _PARTICLES and bare not in _SUFFIXES and not (index and ("'" in bare or bare.startswith("al-"))):
            return False
    return capitals >= 2 and known_source(text) is None


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
