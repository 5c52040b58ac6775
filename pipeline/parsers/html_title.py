"""The headline of a page, without the name of the site that pages put before or behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from pipeline.parsers.html_body import folded

__all__ = ["Stated", "headline", "host_names", "site_behind", "site_named", "without_site"]

Stated = tuple[str, str]
"""A title and where the page states it."""

_SITE = re.compile(r"\s+[-–—|·•»>]\s+(?=\S)|\s*[|»]\s*(?=\S)|:\s+(?=\S)")
_LONGEST_SITE = 5
"""Words of a site's name, at most."""


def headline(stated: Sequence[Stated], headings: Sequence[str], page_title: str | None, sites: Sequence[str]) -> Stated | None:
    """The first of the stated titles, else the heading that the title element repeats, else the one heading, else the title element.

    Args:
        stated: titles that the page's head states, the most trusted first.
        headings: main headings of the page.
        page_title: content of the title element.
        sites: names that the site goes by.

    >>> headline([("Ferry late | The Harbour Post", "og:title")], [], None, ["The Harbour Post"])
    ('Ferry late', 'og:title')
    >>> headline([], ["Harbour Post"], "Ferry late again - Harbour Post", [])
    ('Ferry late again', 'title')
    """
    for text, source in stated:
        return without_site(text, headings, sites), source
    own = [heading for heading in headings if page_title is None or not site_behind(page_title, heading)]
    if page_title is not None:
        for heading in own:
            if folded(heading) and folded(heading) in folded(page_title):
                return heading, "h1"
    if len(headings) == 1 and own and folded(own[0]) not in map(folded, sites):
        return own[0], "h1"
    if page_title is None:
        return None
    shown_as_name = [heading for heading in headings if heading not in own]
    return without_site(page_title, headings, [*sites, *shown_as_name]), "title"


def without_site(text: str, headings: Sequence[str], sites: Sequence[str]) -> str:
    """`text` up to the name of the site.

    >>> without_site("Ferry late » News » Harbour Post", [], ["harbourpost"]), without_site("Post: Ferry late", [], ["Post"])
    ('Ferry late » News', 'Ferry late')
    >>> without_site("Ferry late - again", [], ["Post"]), without_site("Ferry late: crews meet", ["Ferry late"], ["Post"])
    ('Ferry late - again', 'Ferry late: crews meet')
    """
    cuts = list(_SITE.finditer(text))
    for heading in headings:
        if text.startswith(heading) and any(cut.start() == len(heading) and ":" not in cut[0] for cut in cuts):
            return heading
    known = {_key(site) for site in sites if site}
    for cut in reversed(cuts):
        if _key(text[cut.end() :]) in known and text[: cut.start()].strip():
            return text[: cut.start()].rstrip()
    for cut in cuts[:1]:
        if _key(text[: cut.start()]) in known:
            return text[cut.end() :]
    last = cuts[-1] if cuts else None
    # A bar before a few words is a site's name by custom; a dash may belong to the headline.
    if last and "|" in last[0] and len(text[last.end() :].split()) < _LONGEST_SITE and len(text[: last.start()].split()) >= _LONGEST_SITE:
        return text[: last.start()].rstrip()
    return text


def site_behind(page_title: str, heading: str) -> bool:
    """Whether a heading is the site's name: what stands last in the title element, and is shorter than what stands before it.

    >>> site_behind("Ferry is late - Harbour Post", "Harbour Post"), site_behind("Harbour Post - Ferry is late", "Ferry is late")
    (True, False)
    """
    last = list(_SITE.finditer(page_title))[-1:]
    if not last or _key(page_title[last[0].end() :]) != _key(heading):
        return False
    return len(heading.split()) < min(_LONGEST_SITE + 1, len(page_title[: last[0].start()].split()))


def site_named(page_title: str | None, title: str | None) -> str | None:
    """The name of the site that a title element has behind the headline, or before it.

    >>> site_named("Ferry late - News - Harbour Post", "Ferry late"), site_named("Ferry late: crews meet", "Ferry late")
    ('Harbour Post', None)
    >>> site_named("Harbour Post - Ferry is late", "Ferry is late")
    'Harbour Post'
    """
    cuts = [cut for cut in _SITE.finditer(page_title or "") if ":" not in cut[0]]
    if not page_title or not title or not cuts:
        return None
    if any(folded(page_title[: cut.start()]) == folded(title) for cut in cuts):
        name = page_title[cuts[-1].end() :].strip()
    elif any(folded(page_title[cut.end() :]) == folded(title) for cut in cuts):
        name = page_title[: cuts[0].start()].strip()
    else:
        return None
    return name if 0 < len(name.split()) <= _LONGEST_SITE and re.search(r"[^\W\d]{2}", name) else None


def host_names(address: str | None) -> list[str]:
    """Names that a site's address says: the label before the top level, with and without what stands before it.

    >>> host_names("https://www.harbourpost.example/a"), host_names("https://news.post.co.uk/")
    (['harbourpost', 'harbourpost.example'], ['post', 'post.co.uk', 'newspost', 'news.post.co.uk'])
    """
    host = urlsplit(address).netloc.split(":")[0].lower().removeprefix("www.") if address else ""
    labels = host.split(".")
    while len(labels) > 2 and len(labels[-2]) <= 3:
        labels[-2:] = [".".join(labels[-2:])]
    if len(labels) < 2:
        return []
    name, top = labels[-2], labels[-1]
    found = [name, f"{name}.{top}"]
    return [*found, "".join(labels[:-1]), host] if len(labels) > 2 else found


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold().removeprefix("the "))
