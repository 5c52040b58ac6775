"""What a parser is given and what it gives back.

A parser is a module with

- ``NAME`` and ``VERSION``;
- ``recognise(source) -> str | None``: the evidence, in words, that the content is of this format; None where it is not;
- ``read(source, config) -> Reading``, which raises nothing but `DocumentError`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from pipeline.config import InputConfig
from pipeline.records import Metadata

__all__ = ["HEAD_CHARACTERS", "Parser", "Reading", "Source", "join_blocks", "one_space", "squeeze"]

HEAD_CHARACTERS = 16_384
"""How much of a document's beginning its format is recognised by: more than any prologue that was seen in agency files."""


@dataclass(frozen=True)
class Source:
    """A decoded document.

    Attributes:
        text: all of it, without byte order mark.
        data: the bytes it was decoded from; empty for a document that was taken out of another one.
        name: the last name it goes by, an archive member before its archive, lower case.
        media_type: declared media type, lower case, without parameters.
        url: where it was retrieved from, where the name is an address.
        is_utf8: whether `data` is the text in UTF-8, without byte order mark.
    """

    text: str
    data: bytes = b""
    name: str = ""
    media_type: str | None = None
    url: str | None = None
    is_utf8: bool = False

    @property
    def utf8(self) -> bytes:
        """The text in UTF-8."""
        return self.data if self.is_utf8 else self.text.encode("utf-8", "replace")

    @cached_property
    def head(self) -> str:
        """The beginning without leading white space."""
        return self.text[: HEAD_CHARACTERS * 2].lstrip("\ufeff \t\r\n\f\0")[:HEAD_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser read: the text, one block a line, and what is known beside it.

    `format` is set only where it is finer than the parser's own name. `tool` names the library and version that decided on the text.
    `replaced` counts characters that had to be replaced beside those of the decoding.
    """

    text: str
    metadata: Metadata = field(default_factory=Metadata)
    format: str | None = None
    tool: str | None = None
    title_in_text: bool = False
    marks: tuple[str, ...] = ()
    replaced: int = 0


class Parser(Protocol):
    """A parser, always a module."""

    @property
    def NAME(self) -> str: ...  # noqa: N802

    @property
    def VERSION(self) -> int: ...  # noqa: N802

    def recognise(self, source: Source) -> str | None: ...

    def read(self, source: Source, config: InputConfig) -> Reading: ...


def squeeze(text: str | None) -> str | None:
    """Trim, and make one space of white space; None where nothing is left. An NBSP stays: a rule of its own handles it.

    >>> squeeze("  Fed to halt\\n   QE ")
    'Fed to halt QE'
    >>> squeeze(" ") is None
    True
    """
    if text is None:
        return None
    if text.isprintable() and "  " not in text:  # no white space but single spaces
        return text.strip(" ") or None
    return one_space(text).strip(" ") or None


def one_space(text: str, white: str = "\t\n\r\f\v\x1c\x1d\x1e\x1f\x85\u2028\u2029") -> str:
    """One space for each run of spaces and of the characters of `white`, which leave out the NBSP and the typographic spaces.

    >>> one_space("a\t b\u00a0c")
    'a b\xa0c'
    """
    # Ten times as fast as a pattern, and this is done to every line of every document.
    for character in white:
        if character in text:
            text = text.replace(character, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def join_blocks(blocks: Iterable[str | None]) -> str:
    """Blocks as one text, one block a line; empty blocks are left out and a block that holds line breaks is several.

    >>> join_blocks(["One  two", None, " ", "three\\nfour"])
    'One two\\nthree\\nfour'
    """
    lines = []
    for block in blocks:
        for line in (block or "").splitlines():
            cleaned = squeeze(line)
            if cleaned and cleaned.strip():
                lines.append(cleaned)
    return "\n".join(lines)
