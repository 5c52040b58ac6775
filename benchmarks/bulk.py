"""Runs the two inputs that break what does not scale: a folder of very many tiny files, and one very large JSONL file.

    python benchmarks/bulk.py [--files 200000] [--megabytes 2000] [--workers 2] [--only files|jsonl] [--limit 2.0]

Prints for each the documents, the rate, and the peak memory of the whole process tree, measured as `memory.py` does. The exit code is 1
where a document is lost or the peak (RSS, which overstates) is above `--limit` GB.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from corpus import Desk, generate
from corpus_language import Language, learn, seed_paragraphs
from memory import REPOSITORY, measure

FOLDER_FILES = 1_000
"""Files a folder, as archives are kept: by day or by hour."""


def write_files(folder: Path, count: int, language: Language) -> int:
    """Write `count` files of one headline and one paragraph; returns their bytes."""
    desk = Desk(language, 3)
    size = 0
    for start in range(0, count, FOLDER_FILES):
        place = folder / f"{start // FOLDER_FILES:05d}"
        place.mkdir(parents=True)
        for number, text in enumerate(islice(_tiny(desk), min(FOLDER_FILES, count - start)), start):
            size += (place / f"{number:07d}.txt").write_bytes(text)
    return size


def _tiny(desk: Desk) -> Iterator[bytes]:
    while True:
        paragraph = desk.fresh(1)[0]
        yield f"{' '.join(paragraph.split()[:6])}\n\n{paragraph}\n".encode()


def write_jsonl(folder: Path, megabytes: float, language: Language) -> tuple[int, int]:
    """Write one JSONL file of news with copies, of at least so many bytes; returns its documents and bytes."""
    folder.mkdir(parents=True)
    count = size = 0
    with (folder / "news.jsonl").open("wb") as file:
        for document in generate(language, 3):
            size += file.write(json.dumps(document.row, ensure_ascii=False).encode() + b"\n")
            count += 1
            if size >= megabytes * 1e6:
                return count, size
    raise AssertionError("documents come without end")


def main() -> int:
    """Print a line for each of the two."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--megabytes", type=float, default=2_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=("files", "jsonl"))
    parser.add_argument("--limit", type=float, default=2.0, help="GB of memory")
    parser.add_argument("--scratch", type=Path, help="where to put the input and the output; default: the system's temporary folder")
    arguments = parser.parse_args()
    language = learn(seed_paragraphs(REPOSITORY / "seeds" / "raw"))
    kinds: dict[str, Callable[[Path], tuple[int, int]]] = {
        "files": lambda folder: (arguments.files, write_files(folder, arguments.files, language)),
        "jsonl": lambda folder: write_jsonl(folder, arguments.megabytes, language),
    }
    failed = 0
    print(f"{'input':>6} {'documents':>10} {'MB':>7} {'seconds':>8} {'docs/s':>7} {'MB/s':>6} {'peak RSS MB':>12} {'peak PSS MB':>12}")
    for name, write in kinds.items():
        if arguments.only not in (None, name):
            continue
        with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
            corpus, output = Path(scratch, "corpus"), Path(scratch, "out")
            count, size = write(corpus)
            command = [sys.executable, "-m", "pipeline", "run", str(corpus), "--output", str(output), "--quiet"]
            seconds, rss, pss = measure([*command, "--workers", str(arguments.workers)])
            books = json.loads((output / "run.json").read_bytes())["books"]
        failed += books["records"] != count or rss > arguments.limit * 1e9
        rates = f"{seconds:8.0f} {count / seconds:7.0f} {size / 1e6 / seconds:6.2f}"
        print(f"{name:>6} {count:10} {size / 1e6:7.0f} {rates} {rss / 1e6:12.0f} {pss / 1e6:12.0f}", flush=True)
    print(f"{2 - failed if arguments.only is None else 1 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
