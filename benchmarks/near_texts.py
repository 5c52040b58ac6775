"""Endless invented texts for the near-duplicate part, and its cost on them in a process of its own.

    python benchmarks/near_texts.py KIND DOCUMENTS [--sentences N] [--others N]

Kinds: `distinct` stories; `mixed`, of which every third is a copy of the one before (cut, or with some words changed); `copies` of one
text; `releases`, one text with one word of 100 changed; `reports`, one template with other numbers and names. With --others, as many
distinct stories stand between them. Prints one line of JSON: CPU seconds of the near-duplicate part (without the invention of texts, with
the start of the process), peak resident memory, and what was found.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count as numbers
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from corpus_language import Language, learn, seed_paragraphs, write_prose
from near import SETTINGS, find_near_duplicates

from pipeline.dedup.sketches import SketchInput
from pipeline.records import Metadata

__all__ = ["KINDS", "measure_kind"]

BATCH = 500
Texts = Iterator[str]


def distinct(language: Language, sentences: int, seed: int) -> Texts:
    """Stories that share nothing."""
    rng = np.random.default_rng(seed)
    while True:
        for prose in write_prose(language, rng.poisson(sentences - 2, BATCH) + 2, rng):
            yield language.spell(prose.words, prose.forms)


def mixed(language: Language, sentences: int, seed: int) -> Texts:
    """Two stories and a copy of the second, cut to 60 % of its words or with one word of 40 changed."""
    choose, stories = random.Random(seed), distinct(language, sentences, seed)
    while True:
        yield next(stories)
        words = (text := next(stories)).split(" ")
        yield text
        if choose.random() < 0.5:
            yield " ".join(words[: len(words) * 6 // 10])
        else:
            yield " ".join("meanwhile" if choose.random() < 0.025 else word for word in words)


def copies(language: Language, sentences: int, seed: int) -> Texts:
    """One text."""
    text = next(distinct(language, sentences, seed))
    while True:
        yield text


def releases(language: Language, sentences: int, seed: int) -> Texts:
    """One text with another word in the place of one of 100."""
    choose, words = random.Random(seed), next(distinct(language, sentences, seed)).split(" ")
    for number in numbers():
        changed = list(words)
        for _ in range(1 + len(words) // 100):
            changed[choose.randrange(len(words))] = f"brand{number % 9973}"
        yield " ".join(changed)


def reports(language: Language, sentences: int, seed: int) -> Texts:
    """One template: every tenth word is a number or a name that changes."""
    choose, words = random.Random(seed), next(distinct(language, sentences, seed)).split(" ")
    for _ in numbers():
        changed = list(words)
        for place in range(5, len(words), 10):
            changed[place] = str(choose.randrange(1, 10_000)) if place % 20 == 5 else f"Company{choose.randrange(5_000)}"
        yield " ".join(changed)


KINDS: dict[str, Callable[[Language, int, int], Texts]] = {made.__name__: made for made in (distinct, mixed, copies, releases, reports)}


class Watched:
    """Documents of texts, and the CPU seconds that their invention took."""

    def __init__(self, texts: Texts, total: int) -> None:
        self._texts, self._total, self.seconds = texts, total, 0.0

    def __iter__(self) -> Iterator[SketchInput]:
        unknown = Metadata()
        for number in range(self._total):
            started = time.process_time()
            text = next(self._texts)
            self.seconds += time.process_time() - started
            name = hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest()
            yield SketchInput(number, name, text, (), name * 2, unknown, "none", (), "")


def measure_kind(kind: str, total: int, *, sentences: int, others: int = 0) -> dict[str, Any]:
    """Run this file in a process of its own and read what it prints."""
    command = [sys.executable, __file__, kind, str(total), "--sentences", str(sentences), "--others", str(others)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("documents", type=int)
    parser.add_argument("--sentences", type=int, default=20)
    parser.add_argument("--others", type=int, default=0)
    arguments = parser.parse_args()
    started = time.process_time()
    language = learn(seed_paragraphs(Path(__file__).resolve().parents[1] / "seeds" / "raw"))
    texts = KINDS[arguments.kind](language, arguments.sentences, 1)
    if arguments.others:
        between = distinct(language, arguments.sentences, 2)
        texts = (text for pair in zip(islice(texts, arguments.documents), islice(between, arguments.others), strict=True) for text in pair)
    learned = time.process_time() - started
    watched = Watched(texts, arguments.documents + arguments.others)
    with tempfile.TemporaryDirectory(prefix="near-") as work:
        found = find_near_duplicates(iter(watched), SETTINGS["default"], Path(work))
    told = {
        "documents": len(found.doc_ids),
        "cpu": round(time.process_time() - watched.seconds - learned, 2),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "candidates": len(found.pairs),
        "relations": dict(Counter(found.relations.column("relation").to_pylist())),
        "clusters": len({decision.cluster_id for decision in found.decisions}),
        "largest": max(Counter(decision.cluster_id for decision in found.decisions).values(), default=1),
        "steps": found.seconds,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
