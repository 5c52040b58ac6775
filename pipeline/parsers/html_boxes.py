"""The block elements of a page as boxes, the runs of text in them, and the captions: what the search for the main text works on.

One walk over the tree, which it leaves as it is. Its work is linear in the number of elements and characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.errors import DocumentError
from pipeline.parsers.html_hints import Hint, read_names
from pipeline.parsers.markup import MAX_DEPTH, NOT_XML
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import one_space

__all__ = ["WHOLE", "Block", "Box", "Caption", "Walk", "walk"]

WHOLE = frozenset(("body", "html", "main", "article"))
"""Elements that are never left out for their names: sites put the names of everything on the page into those of its root."""

_BLOCK, _NEVER, _BREAK, _LINK, _SPAN, _FIGURE, _CAPTION, _ROW, _LEAF, _SOFT = range(1, 11)
_TAGS: dict[int, str] = {
    _BLOCK: "address article blockquote center dd details dir div dl dt fieldset form header hgroup hr li main ol pre "
    "section summary table tbody td tfoot th thead ul",
    _LEAF: "p h1 h2 h3 h4 h5 h6",
    _NEVER: "script style noscript template iframe object embed svg canvas button select option textarea input label nav footer aside menu "
    "dialog audio video map head noframes amp-ad amp-embed amp-sidebar amp-consent amp-user-notification amp-list "
    "amp-social-share amp-analytics",
    _BREAK: "br",
    _LINK: "a",
    _SPAN: "span small cite",
    _FIGURE: "figure",
    _CAPTION: "figcaption",
    _ROW: "tr",
}
_ACTION = {tag: action for action, tags in _TAGS.items() for tag in tags.split()}
_NOT_IN_A_PICTURE = ("table", "blockquote", "pre", "ul", "ol", "h2", "h3")
_PICTURES = ("img", "picture", "video", "svg", "canvas", "object", "iframe", "audio", "amp-img", "amp-video", "figcaption")
_NOT_IN_A_ROW = tuple(tag for tag, action in _ACTION.items() if action != _LINK and action != _SPAN and tag not in ("td", "th"))

_LONGEST_CAPTION = 1500
"""Characters. What is longer is a part of the story, whatever it is called: the longest captions of news agencies have some 900."""

_LONGEST_CREDIT = 160
_LONGEST_CELL = 200
"""Characters of a cell of a table of results; a longer one holds a column of the page."""

_WHITE = "\n\t\r\f"
# Members of an IntFlag are slow to compare.
_BESIDE, _NEVER_STORY, _HIDDEN, _EMBED = int(Hint.BESIDE), int(Hint.NEVER), int(Hint.HIDDEN), int(Hint.EMBED)
_UNDER_PICTURES = int(Hint.CAPTION | Hint.CREDIT)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none")


@dataclass(slots=True)
class Box:
    """A block element. `hints` is what its names say; `links` is True inside a link; `prose` is a sum over all blocks in it.

    `last` is the last box in it, its own index for a leaf; `sound` and `other` count blocks of prose, and blocks that are links or labels,
    in the box. `freed` is set around quoted posts.
    """

    tag: str
    parent: int
    hints: int
    links: bool
    embed: bool = False
    beside: bool = False
    last: int = 0
    freed: bool = False
    dead: bool = False
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


@dataclass(slots=True)
class Caption:
    """What stands under a picture: `text` without `credit`, which is what its mark-up says to be one; `after` blocks, in `box`."""

    text: str
    credit: str
    box: int
    after: int

    @property
    def whole(self) -> str:
        """Caption and credit on one line."""
        return f"{self.text} {self.credit}".strip()


@dataclass(slots=True)
class Walk:
    """What the walk found, all in document order."""

    boxes: list[Box]
    blocks: list[Block] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)


def walk(body: etree._Element) -> Walk:
    """The boxes, blocks and captions of a page's body."""
    return _Walker().walk(body)


class _Walker:
    """The state of one walk: the run of text that is being collected, and the box it stands in."""

    __slots__ = ("box", "figures", "found", "leaf", "linked", "links", "pieces")

    def __init__(self) -> None:
        self.found = Walk([Box("body", -1, 0, False)])
        self.box = 0
        self.pieces: list[str] = []
        self.links = self.linked = self.figures = 0
        self.leaf: str | None = None

    def walk(self, body: etree._Element) -> Walk:
        stack: list[tuple[Iterator[etree._Element], etree._Element, int]] = []
        children = iter(body)
        pieces, action_of = self.pieces, _ACTION.get
        pieces.append(body.text or "")
        while True:
            for child in children:
                action = action_of(child.tag, 0)
                if action == _BREAK:
                    # A paragraph separator does not occur in HTML, and marks the line's end until white space has been made one space.
                    pieces.append("\u2029")
                elif action != _NEVER:
                    inner = len(child)
                    text = child.text
                    if not inner and action in (_BLOCK, _LEAF) and (not text or text.isspace()):
                        if pieces:
                            self._flush()  # an empty box parts what stands before it from what follows
                    elif action == _LINK and not inner:
                        if text:
                            pieces.append(text)
                            self.linked += len(text)
                    elif not action or not self._is_taken(child, action):
                        if text and (pieces or not text.isspace()):
                            pieces.append(text)
                            if self.links:
                                self.linked += len(text)
                        if action == _LEAF and self.leaf:
                            action = _SOFT
                        if inner:
                            stack.append((children, child, action))
                            children = iter(child)
                            break
                        if action:
                            self._close(action)
                if text := child.tail:
                    self._add(text)
            else:
                if not stack:
                    break
                children, element, action = stack.pop()
                if action:
                    self._close(action)
                if text := element.tail:
                    self._add(text)
                continue
            if len(stack) > MAX_DEPTH:
                raise DocumentError("too_deep", f"elements are nested more than {MAX_DEPTH} levels deep")
        self._flush()
        self.found.boxes[0].last = len(self.found.boxes) - 1
        return self.found

    def _add(self, text: str) -> None:
        if self.pieces or not text.isspace():
            self.pieces.append(text)
            if self.links:
                self.linked += len(text)

    def _is_taken(self, element: etree._Element, action: int) -> bool:
        """Open an element; True where its content is dealt with."""
        if action == _LINK:
            self.links += 1
            return False
        hints, hidden = _hints(element)
        if action == _LEAF and not hints and not hidden:
            # Nothing that its names could decide, so that it need not be a box: half of all blocks are such paragraphs and headings.
            if self.pieces:
                self._flush()
            self.leaf = element.tag
            return False
        if action == _SPAN:
            return hidden or (hints & _UNDER_PICTURES != 0 and self._is_caption(element, hints))
        if action == _CAPTION:
            return self._take_caption(element) or not self._open(element, hints, hidden)
        if action == _FIGURE:
            if not self.figures and self._is_picture(element):
                return True
            self.figures += 1
            hints &= ~_BESIDE
        elif action == _ROW:
            if self._is_row(element):
                return True
        elif hints & _UNDER_PICTURES and self._is_caption(element, hints):
            return True
        if hints & _NEVER_STORY and element.tag not in WHOLE:
            self._flush()
            return True
        return not self._open(element, hints, hidden)

    def _open(self, element: etree._Element, hints: int, hidden: bool) -> bool:
        if self.pieces:
            self._flush()
        boxes = self.found.boxes
        outer, tag, self.leaf = boxes[self.box], element.tag, None
        box = Box(tag, self.box, hints, outer.links or self.links > 0, outer.embed, hidden or hints & _BESIDE != 0)
        self.box = len(boxes)
        boxes.append(box)
        if hints & _EMBED and tag == "blockquote":
            box.embed = True
            self._free(box.parent)
        return True

    def _free(self, index: int) -> None:
        # A quoted post stands in boxes that are called "social"; they are not the site's own buttons then.
        boxes = self.found.boxes
        while index >= 0 and not boxes[index].freed:
            boxes[index].beside, boxes[index].freed = False, True
            index = boxes[index].parent

    def _close(self, action: int) -> None:
        if action == _LINK:
            self.links -= 1
        elif action == _SOFT:
            if self.pieces:
                self._flush()
            self.leaf = None
        elif action != _SPAN:
            if self.pieces:
                self._flush()
            boxes = self.found.boxes
            boxes[self.box].last = len(boxes) - 1
            self.box = boxes[self.box].parent
            self.figures -= action == _FIGURE

    def _flush(self) -> None:
        """End the run of text."""
        pieces = self.pieces
        raw = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        link, self.linked = self.linked, 0
        box = self.found.boxes[self.box]
        if box.tag == "pre":
            raw = "\u2029".join(unwrap(raw.replace("\u2029", "\n").strip("\r\n")))
        if text := one_space(raw, _WHITE).strip(" \u2029"):
            size = len(text)
            linked = size if box.links or link > size else link
            self.found.blocks.append(Block(text, linked, self.box, self.leaf or box.tag, _size(text)))

    def _is_row(self, row: etree._Element) -> bool:
        """Take a row of a table of results as one block; a row that holds columns of the page is none."""
        if next(row.iterdescendants(*_NOT_IN_A_ROW), None) is not None:
            return False
        cells = [("".join(cell.itertext())).strip() for cell in row.iter("td", "th")]
        if sum(1 for cell in cells if cell) < 2 or max(map(len, cells)) > _LONGEST_CELL:
            return False
        self._open(row, 0, False)
        self.pieces.append(" ".join(cells))
        self.linked += sum(len("".join(link.itertext()).strip()) for link in row.iter("a"))
        self._close(_ROW)
        return True

    def _is_picture(self, figure: etree._Element) -> bool:
        """Take a figure whose text is its caption; tables, quotations and lists in figures are text of the story."""
        if next(figure.iter(*_NOT_IN_A_PICTURE), None) is not None or next(figure.iter(*_PICTURES), None) is None:
            return False
        return self._take_caption(figure)

    def _is_caption(self, element: etree._Element, hints: int) -> bool:
        """Take an element that is called a caption or a credit of a picture."""
        if hints & Hint.CAPTION:
            return self._take_caption(element)
        captions = self.found.captions
        last = captions[-1] if captions else None
        beneath = last is not None and last.after == len(self.found.blocks) and not last.credit
        said = _said(element)[0] if beneath or hints & Hint.PICTURE else ""
        if not said or len(said) > _LONGEST_CREDIT:
            return False
        if beneath and last is not None:
            last.credit = said
        elif not self.links:
            captions.append(Caption("", said, self.box, len(self.found.blocks)))
        return True

    def _take_caption(self, element: etree._Element) -> bool:
        """Keep an element's text as a caption; False where it is too long for one."""
        text, credit = _said(element)
        if len(text) > _LONGEST_CAPTION:
            return False
        if (text or credit) and not self.links and not self.found.boxes[self.box].links:
            self.found.captions.append(Caption(text, credit, self.box, len(self.found.blocks)))
        return True


def _said(element: etree._Element) -> tuple[str, str]:
    """The text of a caption, and apart from it what its mark-up calls a credit. It stops beyond the longest caption."""
    texts: tuple[list[str], list[str]] = ([], [])
    credit: etree._Element | None = None
    size = 0
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        inner = node is not element
        action = _ACTION.get(node.tag, 0)
        hints = read_names(names) if inner and (names := node.get("class")) else 0
        if event == "end":
            credit = None if node is credit else credit
            said = (node.tail or "") if inner else ""
        elif action == _NEVER or hints & _HIDDEN:
            walker.skip_subtree()
            said = ""
        else:
            if credit is None and hints & Hint.CREDIT:
                credit = node
            said = node.text or ""
        # A browser sets the parts of a caption apart by style, so that their mark-up need have no space between them.
        apart = inner and (action not in (0, _LINK, _SPAN) or hints & _BESIDE)
        said = said[: 2 * _LONGEST_CAPTION + 1]
        texts[credit is not None].append(f" {said}" if apart else said)
        size += len(said)
        if size > 2 * _LONGEST_CAPTION:
            break
    return _tidy(texts[0]), _tidy(texts[1])


def _tidy(pieces: Sequence[str]) -> str:
    joined = NOT_XML.sub("", one_space("".join(pieces))).strip()
    # A part that was set apart may begin with the sentence's own mark.
    return re.sub(r" (?=[,.;:!?)](?:\s|$))", "", joined)


def _hints(element: etree._Element) -> tuple[int, bool]:
    """What class names and id of an element say, and whether anything hides it."""
    attributes = element.items()
    if not attributes:
        return 0, False
    names, hidden, body = "", False, 0
    for name, value in attributes:
        if name == "class" or name == "id":
            names = f"{names} {value}" if names else str(value)
        elif name == "itemprop" and value == "articleBody":
            body = int(Hint.ARTICLE_BODY)
        elif name == "hidden" or (name == "style" and _HIDDEN_STYLE.search(value)):
            hidden = True
    hints = body | (read_names(names) if names else 0)
    return hints, hidden or hints & _HIDDEN != 0


def _size(text: str) -> int:
    """Half characters, half bytes of UTF-8: an ideograph says about as much as two letters, and so do two bytes.

    >>> _size("ferry"), _size("паром"), _size("渡轮")
    (5, 7, 4)
    """
    return len(text) if text.isascii() else (len(text) + len(text.encode())) // 2
