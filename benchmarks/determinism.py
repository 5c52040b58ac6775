"""Runs one input with one and two workers, in two orders and twice, and compares the Parquet bytes of every table.

    python benchmarks/determinism.py [INPUT ...]

Without INPUT: the sample corpus and a generated corpus. Prints one line a variant; exit code 1 if any file differs.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def run(inputs: list[str], output: Path, workers: int) -> dict[str, str]:
    """Run copydesk; return the sha256 of every file but the clock times, by path."""
    command = [sys.executable, "-m", "pipeline", "run", *inputs, "--output", str(output), "--workers", str(workers), "--quiet"]
    subprocess.run([*command, "--set", "input.split_bytes=200000"], check=True, cwd=REPOSITORY)
    files = sorted(path for path in output.rglob("*") if path.is_file() and path.name != "run_times.json")
    return {path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def compare(name: str, inputs: list[str], scratch: Path) -> bool:
    """Run all variants of one input; True if all bytes are equal."""
    first = run(inputs, scratch / f"{name}-0", 1)
    equal = True
    for number, (label, order, workers) in enumerate(
        (
            ("again, one worker", inputs, 1),
            ("other order, one worker", inputs[::-1], 1),
            ("two workers", inputs, 2),
            ("other order, two workers", inputs[::-1], 2),
        )
    ):
        other = run(order, scratch / f"{name}-{number + 1}", workers)
        different = sorted(path for path in first.keys() | other.keys() if first.get(path) != other.get(path))
        equal &= not different
        print(f"{name}: {label}: {len(first)} files, {'identical' if not different else 'DIFFERENT: ' + ', '.join(different[:5])}")
    return equal


def main() -> int:
    """Compare what the command line names."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        if sys.argv[1:]:
            return 0 if compare("input", sys.argv[1:], scratch) else 1
        corpus = scratch / "corpus"
        generator = [sys.executable, "benchmarks/corpus.py", "--documents", "3000", "--output", str(corpus), "--format", "txt"]
        subprocess.run(generator, check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
        folders = sorted(str(path) for path in (REPOSITORY / "seeds" / "raw").iterdir())
        results = [compare("seeds", folders, scratch), compare("generated", [str(corpus)], scratch)]
        return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
