"""Writes sites in a made-up language: stories, and around and within them lines that recur. Each line is known for what it is.

What is furniture by the editor's eye: blocks and labels at the end, a paragraph about the outlet, labels of one section, boxes between two
paragraphs. What recurs and is not: sub-headings, a refrain, the first sentence of a regular section, a paragraph of background, a
short last sentence, heads and cells of tables, forms that are filled in day by day, and versions of one story.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["FURNITURE", "Page", "Site", "write_sites"]

FURNITURE = frozenset({"block", "about", "section", "kicker", "box"})
"""Roles that an editor takes out. `name` (a byline without a label) may go or stay; all others have to stay."""

_ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "sh", "tr", "br")
_VOWELS = ("a", "e", "i", "o", "u", "ai")
_CODAS = ("", "", "n", "r", "s", "l", "m")


@dataclass(frozen=True, slots=True)
class Page:
    """One document: its id, host, headline, and its lines with their roles."""

    id: str
    host: str
    title: str
    lines: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The lines as the site prints them."""
        return "\n".join(line for line, _ in self.lines)


@dataclass(slots=True)
class Site:
    """A site that writes pages; all chance comes from the seed."""

    host: str
    seed: int
    furnished: bool = True
    choose: random.Random = field(init=False)
    words: list[str] = field(init=False)
    standing: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.choose = random.Random(f"{self.host}:{self.seed}")
        self.words = list(dict.fromkeys(self._word() for _ in range(2500)))
        self.standing = {
            "block": [self.label() for _ in range(4)],
            "about": [self.paragraph(), self.label()],
            "section": [self.label() for _ in range(3)],
            "kicker": [self.label()],
            "box": [self.label(), self.label()],
            "heading": [self.label() for _ in range(5)],
            "refrain": [self.paragraph(1)],
            "opening": [self.paragraph(1)],
            "background": [self.paragraph() for _ in range(3)],
            "closing": [f"{self.word().capitalize()} {self.word()} {self.word()}."],
            "column": [self.word().capitalize() for _ in range(4)],
            "name": [f"{self.word().capitalize()} {self.word().capitalize()}" for _ in range(4)],
        }

    def _word(self) -> str:
        pick = self.choose.choice
        return "".join(pick(_ONSETS) + pick(_VOWELS) + pick(_CODAS) for _ in range(self.choose.randint(1, 3)))

    def word(self) -> str:
        """A word, the first ones of the vocabulary most often."""
        return self.words[int(len(self.words) * self.choose.random() ** 3)]

    def label(self) -> str:
        """One to four words without a full stop."""
        return " ".join(self.word() for _ in range(self.choose.randint(1, 4))).capitalize()

    def paragraph(self, sentences: int | None = None) -> str:
        """Sentences of nine to twenty words."""
        count = sentences or self.choose.randint(1, 3)
        return " ".join(" ".join(self.word() for _ in range(self.choose.randint(9, 20))).capitalize() + "." for _ in range(count))

    def page(self, number: int, body: list[tuple[str, str]], before: list[tuple[str, str]], after: list[tuple[str, str]]) -> Page:
        """A page with a story between two edges."""
        return Page(f"{self.host}-{number:05d}", self.host, self.label(), (*before, *body, *after))

    def story(self) -> list[tuple[str, str]]:
        """A story with what recurs in stories."""
        chance = self.choose.random
        body = [(self.paragraph(), "story") for _ in range(self.choose.randint(3, 9))]
        inner = range(1, len(body))
        for role, share in (("refrain", 0.2), ("background", 0.25)):
            if chance() < share:
                body.insert(self.choose.choice([*inner, len(body)]), (self.choose.choice(self.standing[role]), role))
        for _ in range(self.choose.choice((0, 0, 0, 1, 2))):
            body.insert(self.choose.choice(inner), (self.choose.choice(self.standing["heading"]), "heading"))
        if chance() < 0.1:
            body.insert(0, (self.standing["opening"][0], "opening"))
        if chance() < 0.12:
            body.append((self.standing["closing"][0], "closing"))
        elif chance() < 0.08:
            body += self.table()
        return body

    def table(self) -> list[tuple[str, str]]:
        """A head and rows, one cell a line, at the end of a story."""
        rows = [cell for _ in range(4) for cell in (self.word().capitalize(), *(str(self.choose.randint(0, 9)) for _ in range(3)))]
        return [(column, "column") for column in self.standing["column"]] + [(cell, "cell") for cell in rows]

    def furnish(self, number: int, body: list[tuple[str, str]]) -> Page:
        """Put the site's furniture around a story."""
        chance = self.choose.random
        before: list[tuple[str, str]] = []
        after: list[tuple[str, str]] = []
        if self.furnished:
            if chance() < 0.15:
                before.append((self.standing["kicker"][0], "kicker"))
            if chance() < 0.5:
                before.append((self.choose.choice(self.standing["name"]), "name"))
            if chance() < 0.4 and len(body) > 3:
                at = next((i for i in range(1, len(body)) if body[i - 1][1] == body[i][1] == "story"), None)
                if at is not None:
                    body = [*body[:at], *((line, "box") for line in self.standing["box"]), *body[at:]]
            if chance() < 0.85:
                after += [(self.standing["about"][1], "about"), (self.standing["about"][0], "about")]
            if chance() < 0.12:
                after += [(line, "section") for line in self.standing["section"]]
            if chance() < 0.9:
                after.append((self.standing["block"][0], "block"))
                if chance() < 0.4:
                    after += [(f"{self.label()} {self.label().lower()} {self.label().lower()}", "link") for _ in range(4)]
                after += [(line, "block") for line in self.standing["block"][1:]]
        return self.page(number, body, before, after)

    def versions(self, count: int, first: int) -> Iterator[Page]:
        """One story in many versions: each changes a paragraph and may add one; a list of places stands at its end."""
        body = [(self.paragraph(), "version") for _ in range(7)]
        places = [(self.label(), "version") for _ in range(3)]
        for number in range(count):
            body = list(body)
            body[self.choose.randrange(len(body) - 1)] = (self.paragraph(), "version")
            if self.choose.random() < 0.3 and len(body) < 14:
                body.insert(self.choose.randrange(1, len(body)), (self.paragraph(), "version"))
            yield self.furnish(first + number, body + places)

    def forms(self, count: int, first: int) -> Iterator[Page]:
        """A bulletin that is filled in day by day."""
        labels = [self.label() for _ in range(6)]
        sentences = [self.paragraph(1).rstrip(".") for _ in range(4)]
        for number in range(count):
            body = [(f"{sentence} {self.choose.randint(1, 30)}.", "form") for sentence in sentences]
            body += [pair for label in labels for pair in ((label, "form"), (str(self.choose.randint(0, 99)), "cell"))]
            yield self.page(first + number, body, [], [])


def write_sites(documents: int, seed: int = 1) -> list[Page]:
    """Pages of four sites.

    Args:
        documents: pages of the large site; a second has half as many and no furniture, a third is a feed of filled-in forms with a
            few stories, and a fourth is too small to be counted.
    """
    large, bare, feed, small = (Site(f"{name}.example", seed, name in ("large", "small")) for name in ("large", "bare", "feed", "small"))
    pages = [large.furnish(number, large.story()) for number in range(documents)]
    pages += large.versions(max(12, documents // 12), documents)
    pages += [bare.furnish(number, bare.story()) for number in range(documents // 2)]
    pages += feed.forms(documents // 2, 0)
    pages += [small.furnish(number, small.story()) for number in range(20)]
    return pages
