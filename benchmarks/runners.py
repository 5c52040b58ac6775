"""Runs the same input on every runner that this machine has and compares the bytes of everything that is written.

    python benchmarks/runners.py [--input seeds/raw] [--prism PATH]

- local runner with one process, and with two worker processes;
- Prism, Beam's portable runner, with the workers in the driver's process (LOOPBACK);
- Prism with a pool of separate worker processes on loopback (EXTERNAL), as a cluster has them.

Prism is not part of Beam's Python package: `make prism` builds it where Go is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
CLOCK_FILES = ("run_times.json",)
"""Files that hold clock times, and are not compared."""


def find_prism() -> str | None:
    """Path of the Prism binary beside this interpreter or on the PATH."""
    beside = Path(sys.executable).with_name("prism")
    return str(beside) if beside.exists() else shutil.which("prism")


def hash_files(folder: Path) -> dict[str, str]:
    """sha256 of each file below `folder` but those with clock times, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in CLOCK_FILES)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def run(source: Path, output: Path, *arguments: str) -> float:
    """One run of the command; returns its seconds."""
    started = time.monotonic()
    command = [sys.executable, "-m", "pipeline", "run", str(source), "--output", str(output), "--no-progress", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    return time.monotonic() - started


@contextmanager
def start_worker_pool() -> Iterator[str]:
    """A pool that starts one worker process for each that the runner asks for; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # the pool starts its workers by the name `python`, which must be this one
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "apache_beam.runners.worker.worker_pool_main", "--service_port", str(port)]
    pool = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while pool.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"localhost:{port}"
    finally:
        pool.terminate()
        pool.wait()


def main() -> None:
    """Print a table: runner, seconds, whether the bytes are those of the first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--input", type=Path, default=REPOSITORY / "seeds" / "raw")
    parser.add_argument("--prism", default=find_prism(), help="the Prism binary; `make prism` builds it")
    arguments = parser.parse_args()
    prism = ("--runner", "PrismRunner", "--", f"--prism_location={arguments.prism}")
    different = 0
    with tempfile.TemporaryDirectory() as folder, start_worker_pool() as pool:
        cases: list[tuple[str, tuple[str, ...]]] = [("local, 1 process", ("--workers", "1")), ("local, 2 workers", ("--workers", "2"))]
        if arguments.prism:
            cases += [
                ("Prism, loopback", (*prism, "--environment_type=LOOPBACK")),
                ("Prism, worker processes", (*prism, "--environment_type=EXTERNAL", f"--environment_config={pool}")),
            ]
        expected: dict[str, str] | None = None
        for number, (name, options) in enumerate(cases):
            output = Path(folder, str(number), "out")
            seconds = run(arguments.input, output, *options)
            found = hash_files(output)
            expected = expected or found
            unlike = sorted(path for path in {*found, *expected} if found.get(path) != expected.get(path))
            different += bool(unlike)
            print(
                f"{name:26} {seconds:7.1f} s  {len(found)} files  {'same bytes' if not unlike else 'DIFFERENT: ' + ', '.join(unlike)}",
                flush=True,
            )
    if not arguments.prism:
        print("Prism was not found: `make prism` builds it (Go is needed)")
    raise SystemExit(1 if different else 0)


if __name__ == "__main__":
    main()
