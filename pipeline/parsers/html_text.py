"""The main text of a web page, in one pass over its block elements.

The way: take out what is never text; give each block of prose a weight; let the weight of a block count for the boxes around it, less
with each level; take the box with most; widen it while what is won is prose; drop blocks that are links, labels or furniture by form.
What it was measured against, and why it is our own, is in docs/decisions/html-extraction.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from pipeline.parsers.html_boxes import WHOLE, Block, Box, find_boxes, read_blocks, take_out
from pipeline.parsers.html_hints import is_story
from pipeline.parsers.source import join_blocks

__all__ = ["extract"]

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LEAVES = frozenset((*_HEADINGS, "p", "li", "td", "th", "blockquote", "pre", "dd", "dt"))
_LISTS = frozenset(("ul", "ol", "li", "table", "tbody", "tr", "td", "th"))
_SENTENCE_ENDS = frozenset('.!?…:;”"»)’。！？」』؟۔।')
_WORD = re.compile(r"\w")
_INVITATION = re.compile(
    r"(?:read (?:more|also|next)|related|see also|also read|more(?: on| from)?|watch|listen|click here|recommended|don['’]?t miss"
    r"|advertisement|story continues|share this|follow us|subscribe|sign up|get (?:the|our))\b",
    re.IGNORECASE,
)

_PROSE = 40
"""Characters from which a block that is not mostly links counts as prose; two thirds of a line of print."""

_PARAGRAPH = 60
"""Characters from which a block is a paragraph although no mark ends it; a line of print."""

_LABEL = 25
"""Characters below which a block outside headings is a label: a name, a date, a button."""

_NEAR, _FIRST = 2.0, 3
"""Weight of a box that has one of the first blocks of prose after the headline: a thread of comments can be longer than its article."""

_MOST = 0.4
"""Share of a page's prose from which a box is kept whatever its names say: sites name the article's own box after its side bar."""

_WIDENING = 0.15
"""Share of the chosen box's prose that a wider box must add: less is a teaser or a biography, more is the article's other part."""


def extract(tree: etree._Element) -> str:
    """The article's text of a page, one block a line; empty where there is none. Takes elements out of `tree`: read all else first.

    >>> from pipeline.parsers.markup import html_tree
    >>> story = "<p>The ferry left its quay at nine, and its crew waved to the people who stood in the rain.</p>" * 2
    >>> extract(html_tree(f"<body><ul><li><a href=x>Home</a></ul><div>{story}</div><div class=related>More news</div></body>"))[:20]
    'The ferry left its q'
    """
    body = tree.find("body")
    body = tree if body is None else body
    take_out(body)
    boxes, places = find_boxes(body)
    blocks = read_blocks(boxes, places)
    _weigh(boxes, blocks)
    live = [block for block in blocks if not boxes[block.box].dead]
    if not any(block.prose for block in live):
        return ""
    chosen = _widen(boxes, live, _best(boxes, live, _near_headline(boxes, blocks)))
    return join_blocks(_tell(boxes, [block for block in live if chosen[block.box]]))


def _weigh(boxes: Sequence[Box], blocks: Sequence[Block]) -> None:
    """Sum up prose from the inside out, and leave out boxes that stand beside the article."""
    for block in blocks:
        if block.tag not in _HEADINGS and block.size >= _PROSE and block.share_of_links < 0.5:
            block.prose = max(1, block.size - block.link)
            boxes[block.box].prose += block.prose
            boxes[block.box].sound += 1
        elif block.tag not in _HEADINGS and (block.share_of_links > 0.5 or block.size < _LABEL):
            boxes[block.box].other += 1
    for box in reversed(boxes):
        if box.parent >= 0 and not box.never:
            outer = boxes[box.parent]
            outer.prose += box.prose
            outer.sound += box.sound
            outer.other += box.other
    total = boxes[0].prose
    for box in boxes:
        if box.parent < 0:
            continue
        small = box.prose < _MOST * total
        named = box.beside and not box.embed and box.tag not in WHOLE and small
        box.dead = boxes[box.parent].dead or box.never or named or (box.tag in ("header", "form") and box.prose < 0.3 * total)


def _best(boxes: Sequence[Box], live: Sequence[Block], near: set[int]) -> int:
    """The box that prose stands in most densely: a block counts in full for the box around it, then half, then a quarter."""
    for block in live:
        if not block.prose:
            continue
        weight = min(block.prose / 100, 4) + (1 if block.prose >= 80 else 0.3)
        index = block.box if boxes[block.box].tag not in _LEAVES else boxes[block.box].parent
        for _ in range(3):
            if index < 0:
                break
            boxes[index].score += weight
            while boxes[index].parent >= 0 and boxes[boxes[index].parent].prose == boxes[index].prose:
                # A box around nothing else but this one is no level of its own: sites wrap each paragraph up to five times.
                index = boxes[index].parent
                boxes[index].score += weight
            weight /= 2
            index = boxes[index].parent
    return max(range(len(boxes)), key=lambda index: (_rated(boxes[index]) * (_NEAR if index in near else 1), -index))


def _near_headline(boxes: Sequence[Box], blocks: Sequence[Block]) -> set[int]:
    """Boxes around the first prose after the page's first main heading."""
    start = next((index for index, block in enumerate(blocks) if block.tag == "h1" and block.share_of_links < 0.5), len(blocks))
    after = [block for block in blocks[start + 1 :] if block.prose and not boxes[block.box].dead]
    near: set[int] = set()
    for block in after[:_FIRST]:
        index = block.box
        while index >= 0:
            near.add(index)
            index = boxes[index].parent
    return near


def _rated(box: Box) -> float:
    if box.dead or not box.score:
        return 0.0
    rated = box.score * (0.4 + 0.6 * box.sound / max(1, box.sound + box.other))
    if box.tag in _LISTS:
        rated *= 0.6
    if box.tag in ("article", "main"):
        rated *= 1.2
    if box.tag == "body":
        rated *= 0.8
    if len(box.names) > 1 and is_story(box.names):
        rated *= 1.25
    return rated * 1.5 if box.element.get("itemprop") == "articleBody" else rated


def _widen(boxes: Sequence[Box], live: Sequence[Block], best: int) -> list[bool]:
    """Which boxes are inside the chosen one, after up to five steps outwards that each won prose and hardly anything else."""
    inside = _inside(boxes, best)
    outer = boxes[best].parent
    for _ in range(5):
        if outer < 0 or boxes[outer].tag == "body":
            break
        wider = _inside(boxes, outer)
        good = bad = have = 0
        for block in live:
            if inside[block.box]:
                have += block.prose
            elif wider[block.box]:
                size, share = block.size, block.share_of_links
                good += size if size >= 80 and share < 0.3 and block.tag not in _HEADINGS else 0
                bad += size if share > 0.5 or (size < _PROSE and block.tag not in _HEADINGS) else 0
        if good >= 3 * bad and good >= _WIDENING * have:
            inside = wider
        outer = boxes[outer].parent
    return inside


def _inside(boxes: Sequence[Box], top: int) -> list[bool]:
    inside = [False] * len(boxes)
    inside[top] = True
    for index in range(top + 1, len(boxes)):
        box = boxes[index]
        inside[index] = box.parent >= 0 and inside[box.parent] and not box.dead
    return inside


def _tell(boxes: Sequence[Box], blocks: Sequence[Block]) -> list[str]:
    """The blocks that are text, from the first sentence after the headline on."""
    blocks = _after_headline(blocks)
    kept: list[tuple[Block, str]] = []
    seen: set[str] = set()
    for block in blocks:
        kind = _kind(block, boxes[block.box])
        if kind == "links" and kept and kept[-1][1] == "heading":
            kept.pop()  # "More on this", and its links
        if kind in ("links", "label") or (kind == "sentence" and block.size >= _PARAGRAPH and block.text in seen):
            continue  # a page may hold its text twice, once for narrow screens
        seen.add(block.text)
        kept.append((block, kind))
    start = next((index for index, (_, kind) in enumerate(kept) if kind == "sentence"), len(kept))
    kept = kept[start:]
    while kept and kept[-1][1] == "heading":
        kept.pop()
    return [block.text for block, _ in kept]


def _after_headline(blocks: Sequence[Block]) -> Sequence[Block]:
    """What follows the main heading, where most of the prose does."""
    at = next((index for index, block in enumerate(blocks) if block.tag == "h1"), None)
    if at is None:
        return blocks
    before, after = (sum(block.prose for block in part) for part in (blocks[:at], blocks[at + 1 :]))
    return blocks[at + 1 :] if after > before else blocks


def _kind(block: Block, box: Box) -> str:
    """``sentence``, ``heading``, ``line``, or what is left out: ``links`` and ``label``."""
    text, share = block.text, block.share_of_links
    if not _WORD.search(text):
        return "label"
    if block.tag in _HEADINGS:
        return "links" if share > 0.5 else "heading"
    if share > 0.5 and block.size < 200 and not box.embed:
        return "links"
    if block.size < 80 and _INVITATION.match(text) and (block.link or block.size < _PROSE):
        return "links"
    if block.size >= _PARAGRAPH or (block.size >= 15 and text[-1] in _SENTENCE_ENDS):
        return "sentence"
    return "line" if block.tag in _LEAVES or box.embed else "label"
