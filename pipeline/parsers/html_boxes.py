"""The block elements of a page as boxes, and the runs of text in them: what the search for the main text works on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from pipeline.parsers.html_hints import is_beside, is_embed, is_hidden, is_never_story
from pipeline.parsers.markup import NOT_XML
from pipeline.parsers.paragraphs import unwrap

__all__ = ["WHOLE", "Block", "Box", "find_boxes", "read_blocks", "take_out"]

_BLOCKS = (
    *(
        "address",
        "article",
        "blockquote",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
    ),
    *(
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
    ),
    *("thead", "tr", "ul"),
)
_NEVER = (
    *("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "button", "select", "option", "textarea"),
    *("input", "label", "nav", "footer", "aside", "menu", "dialog", "figcaption", "audio", "video", "map", "head"),
)
WHOLE = frozenset(("body", "html", "main", "article"))
"""Elements that are never left out for their names: sites put the names of everything on the page into those of its root."""

_SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class Box:
    """A block element. `links` is True inside a link; `last` is the last box below it, its own index for a leaf; `prose` is a sum.

    `sound` and `other` count blocks of prose, and blocks that are links or labels, in the box.
    """

    element: etree._Element
    tag: str
    parent: int
    names: str
    links: bool
    embed: bool = False
    beside: bool = False
    last: int = 0
    dead: bool = False
    never: bool = False
    prose: int = 0
    sound: int = 0
    other: int = 0
    score: float = 0.0


@dataclass(slots=True)
class Block:
    """A run of text in one box, and how much of it is links. `size` is its length in characters of Latin script (see `_size`)."""

    text: str
    link: int
    box: int
    tag: str
    size: int
    prose: int = 0

    @property
    def share_of_links(self) -> float:
        return self.link / len(self.text)


def take_out(body: etree._Element) -> None:
    """Take out what is never text, hide what is hidden, and mark the ends of lines."""
    etree.strip_elements(body, *_NEVER, with_tail=False)
    for element in body.iter("br"):
        # A paragraph separator does not occur in HTML, and marks the line's end until white space has been made one space.
        # A reference such as &#1; comes out of the parser as a character that lxml does not take back.
        element.tail = "\u2029" + NOT_XML.sub("", element.tail or "")
    for element in list(body.iter("span")):
        names = element.get("class")
        if names and is_hidden(names):
            element.text = None
            for child in list(element):
                element.remove(child)


def find_boxes(body: etree._Element) -> tuple[list[Box], dict[etree._Element, int]]:
    """Block elements in document order, each with the index of the one around it.

    The table gives the index of each by its element; inline elements with a block element inside are in it too, with -1.
    """
    boxes = [Box(body, "body", -1, "", False)]
    places = {body: 0}
    for element in body.iter(*_BLOCKS):
        if element is body:
            continue
        around, links = element.getparent(), False
        while places.get(around, -1) < 0:
            links = links or around.tag == "a"
            places[around] = -1
            around = around.getparent()
        parent = places[around]
        outer = boxes[parent]
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        box = Box(element, element.tag, parent, names, links or outer.links, outer.embed, _is_beside(element, names), len(boxes))
        box.never = len(names) > 1 and element.tag not in WHOLE and is_never_story(names)
        if element.tag == "blockquote" and is_embed(names):
            box.embed = True
            _clear_beside(boxes, parent)
        places[element] = len(boxes)
        boxes.append(box)
    for box in reversed(boxes):
        if box.parent >= 0:
            boxes[box.parent].last = max(boxes[box.parent].last, box.last)
    return boxes, places


def _is_beside(element: etree._Element, names: str) -> bool:
    if len(names) > 1 and (is_beside(names) or is_hidden(names)):
        return True
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and re.search(r"display\s*:\s*none", style) is not None)


def _clear_beside(boxes: Sequence[Box], index: int) -> None:
    # A quoted post stands in boxes that are called "social"; they are not the site's own buttons then.
    while index >= 0:
        boxes[index].beside = False
        index = boxes[index].parent


def read_blocks(boxes: Sequence[Box], places: dict[etree._Element, int]) -> list[Block]:
    """The text of every box that is not inside a box in it, in document order."""
    found: list[tuple[int, int, Block]] = []
    for index, box in enumerate(boxes):
        if box.last == index and box.tag == "pre":
            text, link = _text_and_links(box.element)
            _add(found, index, box, index, "\u2029".join(unwrap(text.replace("\u2029", "\n").strip("\r\n"))), link)
        elif box.last == index:
            _add(found, index, box, index, *_text_and_links(box.element))
        else:
            _read_mixed(found, box, index, boxes, places)
    # After one box ends, text of the box around it comes first, then of the one around that; no two runs have the same place.
    found.sort(key=lambda entry: (entry[0], boxes[entry[1]].last != entry[1], -entry[1]))
    return [block for _, _, block in found]


def _read_mixed(found: list[tuple[int, int, Block]], box: Box, index: int, boxes: Sequence[Box], places: dict[etree._Element, int]) -> None:
    """Text between the boxes of a box: each run stands after the last box before it."""
    after, pieces, link = index, [box.element.text or ""], 0
    stack = [iter(box.element)]
    inside: list[etree._Element] = []
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            pieces.append((inside.pop().tail or "") if inside else "")
            continue
        place = places.get(child)
        if place is None:
            text, linked = _text_and_links(child)
            pieces.append(text)
            link += linked
        elif place < 0:
            pieces.append(child.text or "")
            stack.append(iter(child))
            inside.append(child)
            continue
        else:
            _add(found, after, box, index, "".join(pieces), link)
            after, pieces, link = boxes[place].last, [], 0
        pieces.append(child.tail or "")
    _add(found, after, box, index, "".join(pieces), link)


def _text_and_links(element: etree._Element) -> tuple[str, int]:
    """All text of an element that has no box in it, and how many characters of it are links."""
    if not len(element):
        text = element.text or ""
        return text, len(text.strip()) if element.tag == "a" else 0
    text = "".join(element.itertext())
    if element.tag == "a":
        return text, len(text.strip())
    return text, sum(len((link.text or "") if not len(link) else "".join(link.itertext()).strip()) for link in element.iter("a"))


def _add(found: list[tuple[int, int, Block]], after: int, box: Box, index: int, raw: str, link: int) -> None:
    if not raw or raw.isspace():
        return
    text = _SPACE.sub(" ", raw).strip(" \u2029")
    if text:
        found.append((after, index, Block(text, len(text) if box.links else min(len(text), link), index, box.tag, _size(text))))


def _size(text: str) -> int:
    """Half characters, half bytes of UTF-8: an ideograph says about as much as two letters, and so do two bytes.

    >>> _size("ferry"), _size("паром"), _size("渡轮")
    (5, 7, 4)
    """
    return len(text) if text.isascii() else (len(text) + len(text.encode())) // 2
