"""Runs generated sites through copydesk and says which recurring lines went, and which should have.

    python benchmarks/repetition.py [--documents N] [--seed S] [--count N]

Prints, for each role a line can have (see `repetition_sites`), how many lines there were and how many the rule `recurring_lines`
took out, then precision and recall over the roles that are furniture, and the processor time of the run with and without the
rule. Then what the keys of a document cost, and what it costs to count the lines of N made-up documents of twenty lines on sites
of four hundred.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from repetition_sites import FURNITURE, Page, write_sites

from pipeline.config import RepetitionConfig, from_mapping
from pipeline.repetition.counting import LABELS, DocumentColumns, LineColumns, count_lines, partitions_for
from pipeline.repetition.keys import line_keys
from pipeline.text.lines import fold
from pipeline.transforms import flow

SHARD, LINES = 20_000, 20


def write_input(pages: list[Page], folder: Path) -> None:
    """One JSONL file a site."""
    for host in sorted({page.host for page in pages}):
        rows = (
            {"id": page.id, "title": page.title, "url": f"https://{page.host}/{page.id}", "text": page.text}
            for page in pages
            if page.host == host
        )
        (folder / f"{host}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def run(source: Path, output: Path, *, enabled: bool) -> float:
    """Clean the pages in this process; return the seconds of processor time of the run."""
    started = time.process_time()
    flow.run([str(source)], str(output), from_mapping({"repetition": {"enabled": enabled}}), workers=1)
    return time.process_time() - started


def read_removed(output: Path) -> dict[str, Counter[str]]:
    """Lines that the rule took out, folded, by the page's id."""
    ids = {}
    for table in ("documents", "duplicates", "removed"):
        rows = pq.read_table(output / table, columns=["doc_id", "canonical_url"]).to_pylist()
        ids |= {row["doc_id"]: row["canonical_url"].rsplit("/", 1)[-1] for row in rows}
    removed: dict[str, Counter[str]] = {}
    for edit in pq.read_table(output / "edits", filters=[("rule", "=", "recurring_lines")]).to_pylist():
        removed.setdefault(ids[edit["doc_id"]], Counter())[fold(edit["before"])] += 1
    return removed


def score(pages: list[Page], removed: dict[str, Counter[str]]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Lines there were and lines that went, by host and role."""
    there: Counter[tuple[str, str]] = Counter()
    went: Counter[tuple[str, str]] = Counter()
    for page in pages:
        left = Counter(removed.get(page.id, ()))
        for line, role in page.lines[::-1]:
            there[page.host, role] += 1
            if left[fold(line)] > 0:
                left[fold(line)] -= 1
                went[page.host, role] += 1
        if +left:
            raise SystemExit(f"{page.id}: edits of lines that it does not have: {+left}")
    return there, went


def measure_keys(pages: list[Page]) -> float:
    """Microseconds of processor time that the keys of a page take."""
    started = time.process_time()
    for page in pages:
        line_keys(page.text, 1)
    return (time.process_time() - started) / len(pages) * 1e6


def measure_count(documents: int) -> tuple[float, float, int]:
    """Seconds of processor time and MB that one task takes to count, and how many tasks there are."""
    rng = np.random.default_rng(1)
    site = rng.integers(1, max(2, documents // 400), documents).astype(np.uint64)
    order = rng.integers(1, 2**63, documents).astype(np.uint64)
    rows = DocumentColumns(site, order, order, rng.integers(0, 2**32, (documents, LABELS), dtype=np.uint32))

    def shards() -> Iterator[LineColumns]:
        for start in range(0, documents, SHARD):
            keys = rng.integers(1, 2**63, (len(site[start : start + SHARD]), LINES)).astype(np.uint64)
            labels = np.arange(3, dtype=np.uint64) << np.uint64(2) | np.uint64(2)
            keys[:, -3:] = (site[start : start + SHARD, None] << np.uint64(20)) + labels
            yield LineColumns(keys.ravel(), np.arange(0, keys.size + 1, LINES, dtype=np.int64))

    tasks = partitions_for(documents, 8)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    count_lines(rows, shards(), RepetitionConfig(), 0, tasks)
    return time.process_time() - started, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, tasks


def main() -> int:
    """Generate, run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1_000_000)
    arguments = parser.parse_args()
    pages = write_sites(arguments.documents, arguments.seed)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        (scratch / "in").mkdir()
        write_input(pages, scratch / "in")
        (scratch / "warm").mkdir()
        write_input(pages[:20], scratch / "warm")
        run(scratch / "warm", scratch / "warmed", enabled=True)  # compiles the kernels
        without = run(scratch / "in", scratch / "off", enabled=False)
        seconds = run(scratch / "in", scratch / "on", enabled=True)
        there, went = score(pages, read_removed(scratch / "on"))
    for host, role in sorted(there):
        mark = "furniture" if role in FURNITURE else ""
        print(f"{host:16} {role:12} {mark:10} {there[host, role]:6,} lines, {went[host, role]:6,} went")
    counted = {key for key in there if not key[0].startswith("small")}
    good = sum(went[key] for key in counted if key[1] in FURNITURE)
    wanted = sum(there[key] for key in counted if key[1] in FURNITURE)
    wrong = sum(went[key] for key in there if key[1] not in FURNITURE | {"name"} or key not in counted)
    print(f"{len(pages):,} pages: precision {good / max(1, good + wrong):.4f}, recall {good / max(1, wanted):.4f}, wrong lines {wrong}")
    print(f"processor time of the run: {without:.1f} s without, {seconds:.1f} s with")
    print(f"keys: {measure_keys(pages):.0f} microseconds a page")
    seconds, grown, tasks = measure_count(arguments.count)
    print(f"counting {arguments.count:,} documents: {tasks} tasks, each {seconds:.0f} s of processor time, {grown:.0f} MB")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
