"""Damages lines of a JSONL file at random places and checks that every line ends in exactly one table.

    python benchmarks/loss.py [--lines 20000] [--seed 1]

Damage: invalid UTF-8, broken JSON, NUL bytes, and one line of 50 MB. Prints how many ids each table holds.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.dataset as ds

REPOSITORY = Path(__file__).resolve().parents[1]
WORDS = ("harbour", "council", "bridge", "ferry", "minister", "storm", "market", "strike", "river", "school", "vote", "budget", "court")


def write_corpus(path: Path, lines: int, seed: int) -> set[int]:
    """Write the file; return the byte offsets of the damaged lines."""
    choose = random.Random(seed)
    huge = choose.randrange(lines)
    damaged = set()
    with path.open("wb") as file:
        for number in range(lines):
            text = " ".join(choose.choice(WORDS) for _ in range(60)).capitalize() + "."
            line = bytearray(json.dumps({"id": number, "title": f"Story {number}", "text": text}).encode())
            kind = choose.choice(("utf8", "json", "nul")) if choose.random() < 0.02 else ""
            place = choose.randrange(20, len(line) - 20)
            if number == huge:
                line = bytearray(json.dumps({"id": number, "text": "long " * 10_000_000}).encode())
            elif kind == "utf8":
                line[place] = 0xFF
            elif kind == "json":
                del line[-2 - choose.randrange(10) :]
            elif kind == "nul":
                line[place:place] = b"\0" * choose.randrange(1, 5)
            if kind or number == huge:
                damaged.add(file.tell())
            file.write(bytes(line) + b"\n")
    return damaged


def main() -> int:
    """Run the test; exit code 1 if an id is lost, doubled, or a damaged line is not a dead letter."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "news.jsonl"), Path(folder, "out")
        damaged = write_corpus(source, arguments.lines, arguments.seed)
        subprocess.run(
            [sys.executable, "-m", "pipeline", "run", str(source), "--output", str(output), "--quiet"], check=True, cwd=REPOSITORY
        )
        ids: list[str] = []
        for table in ("documents", "duplicates", "removed", "dead_letters"):
            rows = ds.dataset(output / table).to_table(columns=["doc_id", "byte_offset"])
            print(f"{table:13} {rows.num_rows:7}")
            ids += rows.column("doc_id").to_pylist()
            if table == "dead_letters":
                dead = set(rows.column("byte_offset").to_pylist())
        print(f"lines {arguments.lines}, ids {len(ids)}, distinct {len(set(ids))}")
        print(f"damaged {len(damaged)}, of them dead letters {len(damaged & dead)}")
        good = len(ids) == len(set(ids)) == arguments.lines and dead == damaged
    print("1 passed, 0 failed" if good else "0 passed, 1 failed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
