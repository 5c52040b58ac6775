"""Buckets that are made to explode: what 100,000 copies, near-copies and fillings of one template cost beside as many distinct texts.

    python benchmarks/bomb.py [--documents 100000] [--sentences 20]

Each run has as many distinct stories beside the bomb, and a process of its own. The measure is twice as many distinct stories.
"""

from __future__ import annotations

import argparse

from near_texts import measure_kind


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000, help="documents of the bomb; as many others stand between them")
    parser.add_argument("--sentences", type=int, default=20)
    arguments = parser.parse_args()
    count, base = arguments.documents, None
    print(f"{'':28}{'CPU s':>9}{'ratio':>7}{'MB':>7}{'pairs/doc':>11}{'rows/doc':>10}{'clusters':>10}{'largest':>9}", flush=True)
    for kind in ("distinct", "copies", "releases", "reports"):
        found = measure_kind(kind, count, sentences=arguments.sentences, others=count)
        base = base or found["cpu"]
        rows = sum(found["relations"].values())
        print(
            f"{count:>9,} {kind:9}+ others {found['cpu']:9.1f}{found['cpu'] / base:7.2f}{found['megabytes']:7.0f}"
            f"{found['candidates'] / count / 2:11.2f}{rows / count / 2:10.2f}{found['clusters']:10}{found['largest']:9}",
            flush=True,
        )


if __name__ == "__main__":
    main()
