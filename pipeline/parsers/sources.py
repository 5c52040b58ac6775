"""Where a value of the metadata came from: collected while it is picked, as one more column of the output."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pipeline.parsers.fields import texts

__all__ = ["Picker", "add_sources"]

T = TypeVar("T")
Sources = tuple[tuple[str, str], ...]


class Picker:
    """Takes the first value that there is and remembers what it was called in the source.

    >>> pick = Picker()
    >>> pick("title", (None, "headlines"), ("Ferry late", "headline")), pick("urgency", (None, "urgency"))
    ('Ferry late', None)
    >>> pick.all("keywords", (["ferry"], "keywords"), ([], "subject")), pick.sources
    (('ferry',), (('keywords', 'keywords'), ('title', 'headline')))
    """

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def __call__(self, field: str, *candidates: tuple[T | None, str]) -> T | None:
        """The first value that is neither None nor empty."""
        for value, source in candidates:
            if value is not None and value != "" and value != ():
                self._found[field] = source
                return value
        return None

    def first(self, field: str, *candidates: tuple[tuple[str, ...], str]) -> tuple[str, ...]:
        """The first list that is not empty."""
        return self(field, *candidates) or ()

    def all(self, field: str, *candidates: tuple[Iterable[str | None], str]) -> tuple[str, ...]:
        """All values of all lists, each once, in order."""
        found: list[str] = []
        named: list[str] = []
        for values, source in candidates:
            new = [text for text in texts(values) if text not in found]
            found += new
            named += [source] if new else []
        if named:
            self._found[field] = " + ".join(named)
        return tuple(found)

    @property
    def sources(self) -> Sources:
        """(field, source) pairs in the order of the fields' names."""
        return tuple(sorted(self._found.items()))


def add_sources(known: Sources, more: Sources, prefix: str = "") -> Sources:
    """`known`, and what `more` has of other fields.

    >>> add_sources((("title", "headline"),), (("byline", "byline"), ("title", "hl1")), "nitf ")
    (('byline', 'nitf byline'), ('title', 'headline'))
    """
    table = {field: prefix + source for field, source in more} | dict(known)
    return tuple(sorted(table.items()))
