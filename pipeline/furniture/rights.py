"""Rights, syndication and reservation notices."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._names import agency_named, known_source
from pipeline.furniture._phrases import clauses, words
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, flat_text, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.triggers import Trigger
from pipeline.text.zones import Zones, edge_lines, edge_text, find_zones

NAME, VERSION = "rights", 1
TRIGGER = Trigger(phrases=clauses(*(("rights.toml", kind) for kind in ("ai_reservation", "notice", "syndication"))))

_LONGEST = 900
_OPENERS = "©ⓒ<[(（【*cC"
_SIGN = re.compile(
    r"[©ⓒ]|\bpermission\b|prohibited|\(c\)|copyright|rights?\b|vorbehalten|réserv|reserv|riservat|zastrzeż|защищен|захищен|saklidir|محفوظة"
)
_SELF = re.compile(
    r"\bth(?:is|e) (?:material|story|article|report|content|post|piece|item|work|text|page|views?|opinions?)\b"
    r"|\bdiese[rs]? (?:artikel|beitrag|text|meldung|inhalt)|\bcet article|\bce contenu|\beste (?:artículo|contenido|artigo|texto|conteúdo)"
    r"|\bquest[oa] (?:articolo|contenuto)|\bdit artikel|\b(?:ten )?(?:artykuł|tekst|materiał)|материал|матеріал|статья|стаття"
    r"|\bbu (?:yazı|yazi|haber|makale|içerik)|هذا المقال|本文|本(?:记事|記事)|この記事|본 기사|이 기사"
    r"|\bexcept for the headline|\bfirst published"
    r"|\boriginally|\bviews expressed|\bopinions expressed|reproduction|reproducción|reprodução|riproduzione|nachdruck|перепечатк|передрук"
    r"|转载|轉載|転載|전재"
)
_SYNDICATOR = re.compile(
    r"(?:[Dd]istributed by|[Pp]rovided by|appeared (?:on|in)|published (?:on|in|by|at)|auto-generated from|[Cc]ourtesy of"
    r"|permission (?:from|of)|erschienen (?:in|bei|auf)|erschien zuerst (?:in|bei|auf)|paru dans|publicado (?:originalmente )?(?:en|por|em)"
    r"|pubblicato (?:\w+ )?su)\s+(?:the |The |der |dem |la |el )?(?P<name>[A-ZÀ-ÞА-Я][\w'’&-]*(?:\.\w+)*(?: (?:of"
    r"|and|the|de|la|&|[A-Z][\w'’&-]*)(?:\.\w+)*){0,5})"
)
_HOLDER = re.compile(
    r"(?:(?:©|ⓒ|\([cC]\)|[Cc]opyright|COPYRIGHT)[ ,]*)+(?:\d{4}(?:[-–]\d{2,4})?,?)?\s*(?:[Bb]y )?(?P<name>[^.,;|/<>()]{2,60})"
)


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield each notice as a fact, `ai_reserved` where it reserves text and data mining or AI use, and a deletion of its line.

    A notice is removed after the story or in its last paragraphs, or where its form shows it anywhere (a copyright sign at its
    beginning, brackets around it). A sentence in the body that happens to hold such words stays.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text")
    >>> body = "The ferry left the port at noon with all hands on board.\\n"
    >>> note = "© 2023 Harbor Post. Use for AI training is prohibited."
    >>> [f.name for f in find(body * 2 + note, Context(doc, Metadata())) if isinstance(f, Fact)]
    ['rights_notices', 'ai_reserved', 'copyright_holder']
    """
    lines = split_lines(text)
    if len(lines) < 2:
        return
    zones = find_zones(text)
    edge = {line.number for line in edge_lines(text)}
    removals = []
    for line in lines:
        found = _judge(line, text, zones, context.language) if line.number in edge or line.text[0] in _OPENERS else None
        if found is None:
            continue
        kind, evidence, reserved = found
        yield Fact("rights_notices", line.text)
        if reserved:
            yield Fact("ai_reserved", True)
        yield from _facts(line.text, kind)
        removals.append(Removal(line.number, line.number, kind, evidence))
    yield from remove_lines(text, lines, removals, NAME, VERSION)


def _judge(line: Line, text: str, zones: Zones, language: str | None) -> tuple[str, str, bool] | None:
    """(kind, evidence, whether AI use is reserved) of a notice, or None."""
    zone = zones.name(line.number)
    shown = _shows_form(line)
    if len(line.text) > _LONGEST or (zone == "body" and not shown) or (zone == "head" and line.prose and not shown):
        return None
    whole = edge_text(text) if zone != "body" else flat_text(text)
    reserved, notice, syndication = (
        words("rights.toml", kind, language, whole).search(line.flat) for kind in ("ai_reservation", "notice", "syndication")
    )
    found = notice or reserved or syndication
    if found is None or _is_story(line, whole, bool(notice or reserved), shown, zones, language):
        return None
    kind = "rights_notice" if notice or reserved else "syndication_notice"
    second = f"zone: {zone}" if zone == "tail" else f"form: {'sign or brackets' if shown else 'label'}"
    return kind, f"formula: “{found[0].strip()}”; {second}", reserved is not None


def _shows_form(line: Line) -> bool:
    text = line.text
    if text[0] in "©ⓒ<[(（【<*" and text[-1] in ">])）】>*.。":
        return True
    return text[0] in "©ⓒ" or re.match(r"(?:copyright|\(c\)) ?(?:©|\d{4}|\(c\))", text, re.IGNORECASE) is not None


def _is_story(line: Line, whole: str, strong: bool, shown: bool, zones: Zones, language: str | None) -> bool:
    """Whether the line is a paragraph of the story that only talks of such things."""
    if shown:
        return False
    if '"' in line.flat or words("citing.toml", "reporting", language, whole).search(line.flat):
        return True
    if zones.after_prose(line.number) or not line.prose:
        return False
    # Inside the last paragraphs the wording must be that of a notice: it names the right, or the text itself.
    return not (strong and _SIGN.search(line.flat)) and not _SELF.search(line.flat)


def _facts(text: str, kind: str) -> Iterator[Fact]:
    if holder := _HOLDER.search(text):
        name = re.split(r"\s+(?:[Aa]ll rights|[Aa]lle|[Tt]ous|[Tt]odos|[Tt]utti|[Rr]eserved)", holder["name"])[0].strip(" .-–—")
        if name and not name.lower().startswith(("all rights", "reserved")) and len(name) > 1:
            yield Fact("copyright_holder", name)
            if agency := agency_named(name):
                yield Fact("text_agency", agency)
    if kind == "syndication_notice" and (match := _SYNDICATOR.search(text)):
        name = match["name"].strip(" .")
        yield Fact("syndicator" if "istributed" in match[0] or "rovided" in match[0] else "publisher_hints", known_source(name) or name)
