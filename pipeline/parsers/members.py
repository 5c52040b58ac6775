"""Files that hold several documents -> one small document each, as bytes that `parse` reads.

Taken apart are messages of NewsML-G2, NewsML 1.x with several items, RSS, Atom and WordPress exports, JSON Feed, arrays of JSON objects,
AP's JSON feeds, SGML newswire, and files of wire messages in a row. An element that is damaged becomes a member that its parser
refuses; its neighbours are not touched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.errors import DocumentError
from pipeline.parsers import decoding, feeds, newsml_1_2, newsml_g2, sgml
from pipeline.parsers.jsontext import load
from pipeline.parsers.markup import root_name
from pipeline.parsers.slices import Slice, attribute, closing_tags, open_tags, outer_elements
from pipeline.parsers.source import Source

__all__ = ["Member", "next_element", "split_members"]

_HEAD = 65_536
_FEED_HEAD = ("title", "link", "language", "copyright", "rights", "author", "creator")
_GUID = re.compile(r"<(?:[\w\-]+:)?(?:guid|id)(?:\s[^<>]{0,300})?>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,500}?)\s*(?:\]\]>)?\s*</", re.IGNORECASE)
_PUBLIC_ID = re.compile(r"<PublicIdentifier(?:\s[^<>]{0,300})?>\s*([^<]{1,500}?)\s*</")
_LISTS = re.compile(r'"(item|items|data|docs|documents|results|articles|stories|entries|news|posts|response)"\s*:')
_SGML_END = re.compile(rb"</(?:DOC|REUTERS)\s*>", re.IGNORECASE)
_LONG_SETTING = 300
_MOST_TRIED = 1_000
"""Places at which an array is tried again behind a damage; a story has some dozens of objects within."""
_DOCUMENT_KEYS = frozenset(("text", "headline", "title", "uri", "guid", "body", "content", "body_html", "body_text"))
_XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Member:
    """One document of a file that holds several. `member_id` is unique in the file and depends on the file's bytes alone."""

    member_id: str
    data: bytes
    media_type: str | None


_Found = tuple[str, bytes, str | None]


def split_members(data: bytes, name: str) -> list[Member] | None:
    """The documents of a file that holds several, in their order; None for a file that is one document.

    A file that cannot be read as several is one document, whose parser then says what is wrong with it. The name of the file is not
    asked: content decides.

    >>> [(m.member_id, m.data) for m in split_members(b'[{"text": "a"}, {"text": "b"}]', "x.json")]
    [('1', b'{"text": "a"}'), ('2', b'{"text": "b"}')]
    """
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\f\0")
    found: Iterable[_Found] = ()
    if head[:1] == b"<":
        found = _from_markup(data)
    elif head[:1] in (b"[", b"{"):
        found = _from_json(data, head)
    elif b"\x01" in head[:200]:
        found = _from_wire(data)
    return _numbered(found) or None


def _decode(data: bytes) -> decoding.Decoded:
    """Decode a file of several documents. A block of zeros, as a failing disk leaves it, makes a single document no text; here it stands in
    one of many, and goes with it.

    Raises:
        DocumentError: as `decoding.decode`.
    """
    try:
        return decoding.decode(data)
    except DocumentError as error:
        if error.code != "not_text_data" or b"\0" not in data:
            raise
    encoding = decoding.decode(data.replace(b"\0", b"")).codec
    return decoding.Decoded(data.decode(encoding, "replace"), encoding, "detected")


def _from_markup(data: bytes) -> list[_Found]:
    try:
        decoded = _decode(data)
    except DocumentError:
        return []
    source = Source(decoded.text)
    if sgml.recognise(source):
        return _from_sgml(data, decoded)
    if newsml_g2.recognise(source):
        root = (root_name(source.head) or "").lower()
        return _elements(decoded.text, newsml_g2.ITEMS) if root in ("newsmessage", "itemset") else []
    if newsml_1_2.recognise(source):
        items = _elements(decoded.text, frozenset(("newsitem",)))
        return items if len(items) > 1 else []
    if feeds.recognise(source) and root_name(source.head) not in ("item", "entry"):
        return _elements(decoded.text, feeds.ENTRIES, reduced=True)
    return []


def _elements(text: str, names: frozenset[str], *, reduced: bool = False) -> list[_Found]:
    """Each element inside the start tags that surround it, so that it keeps namespaces, language and what its file says of all."""
    slices = outer_elements(text, names)
    if not slices:
        return []
    header = text[: slices[0].start]
    tags = open_tags(header)
    head = _feed_head(header) if reduced else ""
    if head and re.search(r"</channel\s*>", header):
        head = f"<channel>{head}</channel>"  # RSS 1.0, whose items stand beside the channel
    sender = re.search(r"<SentFrom\b[\s\S]{0,4000}?</SentFrom\s*>", header[:_HEAD])
    if sender and not reduced:
        head = f"<NewsEnvelope>{sender[0]}</NewsEnvelope>"  # of the envelope only who sent it: its times differ with each delivery
    before = "".join(tags) + head
    after = closing_tags(tags)
    return [(_identity(text, piece), f"{before}{text[piece.start : piece.end]}{after}".encode(), _XML) for piece in slices]


def _feed_head(header: str) -> str:
    # What changes with every retrieval (build dates, counters) stays out, so that an entry has the same bytes each time.
    inner = re.sub(r"<image\b[\s\S]{0,4000}?</image\s*>", "", header[:_HEAD])
    found = []
    for name in _FEED_HEAD:
        match = re.search(rf"<((?:[\w\-]+:)?{name})(?:\s[^<>]{{0,500}})?(?:/>|>[\s\S]{{0,1000}}?</\1\s*>)", inner)
        found.append(match[0] if match else "")
    return "".join(found)


def _identity(text: str, piece: Slice) -> str:
    start = text[piece.start : piece.start + 4096]
    tag = start[: start.find(">") + 1]
    if guid := attribute(tag, "guid") or attribute(tag, "rdf:about"):
        return guid
    match = (_GUID if piece.name in feeds.ENTRIES else _PUBLIC_ID).search(text, piece.start, min(piece.end, piece.start + _HEAD))
    return match[1] if match else ""


def _from_sgml(data: bytes, decoded: decoding.Decoded) -> list[_Found]:
    """Slices of the bytes themselves, with the encoding that was decided for the whole file."""
    starts = [m.start() for m in re.finditer(rb"<(?:DOC|REUTERS|doc)(?=[\s>])", data)]
    if len(starts) < 2 or decoded.encoding.startswith(("utf-16", "utf-32")):
        return []
    media_type = f"text/sgml; charset={decoded.codec}"
    found: list[_Found] = []
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        piece = data[start:end]
        stated = re.search(rb"<DOC(?:NO|ID)>\s*([^<]{1,200}?)\s*</", piece[:2000], re.IGNORECASE)
        tag = piece[: piece.find(b">") + 1].decode("latin-1")
        identity = stated[1].decode("latin-1") if stated else attribute(tag, "id") or attribute(tag, "NEWID") or ""
        found.append((identity, piece.rstrip(), media_type))
        # What stands behind an end tag is a document whose start tag is damaged, and would be lost without a word.
        close = _SGML_END.search(piece)
        second = piece.find(b"<DOCNO>", piece.find(b"<DOCNO>") + 1)
        behind = min(close.end() if close else len(piece), second if second > 0 else len(piece))
        rest = piece[behind:].strip()
        if re.sub(rb"<[^<>]{0,2000}>", b"", rest).strip(b" \t\r\n\x00\x1a"):
            found[-1] = (identity, piece[:behind], media_type)
            found.append(("", rest, media_type))
    return found


def _from_wire(data: bytes) -> list[_Found]:
    """Messages in a row, each from its start of header (and the SYN before it) to the next one's."""
    starts = [m.start() for m in re.finditer(rb"\x16*\x01(?=[^\x01\x02]{4,400}\x02)", data)]
    if len(starts) < 2:
        return []
    try:
        charset = decoding.decode(data).codec
    except DocumentError:
        return []
    ends = [*starts[1:], len(data)]
    return [("", data[start:end].rstrip(b"\x00\r\n "), f"text/plain; charset={charset}") for start, end in zip(starts, ends, strict=True)]


def _from_json(data: bytes, head: bytes) -> list[_Found]:
    if head[:1] == b"{" and not re.search(_LISTS.pattern.encode(), head):
        return []
    try:
        text = _decode(data).text.strip("\ufeff \t\r\n\0")
    except DocumentError:
        return []
    return _array(text) if text.startswith("[") else _json_feed(text)


def _array(text: str) -> list[_Found]:
    """Elements of an array as they are written. One that cannot be read is one member, up to the next that reads as the first did."""
    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
    blank = re.compile(r"[ \t\r\n]*")
    position = _after(blank, text, 1)
    found: list[_Found] = []
    keys: frozenset[str] = frozenset()
    between = ""
    while position < len(text) and text[position] != "]":
        try:
            value, end = decoder.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            end = next_element(decoder, text, position, keys, between)
            found.append(("", text[position:end].rstrip(" \t\r\n,").encode("utf-8", "replace"), "application/json"))
            position = end
            continue
        if isinstance(value, dict) and not keys:
            keys = frozenset(value)
        identity = next((value[k] for k in ("uri", "guid", "id") if isinstance(value.get(k), str)), "") if isinstance(value, dict) else ""
        found.append((identity, text[position:end].encode("utf-8", "replace"), "application/json"))
        position = _after(blank, text, end)
        if text[position : position + 1] == ",":
            position = _after(blank, text, position + 1)
            between = between or text[end:position]
    return found


def next_element(decoder: json.JSONDecoder, text: str, position: int, keys: frozenset[str], between: str) -> int:
    """Where the next sound element of an array begins, or the end of the text.

    Elements stand apart by what stood between those before (`between`), and share a key with the first one at least (`keys`): an
    object within the damaged element, such as a picture of a story, is none.
    """
    for tried, match in enumerate(re.finditer(r"\}" + (re.escape(between) or r",\s{0,40}") + r"(?=\{)", text[position:])):
        if tried == _MOST_TRIED:
            break
        start = position + match.end()
        try:
            value, _ = decoder.raw_decode(text, start)
        except (json.JSONDecodeError, RecursionError):
            continue
        if len(keys & value.keys()) * 2 > len(keys) or (not keys and _DOCUMENT_KEYS & value.keys()):
            return start
    return len(text)


def _json_feed(text: str) -> list[_Found]:
    """Items of a JSON Feed or of AP's feed, each in an object of its own with what the feed says of all."""
    try:
        value, _ = load(text)
    except DocumentError:
        return []
    if not isinstance(value, dict):
        return []
    data = value.get("data")
    if isinstance(data, dict) and isinstance(data.get("items"), list):
        entries = [e.get("item", e) if isinstance(e, dict) else e for e in data["items"]]
        return [
            (_json_id(e), _compact({"api_version": value.get("api_version"), "data": {"item": e}}), "application/json") for e in entries
        ]
    if "jsonfeed.org" in str(value.get("version", "")) and isinstance(value.get("items"), list):
        head = {key: value[key] for key in ("version", "title", "language", "authors", "author") if key in value}
        return [(_json_id(e), _compact({**head, "items": [e]}), "application/json") for e in value["items"]]
    return [(_json_id(e), _compact(e), "application/json") for e in _wrapped(value)]


def _wrapped(value: dict[str, object]) -> list[object]:
    """The list of documents in the answer of an interface: the one list of objects beside counts and times, one level down at most.

    >>> _wrapped({"total": 2, "item": [{"uri": "a", "headline": "A"}, {"uri": "b", "headline": "B"}]})[1]
    {'uri': 'b', 'headline': 'B'}
    >>> _wrapped({"text": "a document", "items": [{"price": 1}]})
    []
    """
    inner = value.get("response", value.get("data"))
    for holder in (value, inner if isinstance(inner, dict) else {}):
        lists = [(key, entries) for key, entries in holder.items() if isinstance(entries, list) and entries]
        others = [key for key, entry in holder.items() if isinstance(entry, str) and len(entry) > _LONG_SETTING]
        if len(lists) == 1 and not others and _LISTS.fullmatch(f'"{lists[0][0]}":') and not _DOCUMENT_KEYS & set(holder):
            entries = lists[0][1]
            if all(isinstance(entry, dict) and any(isinstance(v, str) for v in entry.values()) for entry in entries):
                return entries
    return []


def _json_id(entry: object) -> str:
    if not isinstance(entry, dict):
        return ""
    altids = entry.get("altids")
    stated = [altids.get("itemid")] if isinstance(altids, dict) else []
    return next((v for v in (*stated, entry.get("id"), entry.get("uri")) if isinstance(v, str)), "")


def _compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _numbered(found: Iterable[_Found]) -> list[Member]:
    """Members with ids that are unique: an id that comes again takes ``#2``, ``#3``, ..., and an empty one is its ordinal from 1."""
    taken: set[str] = set()
    copies: dict[str, int] = {}
    members = []
    for ordinal, (identity, data, media_type) in enumerate(found, 1):
        base = re.sub(r"\s+", " ", identity).strip()[:500] or str(ordinal)
        unique, copy = base, copies.get(base, 1)
        while unique in taken:
            copy += 1
            unique = f"{base}#{copy}"
        copies[base] = copy
        taken.add(unique)
        members.append(Member(unique, data, media_type))
    return members
