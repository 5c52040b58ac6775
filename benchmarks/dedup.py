"""Compares the near-duplicate part with other tools on one generated corpus in one run: cost, memory and what was found.

    python benchmarks/dedup.py [--documents 2000] [--peers rensa,datasketch,...|all|none] [--setting default,jaccard70] [--whole]
                               [--work FOLDER] [--environments FOLDER] [--python312 PATH]

Each tool runs alone, in a process of its own, Parquet in, clusters out: ours by `near.py` (the plain functions of the near-duplicate
part with exact verification, without Beam), the others by the adapters in `peers/`, each in a virtual environment that this script
makes from the package index. `--whole` adds `copydesk run` on the same files, from raw text to all tables. CPU seconds are those of the
whole process tree, start included, so that other work on the machine matters little; memory is the peak of its proportional set size,
sampled. The corpus stays in --work for the next run.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq
from memory import resident
from scoring import Scores, Truth, read_truth, score

from pipeline.cli_processes import descendants

FOLDER = Path(__file__).resolve().parent
OURS = ("jaccard70", "default")


@dataclass(frozen=True, slots=True)
class Peer:
    """Another tool: its adapter, what to install, and the oldest Python that it runs on."""

    adapter: str
    requirements: tuple[str, ...]
    python: tuple[int, int] = (3, 11)


PEERS = {
    "rensa": Peer("rensa_loop.py", ("rensa==0.5.0", "pyarrow")),
    "datasketch": Peer("datasketch_loop.py", ("datasketch==2.0.0", "pyarrow")),
    "text-dedup": Peer("text_dedup_minhash.py", ("text-dedup==0.4.0", "pyarrow"), (3, 12)),
    "datatrove": Peer("datatrove_minhash.py", ("datatrove[processing,io]==0.10.1", "spacy", "pyarrow")),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A run: CPU and clock seconds, peak memory in bytes."""

    cpu: float
    wall: float
    memory: int


def measure(command: Sequence[str], log: Path) -> Measured:
    """Run a command to its end; its output goes to `log`.

    Raises:
        SystemExit: the command failed.
    """
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    # One thread each: the machine's other cores are not the tool's merit.
    single = {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "POLARS_MAX_THREADS": "1"}
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **single})
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(resident(pid)[1] for pid in (process.pid, *descendants(process.pid))))
            time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with exit code {process.returncode}:\n{log.read_text()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(cpu, time.monotonic() - started, peak)


def make_corpus(count: int, seed: int, work: Path) -> tuple[Path, Path]:
    """The corpus and its truth, generated where they are not there yet."""
    folder, truth = work / f"corpus-{count}-{seed}", work / f"corpus-{count}-{seed}.truth.parquet"
    if not truth.exists():
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, str(FOLDER / "corpus.py"), "--documents", str(count), "--seed", str(seed), "--output", str(folder)]
        subprocess.run([*command, "--format", "parquet", "--truth", f"{truth}.new"], check=True, stdout=subprocess.DEVNULL)
        Path(f"{truth}.new").rename(truth)
    return folder, truth


def make_environment(name: str, peer: Peer, place: Path, python312: str | None) -> str | None:
    """Path of the Python of a peer's environment, made where it is not there yet; None where no Python is new enough."""
    python = sys.executable if sys.version_info >= peer.python else python312
    if python is None:
        return None
    inside = place / name / "bin" / "python"
    if not (place / name / "complete").exists():
        shutil.rmtree(place / name, ignore_errors=True)
        subprocess.run([python, "-m", "venv", str(place / name)], check=True)
        subprocess.run([str(inside), "-m", "pip", "install", "--quiet", *peer.requirements], check=True)
        (place / name / "complete").touch()
    return str(inside)


def read_clusters(path: Path, column: str = "cluster") -> dict[str, str]:
    """doc -> cluster, as every adapter writes it."""
    table = pq.read_table(path)
    return dict(zip(table.column("doc").to_pylist(), table.column(column).to_pylist(), strict=True))


def read_dataset(output: Path) -> dict[str, str]:
    """doc -> cluster of a whole run; the corpus' ids are found by the URL, whose last part they are."""
    found = {}
    for name in ("documents", "duplicates"):
        table = ds.dataset(output / name, format="parquet").to_table(columns=["canonical_url", "cluster_id", "doc_id"])
        for url, cluster, doc in zip(*(table.column(i).to_pylist() for i in range(3)), strict=True):
            found[url.rsplit("/", 1)[-1]] = cluster or doc
    return found


def report(name: str, count: int, measured: Measured, scores: Scores, ours: float | None) -> None:
    """Print one row of the table."""
    ratio = f"{measured.cpu / ours:8.1f}" if ours else " " * 8
    print(
        f"{name:22}{measured.cpu:9.1f}{measured.wall:8.0f}{ratio}{measured.memory / 1e6:8.0f}{count / measured.cpu:9.0f}"
        f"{scores.precision:10.4f}{scores.recall:8.4f}{scores.f1_j50:8.4f}{scores.f1_j70:8.4f}{scores.rand:8.4f}"
        f"{scores.bcubed_precision:8.4f}{scores.bcubed_recall:8.4f}{scores.mixed:7}{scores.lost:7}",
        flush=True,
    )


def detail(name: str, scores: Scores) -> None:
    """Print what was found of each kind of copy and at each similarity."""
    print(f"{name}: share of the copies that are found with their source, by kind; of all planted pairs, by Jaccard of word 5-grams")
    for found in (scores.by_operation, scores.by_similarity):
        print("    " + ", ".join(f"{kind} {share:.4f} ({count})" for kind, (count, share) in found.items() if count))
    print(f"    with J >= .2 or containment >= .5: {scores.reachable[1]:.4f} ({scores.reachable[0]})", flush=True)


def run_ours(setting: str, folder: Path, work: Path, truth: Truth) -> tuple[Measured, list[tuple[str, Scores]]]:
    """The near-duplicate part; scores of its clusters and, beside them, of what hangs together by verified pairs."""
    output = work / f"found-{setting}.parquet"
    command = [sys.executable, str(FOLDER / "near.py"), str(folder), "--output", str(output), "--setting", setting]
    measured = measure(command, work / f"{setting}.log")
    print(f"    {setting}: {(work / f'{setting}.log').read_text().strip()}")
    labels = ((f"copydesk {setting}", "cluster"), ("  verified pairs", "component"))
    return measured, [(label, score(read_clusters(output, column), truth)) for label, column in labels]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", default="all", help="names with commas, all or none")
    parser.add_argument("--setting", default=",".join(OURS), help="settings of ours with commas; ratios are to the first")
    parser.add_argument("--whole", action="store_true", help="also a whole `copydesk run`")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "copydesk-benchmarks")
    parser.add_argument("--environments", type=Path, help="default: environments in --work")
    parser.add_argument("--python312", default=shutil.which("python3.12"), help="for tools that need it where this Python is older")
    arguments = parser.parse_args()
    work: Path = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    peers = list(PEERS) if arguments.peers == "all" else [name for name in arguments.peers.split(",") if name and name != "none"]
    places = arguments.environments or work / "environments"
    pythons = {name: make_environment(name, PEERS[name], places.resolve(), arguments.python312) for name in peers}
    folder, truth_path = make_corpus(arguments.documents, arguments.seed, work)
    truth = read_truth(folder, truth_path)
    size = sum(path.stat().st_size for path in folder.glob("*.parquet")) / 1e6
    print(f"{arguments.documents} documents, {size:.0f} MB of Parquet, {len(truth.pairs)} planted pairs", flush=True)
    subprocess.run([sys.executable, "-c", "from pipeline.dedup.engine import prepare; prepare()"], check=True)
    details, ours = [], None
    names = ("tool", "CPU s", "wall s", "ratio", "PSS MB", "docs/s", "precision", "recall", "F1 J.5", "F1 J.7", "ARI", "B3 P", "B3 R")
    widths = (-22, 9, 8, 8, 8, 9, 10, 8, 8, 8, 8, 8, 8)
    print("".join(f"{name:{'<' if width < 0 else '>'}{abs(width)}}" for name, width in zip(names, widths, strict=True)) + "  mixed   lost")
    for setting in arguments.setting.split(","):
        measured, found = run_ours(setting, folder, work, truth)
        ours = ours or measured.cpu
        for name, scores in found:
            report(name, arguments.documents, measured, scores, ours)
        details.append(found[0])
    for name in peers:
        if (python := pythons[name]) is None:
            print(f"{name}: needs Python {'.'.join(map(str, PEERS[name].python))}; give --python312")
            continue
        output = work / f"found-{name}.parquet"
        measured = measure([python, str(FOLDER / "peers" / PEERS[name].adapter), str(folder), str(output)], work / f"{name}.log")
        scores = score(read_clusters(output), truth)
        report(name, arguments.documents, measured, scores, ours)
        details.append((name, scores))
    if arguments.whole:
        output = work / "whole"
        shutil.rmtree(output, ignore_errors=True)
        command = [sys.executable, "-m", "pipeline", "run", str(folder), "--output", str(output), "--quiet", "--workers", "1"]
        measured = measure(command, work / "whole.log")
        scores = score(read_dataset(output), truth)
        report("copydesk run", arguments.documents, measured, scores, ours)
        details.append(("copydesk run", scores))
    for name, scores in details:
        detail(name, scores)


if __name__ == "__main__":
    main()
