"""The main text of a web page, in one pass over its block elements.

The way: take out what is never text; give each block of prose a weight; let the weight of a block count for the boxes around it, less
with each level; take the box with most; widen it while what is won is prose; drop blocks that are links, labels or furniture by form.
What it was measured against, and why it is our own, is in docs/decisions/html-extraction.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from pipeline.parsers.html_boxes import WHOLE, Block, Box, Caption, walk
from pipeline.parsers.html_hints import Hint
from pipeline.parsers.markup import NOT_XML
from pipeline.parsers.source import join_blocks

__all__ = ["Article", "extract", "find_article"]

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LEAVES = frozenset((*_HEADINGS, "p", "li", "tr", "td", "th", "blockquote", "pre", "dd", "dt"))
_LISTS = frozenset(("ul", "ol", "li", "table", "tbody", "tr", "td", "th"))
_SENTENCE_ENDS = frozenset('.!?…:;”"»)’。！？」』؟۔।')
_WORD = re.compile(r"\w")
_WORDS = re.compile(r"\w[^\w\n]+\w|[\u0e00-\u0eff\u1000-\u109f\u3040-\u9fff]{4}")
_INVITATION = re.compile(
    r"(?:read (?:more|also|next)|related|see also|also read|more(?: on| from)?|watch|listen|click here|recommended|don['’]?t miss"
    r"|advertisement|story continues|share this|follow us|subscribe|sign up|get (?:the|our))\b",
    re.IGNORECASE,
)

_PROSE = 40
"""Characters from which a block that is not mostly links counts as prose; two thirds of a line of print."""

_PARAGRAPH = 60
"""Characters from which a block is a paragraph although no mark ends it; a line of print."""

_SENTENCE = 8
"""Characters from which a block with a mark at its end is a sentence: He left."""

_LABEL = 25
"""Characters below which a block outside headings is a label: a name, a date, a button."""

_HEAD, _LONGEST_NAME = 8, 80
"""Blocks before the text in which a byline is looked for, and characters of one, at most."""

_STORY, _ARTICLE_BODY, _BYLINE = int(Hint.STORY), int(Hint.ARTICLE_BODY), int(Hint.BYLINE)

_NEAR, _FIRST = 2.0, 3
"""Weight of a box that has one of the first blocks of prose after the headline: a thread of comments can be longer than its article."""

_MOST = 0.4
"""Share of a page's prose from which a box is kept whatever its names say: sites name the article's own box after its side bar."""

_WIDENING = 0.15
"""Share of the chosen box's prose that a wider box must add: less is a teaser or a biography, more is the article's other part."""


_SHORT, _LEAST = 25, 12
"""Characters from which a sentence counts as prose on a page that has none otherwise, and from which one in a paragraph always does."""


@dataclass(frozen=True, slots=True)
class Article:
    """What was found: the text, one block a line, the captions of its pictures, the heading right before the text, and who is credited."""

    text: str = ""
    captions: tuple[Caption, ...] = ()
    heading: str | None = None
    byline: tuple[str, ...] = ()


def extract(tree: etree._Element) -> str:
    """The text of `find_article`.

    >>> from pipeline.parsers.markup import html_tree
    >>> story = "<p>The ferry left its quay at nine, and its crew waved to the people who stood in the rain.</p>" * 2
    >>> extract(html_tree(f"<body><ul><li><a href=x>Home</a></ul><div>{story}</div><div class=related>More news</div></body>"))[:20]
    'The ferry left its q'
    """
    return find_article(tree).text


def find_article(tree: etree._Element) -> Article:
    """The page's article, empty where nothing looks like one. The tree is left as it is."""
    body = tree.find("body")
    found = walk(tree if body is None else body)
    boxes, blocks = found.boxes, found.blocks
    _weigh(boxes, blocks)
    live = [block for block in blocks if not boxes[block.box].dead]
    if not any(block.prose for block in live):
        _weigh(boxes, blocks, short=True)
        live = [block for block in blocks if not boxes[block.box].dead]
        if not any(block.prose for block in live):
            return Article()
    chosen = _widen(boxes, live, _best(boxes, live, _near_headline(boxes, blocks)))
    told, heading = _tell(boxes, _inside(live, boxes, chosen))
    captions = _captions(found.captions, boxes, blocks, told, chosen)
    # A reference such as &#1; comes out of the parser as the character.
    return Article(NOT_XML.sub("", join_blocks(block.text for block in told)), captions, heading, _credited(boxes, blocks, told))


def _captions(
    captions: Sequence[Caption], boxes: Sequence[Box], blocks: Sequence[Block], told: Sequence[Block], chosen: int
) -> tuple[Caption, ...]:
    """Captions in the article, and those between the main heading and its end."""
    if not captions or not told:
        return ()
    places = {id(block): index for index, block in enumerate(blocks)}
    first, last = places[id(told[0])], places[id(told[-1])]
    start = next((index for index, block in enumerate(blocks[:first]) if block.tag == "h1"), first)
    kept = []
    for caption in captions:
        box = caption.box
        while boxes[box].tag == "figure" or (boxes[box].dead and boxes[box].parent >= 0 and not boxes[box].prose):
            box = boxes[box].parent  # a picture's own box, which is named for what it is
        within = chosen <= box <= boxes[chosen].last and not boxes[box].dead
        if within or (start < caption.after <= last and not boxes[box].dead):
            kept.append(caption)
    return tuple(kept)


def _credited(boxes: Sequence[Box], blocks: Sequence[Block], told: Sequence[Block]) -> tuple[str, ...]:
    """Names in boxes that are called bylines, between the main heading and the text."""
    if not told:
        return ()
    first = next(index for index, block in enumerate(blocks) if block is told[0])
    start = next((index for index, block in enumerate(blocks[:first]) if block.tag == "h1"), max(0, first - _HEAD))
    lines = [NOT_XML.sub("", block.text) for block in blocks[start:first] if boxes[block.box].hints & _BYLINE]
    return tuple(line for line in lines if len(line) <= _LONGEST_NAME and not re.search(r"\d|[.!?]$|\u2029", line))


def _weigh(boxes: Sequence[Box], blocks: Sequence[Block], *, short: bool = False) -> None:
    """Sum up prose from the inside out, and leave out boxes that stand beside the article."""
    for box in boxes if short else ():
        box.prose = box.sound = box.other = 0
    for block in blocks:
        if block.tag not in _HEADINGS and (block.size >= _PROSE or _is_short_prose(block, short)) and block.share_of_links < 0.5:
            block.prose = max(1, block.size - block.link)
            boxes[block.box].prose += block.prose
            boxes[block.box].sound += 1
        elif block.tag not in _HEADINGS and (block.share_of_links > 0.5 or block.size < _LABEL):
            boxes[block.box].other += 1
    for box in reversed(boxes):
        if box.parent >= 0:
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
        box.dead = boxes[box.parent].dead or named or (box.tag in ("header", "form") and box.prose < 0.3 * total)


def _is_short_prose(block: Block, short: bool) -> bool:
    if not short:
        return block.tag == "p" and not block.link and block.size >= _LEAST and block.text[-1] in _SENTENCE_ENDS
    return block.size >= _LEAST and (block.tag == "p" or (block.size >= _SHORT and block.text[-1] in _SENTENCE_ENDS))


def _best(boxes: Sequence[Box], live: Sequence[Block], near: set[int]) -> int:
    """The box that prose stands in most densely: a block counts in full for the box around it, then half, then a quarter."""
    scores = [[0.0, 0.0, 0.0] for _ in boxes]
    for block in live:
        if block.prose:
            box = boxes[block.box]
            index = box.parent if box.tag in _LEAVES and box.tag == block.tag else block.box
            scores[max(index, 0)][0] += min(block.prose / 100, 4) + (1 if block.prose >= 80 else 0.3)
    for index in range(len(boxes) - 1, -1, -1):
        here, below, far = scores[index]
        box = boxes[index]
        box.score = here + below / 2 + far / 4
        if box.parent >= 0 and box.score:
            outer = scores[box.parent]
            if boxes[box.parent].prose == box.prose:
                # A box around nothing else but this one is no level of its own: sites wrap each paragraph up to five times.
                outer[0] += here
                outer[1] += below
                outer[2] += far
            else:
                outer[1] += here
                outer[2] += below
    scored = (index for index, box in enumerate(boxes) if box.score and not box.dead)
    return max(scored, key=lambda index: (_rated(boxes[index]) * (_NEAR if index in near else 1), -index), default=0)


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
    rated = box.score * (0.4 + 0.6 * box.sound / max(1, box.sound + box.other))
    if box.tag in _LISTS:
        rated *= 0.6
    if box.tag in ("article", "main"):
        rated *= 1.2
    if box.tag == "body":
        rated *= 0.8
    if box.hints & _STORY:
        rated *= 1.25
    return rated * 1.5 if box.hints & _ARTICLE_BODY else rated


def _widen(boxes: Sequence[Box], live: Sequence[Block], best: int) -> int:
    """The chosen box, after up to five steps outwards that each won prose and hardly anything else."""
    top, outer = best, boxes[best].parent
    for _ in range(5):
        if outer < 0 or boxes[outer].tag == "body":
            break
        good = bad = have = 0
        for block in _inside(live, boxes, outer):
            if top <= block.box <= boxes[top].last:
                have += block.prose
            elif block.tag not in _HEADINGS or block.share_of_links > 0.5:
                size, share = block.size, block.share_of_links
                good += size if size >= 80 and share < 0.3 else 0
                bad += size if share > 0.5 or size < _PROSE else 0
        if good >= 3 * bad and good >= _WIDENING * have:
            top = outer
        outer = boxes[outer].parent
    return top


def _inside(live: Sequence[Block], boxes: Sequence[Box], top: int) -> list[Block]:
    last = boxes[top].last
    return [block for block in live if top <= block.box <= last]


def _tell(boxes: Sequence[Box], blocks: Sequence[Block]) -> tuple[list[Block], str | None]:
    """The blocks that are text, from the first sentence after the headline on, and the heading right before them."""
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
    heading = next((NOT_XML.sub("", block.text) for block, kind in reversed(kept[:start]) if kind == "heading"), None)
    kept = kept[start:]
    while kept and kept[-1][1] == "heading":
        kept.pop()
    return [block for block, _ in kept], heading


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
    if block.size >= _PARAGRAPH or (
        block.size >= _SENTENCE and text[-1] in _SENTENCE_ENDS and _WORDS.search(text) and not text.endswith("...")
    ):
        return "sentence"
    return "line" if block.tag in _LEAVES or box.embed else "label"
