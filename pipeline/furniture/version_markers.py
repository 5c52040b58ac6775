"""Version markers, kill and embargo notices, slugs, notes between newsrooms and end marks of wire copy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, ends_sentence, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.zones import Zones, find_zones, is_prose

NAME, VERSION = "version_markers", 1

_KILL = re.compile(
    r"^[\W_]*(?:(?:KILL\W+){2,}KILL\b|STORY (?:WITHDRAWN|KILLED|KILL)|ADVISORY[- ]DELETE|BULLETIN KILL|(?:EDITORS?:? ?)?(?:MANDATORY )?KILL(?: NOTICE| ADVISORY)?\b(?=\s*[:(—–-]|$)|WITHDRAWN\b(?=\s*[:(—–-]|$)|"
    r"DELETE\b(?=\s*[:—–]|$)|KILL:|ZURÜCKGEZOGEN|ZURÜCKZIEHUNG|Zurückgezogen:|MELDUNG ZURÜCKGEZOGEN|ANNULÉ|ANNULATION|À ANNULER|DÉPÊCHE ANNULÉE|ANULADO|ANULADA|NOTA ANULADA|ELIMINAR|"
    r"ANNULLATA|ANNULLATO|ANNULLAMENTO|ANULOWANE|WYCOFANE|АННУЛИРОВАНО|ОТЗЫВ|СНЯТО|АНУЛЬОВАНО|İPTAL|إلغاء|撤稿|撤销|作廃|取り消し|전문취소|전문 취소|삭제)"
)
_KILL_SENTENCE = re.compile(
    r"\b(?:story|item|article|dispatch|alert|report)\b[^.]{0,80}\b(?:(?:has been|is|was) (?:killed|withdrawn|deleted)|should not be used|must not be used)|please (?:kill|delete|disregard|do not use)\b|"
    r"(?:is|are|has been) withdrawn\b|(?:editors|clients|subscribers)[^.]{0,60}\b(?:asked|advised|requested) (?:to|not to)\b[^.]{0,30}\b(?:use|kill|delete|disregard|remove)",
    re.IGNORECASE,
)
_HOLD = re.compile(r"^[\W_]*(?:HOLD\W+){2,}HOLD\b|^[\W_]*(?:WITHHOLD|HOLD FOR RELEASE|DO NOT PUBLISH|NOT FOR PUBLICATION)\b")
_EMBARGO = re.compile(
    r"^[\W_]*(?:EMBARGOED?(?: (?:UNTIL|TO|TILL|FOR RELEASE(?: UNTIL)?))?|HOLD FOR RELEASE|NOT FOR (?:RELEASE|PUBLICATION) (?:BEFORE|UNTIL)|UNDER EMBARGO(?: UNTIL)?|SPERRFRIST|SOUS EMBARGO(?: JUSQU['’](?:À|AU|A))?|"
    r"EMBARGO(?: JUSQU['’](?:À|AU|A)| HASTA| ATÉ| FINO A| TOT| DO)?|EMBARGAD[OA] (?:HASTA|ATÉ)|SOTTO EMBARGO(?: FINO)?|ONDER EMBARGO(?: TOT)?|EMBARGO DO|ЭМБАРГО(?: ДО)?|ЕМБАРГО(?: ДО)?|AMBARGO|禁运|解禁|엠바고)\b\s*[:：]?\s*(?P<when>.{0,120})$",
    re.IGNORECASE,
)
_END = re.compile(
    r"^[\W_]*(?:-\s?30\s?-|-0-|#{2,}|#\s?#\s?#|\(?(?:more|MORE|MORE TO COME|more to come|mehr|suite|segue|SEGUE|sigue|SIGUE|MORE TO FOLLOW)\)?|NNNN|ZCZC(?: \S+){0,6}|ENDS?|ends|/ends|Ends|end|FIN|ENDE|FINE|END ITEM|END OF STORY|=\s?\d|//+|KONIEC|конец|Enditem|ENDITEM|\(?完\)?|（了）|\(끝\)|끝|\*{3,})[\W_]*$"
)
_END_SYMBOL = re.compile(r"^\s*(?:-\s?30\s?-|-0-|#{3}|#\s#\s#|/{2,}|\*{3})\s*$")
_END_TAIL = re.compile(
    r"\s*(?:\((?:more|MORE|MORE TO COME|END|Ends|ENDS|FIN|fin|完|끝)\)|（(?:完|了|終)）|Enditem|-\s?30\s?-|-0-|#{3}|/ends|NNNN|\bENDS)\s*$"
)
_HEAD_MARK = re.compile(
    r"^(?P<marker>(?:\d{1,2}(?:st|nd|rd|th) (?:Ld|LD|Lead|Add|Sub|Insert|NewsAlert)[- ]?(?:Writethru|Writethrough|WRITETHRU)?|Writethru|WRITETHRU|(?:UPDATE|WRAPUP|RPT|REFILE) ?\d{0,2}|CORRECTED|CORRECTION|REFILE|RPT|REPEAT|ADVISORY|URGENT|BULLETIN|FLASH|NEWSALERT|APNewsAlert|"
    r"Blitz|Eil|EIL|Vorrang|Korrektur|KORREKTUR|Berichtigung|BERICHTIGUNG|Wiederholung|Zusammenfassung|ZUSAMMENFASSUNG|AMPLIACIÓN|CORRECCIÓN|RECTIFICATIF|RECTIFICACIÓN|RETTIFICA|ERRATA))[\s:：;!-]*$"
)
_TITLE_MARK = re.compile(
    r"^(?P<marker>(?:UPDATE|WRAPUP|RPT|REFILE|CORRECTED|GRAPHIC)[ -]\d{1,2}(?:-| -|:)|(?:UPDATE|WRAPUP|RPT|REFILE|CORRECTED|CORRECTION|REPEAT|ADVISORY|CORREGIDO|ACTUALIZA|URGENT|URGENTE|BREAKING|EIL|EILMELDUNG|KORREKTUR|BERICHTIGUNG|FLASH|速報|【速報】|\[속보\]|속보)\s?[-:：|](?=\s?\S))|"
    r"^(?P<other>【速報】|\[속보\]|\[정정\]|【訂正】)|[(\[—–-]\s?(?P<late>CORRECTED|UPDATED?|REFILE|Korrektur|Berichtigung|\d{1,2}(?:st|nd|rd) (?:Ld|Lead)[- ]?Writethru|Writethru|KORREKTUR)\s?[)\]]?$"
)
_SLUG = re.compile(r"^(?P<cycle>BC|AM|PM|AP)-(?P<slug>[A-Z]{2}[\w]*(?:--[\w.]+|-[\w.]+)*)(?P<rest>(?:[ ,].{0,60})?)$")
_SLUG_SLASHES = re.compile(
    r"^(?P<slug>[A-Z]{3,}[A-Z0-9-]*(?:/[A-Z0-9 -]{2,30}){1,3})(?:\s*\((?:UPDATE|WRAPUP|CORRECTED|PIX|TV|GRAPHIC)[^)]*\))?$"
)
_WIRE_HEADER = re.compile(
    r"^(?:ZCZC\b.{0,60}|[a-z]\s[a-z]\s(?:BC|AM|PM)-.{0,60}|[A-Z]{3}\d{3,4}\s[\d ]{1,12}[A-Z]?\s.{0,60}|(?:SYN ?){1,3}.{0,40}|[a-z]\d{4}\s?[a-z]{0,4}\s?.{0,30}|\^[A-Z].{0,80}<)$"
)
_ADVISORY = re.compile(
    r"^[(\[]\s*(?:Adds?|Updates?|Recasts?|Corrects?|Repeats?|Refiles?|Fixes|Clarifies|Removes?|Changes?|Rewrites?|Writes through|Writethru|This version corrects|Eds|Ampl[ií]a|Corrige|Añade|Actualiza|Aggiorna|Neu:|Ergänzt|Korrigiert|Berichtigt|Actualise|Ajoute|Précise)\b.{3,300}[)\]]\.?$"
)
_EDS = re.compile(
    r"^[\W_]*(?:Eds\.?|EDS|Editors|EDITORS)\s*[:—–]\s*\S|^\(?(?:The )?following (?:information|note)s? (?:is|are) not (?:intended )?for publication|^(?:Notizblock|NOTIZBLOCK|Redaktionelle Hinweise|Hinweise an die Redaktion|# ?(?:Notizblock|Orte|Ansprechpartner)|Die folgenden Informationen sind nicht zur Veröffentlichung)\b"
)


def find(text: str, context: Context) -> Iterator[Finding]:
    """Yield what wire copy says about itself as facts, and deletions of the lines that say nothing else.

    The marker of a headline is read here and cut off by the title rule. A kill notice sets `pubstatus` to ``canceled`` and keeps its
    text, which is all that it has.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> doc = ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text", title_in_text=True)
    >>> body = "The ferry left the port at noon with all hands on board."
    >>> [(f.name, f.value) for f in find(f"UPDATE 2-Ferry sinks\\n{body}\\n-30-", Context(doc, Metadata())) if isinstance(f, Fact)]
    [('version_marker', 'UPDATE 2')]
    """
    lines = split_lines(text)
    if not lines:
        return
    zones = find_zones(text)
    head = lines[: min(8, zones.first_prose + 1 if zones.first_prose >= 0 else 8)]
    if _is_kill(head):
        yield Fact("version_marker", "KILL")
        yield Fact("pubstatus", "canceled")
    if context.metadata.title and (marker := _marker_of_title(context.metadata.title)):
        yield Fact("version_marker", marker)
    removals: list[Removal] = []
    for line in head:
        yield from _read_head(line, len(lines), removals)
    yield from _read_notes(lines, zones, removals)
    removals += _end_marks(lines, zones)
    if len(removals) < len(lines):
        yield from remove_lines(text, lines, removals, NAME, VERSION)


def _is_kill(head: tuple[Line, ...]) -> bool:
    if not any(_KILL.match(line.text) for line in head[:4]):
        return False
    first = next(line for line in head[:4] if _KILL.match(line.text))
    strong = re.match(r"^[\W_]*(?:KILL\W+KILL|STORY WITHDRAWN|ADVISORY|BULLETIN KILL|ZURÜCK|MELDUNG|DÉPÊCHE)", first.text) is not None
    return strong or any(_KILL_SENTENCE.search(line.text) for line in head) or len(first.text) <= 40


def _marker_of_title(title: str) -> str | None:
    match = _TITLE_MARK.search(title)
    if not match:
        return None
    marker = match["marker"] or match["other"] or match["late"]
    return marker.strip(" -:：|[]【】").replace("-", " ").upper()


def _read_head(line: Line, count: int, removals: list[Removal]) -> Iterator[Finding]:
    """Facts of one line of the head; lines that hold nothing else are added to `removals`."""
    text = line.text
    evidence = "zone: head; "
    if line.index < 3 and (marker := _marker_of_title(text)) and not ends_sentence(text):
        yield Fact("version_marker", marker)
    if match := _HEAD_MARK.match(text):
        yield Fact("version_marker", match["marker"].upper())
        removals.append(Removal(line.index, line.index, "version_marker", evidence + "formula: version marker alone on its line"))
    elif _HOLD.match(text) and count > 1:
        yield Fact("pubstatus", "withheld")
        yield Fact("version_marker", "HOLD")
        removals.append(Removal(line.index, line.index, "version_marker", evidence + "formula: hold notice"))
    elif (match := _EMBARGO.match(text)) and _is_embargo(text, match["when"]):
        yield Fact("embargoed_until", match["when"].strip(" .)]*") or text)
        yield Fact("pubstatus", "withheld")
        removals.append(Removal(line.index, line.index, "embargo", evidence + "formula: embargo notice"))
    elif (match := _SLUG.match(text)) or (match := _SLUG_SLASHES.match(text)):
        slug = match["slug"]
        yield Fact("slugline", slug)
        if "rest" in match.groupdict() and (
            late := re.search(
                r"\d{1,2}(?:st|nd|rd|th) Ld[\w-]*|Writethru|\d(?:st|nd|rd|th) (?:Add|Sub)|Correction|KILL", match["rest"] or ""
            )
        ):
            yield Fact("version_marker", late[0].upper())
        removals.append(Removal(line.index, line.index, "slug", evidence + "form: slug in capitals with hyphens or slashes"))
    elif _WIRE_HEADER.match(text) and line.index < 4 and not is_prose(line):
        removals.append(Removal(line.index, line.index, "wire_header", evidence + "form: transmission header"))


def _is_embargo(text: str, when: str) -> bool:
    """An embargo on a ship is news: the notice is in capitals, has a colon, or names a time."""
    if ends_sentence(text) and text.count(" ") > 14:
        return False
    return text[:7].isupper() or ":" in text[:40] and re.search(r"\d", when) is not None


def _read_notes(lines: tuple[Line, ...], zones: Zones, removals: list[Removal]) -> Iterator[Finding]:
    for line in lines:
        if zones.name(line.index) == "body" and line.index > 6:
            continue
        if line.text[0] in "([" and _ADVISORY.match(line.text):
            yield Fact("editor_notes", line.text.strip("()[] "))
            if re.match(r"[(\[]\s*(?:Corrects|Corrige|Korrigiert|Berichtigt|Fixes|This version corrects)", line.text):
                yield Fact("version_marker", "CORRECTED")
            removals.append(
                Removal(line.index, line.index, "editor_note", f"formula: advisory line; form: in brackets ({zones.name(line.index)})")
            )
        elif _EDS.match(line.text):
            yield Fact("editor_notes", line.text)
            removals.append(Removal(line.index, line.index, "editor_note", f"formula: note to editors; zone: {zones.name(line.index)}"))


def _end_marks(lines: tuple[Line, ...], zones: Zones) -> Iterator[Removal]:
    for line in lines[max(1, zones.last_prose) :]:
        if len(line.text) <= 24 and _END.match(line.text):
            yield Removal(line.index, line.index, "end_mark", "zone: tail; formula: end mark")
    for line in lines:
        if line.index < zones.last_prose and len(line.text) <= 8 and _END_SYMBOL.match(line.text) and line.index > 0:
            yield Removal(line.index, line.index, "end_mark", "form: symbols only; formula: end or section mark")
