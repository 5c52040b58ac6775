"""How the cost of the near-duplicate part grows with the number of documents: a table, and a plot as SVG.

    python benchmarks/scaling.py [--sizes 10000 30000 100000 300000 1000000] [--sentences 5] [--plot docs/scaling.svg]

The documents are short (`--sentences`), every third is a copy of another, and each size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from near_texts import measure_kind

WIDTH, HEIGHT, MARGIN = 560, 360, 60


def plot(points: list[tuple[int, float]]) -> str:
    """Seconds over documents, both logarithmic, and the straight line that linear growth from the first point would be."""
    (first, least), (last, most) = points[0], (points[-1][0], max(seconds for _, seconds in points))
    ends = (first, least), (last, least * last / first)
    low, high = math.log10(least), math.log10(max(most, ends[1][1]))

    def place(size: float, seconds: float) -> tuple[float, float]:
        x = (math.log10(size) - math.log10(first)) / math.log10(last / first)
        y = (math.log10(seconds) - low) / (high - low)
        return MARGIN + x * (WIDTH - 2 * MARGIN), HEIGHT - MARGIN - y * (HEIGHT - 2 * MARGIN)

    def line(along: list[tuple[float, float]], style: str) -> str:
        return f'<polyline fill="none" {style} points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in (place(*p) for p in along))}"/>'

    marks = []
    for size, seconds in points:
        x, y = place(size, seconds)
        marks.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="#1f4e79"/>')
        marks.append(f'<text x="{x:.0f}" y="{y - 9:.0f}" text-anchor="middle">{seconds:.0f} s</text>')
        marks.append(f'<text x="{x:.0f}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">{size:,}</text>')
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        line([*ends], 'stroke="#999999" stroke-dasharray="4 4"'),
        line([(float(size), seconds) for size, seconds in points], 'stroke="#1f4e79" stroke-width="2"'),
        *marks,
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 14}" text-anchor="middle">documents (dashed: linear growth)</text>',
        f'<text x="{MARGIN}" y="24">CPU seconds of the near-duplicate part</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Print the table and write the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000, 300_000, 1_000_000])
    parser.add_argument("--sentences", type=int, default=5)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    points: list[tuple[int, float]] = []
    print(f"{'documents':>10}{'CPU s':>9}{'us/doc':>8}{'MB':>7}{'pairs/doc':>11}{'clusters':>10}   seconds of the steps", flush=True)
    for size in arguments.sizes:
        found = measure_kind("mixed", size, sentences=arguments.sentences)
        points.append((size, found["cpu"]))
        steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in found["steps"].items())
        print(
            f"{size:10,}{found['cpu']:9.1f}{found['cpu'] / size * 1e6:8.0f}{found['megabytes']:7.0f}{found['candidates'] / size:11.2f}"
            f"{found['clusters']:10}   {steps} (the first with the invention of the texts)",
            flush=True,
        )
    if arguments.plot and len(points) > 1:
        arguments.plot.write_text(plot(points), encoding="utf-8")


if __name__ == "__main__":
    main()
