"""What a page says about its article: JSON-LD, meta elements, links; and marks of translation and of reserved rights."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.jsontext import load
from pipeline.parsers.markup import text_of
from pipeline.parsers.source import Source, squeeze
from pipeline.records import Metadata

__all__ = ["PageFacts", "read_page"]

_ARTICLES = re.compile(r"(?:^|/)(?:\w*NewsArticle|Article|BlogPosting|LiveBlogPosting|Report)$")
_SITE = re.compile(r"\s+[-–—|·•:»]\s+\S")
_SEPARATOR = re.compile(r"\s*[-–—|·•:»]\s*$")
_RESERVING_ROBOTS = re.compile(r"\b(?:noai|noimageai|notrain)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Metadata and marks of a page, and the article's text where the page's data block has it."""

    metadata: Metadata
    marks: tuple[str, ...]
    article_body: str | None


def read_page(tree: etree._Element, source: Source) -> PageFacts:
    """What a page says about its article. JSON-LD of the article speaks first, then Open Graph and other meta elements, then plain HTML."""
    metas = _metas(tree)
    linked = next((block for block in _linked_data(tree) if _is_article(block)), {})
    canonical = _canonical(tree, metas, source)
    reserved = _reserved(metas)
    publisher = metas.get("og:site_name") or next(iter(_people(linked.get("publisher"))), None) or metas.get("application-name")
    metadata = Metadata(
        title=_title(tree, metas, linked, publisher),
        language=_language(tree, metas, linked),
        byline=fields.bylines(_people(linked.get("author")) or _authors(metas)),
        published_at=_moment(_text(linked.get("datePublished"))) or _moment(_first(metas, _PUBLISHED)) or _moment(_time(tree)),
        modified_at=_moment(_text(linked.get("dateModified"))) or _moment(_first(metas, _MODIFIED)),
        publisher=publisher,
        section=metas.get("article:section") or next(iter(_strings(linked.get("articleSection"))), None),
        keywords=fields.texts(_keywords(metas, linked)),
        copyright_holder=next(iter(_people(linked.get("copyrightHolder"))), None),
        usage_terms=_text(linked.get("usageInfo")) or _text(linked.get("license")),
        creditline=_text(linked.get("creditText")),
        canonical_url=canonical,
        ai_reserved=True if reserved else None,
    )
    body = linked.get("articleBody")
    return PageFacts(metadata, tuple(_marks(tree, source, linked, canonical, reserved)), body if isinstance(body, str) else None)


_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "pubdate",
    "publishdate",
    "publish-date",
    "date",
    "dc.date",
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")


def _metas(tree: etree._Element) -> dict[str, str]:
    """Meta elements by name, property or itemprop, in lower case; the first one wins."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv")
        content = squeeze(meta.get("content"))
        if name and content:
            for part in name.lower().split():
                found.setdefault(part, content)
    return found


def _linked_data(tree: etree._Element) -> Iterator[Mapping[str, Any]]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        try:
            value, _ = load(
                re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$", "", script.text).strip().rstrip(";")
            )
        except DocumentError:
            continue  # a broken data block says nothing; the article is still there
        yield from _objects(value)


def _objects(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        if depth < 3:
            yield from _objects(value.get("@graph"), depth + 1)
            yield from _objects(value.get("mainEntity"), depth + 1)
    elif isinstance(value, list) and depth < 3:
        for entry in value:
            yield from _objects(entry, depth + 1)


def _is_article(block: Mapping[str, Any]) -> bool:
    return any(_ARTICLES.search(kind) for kind in _strings(block.get("@type")))


def _strings(value: Any) -> list[str]:
    entries = value if isinstance(value, list) else [value]
    # Content systems escape references once too often in data blocks.
    return [text for entry in entries if isinstance(entry, str) and (text := squeeze(html.unescape(entry) if "&" in entry else entry))]


def _text(value: Any) -> str | None:
    return next(iter(_strings(value)), None)


def _people(value: Any) -> list[str]:
    entries = value if isinstance(value, list) else [value]
    names = []
    for entry in entries:
        name = entry.get("name") if isinstance(entry, Mapping) else entry
        names += [text for text in _strings(name) if not text.startswith(("http://", "https://"))]
    return names


def _authors(metas: Mapping[str, str]) -> list[str]:
    for name in ("author", "byl", "parsely-author", "sailthru.author", "dc.creator", "article:author"):
        if name in metas and not metas[name].startswith(("http://", "https://")):
            return [metas[name]]
    return []


def _keywords(metas: Mapping[str, str], linked: Mapping[str, Any]) -> list[str | None]:
    stated = _strings(linked.get("keywords")) or [metas.get("news_keywords") or metas.get("keywords") or ""]
    return [word for text in stated for word in (text.split(",") if len(stated) == 1 else [text])]


def _first(metas: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((metas[name] for name in names if name in metas), None)


def _moment(stated: str | None) -> str | None:
    # What a content system writes for a date that nobody set.
    return None if stated and stated.startswith(("0001-", "0000-", "1970-01-01")) else stated


def _time(tree: etree._Element) -> str | None:
    for time in tree.iter("time"):
        if time.get("datetime") and ("pubdate" in time.attrib or time.get("itemprop") == "datePublished"):
            return squeeze(time.get("datetime"))
    return None


def _title(tree: etree._Element, metas: Mapping[str, str], linked: Mapping[str, Any], publisher: str | None) -> str | None:
    """The headline, without the name of the site that pages put behind it."""
    headings = [text for heading in tree.iter("h1") if (text := text_of(heading))]
    stated = _text(linked.get("headline")) or metas.get("og:title") or metas.get("twitter:title")
    stated = stated or (headings[0] if len(headings) == 1 else text_of(next(tree.iter("title"), None)))
    if stated is None:
        return None
    for heading in headings:
        if stated.startswith(heading) and _SITE.match(stated[len(heading) :]):
            return heading
    if publisher and stated.casefold().endswith(publisher.casefold()):
        shorter = _SEPARATOR.sub("", stated[: -len(publisher)])
        return shorter if shorter and len(shorter) < len(stated) - len(publisher) else stated
    return stated


def _language(tree: etree._Element, metas: Mapping[str, str], linked: Mapping[str, Any]) -> str | None:
    stated = [
        tree.get("lang"),
        tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        _text(linked.get("inLanguage")),
        metas.get("content-language"),
        metas.get("og:locale"),
    ]
    return next((tag for value in stated if (tag := fields.language_tag(value))), None)


def _canonical(tree: etree._Element, metas: Mapping[str, str], source: Source) -> str | None:
    links = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    for stated in (*links, metas.get("og:url")):
        address = _absolute(stated, source.url)
        if address:
            return address
    return source.url


def _absolute(address: str | None, base: str | None) -> str | None:
    try:
        joined = urljoin(base or "", (address or "").strip())
        return joined if urlsplit(joined).scheme in ("http", "https") and urlsplit(joined).netloc else None
    except ValueError:
        return None  # an address with a broken IPv6 host or port


def _reserved(metas: Mapping[str, str]) -> list[str]:
    marks = []
    if metas.get("tdm-reservation", "").strip() == "1":
        marks.append("tdm-reservation")
    if any(_RESERVING_ROBOTS.search(metas.get(name, "")) for name in ("robots", "googlebot", "bingbot")):
        marks.append("noai")
    return marks


def _marks(tree: etree._Element, source: Source, linked: Mapping[str, Any], canonical: str | None, reserved: list[str]) -> Iterator[str]:
    hosts = [urlsplit(address).netloc for address in (source.url, canonical) if address]
    if any(host.endswith(".translate.goog") or host.startswith("translate.google.") for host in hosts):
        yield "translate.goog"
    if any("vertical-align: inherit" in (font.get("style") or "") for font in tree.iter("font")):
        yield "google_font_residue"
    if "translated-" in (tree.get("class") or ""):
        yield "google_translated_class"
    for name in ("translationOfWork", "translator"):
        if linked.get(name):
            yield name
    yield from reserved
