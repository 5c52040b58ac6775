"""Safe parsing of XML and HTML, and their text one block a line.

No entity is ever fetched or expanded by the XML library: named characters (``&eacute;``) are replaced before it sees them, and a
document that declares any other entity is refused. Deep and huge documents are refused, since tree walks would not end in time.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable, Iterator

from lxml import etree

from pipeline.errors import DocumentError
from pipeline.parsers.paragraphs import unwrap
from pipeline.parsers.source import join_blocks, squeeze

__all__ = [
    "NOT_XML",
    "blocks",
    "check_tree",
    "child",
    "children",
    "html_root",
    "html_tree",
    "local",
    "parse_xml",
    "root_name",
    "short_text",
    "text_of",
]

MAX_DEPTH = 400
"""Levels of nesting. Real news items and pages stay under 60, pages whose tags are not closed under 300; browsers stop at 512."""

MAX_NODES = 200_000
"""Elements of one document. The largest real article pages have some 20,000."""

MAX_CHARACTERS = 5 * 2**20
"""Characters of mark-up: the largest real article pages have 3 million."""

MAX_ATTRIBUTES = 1000
"""Attributes with a value of one element, and twenty times as many without. Real ones have some 60; the parser compares each with all
before it, so that 100,000 of them would take it a quarter of a minute."""

_LITTLE_MARKUP = 200_000
"""Characters below which no number of attributes takes the parser more than two seconds."""

_ATTRIBUTES = rf"""(?:[^>"'=]{{1,40}}+|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+|["']){{0,{2 * MAX_ATTRIBUTES}}}+(?:>|\Z)"""
_RAW = "|".join(
    rf"(?i:{name})(?=[\s/>]){_ATTRIBUTES}(?:[^<]++|<(?!/(?i:{name})))*+"
    for name in ("script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp")
)
_SOUND = re.compile(
    rf"(?:[^<]++|</?(?![sStTiInNxX])[A-Za-z]{_ATTRIBUTES}|<(?=[sStTiInNxX])(?:{_RAW}|[A-Za-z]{_ATTRIBUTES})"
    rf"|</[A-Za-z]{_ATTRIBUTES}|<!---?>|<!--(?:[^-]++|-(?!-!?>))*+|<(?!/?[A-Za-z]))*+"
)
"""Mark-up as browsers take it apart, up to an element with too many attributes. Each step takes what it can get, so it is linear."""

# One step a level is linear in the size of the tree, and C code; a walk in Python costs ten times the parsing.
_DEEP = etree.XPath("boolean(self::*" + "/*" * MAX_DEPTH + ")")
_COUNT = etree.XPath("count(descendant-or-self::*)")

_PROLOGUE = re.compile(r"\s*(?:<\?[^>]*>\s*|<!--(?:(?!-->)[\s\S])*-->\s*)*")
_DOCTYPE = re.compile(r"<!DOCTYPE\s+([^\s>\[]+)[^>\[]*(\[)?", re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)")
_ENTITY = re.compile(
    r"""<!ENTITY\s+(%\s+)?([\w.\-]+)\s+(?:(SYSTEM|PUBLIC)\b|"([^"<&%]{0,64}|&#x?[0-9A-Fa-f]{1,6};)"\s*>|'([^'<&%]{0,64}|&#x?[0-9A-Fa-f]{1,6};)'\s*>)?"""
)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_BARE_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z][A-Za-z0-9]{0,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});)")
_BAD_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8]|[bBcCeEfF]|1[0-9a-fA-F]));")
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROL_BYTES = bytes(c for c in range(32) if c not in b"\t\n\f\r")
_XML_OWN = {"amp", "lt", "gt", "quot", "apos"}


def root_name(head: str) -> str | None:
    """Local name of the first element of an XML or HTML text, after declaration, comments and document type.

    >>> root_name('<?xml version="1.0"?><!-- x --><n:newsItem guid="1">')
    'newsItem'
    >>> root_name("No mark-up <here>") is None
    True
    """
    if head.lstrip()[:1] != "<":
        return None
    rest = head[_prologue_end(head) :]
    if doctype := _DOCTYPE.match(rest):
        end = rest.find("]>", doctype.end()) + 2 if doctype[2] else rest.find(">") + 1
        if end < 2:
            return doctype[1].split(":")[-1]
        rest = rest[end:]
        rest = rest[_prologue_end(rest) :]
    match = _ROOT.match(rest)
    return match[2] if match else None


def parse_xml(text: str) -> etree._Element:
    """Parse an XML document.

    Certain faults of real deliveries are mended first: characters that XML forbids, bare ampersands, named HTML characters.

    Raises:
        DocumentError: ``xml_entities`` for declared entities that are more than a short character, ``bad_xml`` with the line,
            ``too_deep``, ``too_large``.

    >>> parse_xml("<p>caf&eacute; &amp; bar &c.</p>").text
    'café & bar &c.'
    """
    _refuse_crowd(text)
    body, entities = _without_doctype(text.lstrip("\ufeff \t\r\n\f\0"))
    body = _mended(body, entities)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_pis=True, remove_comments=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(body.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        code = "too_deep" if "depth" in str(error).lower() else "bad_xml"
        raise DocumentError(code, f"not well-formed XML: {str(error)[:200]}") from None
    check_tree(root)
    return root


def html_tree(text: str) -> etree._Element:
    """Parse HTML the lenient way of browsers; always has an ``html`` root.

    Raises:
        DocumentError: ``no_text`` where there is nothing to parse, ``too_deep``, ``too_large``.
    """
    root = html_root(text, text.encode("utf-8", "replace").translate(None, _CONTROL_BYTES))
    _check_depth(root)
    return root


def html_root(text: str, data: bytes) -> etree._Element:
    """The same of a text and its bytes in UTF-8. The depth is bounded by the parser alone (2,048 levels), and control
    characters other than NUL are left in: the caller watches the one and takes out the others.
    """
    if len(text) > MAX_CHARACTERS:
        raise DocumentError("too_large", f"the mark-up has {len(text)} characters; at most {MAX_CHARACTERS} are read")
    _refuse_crowd(text)
    _refuse_attributes(text)
    # Not lxml.html: its element classes are looked up in Python for every element.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    # A NUL ends the text for the parser; other control characters are taken out of what is read.
    cleaned = data.translate(None, _CONTROL_BYTES) if b"\0" in data else data
    try:
        root = etree.fromstring(cleaned, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError("no_text", f"no HTML could be read: {str(error)[:200]}") from None
    if root is None:
        raise DocumentError("no_text", "no HTML could be read: there is no element")
    # An element has a tag of three characters at least, but for a few that are implied.
    if len(cleaned) > MAX_NODES:
        _check_nodes(root)
    return root


def _refuse_crowd(text: str) -> None:
    """Refuse before it is parsed what would take memory for elements that nobody needs; scripts may hold as many signs again."""
    if len(text) > MAX_NODES and text.count("<") - text.count("</") > 2 * MAX_NODES:
        raise DocumentError("too_large", f"more than {2 * MAX_NODES} start tags")


def _refuse_attributes(text: str) -> None:
    if len(text) > _LITTLE_MARKUP:
        match = _SOUND.match(text)
        if match is None or match.end() < len(text):
            raise DocumentError("too_large", f"an element has more than {MAX_ATTRIBUTES} attributes, or a tag does not end")


def check_tree(root: etree._Element) -> None:
    """Refuse a tree that is deeper or larger than any real document.

    Raises:
        DocumentError: ``too_deep``, ``too_large``.
    """
    _check_depth(root)
    _check_nodes(root)


def _check_depth(root: etree._Element) -> None:
    if _DEEP(root):
        raise DocumentError("too_deep", f"elements are nested more than {MAX_DEPTH} levels deep")


def _check_nodes(root: etree._Element) -> None:
    if _COUNT(root) > MAX_NODES:
        raise DocumentError("too_large", f"more than {MAX_NODES} elements")


def local(element: etree._Element) -> str:
    """Local name in lower case, without namespace; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def children(element: etree._Element | None, *path: str) -> Iterator[etree._Element]:
    """Elements at a path of local names (lower case) below `element`, in document order."""
    if element is None:
        return
    if not path:
        yield element
        return
    for item in element:
        if local(item) == path[0]:
            yield from children(item, *path[1:])


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first of `children`, or None."""
    return next(children(element, *path), None)


def text_of(element: etree._Element | None) -> str | None:
    """All text of an element on one line, or None."""
    if element is None:
        return None
    joined = join_blocks(["".join(piece for piece in element.itertext() if isinstance(piece, str)).replace("\n", " ")])
    return joined.replace("\n", " ") or None


def short_text(element: etree._Element | None, most: int = 1000) -> str | None:
    """The beginning of an element's text on one line, or None; the work is bounded however much text there is."""
    if element is None:
        return None
    pieces: list[str] = []
    for piece in element.itertext():
        pieces.append(piece)
        most -= len(piece)
        if most < 0:
            break
    return squeeze(NOT_XML.sub("", "".join(pieces))[:1000])


_BLOCK_TAGS = frozenset(
    (
        *("address", "article", "aside", "block", "blockquote", "body", "body.content", "bq", "caption", "center", "dd", "dir", "div"),
        *("dl", "dt", "fieldset", "figure", "figcaption", "fn", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hl1"),
        *("hl2", "hr", "html", "li", "main", "media", "menu", "nav", "note", "ol", "p", "pre", "section", "table", "tbody", "tfoot"),
        *("thead", "tr", "ul"),
    )
)
_BREAKS = frozenset(("br",))
_SKIPPED = frozenset(
    (
        *("head", "script", "style", "noscript", "template", "iframe", "object", "svg", "canvas", "button", "select", "textarea"),
        *("form", "nitf-table-metadata"),
    )
)


def blocks(element: etree._Element, skip: Callable[[etree._Element, str], bool] | None = None) -> Iterator[str]:
    """The text of an element block by block, in document order.

    Cells of one table row are one block; ``br`` ends a line; preformatted text is taken apart into its paragraphs. Scripts, styles and
    forms are left out, and every element for which `skip(element, local name)` is true.
    """
    pieces: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        name = local(node)
        is_block = name in _BLOCK_TAGS or name in _BREAKS
        if event == "start":
            if is_block:
                yield from _flush(pieces)
            if node is not element and (name in _SKIPPED or (skip is not None and skip(node, name))):
                walker.skip_subtree()
            elif name == "pre":
                yield from unwrap("".join(node.itertext()).strip("\r\n"))
                walker.skip_subtree()
            else:
                pieces.append(" " if name in ("td", "th") else "")
                pieces.append(_inline(node.text))
        else:
            if is_block:
                yield from _flush(pieces)
            if node is not element:
                pieces.append(_inline(node.tail))
    yield from _flush(pieces)


def _inline(text: str | None) -> str:
    # A line break in the mark-up is a space in the text.
    return re.sub(r"[\t\r\n\f ]+", " ", text) if text else ""


def _flush(pieces: list[str]) -> Iterator[str]:
    text = join_blocks(["".join(pieces)])
    pieces.clear()
    if text:
        yield text


def _prologue_end(text: str) -> int:
    match = _PROLOGUE.match(text)
    return match.end() if match else 0


def _without_doctype(text: str) -> tuple[str, dict[str, str]]:
    """Cut the XML declaration and the document type off; its harmless entities as a table."""
    start = _prologue_end(text)
    doctype = _DOCTYPE.match(text, start)
    if doctype is None:
        return text[start:], {}
    if not doctype[2]:
        end = text.find(">", doctype.start()) + 1
        return (text[end:] if end else ""), {}
    end = text.find("]", doctype.end())
    subset_end = re.compile(r"\]\s*>").search(text, doctype.end())
    if end < 0 or subset_end is None:
        raise DocumentError("bad_xml", "the document type declaration does not end")
    return text[subset_end.end() :], _harmless_entities(text[doctype.end() : subset_end.start()])


def _harmless_entities(subset: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ENTITY.finditer(subset):
        value = match[4] if match[4] is not None else match[5]
        if match[1] or match[3] or value is None:
            raise DocumentError(
                "xml_entities", f"the document declares entity {match[2][:40]!r}, which is external, nested or long; none is resolved"
            )
        found.setdefault(match[2], html.unescape(value))
    if len(found) != len(re.findall(r"<!ENTITY", subset)) and len(re.findall(r"<!ENTITY", subset)) > len(list(_ENTITY.finditer(subset))):
        raise DocumentError("xml_entities", "the document declares entities in a form that is not accepted")
    return found


def _mended(text: str, entities: dict[str, str]) -> str:
    text = NOT_XML.sub("", text)
    if "&" not in text:
        return text

    def named(match: re.Match[str]) -> str:
        name = match[1]
        if name in _XML_OWN:
            return match[0]
        value = entities.get(name) or html.entities.html5.get(name + ";")
        return html.escape(value, quote=True) if value is not None else "&amp;" + match[0][1:]

    parts: list[str] = []
    position = 0
    while position < len(text):
        start = text.find("<![CDATA[", position)
        end = text.find("]]>", start) + 3 if start >= 0 else 2
        outside = text[position : start if end > 2 else len(text)]
        parts.append(_NAMED.sub(named, _BARE_AMPERSAND.sub("&amp;", _BAD_REFERENCE.sub("", outside))))
        if end <= 2:
            break
        parts.append(text[start:end])
        position = end
    return "".join(parts)
