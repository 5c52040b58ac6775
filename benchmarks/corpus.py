"""Writes a corpus of invented news with planted copies, and the truth about them.

    python benchmarks/corpus.py --documents N --output DIR [--seed S] [--format jsonl|parquet|txt] [--truth FILE]

About 64 % of the documents stand alone (some of them share a quotation of 25 words), 33 % are in clusters of two to eight
copies of one story, and 3 % fill a template with other names and numbers, which makes them similar and not copies. Documents
come in files of 10,000, shuffled over some 20,000 places, so that copies are rarely neighbours. The same arguments give the
same bytes as long as `seeds/` is the same; memory does not grow with N.

The truth is a Parquet table with a row a document: doc (its id), cluster, role (single, original, copy, template), operation
(how a copy was made; ``quote`` for a single with a shared quotation), source (the document that a copy was made from; the
series of a template; the number of a quotation). Documents belong together if, and only if, their cluster is the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from corpus_copies import make_copy
from corpus_language import CAPITAL, KINDS, PLAIN, STOP, Language, Prose, learn, seed_paragraphs, write_prose

FILE_DOCUMENTS, SHUFFLE_PLACES, BATCH = 10_000, 20_000, 500

SINGLE_SHARE, CLUSTER_SHARE, TEMPLATE_SHARE, QUOTE_SHARE = 0.62, 0.33, 0.03, 0.02
"""Shares of the documents; the last is of singles that share a quotation."""

CLUSTER_SIZES = {2: 0.40, 3: 0.20, 4: 0.14, 5: 0.10, 6: 0.07, 7: 0.05, 8: 0.04}
SERIES, QUOTE_GROUP, QUOTE_WORDS = 20, 3, 25
TEMPLATE_SLOTS = 0.04
"""Share of a template's words that become figures, beside its names and numbers: a changing word in every ten or so."""

SENTENCES_MEAN, SENTENCES_SPREAD = 3.05, 0.45
"""Log-normal number of sentences: a median of 21, which gives texts of about 500 words and 3 kB on average."""

COLUMNS = ("id", "title", "text", "publisher", "url", "published_at", "language")
TRUTH = ("doc", "cluster", "role", "operation", "source")


@dataclass(frozen=True, slots=True)
class Document:
    """One document and its line of the truth."""

    row: dict[str, str]
    truth: dict[str, str | None]


@dataclass(slots=True)
class Desk:
    """Writes stories in batches and hands them out one by one; all chance comes from the seed."""

    language: Language
    seed: int
    rng: np.random.Generator = field(init=False)
    choose: random.Random = field(init=False)
    ready: list[Prose] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)
    written: int = 0

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng([self.seed, 1])
        self.choose = random.Random(self.seed)

    def story(self) -> Prose:
        """The next story."""
        if not self.ready:
            counts = self.rng.lognormal(SENTENCES_MEAN, SENTENCES_SPREAD, BATCH)
            self.ready = write_prose(self.language, np.clip(counts, 4, 90).astype(np.int64), self.rng)[::-1]
        return self.ready.pop()

    def long_story(self) -> tuple[Prose, list[str]]:
        """The next story with at least 250 words in six paragraphs: a shorter one cannot be cut to a quarter and remain a story."""
        while True:
            prose = self.story()
            paragraphs = self.spell(prose)
            if len(prose.words) >= 250 and len(paragraphs) >= 6:
                return prose, paragraphs

    def spell(self, prose: Prose) -> list[str]:
        """Paragraphs of a story."""
        return self.language.spell(prose.words, prose.forms).split("\n\n")

    def fresh(self, count: int) -> list[str]:
        """Paragraphs that nothing else has."""
        while len(self.spare) < count:
            self.spare += self.spell(self.story())
        taken, self.spare = self.spare[:count], self.spare[count:]
        return taken

    def title(self, prose: Prose) -> str:
        """Six words of the story, without the words of grammar."""
        words = prose.words[prose.kinds >= 0]
        words = words[:: max(1, len(words) // 6)][:6]
        return self.language.spell(words, np.array([CAPITAL, *[PLAIN] * (len(words) - 1)], dtype=np.int64))

    def document(self, paragraphs: list[str], title: str, truth: dict[str, str | None]) -> Document:
        """Give a text its id, outlet and date."""
        self.written += 1
        name = hashlib.blake2b(f"{self.seed}:{self.written}".encode(), digest_size=8).hexdigest()
        outlet = f"outlet-{int(60 * self.choose.random() ** 2):02d}"
        day, hour = self.choose.randrange(1, 29), self.choose.randrange(24)
        row = {
            "id": name,
            "title": title,
            "text": "\n\n".join(self.dress(paragraphs)),
            "publisher": outlet,
            "url": f"https://{outlet}.example/news/{name}",
            "published_at": f"2026-{self.choose.randrange(1, 13):02d}-{day:02d}T{hour:02d}:00:00Z",
            "language": "en",
        }
        return Document(row, {"doc": name, "cluster": name, "role": "single", "operation": None, "source": None} | truth)

    def dress(self, paragraphs: list[str]) -> list[str]:
        """Put a little furniture around a third of the texts."""
        chance = self.choose.random()
        if chance < 0.12:
            return [f"HALDEN, May {1 + int(chance * 200)} (Nordwire) - {paragraphs[0]}", *paragraphs[1:]]
        if chance < 0.22:
            return [*paragraphs, "Share this article", "Leave a comment"]
        if chance < 0.30:
            return [*paragraphs, "Copyright 2026 Nordwire. All rights reserved."]
        return paragraphs


def singles(desk: Desk) -> Iterator[Document]:
    """One story that nobody copied."""
    prose = desk.story()
    yield desk.document(desk.spell(prose), desk.title(prose), {})


def cluster(desk: Desk) -> Iterator[Document]:
    """A story and its copies."""
    prose, paragraphs = desk.long_story()
    original = desk.document(paragraphs, desk.title(prose), {"role": "original"})
    yield original
    for _ in range(desk.choose.choices(list(CLUSTER_SIZES), list(CLUSTER_SIZES.values()))[0] - 1):
        operation, changed = make_copy(paragraphs, desk.choose, desk.fresh)
        title = desk.title(desk.story()) if operation == "headline_changed" else original.row["title"]
        name = original.row["id"]
        yield desk.document(changed, title, {"cluster": name, "role": "copy", "operation": operation, "source": name})


def series(desk: Desk) -> Iterator[Document]:
    """A template, filled again and again with other names, numbers and some other words: results, markets, weather."""
    prose, _ = desk.long_story()
    words, forms, kinds = prose.words[:250].copy(), prose.forms[:250].copy(), prose.kinds[:250]
    forms[-1] = STOP
    name, number = KINDS.index("name"), KINDS.index("number")
    names = np.flatnonzero(kinds == name)
    others = np.flatnonzero((kinds == number) | ((kinds != name) & (desk.rng.random(len(kinds)) < TEMPLATE_SLOTS)))
    title, label = desk.title(prose), f"series:{desk.written}"
    for _ in range(SERIES):
        words[names] = desk.language.draw(name, len(names), desk.rng)
        words[others] = desk.language.draw(number, len(others), desk.rng)
        yield desk.document(desk.language.spell(words, forms).split("\n\n"), title, {"role": "template", "source": label})


def quoted(desk: Desk) -> Iterator[Document]:
    """Different stories that print the same 25 words of a speaker."""
    words: list[str] = []
    while len(words) < QUOTE_WORDS:
        words += [word.strip("“”,.") for word in desk.fresh(1)[0].split() if word.strip("“”,.")]
    speaker = desk.language.spell(desk.language.draw(KINDS.index("name"), 2, desk.rng), np.array([PLAIN, STOP], dtype=np.int64))
    quotation = f"“{words[0].capitalize()} {' '.join(words[1:QUOTE_WORDS])},” said {speaker}"
    label = f"quote:{desk.written}"
    for _ in range(QUOTE_GROUP):
        prose, paragraphs = desk.long_story()
        paragraphs.insert(desk.choose.randrange(1, len(paragraphs)), quotation)
        yield desk.document(paragraphs, desk.title(prose), {"operation": "quote", "source": label})


def generate(language: Language, seed: int) -> Iterator[Document]:
    """Documents without end, the members of a group one after the other."""
    desk = Desk(language, seed)
    mean = sum(size * share for size, share in CLUSTER_SIZES.items())
    kinds = (singles, cluster, series, quoted)
    weights = [SINGLE_SHARE, CLUSTER_SHARE / mean, TEMPLATE_SHARE / SERIES, QUOTE_SHARE / QUOTE_GROUP]
    while True:
        yield from desk.choose.choices(kinds, weights)[0](desk)


def shuffle(documents: Iterable[Document], seed: int) -> Iterator[Document]:
    """The documents in another order: each waits in one of 20,000 places until a later one takes it."""
    choose = random.Random(seed + 1)
    waiting: list[Document] = []
    for document in documents:
        if len(waiting) < SHUFFLE_PLACES:
            waiting.append(document)
            continue
        place = choose.randrange(SHUFFLE_PLACES)
        waiting[place], document = document, waiting[place]
        yield document
    choose.shuffle(waiting)
    yield from waiting


def write_jsonl(folder: Path, number: int, documents: list[Document]) -> None:
    """One file of JSON lines."""
    with (folder / f"part-{number:05d}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(document.row, ensure_ascii=False) + "\n" for document in documents)


def write_parquet(folder: Path, number: int, documents: list[Document]) -> None:
    """One Parquet file with string columns."""
    columns = {name: pa.array([document.row[name] for document in documents], pa.string()) for name in COLUMNS}
    pq.write_table(pa.table(columns), folder / f"part-{number:05d}.parquet", compression="zstd")


def write_txt(folder: Path, number: int, documents: list[Document]) -> None:
    """One text file a document, the title in the first line, a thousand to a folder."""
    for start in range(0, len(documents), 1000):
        place = folder / f"part-{number:05d}-{start // 1000}"
        place.mkdir()
        for document in documents[start : start + 1000]:
            text = f"{document.row['title']}\n\n{document.row['text']}\n"
            (place / f"{document.row['id']}.txt").write_text(text, encoding="utf-8", newline="\n")


WRITERS = {"jsonl": write_jsonl, "parquet": write_parquet, "txt": write_txt}


def write_corpus(count: int, output: Path, seed: int, kind: str, truth: Path, language: Language) -> None:
    """Write `count` documents to `output`, which must be empty or absent, and the truth to its file."""
    output.mkdir(parents=True, exist_ok=True)
    if any(output.iterdir()):
        raise SystemExit(f"{output} is not empty")
    documents = shuffle(islice(generate(language, seed), count), seed)
    schema = pa.schema([(name, pa.string()) for name in TRUTH])
    with pq.ParquetWriter(truth, schema, compression="zstd") as writer:
        for number in range(-(-count // FILE_DOCUMENTS)):
            part = list(islice(documents, FILE_DOCUMENTS))
            WRITERS[kind](output, number, part)
            writer.write_table(pa.table({name: [document.truth[name] for document in part] for name in TRUTH}, schema=schema))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=sorted(WRITERS), default="jsonl")
    parser.add_argument("--truth", type=Path, help="default: OUTPUT.truth.parquet, beside the output")
    arguments = parser.parse_args()
    truth = arguments.truth or arguments.output.with_name(arguments.output.name + ".truth.parquet")
    raw = Path(__file__).resolve().parents[1] / "seeds" / "raw"
    write_corpus(arguments.documents, arguments.output, arguments.seed, arguments.format, truth, learn(seed_paragraphs(raw)))
    print(f"{arguments.documents} documents in {arguments.output}, truth in {truth}")


if __name__ == "__main__":
    main()
