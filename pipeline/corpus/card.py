"""The card of a corpus (README.md): YAML front matter whose `configs` name the committed runs, then a page for people."""

from __future__ import annotations

from pipeline.corpus.log import Corpus
from pipeline.storage import join

__all__ = ["corpus_card", "write_card"]

_TABLES = ("documents", "duplicates", "removed", "dead_letters", "edits", "relations", "supersedes", "retractions")


def corpus_card(corpus: Corpus) -> str:
    """The card. Runs are named one by one: a folder that no commit names must not be read."""
    runs = [entry for entry in corpus.entries if entry.kind == "run"]
    lines = ["---", "pretty_name: News corpus kept by copydesk", "tags:", "- news", "- copydesk", "configs:"]
    for table in _TABLES:
        chosen = [entry for entry in corpus.entries if entry.kind == "run" or table in ("supersedes", "retractions")]
        lines += [f"- config_name: {table}"]
        lines += ["  default: true"] if table == "documents" else []
        lines += ["  data_files:", *(f"  - runs/{entry.run_id}/{table}/*.parquet" for entry in chosen)]
    records = sum(entry.books.get("records", 0) for entry in runs)
    lines += [
        "---",
        "",
        "# News corpus kept by copydesk",
        "",
        f"{len(runs):,} runs, {records:,} records. Each folder in `runs/` is complete in itself and is never changed;",
        "what later runs say about its documents is in their tables `supersedes` and `retractions`.",
        "",
        "```python",
        "import pipeline, datasets",
        "",
        'table = pipeline.load_corpus("path/to/this/folder")  # what stands today, as a pyarrow.Table',
        "",
        "# Or as written, and then without what later runs took back:",
        'documents = datasets.load_dataset("path/to/this/folder", split="train")',
        'gone = set(datasets.load_dataset("path/to/this/folder", "retractions", split="train")["doc_id"])',
        'documents = documents.filter(lambda row: row["doc_id"] not in gone)',
        "```",
        "",
        "```sh",
        "copydesk status path/to/this/folder           # runs, growth, drift",
        "copydesk explain path/to/this/folder DOC_ID   # a document's whole story",
        "copydesk verify path/to/this/folder           # every run, and what runs say about each other",
        "```",
        "",
        "| run | date | kind | records | documents | duplicates | removed | dead letters |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for entry in corpus.entries[-30:]:
        counts = (entry.books.get(name, 0) for name in ("records", "documents", "duplicates", "removed", "dead_letters"))
        lines.append(
            f"| {entry.seq} `{entry.run_id}` | {entry.date} | {entry.kind} | " + " | ".join(f"{count:,}" for count in counts) + " |"
        )
    return "\n".join([*lines, ""])


def write_card(corpus: Corpus) -> None:
    """Write the card of the corpus as it is now."""
    with corpus.storage.create(join(corpus.folder, "README.md")) as file:
        file.write(corpus_card(corpus).encode())
