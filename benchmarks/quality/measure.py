"""What the near-duplicate part finds on corpora whose truth is known, and the floors that it must not fall below.

    python benchmarks/quality/measure.py [--documents 100000] [--check] [--record]

1. A generated corpus of --documents (`corpus.py`), scored by kind of copy and similarity.
2. The sets of `sets.py`: variants of stories, scans, an agency's day, translations, shared quotations, templates.
3. The digest: what each variant of each text in `seeds/` (and of the gold, where it is there) is to its source.

`floors.json` holds the floors of 1 and 2, `digest.json` the relations of 3. With --check the exit code tells whether all of them hold;
--record writes the digest anew, which is to be looked at like any other change of what the program says. The tests check small sizes of
all three.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import near  # noqa: E402
from corpus import write_corpus  # noqa: E402
from corpus_language import Language  # noqa: E402
from scoring import read_truth, score  # noqa: E402
from sets import SETS, Item, language, stories, variants  # noqa: E402

from pipeline.config import DedupConfig  # noqa: E402
from pipeline.dedup.relations import FLIPPED  # noqa: E402
from pipeline.dedup.sketches import SketchInput  # noqa: E402

__all__ = ["check", "differences", "digest", "measure_corpus", "measure_sets", "read_floors"]

Figures = dict[str, float]
EQUAL = ("exact", "headline_changed", "typography", "mojibake")


def compare(items: Sequence[Item]) -> tuple[near.Found, list[str]]:
    """Run the near-duplicate part over items; also their doc_ids."""
    ids = [hashlib.blake2b(item.name.encode(), digest_size=16).hexdigest() for item in items]
    inputs = [
        SketchInput(
            place, doc_id, item.text, (), hashlib.sha256(item.name.encode()).hexdigest(), item.metadata, item.mt_band, (), item.name
        )
        for place, (doc_id, item) in enumerate(zip(ids, items, strict=True))
    ]
    with tempfile.TemporaryDirectory() as work:
        return near.find_near_duplicates(iter(inputs), DedupConfig(), Path(work)), ids


def measure_corpus(documents: int, seed: int, spoken: Language) -> Figures:
    """Scores on a generated corpus."""
    with tempfile.TemporaryDirectory() as place:
        folder, truth, work = Path(place, "corpus"), Path(place, "truth.parquet"), Path(place, "work")
        work.mkdir()
        write_corpus(documents, folder, seed, "parquet", truth, spoken)
        planted = read_truth(folder, truth)
        found = near.find_near_duplicates(near.read_documents(folder), DedupConfig(), work)
        scores = score({doc[:16]: cluster[:16] for doc, cluster in zip(found.doc_ids, found.clusters(), strict=True)}, planted)
    figures = {"precision": scores.precision, "f1_j50": scores.f1_j50, "rand": scores.rand, "mixed": float(scores.mixed)}
    figures["reachable"] = scores.reachable[1]
    figures |= {f"recall {name}": share for name, (_, share) in scores.by_operation.items()}
    return figures


def measure_sets(spoken: Language, seed: int) -> dict[str, Figures]:
    """For each set: the share of documents that are with another one of their story, and clusters with two stories."""
    return {name: measure_items(make(spoken, seed)) for name, make in SETS.items()}


def measure_items(items: Sequence[Item]) -> Figures:
    """Joined: of documents whose story has others, the share in a cluster with most of them. Mixed: clusters with two stories.
    Parts: clusters that an add, a take or a substituted paragraph stands for."""
    found, ids = compare(items)
    cluster = dict(zip(ids, found.clusters(), strict=True))
    story = {doc_id: item.name.split(" ")[0] for doc_id, item in zip(ids, items, strict=True)}
    inside, of_story = defaultdict(list), defaultdict(list)
    for doc_id in ids:
        inside[cluster[doc_id]].append(story[doc_id])
        of_story[story[doc_id]].append(cluster[doc_id])
    joined = [Counter(clusters).most_common(1)[0][1] / len(clusters) for clusters in of_story.values() if len(clusters) > 1]
    kinds = {doc_id: item.name.split(" ", 1)[1] for doc_id, item in zip(ids, items, strict=True)}
    stand = {decision.doc_id for decision in found.decisions if decision.table == "documents"}
    return {
        "joined": sum(joined) / len(joined) if joined else 1.0,
        "mixed": float(sum(len(set(names)) > 1 for names in inside.values())),
        "parts": float(sum(kinds[doc_id] in ("sub", "add", "take") for doc_id in stand)),
    }


def digest(seeds: Path, gold: Path | None, spoken: Language) -> dict[str, dict[str, str]]:
    """For each long enough text: what each of its variants is to it, with the Jaccard, and whether both are in one cluster."""
    result = {}
    for name, paragraphs in _texts(seeds, gold):
        # Of equal texts only one is compared, and it may be the copy; so variants that are equal once folded are left out here.
        changed = {kind: text for kind, text in variants(paragraphs, _fresh(spoken), 7).items() if kind not in EQUAL}
        made = {"source": "\n\n".join(paragraphs), **changed}
        items = [Item(f"{name} {variant}", text) for variant, text in made.items()]
        found, ids = compare(items)
        said = _to_source(found, ids[0])
        cluster = dict(zip(ids, found.clusters(), strict=True))
        lines = {}
        for doc_id, variant in list(zip(ids, made, strict=True))[1:]:
            held = "with its source" if cluster[doc_id] == cluster[ids[0]] else "apart"
            lines[variant] = f"{said.get(doc_id, 'nothing on record')}, {held}"
        result[name] = lines
    return result


def _fresh(spoken: Language) -> Callable[[int], list[str]]:
    others = stories(spoken, 12, 12, 5)
    return lambda count: next(others)[:count]


def _to_source(found: near.Found, source: str) -> dict[str, str]:
    said = {}
    for row in found.relations.to_pylist():
        if source in (row["a"], row["b"]):
            is_first = row["b"] == source
            relation = row["relation"] if is_first else FLIPPED.get(row["relation"], row["relation"])
            said[row["a"] if is_first else row["b"]] = f"{relation} {row['jaccard']:.2f}"
    return said


def _texts(seeds: Path, gold: Path | None) -> Iterator[tuple[str, list[str]]]:
    for path in sorted(seeds.glob("*/*.txt")):
        paragraphs = [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        if len(paragraphs) >= 6 and sum(len(paragraph.split()) for paragraph in paragraphs) >= 200:
            yield f"seeds/{path.relative_to(seeds)}", paragraphs
    for path in sorted(gold.glob("[0-9]*.json")) if gold is not None and gold.is_dir() else []:
        yield f"gold/{path.stem}", json.loads(path.read_text(encoding="utf-8"))["paragraphs"]


def read_floors() -> dict[str, dict[str, float]]:
    """Name of a set, or ``corpus`` -> figure -> floor; of counts (mixed, parts) the ceiling."""
    floors: dict[str, dict[str, float]] = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))
    return floors


def check(figures: Mapping[str, float], floors: Mapping[str, float]) -> list[str]:
    """What does not hold.

    >>> check({"joined": 0.9, "mixed": 0.0}, {"joined": 0.95, "mixed": 0})
    ['joined is 0.9000, the floor is 0.95']
    """
    wrong = []
    for name, floor in floors.items():
        value = figures[name]
        if value > floor if name in ("mixed", "parts") else value < floor:
            wrong.append(f"{name} is {value:.4f}, the {'ceiling' if name in ('mixed', 'parts') else 'floor'} is {floor}")
    return wrong


def differences(name: str, lines: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """Where the digest of one text is not as recorded."""
    return [f"digest: {name}, {kind}: {said!r}, recorded {known.get(kind)!r}" for kind, said in lines.items() if known.get(kind) != said]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000, help="of the generated corpus; 0 leaves it out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    spoken, floors, wrong = language(), read_floors(), []
    results: dict[str, Any] = measure_sets(spoken, arguments.seed)
    if arguments.documents:
        results["corpus"] = measure_corpus(arguments.documents, arguments.seed, spoken)
    for name, figures in results.items():
        print(f"{name:14}" + ", ".join(f"{figure} {value:.4f}" for figure, value in figures.items()))
        wrong += [f"{name}: {text}" for text in check(figures, floors[name])]
    repository = HERE.parents[1]
    found = digest(repository / "seeds" / "raw", repository.parent / "shared" / "gold", spoken)
    if arguments.record:
        (HERE / "digest.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    known = json.loads((HERE / "digest.json").read_text(encoding="utf-8"))
    for name, lines in found.items():
        wrong += [
            f"digest: {name}, {variant}: {said!r} and not {known[name][variant]!r}"
            for variant, said in lines.items()
            if known[name][variant] != said
        ]
    print("\n".join(wrong) or "all floors hold, and the digest is as recorded")
    return int(bool(wrong) and arguments.check)


if __name__ == "__main__":
    sys.exit(main())
