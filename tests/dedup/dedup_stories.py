"""Invented stories and the ways in which outlets change them. Everything follows from a seed."""

from __future__ import annotations

import random

SYLLABLES = [consonant + vowel for consonant in "bdfghklmnprstv" for vowel in "aeio"]
PATTERNS = (
    "The {w} {w} of the {w} was {w} after the {w} in {N}",
    "{N} {N} said that the {w} would {w} the {w} before {D}",
    "Nobody in {N} had {w} the {w} until {D}, when {n} of them were {w}",
    "“We {w} the {w} and we will {w} it again,” {N} told the {w}",
    "According to the {w}, {n} {w} and {n} {w} are still {w} near {N}",
    "It is not clear whether the {w} can {w} a {w} of that {w}",
    "In {N}, where the {w} began, people {w} for a {w} {w}",
    "The {w} has since {w} its {w}, which {w} {n} years ago",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def word(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4)))


def sentence(chance: random.Random) -> str:
    text = chance.choice(PATTERNS)
    while "{" in text:
        start = text.index("{")
        kind = text[start + 1]
        filling = {"w": word(chance), "N": word(chance).title(), "D": chance.choice(DAYS), "n": str(chance.randint(2, 900))}[kind]
        text = text[:start] + filling + text[start + 3 :]
    return text + "."


def story(seed: int, paragraphs: int = 12) -> list[str]:
    chance = random.Random(f"story {seed}")
    return [" ".join(sentence(chance) for _ in range(chance.randint(2, 4))) for _ in range(paragraphs)]


def join(paragraphs: list[str]) -> str:
    return "\n\n".join(paragraphs)


def cut(text: str, share: float) -> str:
    words = text.split(" ")
    return " ".join(words[: round(len(words) * share)])


def misread(text: str, rate: float, seed: int = 0) -> str:
    """Exchange this share of the letters, as optical recognition does."""
    chance = random.Random(f"misread {seed}")
    return "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") if c.isalpha() and chance.random() < rate else c for c in text)


def house_style(text: str) -> str:
    """Another house's typography and spelling of small things."""
    for before, after in (
        ("“", '"'),
        ("”", '"'),
        (" said that ", " said "),
        ("Nobody", "No one"),
        (" and ", " & "),
        ("It is not", "It isn't"),
    ):
        text = text.replace(before, after)
    return text


def variants(paragraphs: list[str], local: list[str]) -> dict[str, str]:
    """One story as its carriers print it; `local` is a story of their own."""
    text = join(paragraphs)
    return {
        "same": text,
        "capitals": text.upper(),
        "three quarters": cut(text, 0.75),
        "half": cut(text, 0.5),
        "a quarter": cut(text, 0.25),
        "every second paragraph": join(paragraphs[::2]),
        "local paragraphs": join([*paragraphs, *local[:3]]),
        "new lead": join([*local[:2], *paragraphs[2:]]),
        "house style": house_style(text),
        "misread 1 %": misread(text, 0.01),
        "misread 3 %": misread(text, 0.03),
        "cut and misread": misread(cut(text, 0.6), 0.01),
        "cut with local end": join([*paragraphs[: len(paragraphs) // 2], *local[:2]]),
    }


def market_report(seed: int, sentences: int = 10) -> str:
    """One template with the figures and names of a day."""
    chance = random.Random(f"market {seed}")
    fixed = random.Random("template")
    lines = []
    for _ in range(sentences):
        a, b, c = (word(fixed) for _ in range(3))
        figures = [f"{chance.uniform(1, 900):.1f}" for _ in range(2)]
        lines.append(
            f"Shares of {word(chance).title()} in the {a} {b} sector closed at {figures[0]}, "
            f"while the broader {c} index was quoted at {figures[1]} points in late dealings."
        )
    return " ".join(lines)
