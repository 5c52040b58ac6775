"""What a crawl brings beside its pages: style sheets, scripts, pictures, fonts, sound, films. Recognised before anything is decoded.

Only what came by HTTP is asked (a media type or an address is known), and content decides before the declaration: a page that a
server calls a picture is a page, a picture that it calls a page is a picture.
"""

from __future__ import annotations

import codecs
import re
from urllib.parse import urlsplit

from pipeline.parsers.source import Reading
from pipeline.records import Metadata, RawDocument

__all__ = ["NAME", "VERSION", "kind_of", "read"]

NAME, VERSION = "asset", 1

_MAGIC = (
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG\r\n", "picture"),
    (b"GIF87a", "picture"),
    (b"GIF89a", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"OTTO\0", "font"),
    (b"ID3", "audio"),
    (b"fLaC", "audio"),
    (b"OggS", "audio"),
    (b"\x1a\x45\xdf\xa3", "video"),
    (b"FLV\x01", "video"),
)
_RIFF = {b"WEBP": "picture", b"WAVE": "audio", b"AVI ": "video"}
_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1")
_DECLARED = (
    (re.compile(r"image/"), "picture"),
    (re.compile(r"font/|application/(?:x-)?font|application/vnd\.ms-fontobject"), "font"),
    (re.compile(r"video/|application/(?:x-shockwave-flash|vnd\.apple\.mpegurl)"), "video"),
    (re.compile(r"audio/"), "audio"),
    (re.compile(r"text/css"), "stylesheet"),
    (re.compile(r"(?:text|application)/(?:x-)?(?:java|ecma)script|application/wasm"), "script"),
)
_VAGUE = (None, "text/plain", "application/octet-stream", "binary/octet-stream")
_SUFFIX = {".css": "stylesheet", ".js": "script", ".mjs": "script"}
# Possessive throughout: what comes before the root is read one way, or comments in a row would be tried in millions of ways.
_SVG = re.compile(
    rb"(?><\?xml[^>]{0,200}>\s*+|<!--.{0,2000}?-->\s*+|<!doctype\s+svg[^>]{0,300}>\s*+){0,5}+<svg[\s>]", re.IGNORECASE | re.DOTALL
)
_ROBOTS = re.compile(rb"^[ \t]*(?:user-agent|disallow|sitemap)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_CODE_SIGNS = b"{};=<>"
_SAMPLE = 64 * 1024
_MIN_SIGNS = 100
"""One byte in so many is a sign of code, at least. Prose has one in some thousand, minified code one in ten."""


def kind_of(raw: RawDocument) -> tuple[str, str] | None:
    r"""What kind of thing a record is, and the evidence; None for what may be a document.

    >>> from pipeline.records import Origin
    >>> kind_of(RawDocument("", 0, Origin("a.warc", media_type="text/css"), b"a{color:red}", ""))
    ('stylesheet', 'media type: text/css')
    >>> kind_of(RawDocument("", 0, Origin("a.warc", media_type="image/png"), b"<!doctype html><p>Gone", "")) is None
    True
    """
    origin = raw.origin
    if raw.kind != "file" or (origin.media_type is None and origin.url is None):
        return None
    head = raw.data[:_SAMPLE]
    if kind := _by_magic(head):
        return kind, f"content: {kind}"
    if origin.url and _path(origin.url).lower() == "/robots.txt" and _ROBOTS.search(head):
        return "robots", "name: /robots.txt"
    media_type = (origin.media_type or "").split(";")[0].strip().lower() or None
    declared = next((kind for pattern, kind in _DECLARED if pattern.match(media_type or "")), None)
    evidence = f"media type: {media_type}"
    if declared is None and media_type in _VAGUE and origin.url:
        suffix = re.search(r"\.\w{1,4}$", _path(origin.url))
        declared, evidence = _SUFFIX.get(suffix[0].lower()) if suffix else None, f"name: {suffix[0] if suffix else ''}"
    if declared is None or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"[", b'{"')):
        return None  # mark-up and data are for the parsers, whatever they are called
    return (declared, evidence) if _is_no_prose(head, declared) else None


def read(kind: str) -> Reading:
    """No text, and the kind as the item's type, by which the filter `not_text` removes it."""
    return Reading("", Metadata(item_type=kind))


def _by_magic(head: bytes) -> str | None:
    if kind := next((kind for magic, kind in _MAGIC if head.startswith(magic)), None):
        return kind
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return "picture" if head[8:12] in _PICTURE_BRANDS else "video"
    return "picture" if _SVG.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")) else None


def _is_no_prose(head: bytes, kind: str) -> bool:
    """Style sheets and scripts are full of signs; what is declared as anything else is at least no readable text."""
    if kind in ("stylesheet", "script"):
        return len(head) - len(head.translate(None, _CODE_SIGNS)) >= len(head) / _MIN_SIGNS
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return True
    return any(not c.isprintable() and not c.isspace() for c in text)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
