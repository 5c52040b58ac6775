"""What a page says about its article: JSON-LD, meta elements, links; and marks of translation and of reserved rights."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from pipeline.errors import DocumentError
from pipeline.parsers import fields
from pipeline.parsers.credits import photo_agencies
from pipeline.parsers.html_text import Article
from pipeline.parsers.html_title import headline, host_names, site_named
from pipeline.parsers.jsontext import load
from pipeline.parsers.markup import NOT_XML, short_text
from pipeline.parsers.source import Source, squeeze
from pipeline.parsers.sources import Picker
from pipeline.records import Metadata

__all__ = ["PageFacts", "read_page"]

_ARTICLES = re.compile(r"(?:^|/)(?:\w*NewsArticle|Article|BlogPosting|LiveBlogPosting|Report)$")
_RESERVING_ROBOTS = re.compile(r"\b(?:noai|noimageai|notrain)\b", re.IGNORECASE)
_MOST = 8
"""Headings and pictures that are looked at."""

_KNOWN_STATUS = frozenset(("usable", "withheld", "canceled"))


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Metadata and marks of a page, and the article's text where the page's data block has it."""

    metadata: Metadata
    marks: tuple[str, ...]
    article_body: str | None


def read_page(tree: etree._Element, source: Source, article: Article) -> PageFacts:
    """What a page says about its article. JSON-LD of the article speaks first, then Open Graph and other meta elements, then plain HTML."""
    found = _said_elements(tree)
    metas = _metas(found["meta"])
    linked = next((block for block in _linked_data(found["script"]) if _is_article(block)), {})
    pick = Picker()
    links = _links(found["link"])
    canonical = _canonical(pick, links, metas, source)
    reserved = _reserved(metas)
    title = _title(pick, found, metas, linked, article, canonical)
    metadata = Metadata(
        title=title,
        publisher=_publisher(pick, found, metas, linked, title),
        language=_language(pick, tree, metas, linked),
        byline=_byline(pick, metas, linked, article),
        captions=pick.all("captions", ((c.whole for c in article.captions), "figcaption"), (_linked_captions(linked), "JSON-LD image")),
        photo_agency=pick.all("photo_agency", (photo_agencies((c.text, c.credit) for c in article.captions), "figcaption")),
        published_at=pick("published_at", *_moments(linked, "datePublished", metas, _PUBLISHED), (_moment(_time(found["time"])), "time")),
        modified_at=pick("modified_at", *_moments(linked, "dateModified", metas, _MODIFIED)),
        section=pick(
            "section", (metas.get("article:section"), "article:section"), (_text(linked.get("articleSection")), "JSON-LD articleSection")
        ),
        keywords=pick.all("keywords", *_keywords(metas, linked)),
        ai_reserved=pick("ai_reserved", (True if reserved else None, " + ".join(reserved))),
        extra=_extra(metas, linked, links),
        canonical_url=canonical,
        **_rights(pick, metas, linked, links),
    )
    metadata = metadata.with_values(metadata_sources=pick.sources)
    return PageFacts(metadata, tuple(_marks(found, source, linked, canonical, reserved)), _stated_body(linked))


def _stated_body(linked: Mapping[str, Any]) -> str | None:
    """The article's text in the data block; of a live blog that of its updates, each after its headline."""
    body = linked.get("articleBody")
    if isinstance(body, str) and body.strip():
        return body
    updates = [update for update in fields.as_list(linked.get("liveBlogUpdate")) if isinstance(update, Mapping)]
    said = [update.get(key) for update in updates for key in ("headline", "articleBody")]
    return "".join(text if "<" in text else f"<p>{text}</p>" for text in said if isinstance(text, str) and text.strip()) or None


def _rights(pick: Picker, metas: Mapping[str, str], linked: Mapping[str, Any], links: Mapping[str, str]) -> dict[str, Any]:
    status = fields.pubstatus(_text(linked.get("creativeWorkStatus")))
    return {
        "copyright_holder": pick("copyright_holder", (_name(linked.get("copyrightHolder")), "JSON-LD copyrightHolder")),
        "rights_notices": pick.all(
            "rights_notices",
            (_strings(linked.get("copyrightNotice")), "JSON-LD copyrightNotice"),
            ([metas.get("copyright") or metas.get("dc.rights") or metas.get("dcterms.rights")], "meta copyright"),
        ),
        "usage_terms": pick(
            "usage_terms",
            (_text(linked.get("usageInfo")), "JSON-LD usageInfo"),
            (_text(linked.get("license")), "JSON-LD license"),
            (links.get("license"), "link license"),
        ),
        "creditline": pick("creditline", (_text(linked.get("creditText")), "JSON-LD creditText")),
        "version": pick("version", (fields.as_text(linked.get("version")), "JSON-LD version")),
        "pubstatus": pick("pubstatus", (status if status in _KNOWN_STATUS else None, "JSON-LD creativeWorkStatus")),
        "dateline": pick(
            "dateline",
            (_text(linked.get("dateline")), "JSON-LD dateline"),
            (_name(linked.get("locationCreated")), "JSON-LD locationCreated"),
        ),
    }


def _publisher(pick: Picker, found: _Found, metas: Mapping[str, str], linked: Mapping[str, Any], title: str | None) -> str | None:
    return pick(
        "publisher",
        (metas.get("og:site_name"), "og:site_name"),
        (_name(linked.get("publisher")), "JSON-LD publisher"),
        (metas.get("application-name"), "meta application-name"),
        (site_named(short_text(next(iter(found["title"]), None)), title), "title, beside the headline"),
    )


def _extra(metas: Mapping[str, str], linked: Mapping[str, Any], links: Mapping[str, str]) -> str | None:
    """Other ids, pictures, and the pages before and after a page of a longer article."""
    ids = [fields.as_text(linked.get(key)) for key in ("@id", "url")] + _strings(linked.get("identifier"))
    pictures = [metas.get("og:image"), *(_address(image) for image in fields.as_list(linked.get("image"))[:_MOST])]
    pages = {rel: links[rel] for rel in ("next", "prev") if rel in links}
    return fields.extra(
        {
            "altids": list(fields.texts(ids)),
            "associations": list(fields.texts(pictures)),
            "subjects": list(fields.texts(_people(linked.get("about")))),
            "places": list(fields.texts(_people(linked.get("contentLocation")))),
            "digital_source_type": _text(linked.get("digitalSourceType")),
            "pages": pages,
        }
    )


def _address(image: Any) -> str | None:
    return _text(image.get("url") or image.get("contentUrl")) if isinstance(image, Mapping) else _text(image)


def _linked_captions(linked: Mapping[str, Any]) -> list[str | None]:
    images = [image for image in fields.as_list(linked.get("image"))[:_MOST] if isinstance(image, Mapping)]
    return [
        " ".join(fields.texts([_text(image.get("caption")), _text(image.get("creditText"))])) for image in images if image.get("caption")
    ]


def _moments(linked: Mapping[str, Any], key: str, metas: Mapping[str, str], names: tuple[str, ...]) -> Iterator[tuple[str | None, str]]:
    yield _moment(_text(linked.get(key))), f"JSON-LD {key}"
    for name in names:
        if name in metas:
            yield _moment(metas[name]), name


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
    "article:published",
    "article.published",
    "og:article:published_time",
    "cxenseparse:recs:publishtime",
    "dc.created",
    "dcterms.issued",
    "rnews:datepublished",
)
_PUBLISHED_CLASSES = frozenset(("published", "dt-published", "entry-date", "pubdate", "date-published"))
"""Classes of the hAtom and h-entry microformats, which content systems write by themselves, and the commonest of their kin."""

_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")


_SAYING = ("html", "title", "meta", "link", "script", "h1", "time", "font")
_Found = Mapping[str, Sequence[etree._Element]]


def _said_elements(tree: etree._Element) -> dict[str, list[etree._Element]]:
    """The elements that say something about the page, by their names."""
    found: dict[str, list[etree._Element]] = {name: [] for name in _SAYING}
    for element in tree.iter(*_SAYING):
        found[element.tag].append(element)
    return found


def _metas(elements: Sequence[etree._Element]) -> dict[str, str]:
    """Meta elements by name, property or itemprop, in lower case; the first one wins."""
    found: dict[str, str] = {}
    for meta in elements:
        said = dict(meta.items())
        name = said.get("property") or said.get("name") or said.get("itemprop") or said.get("http-equiv")
        content = squeeze(said.get("content"))
        if name and content:
            content = content if content.isprintable() else NOT_XML.sub("", content)
            for part in name.lower().split():
                found.setdefault(part, content)
    return found


def _linked_data(scripts: Sequence[etree._Element]) -> Iterator[Mapping[str, Any]]:
    for script in scripts:
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        try:
            value, _ = load(_bare_json(script.text))
        except DocumentError:
            continue  # a broken data block says nothing; the article is still there
        yield from _objects(value)


def _bare_json(text: str) -> str:
    """Without the comment or CDATA marks that content systems put around a data block.

    >>> _bare_json(" //<![CDATA[ {} //]]> ; ")
    '{}'
    """
    text = text.strip().rstrip(";").strip()
    for mark in ("//", "<!--", "<![CDATA["):
        text = text.removeprefix(mark).lstrip()
    for mark in ("-->", "]]>", "//"):
        text = text.removesuffix(mark).rstrip()
    return text


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


def _name(value: Any) -> str | None:
    return next(iter(_people(value)), None)


def _byline(pick: Picker, metas: Mapping[str, str], linked: Mapping[str, Any], article: Article) -> tuple[str, ...]:
    names = ("author", "byl", "parsely-author", "sailthru.author", "dc.creator", "article:author")
    stated = [(fields.bylines([metas[n]]), n) for n in names if n in metas and not metas[n].startswith(("http://", "https://", "@"))]
    return pick.first(
        "byline", (fields.bylines(_people(linked.get("author"))), "JSON-LD author"), *stated, (fields.bylines(article.byline), "byline")
    )


def _keywords(metas: Mapping[str, str], linked: Mapping[str, Any]) -> list[tuple[list[str | None], str]]:
    stated = _strings(linked.get("keywords"))
    source = "JSON-LD keywords"
    if not stated:
        source = "news_keywords" if "news_keywords" in metas else "keywords"
        stated = [metas.get(source, "")]
    return [([word for text in stated for word in (text.split(",") if len(stated) == 1 else [text])], source)]


def _moment(stated: str | None) -> str | None:
    # What a content system writes for a date that nobody set.
    return None if stated and stated.startswith(("0001-", "0000-", "1970-01-01")) else stated


def _time(times: Sequence[etree._Element]) -> str | None:
    """The time element that says of itself that it is the publication's, by attribute or by class; else the page's only one."""
    dated = [time for time in times if time.get("datetime", "").strip()[:4].isdigit()]  # others are durations and times of day
    for time in dated:
        if "pubdate" in time.attrib or time.get("itemprop") == "datePublished":
            return squeeze(time.get("datetime"))
    for time in dated:
        if not _PUBLISHED_CLASSES.isdisjoint(time.get("class", "").lower().split()):
            return squeeze(time.get("datetime"))
    distinct = {time.get("datetime") for time in dated}
    if len(distinct) == 1:
        return squeeze(distinct.pop())
    return None


def _title(
    pick: Picker, found: _Found, metas: Mapping[str, str], linked: Mapping[str, Any], article: Article, address: str | None
) -> str | None:
    """The headline, without the name of the site that pages put behind it."""
    headings = [text for heading in found["h1"][:_MOST] if (text := short_text(heading))]
    page_title = short_text(next(iter(found["title"]), None))
    in_head = [
        (_text(linked.get("headline")), "JSON-LD headline"),
        *((metas.get(name), name) for name in ("og:title", "twitter:title", "dc.title")),
    ]
    sites = [metas.get("og:site_name"), _name(linked.get("publisher")), metas.get("application-name"), *host_names(address)]
    known = [site for site in sites if site]
    chosen = headline([(text, source) for text, source in in_head if text], headings, page_title, known)
    if chosen is None and article.heading:
        chosen = article.heading, "heading"
    return pick("title", chosen) if chosen else None


def _language(pick: Picker, tree: etree._Element, metas: Mapping[str, str], linked: Mapping[str, Any]) -> str | None:
    stated = [
        (tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"), "html lang"),
        (_text(linked.get("inLanguage")), "JSON-LD inLanguage"),
        (metas.get("content-language"), "content-language"),
        (metas.get("og:locale"), "og:locale"),
    ]
    return pick("language", *((fields.language_tag(value), source) for value, source in stated))


def _links(elements: Sequence[etree._Element]) -> dict[str, str]:
    """Addresses of link elements by their relations, in lower case; the first one wins."""
    found: dict[str, str] = {}
    for link in elements:
        relations, address = link.get("rel"), link.get("href")
        if relations and address:
            for relation in relations.lower().split():
                found.setdefault(relation, address)
    return found


def _canonical(pick: Picker, links: Mapping[str, str], metas: Mapping[str, str], source: Source) -> str | None:
    stated = [(links.get("canonical"), "link canonical"), (metas.get("og:url"), "og:url")]
    return pick("canonical_url", *((_absolute(address, source.url), name) for address, name in stated), (source.url, "address"))


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


def _marks(found: _Found, source: Source, linked: Mapping[str, Any], canonical: str | None, reserved: list[str]) -> Iterator[str]:
    hosts = [urlsplit(address).netloc for address in (source.url, canonical) if address]
    if any(host.endswith(".translate.goog") or host.startswith("translate.google.") for host in hosts):
        yield "translate.goog"
    if any("vertical-align: inherit" in (font.get("style") or "") for font in found["font"]):
        yield "google_font_residue"
    if any("translated-" in (root.get("class") or "") for root in found["html"]):
        yield "google_translated_class"
    for name in ("translationOfWork", "translator"):
        if linked.get(name):
            yield name
    yield from reserved
