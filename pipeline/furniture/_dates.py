"""Times as sites print them beside a story, in fifteen languages."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from pipeline.furniture._phrases import Starts, phrases_in
from pipeline.text.lines import fold

__all__ = ["Stamp", "is_time_line", "may_be_time", "read_time"]


class Stamp(NamedTuple):
    """A date as ISO 8601 text, with its time and zone where they are printed."""

    iso: str
    complete: bool
    """Whether date, time and zone are all there."""


# Zones that mean one thing. CST, IST, BST in Asia and the like are left out: a wrong hour is worse than none.
_ZONES = {
    **dict.fromkeys(("gmt", "utc", "z"), "+00:00"),
    "est": "-05:00",
    "edt": "-04:00",
    "cdt": "-05:00",
    "mst": "-07:00",
    "mdt": "-06:00",
    "pst": "-08:00",
    "pdt": "-07:00",
    "cet": "+01:00",
    "mez": "+01:00",
    "cest": "+02:00",
    "mesz": "+02:00",
    "eet": "+02:00",
    "eest": "+03:00",
    "msk": "+03:00",
    "мск": "+03:00",
    "jst": "+09:00",
    "kst": "+09:00",
    "sgt": "+08:00",
    "hkt": "+08:00",
    "aest": "+10:00",
    "aedt": "+11:00",
    "北京时间": "+08:00",
}
_DAY_FIRST = frozenset(["de", "fr", "es", "pt", "it", "nl", "pl", "ru", "uk", "tr", "ar"])
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_NUMERIC = re.compile(
    rf"(?<!\d)(?:{_YEAR}\s?(?P<sep>[-./年년])\s?(?P<month>\d{{1,2}})\s?[-./月월]\s?(?P<day>\d{{1,2}})(?!\d)\s?[日일]?"
    r"|(?P<a>\d{1,2})(?P<sep2>[./-])(?P<b>\d{1,2})(?P=sep2)(?P<year2>(?:19|20)\d\d)(?!\d))"
)
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-3])(?:(?:[:h]|[時时시点點]\s?|\.(?=\d\d\s?(?:uhr|[ap]\.?m\b|gmt|ist"
    r"|cet)))(?P<minute>[0-5]\d)(?::[0-5]\d)?|(?P<bare>)(?=\s?[ap]\.?m\b))\s*(?P<half>[ap]\.?m\b\.?)?(?:\s?uhr)?"
    r"\s*(?P<zone>gmt|utc|z\b|est|edt|cdt|mst|mdt|pst|pdt|cet|cest|mez|mesz|eet|eest|msk|мск|jst|kst|sgt|hkt|aest"
    r"|aedt)?(?P<offset>\s?[+-]\d\d:?\d\d|[+-]\d{1,2}(?![\d:]))?"
)
_WORDED = re.compile(
    rf"(?P<m1>[^\W\d_]+)\.?\s(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?:de\s|at\s)?{_YEAR}"
    r"|(?P<d2>\d{1,2})\.?(?:st|nd|rd|th|er|º|\.)?\s(?:de\s|of\s)?(?P<m2>[^\W\d_]+(?: الثاني"
    r"| الاول)?)\.?,?\s(?:de\s)?(?P<year3>(?:19|20)\d\d)"
)
# "3:04pm", "10:00Z", "2023-05-04T10:00" and "14h37": a space between digit and letter makes words of the letters.
_AFTER_DIGIT = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
_AGO = re.compile(r"\W*(?:\w+ ){0,3}\d{1,3} ?[^\W\d_]+(?: [^\W\d_]+)?\W*")
_AGO_WORD = re.compile(r"\b(?:ago|önce|назад|тому|temu|geleden|fa|atrás)\b|前$|전$|منذ|(?:^|\s)(?:vor|il y a|hace|há) ")
_LONGEST = 140
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[^\W\d_]+")
_TRASH = re.compile(r"[\W\d_]+")


@cache
def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for phrase in phrases_in("dates.toml", "month"):
        for name in re.findall(r"[^\W\d_]+(?: [^\W\d_]+)*", phrase.pattern.replace(r"\b", " ")):
            names.setdefault(name.strip(), int(phrase.name or 0))
    return names


@cache
def _vocabulary() -> re.Pattern[str]:
    kinds = ("published_label", "modified_label", "time_filler", "weekday", "month")
    parts = [phrase.pattern for kind in kinds for phrase in phrases_in("dates.toml", kind)]
    return re.compile("|".join(f"(?:{part})" for part in parts))


@cache
def _labels() -> Starts:
    kinds = ("published_label", "modified_label")
    return Starts((p.pattern, p) for kind in kinds for p in phrases_in("dates.toml", kind))


@cache
def _beginnings() -> frozenset[str]:
    """The first four letters of every word that a time line may hold."""
    kinds = ("published_label", "modified_label", "time_filler", "weekday", "month")
    patterns = (re.sub(r"\\.", " ", phrase.pattern) for kind in kinds for phrase in phrases_in("dates.toml", kind))
    return frozenset(word[:4] for pattern in patterns for word in _WORDS.findall(pattern))


def may_be_time(key: str) -> bool:
    """Whether a line's `core` begins like a time, a cheap first look."""
    if len(key) > _LONGEST or (len(key) > 40 and not _DIGIT.search(key)):
        return False
    first = _WORDS.match(key)
    return first is None or first[0][:4] in _beginnings() or not first[0].isascii()


def is_time_line(text: str) -> bool:
    """Whether a line holds nothing but labels of times, dates and times, with at least one label, date or clock among them.

    >>> is_time_line("Updated: March 20, 2023 at 2:37 p.m. EDT"), is_time_line("Updated:"), is_time_line("March was cold")
    (True, True, False)
    >>> is_time_line("1984"), is_time_line("3-2"), is_time_line("May")
    (False, False, False)
    """
    if len(text) > _LONGEST:
        return False
    folded = _AFTER_DIGIT.sub(" ", fold(text))
    found = _WORDS.findall(folded)
    if any(word[:4] not in _beginnings() for word in found if word.isascii()):
        return False
    digits = _DIGIT.search(folded) is not None
    labelled = _labels().match(folded.lstrip(" •·*-–—|[(🕒📅")) is not None
    if not digits:
        return labelled and len(found) <= 3 and _is_spent(folded)
    dated = _NUMERIC.search(folded) or _CLOCK.search(folded) or _has_month(folded)
    ago = not dated and _AGO.fullmatch(folded) and _AGO_WORD.search(folded)
    return bool(dated or ago) and _is_spent(folded)


def _is_spent(folded: str) -> bool:
    """Whether nothing is left when all words of times are taken out."""
    return _TRASH.sub("", _vocabulary().sub(" ", folded)) == ""


def _has_month(folded: str) -> bool:
    months = _months()
    return any(word in months for word in _WORDS.findall(folded))


def read_time(text: str, language: str | None = None) -> Stamp | None:
    """The date of a text as ISO 8601, with its time where one stands beside it, or None where it is incomplete or ambiguous.

    >>> read_time("Mon March 20, 2023 3:04 PM EDT").iso, read_time("20. März 2023, 14.37 Uhr").iso, read_time("2023年3月20日").iso
    ('2023-03-20T15:04:00-04:00', '2023-03-20T14:37:00', '2023-03-20')
    >>> read_time("March 20, 2023 at 3:04 PM GMT+1").iso
    '2023-03-20T15:04:00+01:00'
    >>> read_time("03/04/2023") is None, read_time("03/04/2023", "de").iso, read_time("20/03/2023").iso, read_time("March 20") is None
    (True, '2023-04-03', '2023-03-20', True)
    """
    folded = fold(text)
    found = _numeric(folded, language) or _worded(folded)
    if found is None:
        return None
    (year, month, day), rest = found
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    date = f"{year:04d}-{month:02d}-{day:02d}"
    clock = _CLOCK.search(rest)
    if not clock:
        return Stamp(date, False)
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].startswith("p") else 0)
    zone = (clock["offset"] or "").strip() or _ZONES.get(clock["zone"] or "", "")
    if zone and ":" not in zone:
        zone = f"{zone[0]}{int(zone[1:]):02d}:00" if len(zone) <= 3 else f"{zone[:3]}:{zone[3:]}"
    return Stamp(f"{date}T{hour:02d}:{int(clock['minute'] or 0):02d}:00{zone}", bool(zone))


_Found = tuple[tuple[int, int, int], str]


def _numeric(folded: str, language: str | None) -> _Found | None:
    match = _NUMERIC.search(folded)
    if not match:
        return None
    rest = folded[: match.start()] + " | " + folded[match.end() :].lstrip("t")
    if match["year"]:
        return (int(match["year"]), int(match["month"]), int(match["day"])), rest
    first, second, year = int(match["a"]), int(match["b"]), int(match["year2"])
    if first > 12 or match["sep2"] == "." or language in _DAY_FIRST:
        return (year, second, first), rest
    if second > 12:
        return (year, first, second), rest
    return ((year, first, second), rest) if first == second else None


def _worded(folded: str) -> _Found | None:
    months = _months()
    for match in _WORDED.finditer(folded):
        month = months.get(match["m1"] or match["m2"])
        if month:
            year = int(match["year"] or match["year3"])
            return (year, month, int(match["d1"] or match["d2"])), folded[: match.start()] + " | " + folded[match.end() :]
    return None
