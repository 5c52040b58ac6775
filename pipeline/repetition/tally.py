"""What went by repetition, counted for the manifest and its readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.repetition.lines import NAME
from pipeline.repetition.sites import name_site

__all__ = ["summarise_lines", "tally_lines"]

_SHOWN = 25
"""Lines that the manifest lists."""

_LONGEST = 200
_BETWEEN = "\t"


def tally_lines(rows: pa.RecordBatch) -> Counter[str]:
    """How often each line went from some staged rows; keyed by site and line, with a tab between them."""
    edits = rows.column("edits")
    flat = edits.flatten()
    mine = pc.equal(flat.field("rule"), NAME)
    counts: Counter[str] = Counter()
    if pc.any(mine).as_py():
        owners = rows.select(["canonical_url", "publisher", "source_uri"]).take(pc.list_parent_indices(edits).filter(mine)).to_pylist()
        for owner, before in zip(owners, flat.field("before").filter(mine).to_pylist(), strict=True):
            site = name_site(owner["canonical_url"], owner["publisher"], owner["source_uri"])
            counts[f"{site}{_BETWEEN}{' '.join(before.split())[:_LONGEST]}"] += 1
    return counts


def summarise_lines(counts: Mapping[str, int]) -> dict[str, Any]:
    """The counts of a run as the manifest has them: how many sites, distinct lines and removals, and the lines that went most often.

    >>> summarise_lines({"orle.example\\tFnord": 7, "orle.example\\tZib": 9})["top"][0]
    {'site': 'orle.example', 'line': 'Zib', 'removed': 9}
    """
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    top = [(*key.split(_BETWEEN, 1), count) for key, count in ranked[:_SHOWN]]
    return {
        "sites": len({key.split(_BETWEEN, 1)[0] for key in counts}),
        "lines": len(counts),
        "removed": sum(counts.values()),
        "top": [{"site": site, "line": line, "removed": count} for site, line, count in top],
    }
