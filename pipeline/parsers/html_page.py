"""Web pages: the article's text, and what the page says about it in its mark-up."""

from __future__ import annotations

import re

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import html_meta, html_text
from pipeline.parsers.html_body import folded, parse_html_body
from pipeline.parsers.markup import html_tree, root_name
from pipeline.parsers.source import Reading, Source, join_blocks

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "html", 1

_TAGS = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|title|script|article|div|p)[\s>]", re.IGNORECASE)
_PAGE_TAGS = frozenset(("html", "head", "body", "meta", "title", "link", "script", "article", "main", "section", "div", "p", "h1", "table"))

_WHOLE = 2
"""How many times longer the text of the data block must be: a page that shows half of an article or less shows a teaser of it."""

_SMALL = 300_000
"""Characters of a page on which a second extractor is tried: on a page of 2 MB without prose it took 47 seconds."""

MAX_CHARACTERS = 8 * 2**20
"""A page longer than this is refused: the largest real article pages have 3 million characters, and extraction is not linear."""


def recognise(source: Source) -> str | None:
    """A document type or a root element of HTML; for a fragment, a block element first and several tags after it.

    >>> recognise(Source("<!DOCTYPE html><title>x</title>"))
    'document type html'
    >>> recognise(Source("Use <p> for paragraphs.")) is None
    True
    """
    head = source.head
    if re.match(r"<!doctype\s+html", head, re.IGNORECASE):
        return "document type html"
    name = (root_name(head) or "").lower()
    if name == "html":
        return "root element html"
    if name in _PAGE_TAGS and head.startswith("<") and len(_TAGS.findall(head)) >= 2:
        return f"first element {name}"
    return None


def read(source: Source, config: InputConfig) -> Reading:
    """The article's blocks, one a line, and the page's metadata.

    Raises:
        DocumentError: ``too_large``, ``too_deep``, ``no_text`` for a page without an article.
    """
    if len(source.text) > MAX_CHARACTERS:
        raise DocumentError("too_large", f"the page has {len(source.text)} characters; at most {MAX_CHARACTERS} are read")
    tree = html_tree(source.text)
    facts = html_meta.read_page(tree, source)  # before the extraction, which takes elements out
    text, tool = _main_text(source, html_text.extract(tree), facts.article_body)
    title = facts.metadata.title
    if title and folded(text.partition("\n")[0]) == folded(title):
        text = text.partition("\n")[2]
    if not text:
        raise DocumentError("no_text", "no article text was found in the page")
    return Reading(text, facts.metadata, tool=tool, marks=facts.marks)


def _main_text(source: Source, found: str, stated: str | None) -> tuple[str, str]:
    """The text that was found, unless the page's data block has the article whole and the page shows only its beginning."""
    if stated and len(stated) > _WHOLE * max(len(found), 100):
        whole = parse_html_body(stated).text
        if not found or folded(whole).startswith(folded(found)[:60]):
            return whole, "articleBody"
    if found or len(source.text) > _SMALL:
        return found, "boxes"
    import trafilatura  # costs half a second to import, and few pages come here

    # `deduplicate` keeps state across documents, so that the text of one would depend on those before it.
    other = trafilatura.extract(source.text, fast=True, deduplicate=False, include_comments=False)
    return join_blocks([other]), f"trafilatura {trafilatura.__version__}"
