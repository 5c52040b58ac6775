"""Reads lists of authors: names among roles, places, agencies, outlets, addresses and academic titles, in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from pipeline.furniture._names import agency_named, known_source, looks_like_name, looks_like_outlet, tidy_name
from pipeline.furniture._phrases import phrases_in, starts
from pipeline.text.lines import flatten, fold

__all__ = ["CONTACT", "Credit", "has_role", "read_delivered", "read_names", "roles", "split_prefix"]

_AFTER_PREFIX = re.compile(r"\s*[:：|=＝/]\s*|\s+")
_SPLIT = re.compile(
    r"\s*(?:[|•·/;&+、，　]|\s[-–—]\s|,|\b(?:and|und|et|en|и|та|і|й|ve|with|mit|avec|con|com|met|och|og|sowie|plus)\b|(?<=\s)و(?=[^\W\d_])"
    r"|(?<=[\u4e00-\u9fff々])と(?=[\u4e00-\u9fff]))\s*"
)
# In Spanish, Portuguese, Italian, Polish and Catalan these join two people, but also the two surnames of one.
_JOINING = re.compile(r"(\s(?:y|e|i)\s)")
_PLACE = re.compile(r"^(?:in|at|from|aus|à|en|de|da|em|w|в|у|з|из|te|dal?)\s+[A-ZÀ-ÞА-ЯІЇЄ]")
_IN_PLACE = re.compile(r"\s(?:in|at|for|from|of|reporting from|en|à|aus|für|pour|para|per|voor|dla|в|из)\s(?=[A-ZÀ-ÞА-ЯІЇЄ])")
_IN_PLACE_CAPITALS = re.compile(r"\s(?:IN|AT|FOR|FROM|OF|FÜR|POUR|PARA|PER|VOOR|DLA)\s")
CONTACT = re.compile(r"(?:^|\s)@\w{2,30}|[\w.+-]+@[\w-]+\.[\w.-]+|https?://\S+|\((?:@|he/|she/|they/)[^)]*\)")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}:\d\d|\b(?:published|updated|posted|last modified|\d{1,2}(?:h|m|d)? ago)\b", re.IGNORECASE)
_DEGREE = re.compile(r"(?:ph\.? ?d|m\.? ?d|mba|esq|b\.? ?a|m\.? ?a|ll\.? ?m|j\.? ?d|dr|prof)\.?", re.IGNORECASE)
_PICTURES = re.compile(r"(?:fotos?|photos?|bild(?:er)?|illustrations?|video|grafik|фото|写真|사진|摄影|图)\s*[:：]?\s", re.IGNORECASE)
_TITLE_BEFORE = re.compile(
    r"^(?:本报|本報|本刊|本台|新华社|特约)?"
    r"(?:记者|記者|作者|通讯员|特派员|編輯|编辑|責任編輯|责编|文|取材|執筆)[:：\s　]*(?=[\u4e00-\u9fff])"
)
_TITLE_AFTER = re.compile(
    r"(?<=[\uac00-\ud7a3])\s*(?:선임|수석|인턴|객원)?\s?(?:기자|특파원|논설위원|앵커|에디터)$"
    r"|(?<=[\u4e00-\u9fff々])\s*(?:記者|记者|特派員|特派员|論説委員|編集委員)$"
)
_HAN_LIST = re.compile(r"[\u4e00-\u9fff]{2,4}(?:[ 　][\u4e00-\u9fff]{2,4})+")


class Credit(NamedTuple):
    """What a line of names says; `unknown` where something in it is neither name, role, place, agency nor outlet."""

    names: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    unknown: bool = False


def split_prefix(text: str, language: str | None) -> tuple[str, str] | None:
    """("By", the rest) of a line that begins like a byline, or None."""
    bare = text.lstrip(" \t•·*-–—|[(（【")
    flat = flatten(bare)
    match = starts("bylines.toml", "prefix", language).match(flat)
    gap = _AFTER_PREFIX.match(flat, match.end()) if match else None
    if not match or not gap or gap.end() == len(bare):
        return None
    return bare[: match.end()], bare[gap.end() :].rstrip(" ])）】|")


def read_names(text: str, *, strict: bool, language: str | None = None) -> Credit:
    """Read a list of names, roles, places, agencies and outlets; `strict` takes nothing else.

    >>> read_names("ANA RUIZ in Oslo, Reuters | March 3, 2023", strict=False)
    Credit(names=('Ana Ruiz',), agencies=('Reuters',), unknown=False)
    >>> read_names("Ana Ruiz y Jo Lind, José Ortega y Gasset", strict=True).names
    ('Ana Ruiz', 'Jo Lind', 'José Ortega y Gasset')
    """
    names: list[str] = []
    agencies: list[str] = []
    for raw in _parts(text, language):
        part = raw.strip(" .,:*_–—-[]")
        if not part or _DEGREE.fullmatch(part) or _PICTURES.match(part):
            continue
        part, placed = _without_place(part, announced=not strict)
        part, agency, ranked = _without_rank(part, announced=not strict)
        if agency:
            agencies.append(agency)
        if not part:
            continue
        if looks_like_name(part, announced=not strict) and not (names and has_role(part)):
            names.append(tidy_name(part))
        elif (
            placed or ranked or known_source(part) or looks_like_outlet(part) or has_role(part) or _PLACE.match(part) or _DATE.search(part)
        ):
            continue
        elif strict or not names or len(part) > 40:
            return Credit(tuple(names), tuple(agencies), True)
    return Credit(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(agencies)))


def _is_no_name(part: str) -> bool:
    """An outlet, a role, a place or a date, as they stand beside names."""
    if known_source(part) or looks_like_outlet(part) or has_role(part):
        return True
    return _PLACE.match(part) is not None or _DATE.search(part) is not None


def _parts(text: str, language: str | None) -> Iterator[str]:
    """The pieces of a list, each a name with what stands right beside it."""
    for piece in _SPLIT.split(CONTACT.sub(" ", text).replace("(", ",").replace(")", ",").replace("（", ",").replace("）", ",")):
        if not piece.isascii():
            piece = _TITLE_AFTER.sub("", _TITLE_BEFORE.sub("", piece.strip()))
            if language == "zh" and _HAN_LIST.fullmatch(piece):
                yield from piece.split()
                continue
        yield from _joined(piece)


def _joined(piece: str) -> Iterator[str]:
    """The names of `Ana Ruiz y José Ortega y Gasset`: one word behind the conjunction is a second surname."""
    name, *others = _JOINING.split(piece)
    for conjunction, other in zip(others[::2], others[1::2], strict=True):
        if " " in other.strip() or known_source(other):
            yield name
            name = other
        else:
            name += conjunction + other
    yield name


def _without_place(part: str, *, announced: bool) -> tuple[str, bool]:
    """Cut ``in Oslo`` and ``for CNN`` off a name."""
    match = _IN_PLACE.search(part) or (_IN_PLACE_CAPITALS.search(part) if part.isupper() else None)
    if match and looks_like_name(part[: match.start()], announced=announced):
        return part[: match.start()], True
    return part, False


def _without_rank(part: str, *, announced: bool) -> tuple[str, str | None, bool]:
    """(name, agency, whether something was cut off) of `Ana Ruiz Associated Press` and `Ana Ruiz Senior Correspondent`.

    >>> _without_rank("Ana Ruiz Associated Press", announced=True), _without_rank("Reuters", announced=True)
    (('Ana Ruiz', 'AP', True), ('', 'Reuters', True))
    """
    if agency := agency_named(part):
        return "", agency, True
    tokens = part.split()
    for cut in range(2, len(tokens)):
        rest = " ".join(tokens[cut:])
        agency = agency_named(rest)
        ranked = agency is not None or (len(tokens) - cut >= 2 and all(has_role(token) for token in tokens[cut:]))
        if ranked and looks_like_name(" ".join(tokens[:cut]), announced=announced):
            return " ".join(tokens[:cut]), agency, True
    return part, None, False


@cache
def roles() -> re.Pattern[str]:
    """What the author is: reporter, correspondent, desk."""
    return re.compile("|".join(rf"(?<!\w)(?:{phrase.pattern})(?!\w)" for phrase in phrases_in("bylines.toml", "role")))


def has_role(text: str) -> bool:
    """Whether a text holds a word for what an author is."""
    return roles().search(fold(text)) is not None


def read_delivered(values: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """(names, agencies, whether more than separators was left out) of bylines that came beside a text.

    A value in which anything is unclear stays as it is.

    >>> read_delivered(("Ana Ruiz and Jo Lind", "Ruiz, Ana", "admin"))
    (('Ana Ruiz', 'Jo Lind', 'admin'), (), False)
    >>> read_delivered(("VON JO LIND, Redakteur, dpa",))
    (('Jo Lind',), ('dpa',), True)
    """
    names: list[str] = []
    agencies: list[str] = []
    left_out = False
    for value in values:
        credit = _read_value(value)
        if credit.unknown or not (credit.names or credit.agencies):
            names.append(value)
            continue
        names += credit.names
        agencies += credit.agencies
        rest = fold(value)
        for word in re.findall(r"[\w'-]+", fold(" ".join(credit.names))):
            rest = rest.replace(word, " ")
        left_out = left_out or re.search(r"\w{4}", rest) is not None or bool(credit.agencies)
    return tuple(dict.fromkeys(names)), tuple(dict.fromkeys(agencies)), left_out


_INVERTED = re.compile(r"(?P<last>[^\W\d_][\w’'-]+), (?P<first>[^\W\d_][\w’'.-]+(?: [A-Z]\.)?)")


def _read_value(value: str) -> Credit:
    if match := _INVERTED.fullmatch(value.strip()):
        turned = f"{match['first']} {match['last']}"
        return Credit((tidy_name(turned),)) if looks_like_name(turned) else Credit(unknown=True)
    found = split_prefix(value, None)
    if found and " " in found[1].strip():
        credit = read_names(found[1], strict=False)
        if not credit.unknown and (credit.names or credit.agencies):
            return credit
    # Without strictness the first piece has to be a name and the rest may be a desk or a town, which is what such fields hold.
    return read_names(value, strict=False)
