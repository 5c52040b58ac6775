"""Who wrote it: a line of names before the story, with or without "By", a role and an outlet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._names import agency_named, known_source, looks_like_name, tidy_name
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, ends_sentence, fold, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "byline", 1

_LONGEST = 200
PREFIX = re.compile(
    r"^[\W_]*(?:(?:(?:written|story|report|reported|article|posted|text|words|analysis|commentary|opinion|published|reviewed|compiled|authored)\s+by|by"
    r"|von|autor(?:in|en)?|verfasst von|par|propos recueillis par|auteurs?|por|de autor|redactad[oa] por|escrito por|di|a cura di|autore|autrice|door"
    r"|auteur|tekst|autor(?:ka|zy)?|opracował(?:a)?|автор[ы]?|текст|подготовил[аи]?|автори?|підготував|підготувала|yazan|yazar|haber|muhabir|authors?|writers?"
    r"|penulis|oleh|tác giả|af|av|skrevet av|text)(?:\s*[:|]\s*|\s+)|(?:بقلم|كتب(?:ت)?|اعداد|إعداد|تقرير)\s*[:：]?\s*|(?:作者|撰文|文|记者|記者|本报记者|本報記者|新华社记者|执笔)\s*[:：/／|]\s*"
    r"|(?:本报记者|新华社记者|記者|记者)\s+|(?:글|기자|취재)\s*[:=]\s*|(?:文|取材)[＝=・:：]\s*)",
    re.IGNORECASE,
)
_KOREAN = re.compile(
    r"^[\[(（]?(?:[가-힣A-Za-z0-9]{2,12}\s*[=]\s*)?(?P<name>[가-힣]{2,4})\s*(?:선임|수석|인턴|객원)?\s*(?:기자|특파원|논설위원|앵커)\s*[\])）]?(?:\s*[\w.+-]+@[\w.-]+)?$"
)
_CJK_SUFFIX = re.compile(
    r"^[\[(（【]?(?:.{0,10}[=＝・　 ])?(?P<name>[\u4e00-\u9fff々ぁ-んァ-ヶー]{2,8}(?:[ 　][\u4e00-\u9fff々ぁ-んァ-ヶー]{1,5})?)(?:記者|特派員|论員|编译|報道|报道)[\])）】]?$"
)
_SPLIT = re.compile(
    r"\s*(?:[|•·/]|\s[-–—]\s|,|;|&|\+|\b(?:and|und|et|y|e|en|i|и|та|і|й|ve|with|mit|avec|con|com|met)\b|و(?=[^\W\d_])|、|，|　)\s*"
)
_ROLE = re.compile(
    r"\b(?:staff|senior|chief|special|foreign|political|diplomatic|business|sports?|national|local|state|white house|defen[cs]e|reporter|correspondent|writer|"
    r"editor|producer|columnist|contributor|contributing|bureau|desk|team|intern|freelance|news|newsroom|service|associate|digital|managing|deputy|assistant|"
    r"analyst|author|journalist|photographer|redakteur\w*|korrespondent\w*|reporterin|redaktion|journalistin?|envoyée? spéciale?|correspondante?|rédact\w+|journaliste|"
    r"corresponsal|redactora?|redacción|periodista|enviad[oa] especial|repórter|correspondente|redação|jornalista|inviat[oa]|corrispondente|redazione|giornalista|"
    r"redacteur|verslaggever|correspondente?|redactie|dziennikarz\w*|korespondent\w*|redakcja|корреспондент\w*|журналист\w*|редактор\w*|обозреватель|кореспондент\w*|"
    r"muhabir\w*|editör\w*|yazar\w*|محرر|مراسل)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^(?:in|at|from|aus|à|en|de|da|em|w|в|у|з|из|te)\s+[A-ZÀ-ÞА-ЯІЇЄ]", re.IGNORECASE)
_CONTACT = re.compile(r"(?:^|\s)@\w{2,30}|[\w.+-]+@[\w-]+\.[\w.-]+|https?://\S+|\((?:@|he/|she/|they/)[^)]*\)")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}:\d\d|\b(?:published|updated|posted|last modified|\d{1,2}(?:h|m|d)? ago)\b", re.IGNORECASE)


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield each author as a fact, an agency in the line as text agency, and a deletion of the line.

    With "By" or its like in another language the line may name people, roles, agencies and outlets; without it the line must be
    nothing but names, right under the headline, and the story must not speak of a person of that name.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board."
    >>> [f.value for f in find(f"By ANA RUIZ and Jo Lind, Staff Writers\\n{body}", Context(doc, Metadata())) if isinstance(f, Fact)]
    ['Ana Ruiz', 'Jo Lind']
    >>> list(find(f"By Monday night it was over\\n{body}", Context(doc, Metadata())))
    []
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    zones = find_zones(text)
    removals = []
    for line in _candidates(lines, zones):
        names, agencies, evidence = read_byline(line, text, zones)
        if not names and not agencies:
            continue
        for name in names:
            yield Fact("byline", name)
        for agency in agencies:
            yield Fact("text_agency", agency)
        removals.append(Removal(line.index, line.index, "byline", evidence))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _candidates(lines: tuple[Line, ...], zones: Zones) -> Iterator[Line]:
    head = zones.first_prose if zones.first_prose >= 0 else min(3, len(lines) - 1)
    for line in lines[: min(head, 10)]:
        if len(line.text) <= _LONGEST:
            yield line
    if zones.first_prose >= 0:
        for line in lines[max(zones.last_prose + 1, head) :]:
            if len(line.text) <= _LONGEST and (PREFIX.match(line.text) or _KOREAN.match(line.text) or line.text[0] in "—–-"):
                yield line


def read_byline(line: Line, text: str, zones: Zones) -> tuple[list[str], list[str], str]:
    """(names, agencies, evidence); both lists are empty where the line is no byline."""
    shown = line.text.strip()
    if match := _KOREAN.match(shown) or _CJK_SUFFIX.match(shown):
        return [match["name"].strip()], [], f"formula: reporter's title after a name; zone: {zones.name(line.index)}"
    match = PREFIX.match(shown)
    rest = shown[match.end() :] if match else shown
    if match and shown[0] in "—–-" and not match[0].strip(" —–-"):
        match = None
    if ends_sentence(rest) and not rest.rstrip().endswith(("Jr.", "Sr.")):
        return [], [], ""
    names, agencies, unknown = _read_parts(rest, strict=match is None)
    if unknown or not (names or agencies):
        return [], [], ""
    zone = f"zone: {zones.name(line.index)}"
    if match:
        return names, agencies, f"formula: “{match[0].strip()}”; {zone}; form: capitalised names"
    if not names or not zones.before_prose(line.index) or line.index > 4 or any(_mentioned(name, line, text) for name in names):
        return [], [], ""
    return names, agencies, f"{zone}: under the headline; form: nothing but capitalised names and roles"


def _read_parts(rest: str, *, strict: bool) -> tuple[list[str], list[str], bool]:
    """Names, agencies, and whether something in the line is neither."""
    names: list[str] = []
    agencies: list[str] = []
    for raw in _SPLIT.split(_CONTACT.sub(" ", rest).replace("(", ",").replace(")", ",")):
        part = raw.strip(" .,:*_–—-")
        if not part:
            continue
        part, place = _without_place(part)
        if agency := agency_named(part):
            agencies.append(agency)
        elif looks_like_name(part) and not (names and _ROLE.search(part)):
            names.append(tidy_name(part))
        elif known_source(part) or _ROLE.search(part) or place or _PLACE.match(part) or _DATE.search(part):
            continue
        elif strict or not names or len(part) > 40:
            return names, agencies, True
    return names, agencies, False


def _without_place(part: str) -> tuple[str, bool]:
    """Cut ``in Oslo`` and ``for CNN`` off a name."""
    match = re.search(r"\s(?:in|at|for|from|of|reporting from|en|à|aus|für|pour|para|per|voor|dla|в|из)\s(?=[A-ZÀ-ÞА-ЯІЇЄ])", part)
    if match and looks_like_name(part[: match.start()]):
        return part[: match.start()], True
    return part, False


def _mentioned(name: str, line: Line, text: str) -> bool:
    """Whether prose speaks of the person, so that the line is a topic or a heading and not a credit."""
    rest = text[line.after :]
    surname = name.split()[-1]
    return fold(name) in fold(rest) or (
        len(surname) > 3 and re.search(rf"\b{re.escape(surname)}\b(?!\s+(?:is|covers|reports|writes)\b)", rest) is not None
    )
