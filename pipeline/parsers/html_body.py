"""The text of an HTML fragment that is an article's body already, as agency formats and feeds carry it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from pipeline.parsers.fields import bylines, texts
from pipeline.parsers.markup import blocks, html_tree, local, text_of
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import join_blocks

__all__ = ["HtmlBody", "folded", "parse_html_body", "read_html_body"]

_ROLES = {
    "byline": "byline",
    "author": "byline",
    "dateline": "dateline",
    "dat": "dateline",
    "vignette": "dateline",
    "caption": "caption",
    "wp-caption-text": "caption",
    "nonpublic": "note",
    "ednote": "note",
    "editors-note": "note",
    "not-for-publication": "note",
}
"""Classes that agencies and content systems give to what stands in a body and is not the story."""

_LONGEST = {"byline": 200, "dateline": 120, "caption": 2000, "note": 20_000}
"""Characters. A longer element is a part of the story whatever its class says."""

_LAYOUT = re.compile(r"\n[ \t\r]*\n|\n(?: {3,}|\t)\S")


@dataclass(frozen=True, slots=True)
class HtmlBody:
    """Text, one block a line, and what stood beside it."""

    text: str
    captions: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    dateline: str | None = None
    notes: tuple[str, ...] = ()


def parse_html_body(markup: str, title: str | None = None) -> HtmlBody:
    """Read a fragment or a page that holds nothing but the article's body; the mark-up may be missing altogether.

    Raises:
        DocumentError: ``too_deep``, ``too_large``.

    >>> body = parse_html_body("<p>One<br>two</p><figure><figcaption>A quay</figcaption></figure><div class='byline'>By Ana Ruiz</div>")
    >>> body.text, body.captions, body.byline
    ('One\\ntwo', ('A quay',), ('Ana Ruiz',))
    """
    if not markup.strip():
        return HtmlBody("")
    # A fragment without any element is parsed too: its references and its line breaks mean what they mean in HTML.
    return read_html_body(html_tree(f"<div>{markup}</div>" if "<" not in markup else markup), title)


def read_html_body(root: etree._Element, title: str | None = None) -> HtmlBody:
    """The same for a tree; a first block that repeats `title` is not text."""
    beside: dict[str, list[str | None]] = {"byline": [], "dateline": [], "caption": [], "note": []}

    def skip(element: etree._Element, name: str) -> bool:
        if name == "figure":
            beside["caption"] += [text_of(e) for e in element.iter() if local(e) == "figcaption"]
            return True
        role = "caption" if name == "figcaption" else _role(element)
        if role is None:
            return False
        # A browser sets the parts of such a line apart by style, so that their mark-up need have no space between them.
        said = join_blocks([" ".join(piece.replace("\n", " ") for piece in element.itertext() if isinstance(piece, str))])
        if len(said) > _LONGEST[role]:
            return False
        beside[role].append(said)
        return True

    found = list(blocks(root, skip))
    if len(found) == 1:
        found = _paragraphs_by_layout(root) or found
    if found and title and folded(found[0]) == folded(title):
        del found[0]
    datelines = texts(beside["dateline"])
    return HtmlBody(
        join_blocks(found), texts(beside["caption"]), bylines(beside["byline"]), next(iter(datelines), None), texts(beside["note"])
    )


def _role(element: etree._Element) -> str | None:
    for token in (element.get("class") or "").lower().split():
        if token in _ROLES:
            return _ROLES[token]
    return None


def _paragraphs_by_layout(root: etree._Element) -> list[str]:
    """Wire text that was poured into one element keeps its paragraphs as indents and blank lines."""
    holder = next((e for e in root.iter() if e.text and _LAYOUT.search(e.text.strip("\n"))), None)
    if holder is None or any(local(e) not in ("br",) for e in holder):
        return []
    return unwrap("".join(holder.itertext()), trust_line_ends=False)


def folded(text: str) -> str:
    """A form in which two prints of one headline are equal.

    >>> folded("Ferry late \u2013 again") == folded("FERRY LATE - again!")
    True
    """
    return re.sub(r"\W+", " ", text).strip().casefold()
