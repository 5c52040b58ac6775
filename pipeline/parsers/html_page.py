"""Web pages: the article's text, and what the page says about it in its mark-up."""

from __future__ import annotations

import html
import re

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import html_meta, html_text
from pipeline.parsers.html_body import folded, parse_html_body
from pipeline.parsers.markup import html_root, root_name
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import Reading, Source, join_blocks

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "html", 2

_TAGS = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|title|script|article|div|p)[\s>]", re.IGNORECASE)
_PAGE_TAGS = frozenset(("html", "head", "body", "meta", "title", "link", "script", "article", "main", "section", "div", "p", "h1", "table"))

_WHOLE = 2
"""How many times longer the text of the data block must be: a page that shows half of an article or less shows a teaser of it."""

_LEAST = 60
"""Characters of a data block's text from which it is taken where the page shows none."""

_WRAPPED = 90
"""Characters of the longest line up to which the text of a data block may have been broken into lines; else a line is a paragraph."""

_LITTLE = 200
"""Characters below which what the other extractor finds is not taken for an article."""

_SMALL = 100_000
"""Characters of a page on which a second extractor is tried: on a page of 2 MB without prose it took 47 seconds."""


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
    tree = html_root(source.text, source.utf8)
    article = html_text.find_article(tree)
    facts = html_meta.read_page(tree, source, article)
    text, tool = _main_text(source, article.text, facts.article_body)
    title = facts.metadata.title
    if title and folded(text.partition("\n")[0]) == folded(title):
        text = text.partition("\n")[2]
    if not text:
        raise DocumentError("no_text", "no article text was found in the page")
    return Reading(text, facts.metadata, tool=tool, marks=facts.marks)


def _main_text(source: Source, found: str, stated: str | None) -> tuple[str, str]:
    """The text that was found, unless the page's data block has the article whole and the page shows only its beginning."""
    if stated and len(stated) > (_WHOLE * max(len(found), 100) if found else _LEAST):
        whole = _stated_text(stated)
        if not found or folded(whole).startswith(folded(found)[:60]):
            return whole, "articleBody"
    if found or len(source.text) > _SMALL:
        return found, "boxes"
    import trafilatura  # costs half a second to import, and few pages come here

    # `deduplicate` keeps state across documents, so that the text of one would depend on those before it.
    other = trafilatura.extract(source.text, fast=True, deduplicate=False, include_comments=False)
    if len(other or "") < _LITTLE:
        return "", "boxes"  # a notice about JavaScript, frames or cookies
    return join_blocks([other]), f"trafilatura {trafilatura.__version__}"


def _stated_text(stated: str) -> str:
    """The text of a data block: HTML, often escaped, or plain with line breaks."""
    if "<" not in stated and "&lt;" in stated:
        stated = html.unescape(stated)
    if re.search(r"<(?:p|br|div|li|h\d)\b", stated, re.IGNORECASE):
        return parse_html_body(stated).text
    plain = html.unescape(stated)
    wrapped = max(map(len, plain.splitlines()), default=0) <= _WRAPPED
    return join_blocks(unwrap(plain) if wrapped else [plain])
