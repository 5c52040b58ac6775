"""The text of an HTML fragment that is an article's body already, as agency formats and feeds carry it."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from pipeline.parsers.markup import blocks, html_tree, local, text_of
from pipeline.parsers.source import join_blocks

__all__ = ["HtmlBody", "parse_html_body", "read_html_body"]

_CAPTIONED = frozenset(("figure", "figcaption"))


@dataclass(frozen=True, slots=True)
class HtmlBody:
    """Text, one block a line, and what stood beside it."""

    text: str
    captions: tuple[str, ...] = ()


def parse_html_body(markup: str, title: str | None = None) -> HtmlBody:
    """Read a fragment or a page that holds nothing but the article's body.

    Raises:
        DocumentError: ``too_deep``, ``too_large``.

    >>> parse_html_body("<p>One<br>two</p><figure><figcaption>A quay</figcaption></figure>")
    HtmlBody(text='One\\ntwo', captions=('A quay',))
    """
    if not markup.strip() or "<" not in markup:
        return HtmlBody(join_blocks([markup]))
    return read_html_body(html_tree(markup), title)


def read_html_body(root: etree._Element, title: str | None = None) -> HtmlBody:
    """The same for a tree; a first heading that repeats `title` is not text."""
    captions = [text for element in root.iter() if local(element) == "figcaption" and (text := text_of(element))]
    found = list(blocks(root, _CAPTIONED))
    if found and title and found[0] == title:
        del found[0]
    return HtmlBody(join_blocks(found), tuple(dict.fromkeys(captions)))
