"""Small invented sets of the kinds of copies that cost the most when they are judged wrongly, with the truth about them.

Each function gives documents as (name, text, metadata); what stands before the first blank of a name is the story, and documents belong
together if, and only if, it is the same. Everything follows from the seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from corpus_copies import OPERATIONS
from corpus_language import Language, learn, seed_paragraphs, write_prose

from pipeline.records import Metadata

__all__ = ["SETS", "Item", "agency", "language", "quotes", "reports", "scans", "translations", "variants"]

Fresh = Callable[[int], list[str]]


@dataclass(frozen=True, slots=True)
class Item:
    """A document of a set."""

    name: str
    text: str
    metadata: Metadata = field(default_factory=Metadata)
    mt_band: str = "none"


def language() -> Language:
    """The language of the generated corpus."""
    return learn(seed_paragraphs(Path(__file__).resolve().parents[2] / "seeds" / "raw"))


def stories(spoken: Language, count: int, sentences: int, seed: int) -> Iterator[list[str]]:
    """Stories as paragraphs."""
    for prose in write_prose(spoken, np.full(count, sentences, dtype=np.int64), np.random.default_rng(seed)):
        yield spoken.spell(prose.words, prose.forms).split("\n\n")


def join(paragraphs: list[str]) -> str:
    """Paragraphs as a text."""
    return "\n\n".join(paragraphs)


def variants(paragraphs: list[str], fresh: Fresh, seed: int) -> dict[str, str]:
    """One story in each of the ways that outlets and scanners change it, by name."""
    choose = random.Random(seed)
    return {name: join(change(list(paragraphs), choose, fresh)) for name, (change, _) in OPERATIONS.items()}


def copies(spoken: Language, seed: int) -> list[Item]:
    """Twelve stories in all variants."""
    others = stories(spoken, 400, 24, seed + 1)
    found = []
    for number, paragraphs in enumerate(stories(spoken, 12, 26, seed)):
        found.append(Item(f"{number} source", join(paragraphs)))
        made = variants(paragraphs, lambda count: next(others)[:count], seed + number)
        found += [Item(f"{number} {name}", text) for name, text in made.items()]
    return found


def scans(spoken: Language, seed: int) -> list[Item]:
    """Corrected texts and scans of them with 1, 3 and 5 % wrong characters: taken for others, lost, doubled, words cut in two."""
    choose = random.Random(seed)
    found = []
    for number, paragraphs in enumerate(stories(spoken, 20, 24, seed)):
        text = join(paragraphs)
        found.append(Item(f"{number} corrected", text))
        found += [Item(f"{number} scan {rate:.0%}", scan(text, rate, choose)) for rate in (0.01, 0.03, 0.05)]
    return found


def scan(text: str, rate: float, choose: random.Random) -> str:
    """Characters misread at this rate."""

    def misread(character: str) -> str:
        chance = choose.random()
        if chance > rate:
            return character
        if chance < 0.15 * rate:
            return ""
        if chance < 0.25 * rate:
            return f"{character} "
        return choose.choice("acdefhilmnorstuv.,'1") if not character.isspace() else character

    return "".join(map(misread, text))


def agency(spoken: Language, seed: int) -> list[Item]:
    """Stories of one agency as they are sent: an alert, takes, adds, write-throughs, a substituted paragraph, a correction, and outlets
    that carry them. Every fifth story has the slug of the one before, sent the day after. The alert, the second take and the add share no
    text with the story, so each stands alone."""
    choose = random.Random(seed)
    found = []
    written = stories(spoken, 4 * 40, 22, seed)
    for number in range(40):
        body, lead, second, more = (next(written) for _ in range(4))
        slug, day = f"BC-Topic{number - (number % 5 == 4)}", 1 + (number % 5 == 4)

        def sent(kind: str, text: list[str], hour: int, marker: str | None, story: str, slug: str = slug, day: int = day) -> Item:
            time = f"2026-03-{day:02d}T{hour:02d}:00:00Z"
            known = Metadata(slugline=slug, text_agency=("Nordwire",), publisher="Nordwire", published_at=time, version_marker=marker)
            return Item(f"{story} {kind}", join(text), known)

        full = [*second[:2], *body[1:]]
        corrected = [paragraph.replace(" two ", " three ").replace(" said", " says", 1) for paragraph in full]
        found += [
            sent("alert", [" ".join(lead[0].split()[:14])], 8, "URGENT", f"{number}-alert"),
            sent("first", body[:5], 9, None, f"{number}"),
            sent("take", more[:4], 9, "2nd Take", f"{number}-take"),
            sent("write-through", [*lead[:1], *body], 11, "1st Ld-Writethru", f"{number}"),
            sent("second write-through", full, 13, "2nd Ld-Writethru", f"{number}"),
            sent("add", more[4:6], 14, "1st Add", f"{number}-add"),
            sent("sub", full[2:4], 15, "1st Sub", f"{number}"),
            sent("correction", corrected, 16, "CORRECTION", f"{number}"),
        ]
        for outlet in range(2):
            share = choose.choice((0.5, 0.8, 1.0))
            text = full[: max(3, round(share * len(full)))]
            found.append(Item(f"{number} outlet {outlet}", join(text), Metadata(publisher=f"Post {outlet}", text_agency=("Nordwire",))))
    return found


def translations(spoken: Language, seed: int) -> list[Item]:
    """Articles as ten systems translate each: words put differently, by each system in its own way, and order changed here and there.

    They share words in order, and few runs of five. None may be taken for a copy of another.
    """
    found = []
    for number, paragraphs in enumerate(stories(spoken, 6, 24, seed)):
        found += [Item(f"{number}-{system} translation", translate(join(paragraphs), system), mt_band="likely") for system in range(10)]
    return found


def translate(text: str, system: int) -> str:
    """What one system makes of a text: one word type in four gets another form, one word in fifty another place."""
    choose = random.Random(f"{system} {text[:30]}")

    def put(word: str) -> str:
        core = word.strip("“”.,\n")
        kind = random.Random(f"{system}/{core.lower()}")
        return word.replace(core, core + kind.choice(("ka", "mo", "ti"))) if core and kind.random() < 0.25 else word

    words = [put(word) for word in text.split(" ")]
    for place in range(len(words) - 1):
        if choose.random() < 0.02:
            words[place], words[place + 1] = words[place + 1], words[place]
    return " ".join(words)


def quotes(spoken: Language, seed: int) -> list[Item]:
    """Different stories that print the same 25 words of a speaker, in threes, from briefs to long reports."""
    written = stories(spoken, 200, 22, seed)
    found = []
    for number in range(24):
        words = " ".join(next(written)).replace("“", "").replace("”", "").split()[:25]
        for part in range(3):
            paragraphs = next(written)[: 2 + number % 6]
            paragraphs.insert(1, f"“{' '.join(words)},” the minister said.")
            found.append(Item(f"{number}-{part} quote", join(paragraphs)))
    return found


def reports(spoken: Language, seed: int) -> list[Item]:
    """Templates, each with eight fillings of other numbers and names; of every filling there is a copy in capitals."""
    found = []
    for number, paragraphs in enumerate(stories(spoken, 10, 10 + seed % 3, seed)):
        words = join(paragraphs).split(" ")
        for day in range(8):
            choose, changed = random.Random(f"{number} {day}"), list(words)
            for place in range(4, len(words), 9):
                changed[place] = f"{choose.randrange(1, 9000)}" if place % 2 else f"Corp{choose.randrange(900)}"
            text = " ".join(changed)
            found += [Item(f"{number}-{day} filling", text), Item(f"{number}-{day} copy", text.upper())]
    return found


SETS: dict[str, Callable[[Language, int], list[Item]]] = {
    made.__name__: made for made in (copies, scans, agency, translations, quotes, reports)
}
