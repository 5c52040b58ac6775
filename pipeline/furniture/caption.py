"""Captions of pictures and the credits of those who took them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.furniture._names import agency_named, known_source, looks_like_name
from pipeline.furniture._removal import Removal, remove_lines
from pipeline.records import Fact
from pipeline.text.lines import Line, ends_sentence, split_lines
from pipeline.text.rules import Context, Finding
from pipeline.text.zones import Zones, find_zones

NAME, VERSION = "caption", 1

_LONGEST = 700
_PHOTO = (
    r"(?:photo(?:s|graph|graphy|graphs)?|pictures?|images?|foto(?:s|grafie|grafía|grafia|ğraf)?|bild(?:er)?|crédits?(?: photo)?|credits?|photo credits?|image credits?|"
    r"picture credits?|image source|source photo|bildquelle|bildnachweis|fotograf|imagen|imagem|immagine|zdjęcie|zdj\.|fot\.|фото|изображение|світлина|kaynak foto|"
    r"صورة|تصوير|الصورة|图|图片|圖|圖片|圖源|图源|图片来源|圖片來源|摄影?|攝影?|写真|撮影|提供|사진|사진제공|video grab|screenshot|screengrab|illustration|graphic|composite|file photo|"
    r"archivbild|archivfoto|symbolbild|symbolfoto|beeld|lusa foto|kredit|copyright)"
)
_LABELLED = re.compile(
    rf"^[(\[（【<]?\s*(?:©|{_PHOTO})(?:\s+(?:by|credit|courtesy(?: of)?|provided by|de|di|von|:|从))*\s*[:：/|=＝©]*\s*(?P<rest>.{{2,160}}?)\s*[)\]）】>]?\s*\.?$",
    re.IGNORECASE,
)
_STRICT_LABEL = re.compile(
    rf"^[(\[（【<]?\s*(?:{_PHOTO})(?:\s+credit|\s+source|\s+courtesy)?(?:\s*[:：/|=＝]|\s+(?:by|courtesy of|credit|©)\b|\s*©)",
    re.IGNORECASE,
)
_CAPTION_LABEL = re.compile(
    r"^[(\[]?(?:file photo|file image|file picture|file|image caption|photo caption|caption|pictured|in this (?:photo|image|picture|handout|file|video|screen)[^:]{0,60}|archivbild|archivfoto|symbolbild|"
    r"bildunterschrift|légende|légende photo|photo d'archives?|foto de archivo|imagen de archivo|pie de foto|foto de arquivo|legenda|foto d'archivio|archieffoto|zdjęcie ilustracyjne|zdjęcie archiwalne|архивное фото|"
    r"фото из архива|архівне фото|ілюстративне фото|иллюстративное фото|arşiv fotoğrafı|صورة ارشيفية|صورة أرشيفية|资料图|資料圖|资料图片|資料照片?|図|資料写真|자료 ?사진|▲)(?:\s*[:：|]|\s+[-–—]\s+|\s*[)\]])",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"(?:[/,|]?\s*(?:file(?: photo| picture| image)?|archiv\w*|pool photo|handout|via reuters|dossier|archives?)\s*)$", re.IGNORECASE
)
_CREDIT_CUT = re.compile(
    r"\s+via\s+|\s*[/|•·／｜+]\s*|\s+for\s+|,\s*|\s+[-–—]\s+|\s+©\s*|\s*©\s*|\s+and\s+|\s*&\s*|\s+par\s+|\s+by\s+|\s+von\s+", re.IGNORECASE
)
_AP_PHOTO = re.compile(
    r"^(?P<agency>AP|Reuters|REUTERS|AFP|EPA|UPI|dpa|DPA|PA|CP|AAP|Xinhua|Getty|TASS|ANSA|EFE|Kyodo|Yonhap|NTB|TT|ANP|PTI|ANI)\s+(?:Photo|Foto|file photo|Images?|Wire|via AP|File)\b\s*[/:|,-]?\s*",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[^\W\d_][\w’'.&-]*(?:\s+[^\W\d_][\w’'.&-]*){0,4}")
_BRACKET = re.compile(r"[(\[（【][^()\[\]（）【】]{3,120}[)\]）】]\s*\.?$")
_SENTENCE_END = re.compile(r"[.!?”\"’»。)](?=\s*(?:[A-ZÀ-ÞА-ЯІЇЄ©(\[]|\S+/))\s*|\s+\|\s+|\s{2,}|\s+[-–—]\s+(?=[^-–—]*/)")


class Credit(NamedTuple):
    """What a credit says: picture agencies, whether its form shows it (slashes, `via`), whether a known agency is in it."""

    agencies: tuple[str, ...]
    formed: bool
    known: bool


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
    removals: list[Removal] = []
    for line in lines:
        if len(line.text) > _LONGEST:
            continue
        found = _judge(line, zones)
        if found is None:
            continue
        kind, credit, evidence = found
        yield Fact("captions", line.text)
        for agency in credit.agencies:
            yield Fact("photo_agency", agency)
        removals.append(Removal(line.index, line.index, kind, evidence))
    if len(removals) < len(lines):
        yield from remove_lines(text, lines, removals, NAME, VERSION)


_HINT = re.compile(
    r"[/／©]|\bvia\b|\bphoto|\bimage|\bfoto|\bbild|\bpicture|\bcredit|\bcrédit|\bfile\b|фото|світлин|صور|图|圖|写真|撮影|사진|▲|caption|légende|legenda|zdj|\bfot\.",
    re.IGNORECASE,
)


def _judge(line: Line, zones: Zones) -> tuple[str, Credit, str] | None:
    text = line.text
    if not _HINT.search(text):
        return _bare_agency(line, zones)
    zone = zones.name(line.index)
    if len(text) <= 200 and (credit := read_credit(text)) and (credit.known or credit.formed):
        return (
            "photo_credit",
            credit,
            f"form: nothing but a credit; formula: {'known agency' if credit.known else 'slashes, via or a photo word'} ({zone})",
        )
    caption, credit_text = split_caption(text)
    if credit_text and (credit := read_credit(credit_text)):
        if credit.known or credit.formed:
            return "caption", credit, f"form: ends in a picture credit “{credit_text[:60]}”; zone: {zone}, a paragraph of its own"
    if _CAPTION_LABEL.match(text) and len(text) <= 400 and (zone != "tail" or not ends_sentence(text) or zones.after_prose(line.index)):
        return "caption", Credit((), False, False), f"formula: caption label; zone: {zone}, a paragraph of its own"
    return None


def _bare_agency(line: Line, zones: Zones) -> tuple[str, Credit, str] | None:
    """A line that names a picture agency and nothing else, before the last paragraph."""
    if len(line.text) > 40 or zones.after_prose(line.index):
        return None
    agency = agency_named(line.text, pictures=True)
    if agency is None or agency_named(line.text) is not None:
        return None
    return "photo_credit", Credit((agency,), False, True), f"formula: picture agency; form: alone on its line ({zones.name(line.index)})"


def split_caption(text: str) -> tuple[str, str]:
    """(caption, credit) of a line; the credit is empty where none can be seen at its end.

    >>> split_caption("A ferry leaves. Jo Lind/Reuters")
    ('A ferry leaves.', 'Jo Lind/Reuters')
    >>> split_caption("A ferry leaves (Photo by Jo Lind / AFP)")
    ('A ferry leaves', '(Photo by Jo Lind / AFP)')
    >>> split_caption("The ratio of men/women is even, she said.")
    ('The ratio of men/women is even, she said.', '')
    """
    if match := _BRACKET.search(text):
        inner = match[0].strip(" .()[]（）【】")
        if re.search(r"[/／©]", inner) or _STRICT_LABEL.match(inner) or agency_named(inner, pictures=True) != agency_named(inner):
            return text[: match.start()].rstrip(), match[0]
        return text, ""
    cuts = [match.end() for match in _SENTENCE_END.finditer(text)]
    for cut in reversed(cuts[-4:]):
        tail = text[cut:].strip()
        if 3 <= len(tail) <= 140 and (re.search(r"[/／©]|\bvia\b", tail) or _STRICT_LABEL.match(tail) or agency_named(tail, pictures=True)):
            if not (ends_sentence(tail) and not re.search(r"/|©", tail)):
                return text[:cut].rstrip(" |-–—"), tail
    return text, ""


def read_credit(text: str) -> Credit | None:
    """What a credit says, or None where the text is not a credit.

    >>> read_credit("(Photo by Jo Lind / AFP)").agencies, read_credit("REUTERS/Jo Lind/File Photo").agencies
    (('AFP',), ('Reuters',))
    >>> read_credit("and/or the port") is None, read_credit("He said no.") is None
    (True, True)
    """
    bare = text.strip().strip("()[]（）【】<>").strip()
    labelled = _STRICT_LABEL.match(text) or re.match(r"^[(\[]?\s*©", text)
    if labelled and (match := _LABELLED.match(text)):
        bare = match["rest"].strip()
    bare = _TRAILER.sub("", bare.rstrip(" .")).strip(" /,|")
    agencies: list[str] = []
    known = False
    if match := _AP_PHOTO.match(bare):
        known = True
        agencies.append(agency_named(match["agency"], pictures=True) or match["agency"])
        bare = bare[match.end() :]
    parts = [part.strip(" .()[]") for part in _CREDIT_CUT.split(bare) if part.strip(" .()[]")]
    if not parts or len(parts) > 8:
        return Credit(tuple(agencies), False, True) if known else None
    slashed = re.search(r"[/／]|\bvia\b", bare) is not None
    people = 0
    for part in parts:
        agency = agency_named(part, pictures=True)
        if agency or (source := known_source(part)):
            known = True
            name = agency or source
            if name and name not in agencies and name not in ("Pool", "Handout"):
                agencies.append(name)
        elif looks_like_name(part):
            people += 1
        elif slashed and _is_capitalised(part):
            agencies.append(part)
        elif labelled and len(part) <= 60 and (_is_capitalised(part) or not part.isascii()):
            continue
        else:
            return None
    formed = (
        bool(labelled) or (slashed and len(parts) >= 3 and people > 0) or ("via " in bare and slashed and len(parts) >= 2 and people > 0)
    )
    return Credit(tuple(agencies), formed, known and (slashed or bool(labelled) or known_only(parts)))


def known_only(parts: list[str]) -> bool:
    """Whether every part is a picture agency, so that no slash is needed."""
    return all(agency_named(part, pictures=True) and not agency_named(part) for part in parts)


def _is_capitalised(part: str) -> bool:
    words = part.split()
    return (
        bool(_CAPITAL.fullmatch(part))
        and len(words) <= 5
        and words[0][0].isupper()
        and not any(w[0].islower() and len(w) > 3 for w in words)
    )
