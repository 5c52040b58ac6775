"""Kills a run with SIGKILL at random moments and runs it again.

    python benchmarks/kill.py [--documents 4000] [--kills 10] [--seed 1]

After each kill the target must hold nothing, or a whole dataset; the run after it must give the bytes of an undisturbed run.
Prints one line a kill: the moment, what stood at the target, how many staged splits the next run found.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def command(corpus: Path, output: Path) -> list[str]:
    """The run under test, with two worker processes and many splits."""
    options = ["--workers", "2", "--quiet", "--set", "input.split_bytes=500000"]
    return [sys.executable, "-m", "pipeline", "run", str(corpus), "--output", str(output), *options]


def hashes(output: Path) -> dict[str, str]:
    """sha256 of every Parquet file, by path."""
    files = sorted(output.rglob("*.parquet"))
    return {path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> int:
    """Run the test; exit code 1 on any half dataset or difference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    moments = random.Random(arguments.seed)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        corpus, output = scratch / "corpus", scratch / "out"
        generator = [
            sys.executable,
            "benchmarks/corpus.py",
            "--documents",
            str(arguments.documents),
            "--output",
            str(corpus),
            "--format",
            "jsonl",
        ]
        subprocess.run(generator, check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
        started = time.monotonic()
        subprocess.run(command(corpus, scratch / "undisturbed"), check=True, cwd=REPOSITORY)
        seconds = time.monotonic() - started
        wanted = hashes(scratch / "undisturbed")
        print(f"undisturbed: {len(wanted)} files in {seconds:.1f} s")
        for number in range(arguments.kills):
            moment = moments.uniform(0.05, 1.0) * seconds
            process = subprocess.Popen(command(corpus, output), cwd=REPOSITORY, stderr=subprocess.DEVNULL)
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.wait()
            there = "nothing" if not output.exists() else "a whole dataset" if hashes(output) == wanted else "A HALF DATASET"
            staged = len(list((scratch / ".out.copydesk").glob("staged/*/*/split.json")))
            if output.exists():
                shutil.rmtree(output)
            subprocess.run(command(corpus, output), check=True, cwd=REPOSITORY)
            same = hashes(output) == wanted
            left = [path.name for path in scratch.iterdir() if path.name == ".out.copydesk"]
            failures += there == "A HALF DATASET" or not same or bool(left)
            print(
                f"kill {number + 1} at {moment:5.1f} s: found {there}, {staged} staged splits; rerun {'identical' if same else 'DIFFERENT'}"
            )
            shutil.rmtree(output)
    print(f"{arguments.kills - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
