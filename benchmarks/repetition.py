"""Runs generated sites through copydesk and says which recurring lines went, and which should have.

    python benchmarks/repetition.py [--documents N] [--seed S]

Prints, for each role a line can have (see `repetition_sites`), how many lines there were and how many the rule `recurring_lines`
took out, then precision and recall over the roles that are furniture, and the time of the run with and without the rule.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from repetition_sites import FURNITURE, Page, write_sites

from pipeline.config import from_mapping
from pipeline.text.lines import fold
from pipeline.transforms import flow


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
    """Clean the pages; return the seconds of the run."""
    started = time.monotonic()
    flow.run([str(source)], str(output), from_mapping({"repetition": {"enabled": enabled}}), workers=1)
    return time.monotonic() - started


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


def main() -> int:
    """Generate, run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    pages = write_sites(arguments.documents, arguments.seed)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        (scratch / "in").mkdir()
        write_input(pages, scratch / "in")
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
    print(f"seconds of the run: {without:.1f} without, {seconds:.1f} with")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
