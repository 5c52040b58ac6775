"""Plants passages in a generated corpus, looks for them, and says what was found and what it cost.

    python benchmarks/passages.py [--documents N] [--seed S] [--workers W] [--keep DIR]

The corpus is that of `corpus.py`. Into some of its single stories go, for each kind below, words that two to four of them share; a standing
paragraph goes into every story of one outlet; and everyday phrases, which are no evidence of anything, into a tenth of all. The same corpus
then goes through `copydesk run` twice, without and with `--passages`.

Right is a planted passage whose pair is in the table with a span that is off by two characters at most on either side. What is in the table
beside the planted ones is checked word by word against the definition, with `difflib` and without any code of the pipeline: the generated
stories do have sentences in common.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from corpus import Desk, Document, generate, learn, seed_paragraphs, shuffle

PHRASES = (
    "The prime minister of the United Kingdom said on Tuesday that the",
    "At the end of the day it is one of the most that they have ever had, and",
    "The president of the European Commission said in a statement on Thursday that",
)
STANDING_OUTLET = "outlet-07"
STANDING = "Readers find corrections, letters and puzzles on the back of every weekend supplement that this cooperative prints and posts."
LEADS, TAILS = ("Graffiti:", "Someone yelled", "Old leaflet:", "Neighbours heard"), ("Paint dripped.", "twice.", "Unsigned.", "overnight.")
"""What stands around planted words: nothing that two stories of one group have in common."""
GROUPS = 40
"""Groups of stories for each kind of passage in 10,000 documents."""

Texts = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Planted:
    """Words that two stories share: what stands in the one and in the other."""

    kind: str
    docs: tuple[str, str]
    texts: Texts


def quoted(words: Sequence[str], choose: random.Random) -> str:
    """Between quotation marks of some style."""
    left, right = choose.choice(["“”", '""', "‘’", "„“", "«»"])
    return f"{left}{' '.join(words)}{right}"


def same(words: list[str], choose: random.Random) -> Texts:
    """25 words, in other marks."""
    return " ".join(words[:25]), " ".join(words[:25])


def short(words: list[str], choose: random.Random) -> Texts:
    """Eight words."""
    return " ".join(words[:8]), " ".join(words[:8])


def changed(words: list[str], choose: random.Random) -> Texts:
    """One word of 16 is another one."""
    other = words[:16]
    other[7] = "quite"
    return " ".join(words[:16]), " ".join(other)


def put_in(words: list[str], choose: random.Random) -> Texts:
    """One word more in the second."""
    return " ".join(words[:14]), " ".join([*words[:6], "indeed", *words[6:14]])


def dropped(words: list[str], choose: random.Random) -> Texts:
    """Four words of 36 are left out."""
    return " ".join(words[:36]), " ".join([*words[:16], *words[20:36]])


def interrupted(words: list[str], choose: random.Random) -> Texts:
    """The speaker is named in the middle."""
    return " ".join(words[:24]), f"{' '.join(words[:12])},” she said, “{' '.join(words[12:24])}"


def half(words: list[str], choose: random.Random) -> Texts:
    """Of 24 words the second prints 12."""
    return " ".join(words[:12]), " ".join(words[:12])


KINDS: dict[str, Callable[[list[str], random.Random], Texts]] = {
    "same words, other marks": same,
    "eight words": short,
    "a changed word": changed,
    "a word put in": put_in,
    "a clause dropped": dropped,
    "interrupted": interrupted,
    "half of it": half,
}


def plant(documents: list[Document], seed: int, desk: Desk) -> list[Planted]:
    """Put passages, a standing paragraph and everyday phrases into the rows; the truth about the passages."""
    choose = random.Random(seed)
    free = [document for document in documents if document.truth["role"] == "single" and document.truth["operation"] is None]
    choose.shuffle(free)
    planted = []
    for kind, make in KINDS.items():
        for _ in range(max(2, GROUPS * len(documents) // 10_000)):
            words = [word for paragraph in desk.fresh(4) for word in re.findall(r"[^\W\d_]+", paragraph)]
            texts = make(words, choose)
            chosen = [free.pop() for _ in range(choose.randint(2, 4))]
            for place, document in enumerate(chosen):
                text = texts[int(place > 0)]
                insert(document, f"{LEADS[place]} {quoted([text], choose)} {TAILS[place]}", choose)
            for left, right in combinations(range(len(chosen)), 2):
                sides = texts[int(left > 0)], texts[int(right > 0)]
                planted.append(Planted(kind, (chosen[left].row["id"], chosen[right].row["id"]), sides))
    for document in documents:
        if document.row["publisher"] == STANDING_OUTLET:
            document.row["text"] += f"\n\n{STANDING}"
        if choose.random() < 0.1 and document.truth["role"] == "single":
            insert(document, f"{choose.choice(PHRASES)} {desk.fresh(1)[0]}", choose)
    return planted


def insert(document: Document, paragraph: str, choose: random.Random) -> None:
    """Put a paragraph somewhere into a text."""
    paragraphs = document.row["text"].split("\n\n")
    paragraphs.insert(choose.randrange(1, max(2, len(paragraphs))), paragraph)
    document.row["text"] = "\n\n".join(paragraphs)


def measure(command: Sequence[str]) -> tuple[float, float]:
    """CPU seconds, and the peak of the largest process in MB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def read(folder: Path) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Documents by doc_id, and the passages."""
    columns = ["doc_id", "guid", "extra", "text", "publisher"]
    rows = [row for table in ("documents", "duplicates") for row in pq.read_table(folder / table, columns=columns).to_pylist()]
    return {row["doc_id"]: row for row in rows}, pq.read_table(folder / "passages").to_pylist()


def name_of(row: dict[str, Any]) -> str:
    """The id that the corpus gave to a document."""
    return str(row["guid"] or json.loads(row["extra"])["id"])


def holds(one: str, other: str) -> bool:
    """The definition, by other means: eight words in a row, or ten side by side of which 85 % are equal."""
    a, b = (re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.casefold()) for text in (one, other))
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    equal = sum(block.size for block in blocks)
    return max(block.size for block in blocks) >= 8 or (max(len(a), len(b)) >= 10 and equal >= 0.85 * max(len(a), len(b)))


def judge(folder: Path, planted: list[Planted], truth: dict[str, dict[str, str | None]]) -> Iterator[str]:
    """Lines of the report."""
    documents, passages = read(folder)
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in passages:
        found.setdefault((row["a"], row["b"]), []).append(row)
    ids = {name_of(row): doc_id for doc_id, row in documents.items()}
    counts, exact, marked = Counter(p.kind for p in planted), Counter[str](), Counter[str]()
    told: set[int] = set()
    for entry in planted:
        sides = sorted(zip((ids[name] for name in entry.docs), entry.texts, strict=True))
        places = [(documents[doc_id]["text"].find(text), len(text)) for doc_id, text in sides]
        for row in found.get((sides[0][0], sides[1][0]), []):
            off = max(
                max(abs(row[f"{side}_start"] - start), abs(row[f"{side}_end"] - start - size))
                for side, (start, size) in zip("ab", places, strict=True)
            )
            if off <= 2:
                exact[entry.kind] += 1
                marked[entry.kind] += row["kind"] == "quote"
                told.add(id(row))
    yield "| planted | pairs | found, spans within 2 characters | of kind quote |"
    yield "|---|---|---|---|"
    for kind in KINDS:
        yield f"| {kind} | {counts[kind]} | {exact[kind]} | {marked[kind]} |"
    beside = [row for row in passages if id(row) not in told]
    texts = [[documents[row[side]]["text"][row[f"{side}_start"] : row[f"{side}_end"]] for side in "ab"] for row in beside]
    phrases = sum(any(phrase.casefold().startswith(text[0].casefold()[:30]) for phrase in PHRASES) for text in texts)
    standing = [text[0] for row, text in zip(beside, texts, strict=True) if row["kind"] == "boilerplate" and STANDING[:40] in text[0]]
    copies = sum(truth[name_of(documents[row["a"]])]["cluster"] == truth[name_of(documents[row["b"]])]["cluster"] for row in passages)
    yield ""
    yield f"passages in the table {len(passages)}; by kind {dict(sorted(Counter(row['kind'] for row in passages).items()))}"
    yield f"not planted {len(beside)}; of these the definition holds for {sum(holds(*text) for text in texts)}"
    yield f"everyday phrases told {phrases}; standing paragraph told as boilerplate {len(standing)}; between copies of one story {copies}"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", default="1")
    parser.add_argument("--keep", type=Path, help="folder to work in; a temporary one if not given")
    arguments = parser.parse_args()
    raw = Path(__file__).resolve().parents[1] / "seeds" / "raw"
    language = learn(seed_paragraphs(raw))
    documents = list(shuffle(islice(generate(language, arguments.seed), arguments.documents), arguments.seed))
    planted = plant(documents, arguments.seed, Desk(language, arguments.seed + 1))
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(document.row, ensure_ascii=False) + "\n" for document in documents)
        (folder / "corpus.jsonl").write_text("".join(lines), encoding="utf-8")
        base = [
            sys.executable,
            "-m",
            "pipeline",
            "run",
            str(folder / "corpus.jsonl"),
            "--workers",
            arguments.workers,
            "--overwrite",
            "-q",
            "-o",
        ]
        plain = measure([*base, str(folder / "plain")])
        passages = measure([*base, str(folder / "passages"), "--passages"])
        print("\n".join(judge(folder / "passages", planted, {document.row["id"]: document.truth for document in documents})))
    print(f"CPU seconds {plain[0]:.1f} without, {passages[0]:.1f} with passages")
    print(f"peak of the largest process {plain[1]:.0f} and {passages[1]:.0f} MB")


if __name__ == "__main__":
    main()
