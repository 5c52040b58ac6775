"""Takes tags of HTML out of text that was delivered with them: `<p>`, `<br>`, `<b>`, `<a href="...">`.

Only where the whole text shows that it is mark-up. A text about HTML, a comparison (`a < b`) and code keep every character.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.records import Edit
from pipeline.text.rules import Context
from pipeline.text.triggers import Trigger

NAME, VERSION = "markup_residue", 1

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "section",
        "article",
        "header",
        "footer",
        "figure",
        "figcaption",
        "hr",
        "dl",
        "pre",
    ]
)
_LINES = frozenset(("br", "li", "tr", "dt", "dd"))
_CELLS = frozenset(("td", "th"))
_PAIRED = frozenset(
    [
        "a",
        "b",
        "i",
        "em",
        "strong",
        "u",
        "s",
        "span",
        "font",
        "small",
        "sup",
        "sub",
        "cite",
        "q",
        "del",
        "ins",
        "mark",
        "center",
        "time",
        "abbr",
    ]
)
_SINGLE = frozenset(("img", "wbr", "iframe", "source", "input"))
_NAMES = "|".join(sorted(_BLOCKS | _LINES | _CELLS | _PAIRED | _SINGLE, key=lambda name: (-len(name), name)))
_TAG = re.compile(
    rf"<!--.{{0,4000}}?-->|<(?P<drop>script|style)\b[^<>]{{0,400}}>.{{0,20000}}?</(?P=drop)\s*>"
    rf"|<(?P<close>/?)(?P<name>{_NAMES})(?P<rest>\s[^<>]{{0,1500}}|)\s*/?>",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTES = re.compile(r"(?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?)*\s*/?")
_OTHER_TAG = re.compile(r"</?[a-zA-Z][\w-]*(?:\s[^<>]*)?>|<\?|<!")
_SHOWN = re.compile(r"[`“”\"'‘’«»„(]\s?</?[a-zA-Z][^<>]{0,200}>\s?[`“”\"'‘’«»)]")
_CODE = re.compile(r"\{\{|\}\}|=>|\bfunction\s*\(|\bvar \w+\s*=|#include|\bdef \w+\(|;\s*$", re.MULTILINE)
_ABOUT = re.compile(
    r"\b(?:x?html|css|mark-?up|tags?|elements?|attribut\w*|quelltext|quellcode|balises?|etiquetas?|browsers?)\b|тег|标签|タグ|태그",
    re.IGNORECASE,
)

TRIGGER = Trigger(printed=("</", "<br", "<BR", "<p>", "<P>", "<p "))


def find(text: str, context: Context) -> Iterator[Edit]:
    r"""Yield one edit per tag: a block's becomes a paragraph break, a line's a line break, a cell's a tab, and all others go.

    >>> from pipeline.records import Metadata, Origin, ParsedDocument
    >>> context = Context(ParsedDocument("d", 0, Origin("u"), "0", 0, "", Metadata(), "text", "text"), Metadata())
    >>> [(e.before, e.after) for e in find("<p>The <b>ferry</b> left.</p>\n<p>It came back.</p>", context)]
    [('<p>', ''), ('<b>', ''), ('</b>', ''), ('</p>', '\n'), ('<p>', ''), ('</p>', '')]
    >>> list(find("Write <b> before a word and </b> after it.", context)), list(find("If a < b and b > c, then a <c> is odd.", context))
    ([], [])
    """
    if context.parsed.format not in ("text", "row") or context.parsed.extractor.startswith("html"):
        return
    tags = [match for match in _TAG.finditer(text) if _is_tag(match)]
    if not tags or not is_markup(text, tags):
        return
    for match in tags:
        after = _replacement(text, match)
        yield Edit(match.start(), match.end(), match[0], after, "markup", NAME, VERSION, "certain", "the whole text is set in HTML")


def is_markup(text: str, tags: list[re.Match[str]]) -> bool:
    """Whether the tags are the text's own and not its subject: paragraphs or breaks set with them, or several pairs around words."""
    rest = _TAG.sub(" ", text)
    if _OTHER_TAG.search(rest) or _SHOWN.search(text) or _CODE.search(rest):
        return False
    opened = Counter(match["name"].lower() for match in tags if match["name"] and not match["close"])
    closed = Counter(match["name"].lower() for match in tags if match["name"] and match["close"])
    if any(opened[name] != closed[name] for name in sorted(_PAIRED)) or any(closed[name] > opened[name] for name in sorted(_BLOCKS)):
        return False
    begins = text[: tags[0].start()].strip() == ""
    pairs = sum(min(opened[name], closed[name]) for name in ("p", "div", "blockquote", "ul", "ol", "table"))
    if pairs and (begins or pairs >= 2):
        return True
    if _ABOUT.search(rest):
        return False
    return pairs > 0 or opened["br"] >= 2 or opened["p"] >= 2 or sum(closed[name] for name in sorted(_PAIRED)) >= 2 or _has_link(tags)


def _has_link(tags: list[re.Match[str]]) -> bool:
    return any((match["name"] or "").lower() == "a" and "href=" in match["rest"].lower() for match in tags)


def _is_tag(match: re.Match[str]) -> bool:
    """Whether what looks like a tag has nothing but attributes in it: `<b and c>` is none."""
    return not match["rest"] or _ATTRIBUTES.fullmatch(match["rest"]) is not None


def _replacement(text: str, match: re.Match[str]) -> str:
    name = (match["name"] or "").lower()
    if name == "br":
        return "" if text[match.end() : match.end() + 1] == "\n" else "\n"
    if name in _CELLS:
        return "\t" if match["close"] else ""
    if name not in _BLOCKS and name not in _LINES:
        return ""
    before, after = text[: match.start()].rstrip(" \t"), text[match.end() :].lstrip(" \t")
    if not before or not after:
        return ""
    wanted = 2 if name in _BLOCKS else 1
    there = (before[-2:].count("\n") if before.endswith("\n") else 0) + (2 if after.startswith("\n\n") else after.startswith("\n"))
    if not match["close"] and name != "hr" and before.endswith((">", "\n")):
        return ""  # the tag or the break before it parts them already
    return "\n" * max(0, wanted - there)
