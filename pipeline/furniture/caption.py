"""Captions of pictures and the credits of those who took them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.furniture._dates import is_time_line
from pipeline.furniture._literals import required_literals
from pipeline.furniture._names import agency_named, known_source, looks_like_name
from pipeline.furniture._phrases import Words, clauses, line_phrases, phrases_in, split_alternatives, starts, words
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, ends_sentence, flat_text, flatten, is_headline, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.scanning import Clause, find_starts
from pipeline.text.triggers import Trigger, has_line_of
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "caption", 1

_LONGEST = 700
_CREDIT = 140
"""Longest credit in code points; the longest in the samples names a photographer and four agencies in 90."""

_BARE = 40
"""Longest name of an agency that stands alone on its line."""

_CAPTION_END = re.compile(r"\s*[:|]|(?<=caption),|\s+[-–—]\s+|\s*[)\]]|(?<=▲)")
_AFTER_WORD = re.compile(
    r"(?:\s*(?:credit|source|courtesy|provided|by|of|de|di|von))*\s*(?:[:/|=]|©|\s(?:by|courtesy of|credit)\b"
    r"|(?<=\.)\s|(?<=source),|(?<=credit)(?:,|\.{3}|…))\s*©?"
)
_TRAILER = re.compile(r"[/,|]?\s*(?:file(?: photo| picture| image)?|archiv\w*|pool photo|handout|dossier|archives?)\s*$", re.IGNORECASE)
_CREDIT_CUT = re.compile(r"\s+via\s+|\s*[/|•·／｜+©]\s*|,\s*|\s+[-–—]\s+|\s*&\s*|\s+(?:for|and|par|by|von|pour|für)\s+", re.IGNORECASE)
_AGENCY_PHOTO = re.compile(
    r"(?P<agency>[A-Z][A-Za-z]{1,8}|dpa)\s+(?:Photo|Foto|file photo|Images?|Wire|File|photo)\b\s*[/:|,-]?\s*"
    r"|(?P<long>Getty Images)\s*[/:|,-]\s*"
)
_CAPITAL = re.compile(r"[^\W\d_][\w’'.&-]*(?:\s+[^\W\d_][\w’'.&-]*){0,4}")
_BRACKET = re.compile(r"[(\[（【](?P<inner>[^()\[\]（）【】]{3,120})[)\]）】]\s*\.?$")
_CUT = re.compile(r"[.!?”\"’»。)](?=\s*(?:[A-ZÀ-ÞĀ-ŽА-ЯІЇЄ©(\[]|\S+/))\s*|\s+\|\s+|\s{2,}|\s+[-–—]\s+(?=[^-–—]*/)|\s+(?=©)|[＝=]")


_RIGHTS = re.compile(r"copyright|rights reserved|riservat|reservad|réservés|vorbehalten|zastrzeżone|защищены|захищені")
_NOBODY = frozenset({"Pool", "Handout"})
_HANDED_OUT = re.compile(r"\b(?:pool|handout|hand-out|photo|foto|courtesy|screenshot|video)\b", re.IGNORECASE)


class Credit(NamedTuple):
    """What a credit says: picture agencies, whether its form shows it (slashes, `via`, a photo word), whether we know an agency in it."""

    agencies: tuple[str, ...] = ()
    formed: bool = False
    known: bool = False


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield captions and picture agencies as facts, and deletions of their lines.

    A line is a caption where it ends in a credit: agencies that we know or names between slashes, `via`, a photo word with a name,
    the same in brackets; or where it begins with a caption label. A line that is nothing but a credit goes too. A credit of a text
    agency alone in brackets at a paragraph's end (`(AP)`) belongs to the text and is not a caption.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board."
    >>> text = f"A ferry leaves the port on May 4. Jo Lind/Fotoagentur/Reuters via Imagehouse\\n{body}"
    >>> [f.value for f in find(text, Context(doc, Metadata())) if isinstance(f, Fact)]
    ['A ferry leaves the port on May 4. Jo Lind/Fotoagentur/Reuters via Imagehouse', 'Fotoagentur', 'Reuters', 'Imagehouse']
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    zones = find_zones(text)
    whole = flat_text(text)
    hints = sorted({hint for _, hint in find_starts(_hints(context.language), whole)})
    clues = words("clues.toml", "caption_clue", context.language, whole)
    removals: list[Removal] = []
    for line in lines:
        found = (_judge(line, zones) if hints and _may_be_caption(line, hints) else _bare_agency(line, zones)) or _people(
            line, zones, clues
        )
        if found is None:
            continue
        kind, credit, evidence = found
        above = _caption_above(line, lines, zones) if kind == "photo_credit" else None
        if above:
            yield Fact("captions", f"{above.text} {line.text}")
            removals.append(
                Removal(
                    above.number, above.number, "caption", f"form: a phrase right over a picture credit; zone: {zones.name(above.number)}"
                )
            )
        else:
            yield Fact("captions", line.text)
        for agency in credit.agencies:
            yield Fact("photo_agency", agency)
        removals.append(Removal(line.number, line.number, kind, evidence))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _caption_above(line: Line, lines: tuple[Line, ...], zones: Zones) -> Line | None:
    """The line over a credit before the story where it is a phrase and no label, name or time: the caption that the credit belongs to."""
    if line.number == 0 or not zones.before_prose(line.number):
        return None
    above = lines[line.number - 1]
    phrase_like = is_headline(above.text) and above.text.count(" ") >= 3 and not ends_sentence(above.text)
    # The first line left may be a standfirst; a caption follows something, or stands on a line of its own with its credit.
    if (
        not phrase_like
        or line.blanks
        or line_phrases(above.core)
        or is_time_line(above.text)
        or looks_like_name(above.text)
        or starts("bylines.toml", "prefix").match(above.flat)
    ):
        return None
    return above if above.number > 0 or above.blanks == 0 else None


@lru_cache(maxsize=64)
def _hints(language: str | None) -> frozenset[str]:
    """Strings of which a line with a credit or a caption label holds at least one."""
    labels = [phrase for kind in ("photo_word", "caption_label") for phrase in phrases_in("captions.toml", kind, language)]
    needed = {word for phrase in labels for part in split_alternatives(phrase.pattern) for word in required_literals(part) or ("",)}
    needed |= {"/", "／", "©", "via"}
    return frozenset(hint for hint in needed if not any(other != hint and other in hint for other in needed))


def words_of_captions(language: str | None) -> frozenset[Clause]:
    """What a text must hold for a caption or a credit of more than an agency's name to be in it."""
    return _clues(language) | {(frozenset((hint,)),) for hint in _hints(language)}


_clues = clauses(("clues.toml", "caption_clue"))
TRIGGER = Trigger(phrases=words_of_captions, questions=(has_line_of(_BARE),))


def _may_be_caption(line: Line, hints: list[str]) -> bool:
    """A cheap first look at where labels and credits stand: the beginning and the end of a line."""
    flat = line.flat
    if len(flat) > _LONGEST:
        return False
    ends = flat if len(flat) <= 200 else flat[:40] + flat[-_CREDIT:]
    return any(hint in ends for hint in hints)


def _judge(line: Line, zones: Zones) -> tuple[str, Credit, str] | None:
    """(kind, credit, evidence) of a caption or credit line, or None."""
    text, zone = line.text, zones.name(line.number)
    # After the story a copyright sign before a name stands for the text, not for a picture.
    if text[0] == "©" and zones.after_prose(line.number) and "/" not in text:
        return None
    if len(text) <= 200 and (credit := read_credit(text)) and (credit.known or credit.formed):
        sign = "an agency that we know" if credit.known else "slashes, via or a photo word"
        return "photo_credit", credit, f"form: nothing but a credit; formula: {sign}; zone: {zone}"
    shown, tail = split_caption(text) if not _RIGHTS.search(line.flat) else (text, "")
    if tail and (credit := read_credit(tail)) and (credit.known or credit.formed or _is_set_off(shown, tail)):
        return "caption", credit, f"formula: ends in a picture credit “{tail[:60]}”; form: a paragraph of its own; zone: {zone}"
    if (
        len(text) <= 400
        and _is_captioned(text)
        and (not zones.in_tail(line.number) or not ends_sentence(text) or zones.after_prose(line.number))
    ):
        return "caption", Credit(), f"formula: caption label; form: a paragraph of its own; zone: {zone}"
    return None


def _bare_agency(line: Line, zones: Zones) -> tuple[str, Credit, str] | None:
    """A line that names a picture agency and nothing else, before the last paragraph."""
    if len(line.text) > _BARE or zones.after_prose(line.number) or line.number == 0:
        return None
    agency = agency_named(line.text, pictures=True)
    if agency is None or agency_named(line.text) is not None:
        return None
    return (
        "photo_credit",
        Credit((agency,), False, True),
        f"formula: picture agency; form: alone on its line; zone: {zones.name(line.number)}",
    )


def split_caption(text: str) -> tuple[str, str]:
    """(caption, credit) of a line; the credit is empty where none can be seen at its end.

    >>> split_caption("A ferry leaves. Jo Lind/Reuters")
    ('A ferry leaves.', 'Jo Lind/Reuters')
    >>> split_caption("A ferry leaves (Photo by Jo Lind / AFP)")
    ('A ferry leaves', 'Photo by Jo Lind / AFP')
    >>> split_caption("The ratio of men/women is even, she said.")
    ('The ratio of men/women is even, she said.', '')
    """
    if match := _BRACKET.search(text):
        inner = match["inner"].strip()
        shown = re.search(r"[/／©]", inner) or _after_label(inner) is not None or _AGENCY_PHOTO.match(inner)
        if shown or (agency_named(inner, pictures=True) and not agency_named(inner)):
            return text[: match.start()].rstrip(), inner
        return text, ""
    for cut in reversed([match.end() for match in _CUT.finditer(text, max(0, len(text) - _CREDIT - 40))][-4:]):
        tail = text[cut:].strip()
        if not 3 <= len(tail) <= _CREDIT or (ends_sentence(tail) and not re.search(r"[/©]|^\w+\.? ?:", tail)):
            continue
        if re.search(r"[/／©]|\bvia\b", tail) or _after_label(tail) is not None or agency_named(tail, pictures=True):
            return text[:cut].rstrip(" |-–—"), tail
    return text, ""


def _is_set_off(shown: str, tail: str) -> bool:
    """`A map of the fjord. (NASA/JPL)`: names between slashes, in brackets behind a whole sentence. `a band (AC/DC)` is inside one."""
    return ends_sentence(shown) and len(shown) <= 300 and "/" in tail


def read_credit(text: str) -> Credit | None:
    """What a credit says, or None where the text is not a credit.

    >>> read_credit("(Photo by Jo Lind / AFP)").agencies, read_credit("REUTERS/Jo Lind/File Photo").agencies
    (('AFP',), ('Reuters',))
    >>> read_credit("and/or the port") is None, read_credit("He said no.") is None
    (True, True)
    """
    bare = text.strip().strip("()[]（）【】<>").strip()
    label = _after_label(bare)
    labelled = label is not None
    if label is not None:
        bare = bare[label:].strip(" ©")
    elif not re.search(r"[/／©]|\bvia\b", bare) and not _AGENCY_PHOTO.match(bare) and not agency_named(bare, pictures=True):
        return None
    bare = _TRAILER.sub("", bare.rstrip(" .")).strip(" /,|")
    agencies: list[str] = []
    if (
        (match := _AGENCY_PHOTO.match(bare))
        and (agency := agency_named(match["agency"] or match["long"], pictures=True))
        and agency not in _NOBODY
    ):
        agencies.append(agency)
        bare = bare[match.end() :]
    prefixed = bool(agencies)
    parts = [part.strip(" .()[]") for part in _CREDIT_CUT.split(bare) if part.strip(" .()[]")]
    if len(parts) > 8 or (not parts and not prefixed):
        return None
    slashed = re.search(r"[/／]|\bvia\b", bare) is not None
    people = _read_parts(parts, agencies, slashed=slashed, labelled=labelled or prefixed)
    if people is None:
        return None
    known = any(known_source(part) or agency_named(part, pictures=True) for part in parts)
    pictures_only = bool(parts) and all(agency_named(part, pictures=True) and not agency_named(part) for part in parts)
    formed = (labelled and (people > 0 or bool(agencies))) or (slashed and people > 0 and (len(parts) >= 3 or "via " in bare))
    return Credit(tuple(agencies), formed, prefixed or (known and (slashed or labelled or pictures_only)))


def _read_parts(parts: list[str], agencies: list[str], *, slashed: bool, labelled: bool) -> int | None:
    """Collect the agencies of a credit; the number of people in it, or None where a part is neither."""
    people = 0
    for part in parts:
        agency = agency_named(part, pictures=True)
        if agency or known_source(part):
            # An outlet keeps the name that the credit gives it: "ABC" under a picture may be any of three.
            name = agency or part
            if name not in agencies and name not in _NOBODY:
                agencies.append(name)
        elif _HANDED_OUT.search(part):
            continue
        elif looks_like_name(part):
            people += 1
        elif slashed and _is_capitalised(part):
            agencies.append(part)
        elif not (labelled and len(part) <= 60 and (_is_capitalised(part) or not part.isascii())):
            return None
    return people


def _after_label(text: str) -> int | None:
    """Where the credit begins after a photo word and its colon, `by` or `©`, or None.

    >>> _after_label("Photo by Jo Lind"), _after_label("Foto: dpa"), _after_label("Photos were shown")
    (9, 6, None)
    """
    if text.startswith("©"):
        return 1
    flat = flatten(text)
    match = starts("captions.toml", "photo_word").match(flat)
    gap = _AFTER_WORD.match(flat, match.end()) if match else None
    if gap and gap.end() < len(text):
        return gap.end()
    # "foto Ansa": no colon, but nothing behind the word except an agency.
    return match.end() if match and agency_named(text[match.end() :], pictures=True) else None


def _is_captioned(text: str) -> bool:
    flat = flatten(text.lstrip("([（【"))
    match = starts("captions.toml", "caption_label").match(flat)
    return match is not None and _CAPTION_END.match(flat, match.end()) is not None


def _people(line: Line, zones: Zones, clues: Words) -> tuple[str, Credit, str] | None:
    """`Kari Holm (left) and Tor Eide on the quay`: without a full stop anywhere, as a sentence only before the story."""
    if ends_sentence(line.text) and not zones.before_prose(line.number):
        return None
    if not 20 <= len(line.text) <= 300 or line.number == 0 or not clues.search(line.flat):
        return None
    evidence = f"formula: says who stands where in a picture; form: no full stop, or before the story; zone: {zones.name(line.number)}"
    return "caption", Credit(), evidence


def _is_capitalised(part: str) -> bool:
    words = part.split()
    return (
        bool(_CAPITAL.fullmatch(part))
        and len(words) <= 5
        and words[0][0].isupper()
        and not any(w[0].islower() and len(w) > 3 for w in words)
    )
