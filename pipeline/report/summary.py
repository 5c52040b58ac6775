"""The closing table of a run: what a person wants to know at a glance, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Line", "next_commands", "render_summary", "summarise"]

_EDIT_RULES = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary. `depth` 1 is a detail of the line above; `count` None is a heading."""

    label: str
    count: int | None
    note: str = ""
    depth: int = 0


def summarise(manifest: Mapping[str, Any]) -> list[Line]:
    """The figures of a run, in reading order.

    >>> manifest = {"input": {"records": 2, "files": 1}, "books": {"records": 2, "documents": 2, "balanced": True}, "counters": {}}
    >>> [(line.label, line.count) for line in summarise(manifest)][:2]
    [('documents in', 2), ('clean documents', 2)]
    """
    books, counters = manifest["books"], manifest["counters"]
    files = manifest.get("input", {}).get("files")
    records = books["records"]
    lines = [Line("documents in", records, f"from {files:,} file{'s' if files != 1 else ''}" if files else "")]
    lines.append(Line("clean documents", books.get("documents", 0), _share(books.get("documents", 0), records)))
    lines.append(Line("duplicates", books.get("duplicates", 0), _share(books.get("duplicates", 0), records)))
    lines.append(Line("removed", books.get("removed", 0), _share(books.get("removed", 0), records)))
    lines += _details(counters.get("removed_by_filter", {}))
    lines.append(Line("dead letters", books.get("dead_letters", 0), _share(books.get("dead_letters", 0), records)))
    lines += _details(counters.get("dead_letters_by_code", {}))
    if skipped := manifest.get("input", {}).get("skipped"):
        lines.append(Line("passed over", sum(skipped.values()), "no documents, in no table"))
        lines += _details(skipped)
    lines.append(Line("books", None, "balanced: every document in is in exactly one table" if books.get("balanced") else "NOT BALANCED"))
    if clusters := counters.get("clusters"):
        largest = counters.get("largest_cluster")
        lines.append(Line("clusters of copies", clusters, f"largest has {largest:,} members" if largest else ""))
    edits = counters.get("edits_by_rule", {})
    lines.append(Line("edits", sum(edits.values()), f"by {len(edits)} rule{'s' if len(edits) != 1 else ''}" if edits else ""))
    lines += _details(edits, _EDIT_RULES)
    if (recurring := manifest.get("repetition", {})).get("lines"):
        found = recurring["lines"]
        note = f"on {recurring['sites']:,} site{'s' if recurring['sites'] != 1 else ''}, taken out {recurring['removed']:,} times"
        lines.append(Line("lines that recur", found, note))
    return lines


def next_commands(output: str, example: str | None) -> list[str]:
    """Commands that a person may want to type next; `example` is a doc_id of this run.

    >>> next_commands("my out", None)
    ["copydesk explain 'my out' DOC_ID", "copydesk verify 'my out'"]
    """
    folder = shlex.quote(output)
    return [f"copydesk explain {folder} {example or 'DOC_ID'}", f"copydesk verify {folder}"]


def render_summary(console: Console, manifest: Mapping[str, Any], output: str, seconds: float, example: str | None = None) -> None:
    """Print the summary as a table, where the output is, and the next commands."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim")
    for line in summarise(manifest):
        style = "" if line.depth else "bold"
        alarm = "bold red" if line.label == "books" and not manifest["books"].get("balanced") else ""
        count = "" if line.count is None else f"{line.count:,}"
        table.add_row(Text("  " * line.depth + line.label, style), Text(count, style), Text(line.note, alarm))
    console.print(table)
    console.print(Text.assemble("\n", ("output  ", "bold"), output, f"  ({seconds:.1f} s)"), soft_wrap=True)
    for index, command in enumerate(next_commands(output, example)):
        console.print(Text.assemble(("next    " if not index else "        ", "bold"), (command, "cyan")), soft_wrap=True)


def _details(counts: Mapping[str, int], limit: int | None = None) -> list[Line]:
    ordered = sorted(((count, name) for name, count in counts.items() if count), key=lambda entry: (-entry[0], entry[1]))
    lines = [Line(name, count, depth=1) for count, name in ordered[:limit]]
    rest = ordered[limit:] if limit is not None else []
    if rest:
        lines.append(Line(f"{len(rest)} more rules", sum(count for count, _ in rest), depth=1))
    return lines


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole and part else ""
