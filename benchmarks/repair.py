"""How fast the whole Repair step is beside stock `ftfy.fix_text`, and how often it touches text that is right.

    python benchmarks/repair.py [--documents N] [--rounds N] [--words N] [--rules]

Both run over the same documents in the same process, in turns, each document once a round, so that nothing is remembered from
the round before. "Repair" is everything of `pipeline.desk.repair`: characters, furniture, language, translation signals,
repairs, layout. "Every rule" is the same with the pre-check of `pipeline.text.triggers` taken away. Times are CPU times; the best
round counts for all. The second part counts the edits that the step makes in generated text that needs none. With --rules a
table tells for each rule on how many documents it runs, and what it costs.
"""

from __future__ import annotations

import argparse
import html
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import ftfy
import numpy as np
from corpus_language import learn, seed_paragraphs, write_prose

from pipeline import desk
from pipeline.config import RepairConfig
from pipeline.records import Metadata, Origin, ParsedDocument
from pipeline.text.rules import Context, Finding, Rule

RAW = Path(__file__).resolve().parents[1] / "seeds" / "raw"
SENTENCES = 21  # which gives some 2.9 kB, the length of the documents that ftfy was measured on
GOALS = {"clean ASCII": 10.0, "clean typographic": 10.0, "mojibake": 0.5, "entities": 0.5}
_ASCII = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "…": "."})


def write_texts(count: int, seed: int) -> list[str]:
    """Invented news with curly quotation marks, one blank line between paragraphs."""
    language = learn(seed_paragraphs(RAW))
    rng = np.random.default_rng(seed)
    stories = write_prose(language, np.full(count, SENTENCES, dtype=np.int64), rng)
    return ["\n\n".join(language.spell(story.words, story.forms).split("\n\n")) for story in stories]


def to_ascii(text: str) -> str:
    """The same text as a typewriter prints it."""
    return text.translate(_ASCII).encode("ascii", "replace").decode()


def to_typographic(text: str, rng: random.Random) -> str:
    """Apostrophes, dashes and ellipses as newsrooms set them."""
    words = text.split(" ")
    for _ in range(len(words) // 25):
        at = rng.randrange(1, len(words) - 1)
        if words[at].isalpha() and words[at + 1].islower():
            words[at] += rng.choice(("’s", " –", "…", " —"))
    return " ".join(words)


def to_mojibake(text: str, rng: random.Random) -> str:
    """UTF-8 read as windows-1252; the bytes that it leaves undefined pass through."""
    data = to_typographic(text, rng).encode()
    return "".join(bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b) for b in data)


def to_entities(text: str, rng: random.Random) -> str:
    """Everything beyond ASCII as an entity, as a page's source has it."""
    return html.escape(to_typographic(text, rng)).encode("ascii", "xmlcharrefreplace").decode()


def make_classes(count: int) -> dict[str, list[str]]:
    """The four classes of documents, from the same stories."""
    texts, rng = write_texts(count, 1), random.Random(1)
    return {
        "clean ASCII": [to_ascii(text) for text in texts],
        "clean typographic": [to_typographic(text, rng) for text in texts],
        "mojibake": [to_mojibake(text, rng) for text in texts],
        "entities": [to_entities(text, rng) for text in texts],
    }


def parse(text: str) -> ParsedDocument:
    """A document as a plain-text parser hands it over."""
    return ParsedDocument("0" * 32, 0, Origin("x.txt"), "0" * 64, len(text), text, Metadata(), "text", "plain")


class _Bare(NamedTuple):
    NAME: str
    VERSION: int
    find: Callable[[str, Context], Iterable[Finding]]


class Watched:
    """A rule that counts its runs and its time; without `trigger` it runs on every document."""

    def __init__(self, rule: Rule, *, trigger: bool) -> None:
        self.NAME, self.VERSION, self._find = rule.NAME, rule.VERSION, rule.find
        self.runs, self.seconds = 0, 0.0
        if trigger and hasattr(rule, "TRIGGER"):
            self.TRIGGER = rule.TRIGGER

    def find(self, text: str, context: Context) -> list[Finding]:
        """What the rule finds."""
        started = time.process_time()
        found = list(self._find(text, context))
        self.seconds += time.process_time() - started
        self.runs += 1
        return found


@contextmanager
def watched(*, trigger: bool) -> Iterator[list[Watched]]:
    """Run all rules under watch, with their triggers or without."""
    before, after = desk.RULES_BEFORE_LANGUAGE, desk.RULES_AFTER_LANGUAGE
    first = tuple(Watched(rule, trigger=trigger) for rule in before)
    second = tuple(Watched(rule, trigger=trigger) for rule in after)
    with mock.patch.object(desk, "RULES_BEFORE_LANGUAGE", first), mock.patch.object(desk, "RULES_AFTER_LANGUAGE", second):
        yield [*first, *second]


def show_rules(count: int) -> None:
    """Print one line per rule: the share of documents on which it runs, and microseconds a document, per class."""
    classes = make_classes(count)
    rows: dict[str, list[str]] = {}
    for texts in classes.values():
        with watched(trigger=True) as rules:
            for text in texts:
                desk.repair(parse(text), RepairConfig())
            for rule in rules:
                rule.runs, rule.seconds = 0, 0.0
            for text in texts:
                desk.repair(parse(text), RepairConfig())
            for rule in rules:
                rows.setdefault(rule.NAME, []).append(f"{rule.runs / count:>9.0%} {rule.seconds / count * 1e6:>8.1f} us")
    print(f"{'rule: runs on, CPU':<22}" + "".join(f"{name:>21}" for name in classes))
    for name, cells in rows.items():
        print(f"{name:<22}" + "".join(f"{cell:>21}" for cell in cells))


def measure(run: Callable[[str], object], texts: list[str]) -> float:
    """CPU seconds for all texts."""
    started = time.process_time()
    for text in texts:
        run(text)
    return time.process_time() - started


def compare(count: int, rounds: int) -> None:
    """Print one line per class of documents."""
    config = RepairConfig()

    def every_rule(text: str) -> object:
        with mock.patch.object(desk, "RULES_BEFORE_LANGUAGE", bare[0]), mock.patch.object(desk, "RULES_AFTER_LANGUAGE", bare[1]):
            return desk.repair(parse(text), config)

    bare = tuple(
        tuple(_Bare(rule.NAME, rule.VERSION, rule.find) for rule in rules)
        for rules in (desk.RULES_BEFORE_LANGUAGE, desk.RULES_AFTER_LANGUAGE)
    )
    contenders: tuple[Callable[[str], object], ...] = (lambda text: desk.repair(parse(text), config), ftfy.fix_text, every_rule)
    print(f"{count} documents a class, best of {rounds} rounds, CPU time")
    print(f"{'':<20}{'Repair':>24}{'ftfy.fix_text':>24}{'every rule':>24}{'ratio':>8}{'goal':>7}")
    for name, texts in make_classes(count).items():
        size = sum(len(text.encode()) for text in texts)
        best = [float("inf")] * len(contenders)
        for _ in range(rounds):
            for number, run in enumerate(contenders):
                best[number] = min(best[number], measure(run, texts))
        cells = "".join(f"{count / seconds:>13,.0f}/s {size / seconds / 1e6:>5.1f} MB/s" for seconds in best)
        ratio = best[1] / best[0]
        print(f"{name:<18}{cells}{ratio:>8.1f}{GOALS[name]:>7} {'' if ratio >= GOALS[name] else 'missed'}")


def count_false_repairs(words: int) -> None:
    """Print how many edits generated text without damage gets. Its furniture is none, so every edit is false."""
    texts = write_texts(max(1, words // 480), 2)
    total = sum(len(text.split()) for text in texts)
    edits = [(edit.rule, edit.before, edit.after) for text in texts for edit in desk.repair(parse(text), RepairConfig()).edits]
    print(f"false repairs: {len(edits)} in {total:,} words of clean text, {len(edits) / total * 1e6:.2f} a million")
    for rule, before, after in edits[:10]:
        print(f"    {rule}: {before!r} -> {after!r}")


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=300, help="documents a class")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; the best counts")
    parser.add_argument("--words", type=int, default=1_000_000, help="words of clean text for the count of false repairs")
    parser.add_argument("--rules", action="store_true", help="print what each rule costs instead")
    arguments = parser.parse_args()
    if arguments.rules:
        show_rules(arguments.documents)
        return
    compare(arguments.documents, arguments.rounds)
    count_false_repairs(arguments.words)


if __name__ == "__main__":
    main()
