"""Nightly batches of a generated corpus against one run over everything, and what a night costs as the corpus grows.

    python benchmarks/nights.py [--nights 30] [--documents 200] [--window 5] [--seed 1] [--folder DIR]

1. Thirty nights with `--window`: CPU seconds of each night and bytes that the process read in it. Flat means that from night 5 on no
   night (a median of three) is further than a third from the median of all of them.
2. Thirty nights, each compared with all before, and one run over all files: how many documents stand otherwise, in table, cluster
   or representative.

CPU time is that of one process with one worker; bytes are those of read calls (/proc/self/io), input and staged shards included.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq

from pipeline.config import Config
from pipeline.corpus.loading import read_standings
from pipeline.corpus.log import open_corpus
from pipeline.transforms import flow
from pipeline.transforms.corpus_flow import run_corpus

FIRST_FLAT = 5


@dataclass(frozen=True, slots=True)
class Night:
    """What one night did and cost."""

    number: int
    records: int
    balanced: bool
    cpu: float
    read: int
    said: int


def deal(folder: Path, nights: int, documents: int, seed: int) -> list[Path]:
    """Write a generated corpus and cut it into one file a night."""
    here = Path(__file__).parent
    arguments = ["--documents", str(nights * documents), "--output", str(folder / "whole"), "--seed", str(seed)]
    subprocess.run([sys.executable, str(here / "corpus.py"), *arguments], check=True, stdout=subprocess.DEVNULL)
    lines = [
        line for path in sorted((folder / "whole").glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
    ]
    paths = []
    (folder / "nights").mkdir()
    for number in range(nights):
        paths.append(folder / "nights" / f"night-{number + 1:02d}.jsonl")
        paths[-1].write_text("".join(lines[number::nights]), encoding="utf-8")
    return paths


def run_nights(paths: list[Path], corpus: Path, window: str | None, tell: Callable[[Night], None]) -> list[Night]:
    """One run a night; dates are a day apart."""
    found = []
    first = datetime.date(2026, 1, 1)
    for number, path in enumerate(paths):
        read, cpu = bytes_read(), time.process_time()
        date = (first + datetime.timedelta(days=number)).isoformat()
        result, _ = run_corpus([str(path)], str(corpus), Config(), window=window, date=date, workers=1)
        manifest: dict[str, Any] = result.manifest
        cost = time.process_time() - cpu, bytes_read() - read
        said = sum(manifest["corpus"]["rows"].values())
        found.append(Night(number + 1, manifest["books"]["records"], manifest["books"]["balanced"], *cost, said))
        tell(found[-1])
    return found


def bytes_read() -> int:
    """Bytes that this process has asked for in read calls."""
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(fields["rchar"])


def count_differences(corpus: Path, dataset: Path) -> tuple[int, int]:
    """Documents that stand otherwise in the corpus than after one run, and how many there are."""
    rows = read_standings(open_corpus(str(corpus))).to_pylist()
    nights = {row["doc_id"]: (row["place"], row["cluster_id"], row["representative_id"]) for row in rows}
    one: dict[str, tuple[str, str | None, str | None]] = {}
    for table in ("documents", "duplicates", "removed"):
        for row in pq.read_table(dataset / table).to_pylist():
            doc_id = row["doc_id"]
            stands = (row["cluster_id"], row.get("representative_id", doc_id)) if table != "removed" else (None, None)
            one[doc_id] = (table, *stands)
    return sum(one.get(doc_id) != nights.get(doc_id) for doc_id in one.keys() | nights.keys()), len(one)


def spread(values: list[float]) -> float:
    """The largest distance of a night from the median of all, as a share of it; of three nights in a row the middle one counts."""
    smooth = [median(values[max(0, place - 1) : place + 2]) for place in range(len(values))]
    middle = median(smooth)
    return max(abs(value - middle) for value in smooth) / middle


def tell(night: Night) -> None:
    """One line a night."""
    print(json.dumps({"night": night.number, "cpu_s": round(night.cpu, 2), "read_mb": round(night.read / 1e6, 2)}), flush=True)


def measure_cost(paths: list[Path], corpus: Path, window: str) -> bool:
    """Part 1; whether the cost is flat."""
    print("with --window", window, flush=True)
    nights = run_nights(paths, corpus, window, tell)
    late = nights[FIRST_FLAT - 1 :]
    cpu, read = spread([night.cpu for night in late]), spread([float(night.read) for night in late])
    print(f"| spread of CPU time, nights {FIRST_FLAT} to {len(nights)} | {cpu:.0%} |")
    print(f"| spread of bytes read | {read:.0%} |")
    print(f"| runs whose books balance | {sum(night.balanced for night in nights)} of {len(nights)} |", flush=True)
    return max(cpu, read) <= 1 / 3 and all(night.balanced for night in nights)


def compare_clusters(paths: list[Path], corpus: Path, dataset: Path) -> bool:
    """Part 2; whether all documents stand as after one run."""
    print("compared with all nights before", flush=True)
    nights = run_nights(paths, corpus, None, tell)
    flow.run([str(path) for path in paths], str(dataset), Config(), workers=1)
    differ, documents = count_differences(corpus, dataset)
    print(f"| documents that stand otherwise than after one run | {differ} of {documents} |")
    print(f"| runs whose books balance | {sum(night.balanced for night in nights)} of {len(nights)} |")
    print(f"| rows about earlier documents | {sum(night.said for night in nights)} |", flush=True)
    return not differ and all(night.balanced for night in nights)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--window", default="5")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--part", choices=["cost", "clusters", "both"], default="both")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        paths = deal(folder, arguments.nights, arguments.documents, arguments.seed)
        holds = True
        if arguments.part != "clusters":
            holds &= measure_cost(paths, folder / "windowed", arguments.window)
        if arguments.part != "cost":
            holds &= compare_clusters(paths, folder / "corpus", folder / "one")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
