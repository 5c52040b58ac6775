"""Runs generated corpora of growing size and records the peak memory of the whole process tree and the rate.

    python benchmarks/memory.py [--sizes 10000 100000 300000] [--workers 2]

Memory is the sum of the resident sizes of all processes of the run, sampled ten times a second from /proc, with pages that
several processes share counted once a process (which overstates) and, beside it, counted in shares (PSS).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from pipeline.cli_processes import descendants  # noqa: E402


def resident(pid: int) -> tuple[int, int]:
    """Resident and proportional size of a process in bytes; zero when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0, 0
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines[1:] if line.endswith("kB")}
    return sizes.get("Rss", 0), sizes.get("Pss", 0)


def measure(command: list[str]) -> tuple[float, int, int]:
    """Run a command; return seconds, peak RSS and peak PSS of its process tree in bytes."""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=REPOSITORY)
    peak_rss = peak_pss = 0
    while process.poll() is None:
        sizes = [resident(pid) for pid in (process.pid, *descendants(process.pid))]
        peak_rss, peak_pss = max(peak_rss, sum(rss for rss, _ in sizes)), max(peak_pss, sum(pss for _, pss in sizes))
        time.sleep(0.1)
    if process.returncode:
        raise SystemExit(f"the run failed with exit code {process.returncode}")
    return time.monotonic() - started, peak_rss, peak_pss


def main() -> None:
    """Print a table of the sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 300_000])
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    rows: list[tuple[int, float, int, int]] = []
    print(f"{'documents':>10} {'input MB':>9} {'seconds':>8} {'docs/s':>7} {'peak RSS MB':>12} {'peak PSS MB':>12} {'growth B/doc':>13}")
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            corpus, output = Path(folder, "corpus"), Path(folder, "out")
            generator = [sys.executable, "benchmarks/corpus.py", "--documents", str(size), "--output", str(corpus), "--format", "jsonl"]
            subprocess.run(generator, check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
            megabytes = sum(path.stat().st_size for path in corpus.rglob("*.jsonl")) / 1e6
            command = [sys.executable, "-m", "pipeline", "run", f"{corpus}/**/*.jsonl", "--output", str(output), "--quiet"]
            seconds, rss, pss = measure([*command, "--workers", str(arguments.workers)])
        growth = (rss - rows[-1][2]) / (size - rows[-1][0]) if rows else float("nan")
        rows.append((size, seconds, rss, pss))
        print(
            f"{size:10} {megabytes:9.0f} {seconds:8.0f} {size / seconds:7.0f} {rss / 1e6:12.0f} {pss / 1e6:12.0f} {growth:13.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
