"""Web pages: the article's text, and what the page says about it in its mark-up."""

from __future__ import annotations

import re

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import html_meta
from pipeline.parsers.html_body import folded
from pipeline.parsers.markup import html_tree, root_name
from pipeline.parsers.source import Reading, Source, join_blocks

__all__ = ["NAME", "VERSION", "read", "recognise"]

NAME, VERSION = "html", 1

_TAGS = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|title|script|article|div|p)[\s>]", re.IGNORECASE)
_PAGE_TAGS = frozenset(("html", "head", "body", "meta", "title", "link", "script", "article", "main", "section", "div", "p", "h1", "table"))

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
    metadata, marks = html_meta.read_page(tree, source)
    text, tool = _main_text(tree)
    lines = text.split("\n")
    if metadata.title and folded(lines[0]) == folded(metadata.title):
        text = "\n".join(lines[1:])
    if not text:
        raise DocumentError("no_text", "no article text was found in the page")
    return Reading(text, metadata, tool=tool, marks=marks)


def _main_text(tree: object) -> tuple[str, str]:
    import trafilatura  # costs half a second to import; formats without HTML never need it

    # `deduplicate` keeps state across documents, so that the text of one would depend on those before it.
    found = trafilatura.bare_extraction(
        tree, fast=True, deduplicate=False, include_comments=False, include_tables=True, with_metadata=False
    )
    tool = f"trafilatura {trafilatura.__version__}"
    if found is None:
        return "", tool
    return join_blocks([found.text]), tool
