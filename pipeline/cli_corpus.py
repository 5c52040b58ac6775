"""What the command does for a corpus: adding a run; and the commands that look through all of its runs."""

from __future__ import annotations

import dataclasses
import datetime
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.storage import LocalStorage, Storage, is_remote

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.corpus.finding import Hit
    from pipeline.corpus.log import Corpus, Entry
    from pipeline.corpus.status import Status
    from pipeline.report.verifying import Finding
    from pipeline.transforms.flow import RunResult

__all__ = [
    "CorpusOptions",
    "add_commands",
    "add_run",
    "describe_status",
    "explain_in",
    "find_hits",
    "need_corpus",
    "open_corpus_at",
    "print_findings",
    "print_hits",
    "storage_at",
]


@dataclasses.dataclass(frozen=True, slots=True)
class CorpusOptions:
    """How a run is added to a corpus; see `transforms.corpus_flow.run_corpus`."""

    window: str | None = None
    date: str | None = None


def add_run(inputs: Sequence[str], output: str, config: Config, *, options: CorpusOptions, overwrite: bool, **how: Any) -> RunResult:
    """Add a run to a corpus, and say so on stderr where it is in the corpus already.

    Raises:
        ConfigError: a run of a corpus replaces nothing.
    """
    from pipeline.transforms.corpus_flow import run_corpus

    if overwrite:
        raise ConfigError("--overwrite goes with --output; what is in a corpus is never replaced")
    result, is_new = run_corpus(inputs, output, config, window=options.window, date=options.date, **how)
    if not is_new:
        sys.stderr.write(f"copydesk: the corpus holds a run over this input already, {result.manifest['run_id']}; nothing was done\n")
    return result


def open_corpus_at(folder: str, beam_options: Sequence[str]) -> Corpus | None:
    """The corpus at a folder or prefix, or None where there is none.

    Raises:
        DatasetError: it is damaged.
        ConfigError: there is no file system for such an address.
    """
    from pipeline.corpus.log import is_corpus, open_corpus

    storage = storage_at(folder, beam_options)
    return open_corpus(folder, storage) if is_corpus(folder, storage) else None


def storage_at(folder: str, beam_options: Sequence[str]) -> Storage:
    """The storage of a folder or prefix."""
    if is_remote(folder):
        from pipeline.transforms.remote import open_storage

        return open_storage(folder, beam_options)
    return LocalStorage()


def explain_in(corpus: Corpus, query: str, console: Console, *, show_all: bool) -> int:
    """Tell the story of a document of a corpus, and what later runs say about it."""
    from pipeline.corpus.takedowns import open_run
    from pipeline.report.explain import build_story
    from pipeline.report.explain_view import render_matches, render_story
    from pipeline.report.finding import find_documents

    found = []
    for entry in corpus.entries:
        if entry.kind == "run":
            run = open_run(corpus, entry)
            found += [(entry, run, match) for match in find_documents(run, query)]
    words = _later_words(corpus, query)
    if not found and not words:
        raise ConfigError(
            f"{corpus.folder} holds no record {query!r}; a doc_id or its beginning, a source_uri or its end, or a URL is accepted"
        )
    if len({match.doc_id for _, _, match in found}) > 1:
        render_matches(console, query, [match for _, _, match in found])
        return 2
    if found:
        entry, run, match = found[0]
        console.print(f"run {entry.seq}, {entry.run_id}, of {entry.date}", highlight=False)
        render_story(console, build_story(run, match), show_all=show_all)
        for entry, _, match in found[1:]:
            console.print(f"delivered again in run {entry.seq}, {entry.run_id}: {match.table}", highlight=False)
        words = _later_words(corpus, match.doc_id)
    for line in words:
        console.print(line, highlight=False)
    return 0


def _later_words(corpus: Corpus, doc_id: str) -> list[str]:
    import pyarrow.compute as pc

    from pipeline.corpus.takedowns import open_run
    from pipeline.report.dataset import list_parts, scan

    lines = []
    for entry in corpus.entries:
        run = open_run(corpus, entry)
        for table in ("supersedes", "retractions"):
            for part in list_parts(run.manifest, table):
                for batch in scan(run, part):
                    for row in batch.filter(pc.equal(batch.column("doc_id"), doc_id)).to_pylist():
                        lines.append(f"run {entry.seq}, {entry.run_id}, of {entry.date}: {_word(table, row)}")
    return lines


def _word(table: str, row: dict[str, Any]) -> str:
    if table == "retractions":
        by = f" by {row['by_id']}" if row["by_id"] else ""
        return f"left out from then on, {row['cause']}{by}: {row['reason']}"
    stands = f"{row['representative_id']} stands for it" if row["place"] == "duplicates" else f"stands for {row['cluster_size']} texts"
    return f"{row['change']}; {stands} (cluster {row['cluster_id']})"


def print_findings(folder: str, findings: Iterable[Finding]) -> int:
    """Print the findings of a verification; returns the exit code."""
    failed = 0
    for finding in findings:
        click.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.check} ({finding.detail})")
        for example in finding.examples:
            click.echo(f"        {example}")
        if finding.problems > len(finding.examples):
            click.echo(f"        and {finding.problems - len(finding.examples):,} more")
        failed += not finding.ok
    click.echo(f"{folder}: {failed} checks failed" if failed else f"{folder}: all checks passed")
    return 1 if failed else 0


def need_corpus(folder: str, beam_options: Sequence[str]) -> Corpus:
    """As `open_corpus_at`.

    Raises:
        DatasetError: there is no corpus.
    """
    from pipeline.corpus.log import open_corpus

    return open_corpus(folder, storage_at(folder, beam_options))


def find_hits(corpus: Corpus, queries: Sequence[str], texts: Sequence[str], beam_options: Sequence[str]) -> list[Hit]:
    """What `--uri`, `--doc` and `--text` mean together, each document once."""
    from pipeline.corpus.finding import find, find_text

    hits = find(corpus, queries) if queries else []
    for name in texts:
        with LocalStorage().open(name) as file:
            data = file.read()
        hits += find_text(corpus, data, name, lambda uri: storage_at(uri, beam_options))
    known: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        old = known.get((hit.run_id, hit.doc_id))
        if old is None or (hit.merges and not old.merges):
            known[hit.run_id, hit.doc_id] = hit
    return list(known.values())


def print_hits(hits: Sequence[Hit], entries: Sequence[Entry]) -> None:
    """One line a document: copies first, then what is only similar."""
    seqs = {entry.run_id: entry.seq for entry in entries}
    for hit in hits:
        score = f"  jaccard {hit.jaccard:.2f}" if hit.jaccard is not None else ""
        kind = "copy   " if hit.merges else "similar"
        title = f"  {hit.title}" if hit.title else ""
        click.echo(f"{kind}  {hit.doc_id}  run {seqs[hit.run_id]}  {hit.place:<12} {hit.source_uri}{title}  ({hit.why}){score}")
    copies = sum(hit.merges for hit in hits)
    click.echo(f"{copies:,} copies, {len(hits) - copies:,} similar documents on record")


def add_commands(group: click.Group, kind: type[click.Command], options_of: Callable[[click.Context], tuple[str, ...]]) -> None:
    """Add `find`, `takedown` and `status` to the command.

    Args:
        kind: a command that sets the options for Beam aside.
        options_of: finds them again.
    """
    _add_find(group, kind, options_of)
    _add_takedown(group, kind, options_of)
    _add_status(group, kind, options_of)


def _add_find(group: click.Group, kind: type[click.Command], options_of: Callable[[click.Context], tuple[str, ...]]) -> None:
    @group.command("find", cls=kind)
    @click.argument("folder", metavar="CORPUS")
    @click.option("--uri", "uris", multiple=True, metavar="URI", help="A file, the end of its path, a URL or an id of the publisher.")
    @click.option("--doc", "docs", multiple=True, metavar="DOC_ID", help="A doc_id or the beginning of one.")
    @click.option("--text", "texts", multiple=True, metavar="FILE", help="A text; what holds against it is found by comparison.")
    @click.pass_context
    def find_command(context: click.Context, /, folder: str, uris: tuple[str, ...], docs: tuple[str, ...], texts: tuple[str, ...]) -> int:
        """List every copy and near-copy on record in CORPUS."""
        if not (uris or docs or texts):
            raise click.UsageError("give --uri, --doc or --text.", context)
        corpus = need_corpus(folder, options_of(context))
        hits = find_hits(corpus, [*uris, *docs], texts, options_of(context))
        print_hits(hits, corpus.entries)
        return 0 if hits else 1


def _add_takedown(group: click.Group, kind: type[click.Command], options_of: Callable[[click.Context], tuple[str, ...]]) -> None:
    @group.command("takedown", cls=kind)
    @click.argument("folder", metavar="CORPUS")
    @click.option("--uri", "uris", multiple=True, metavar="URI", help="As for find.")
    @click.option("--doc", "docs", multiple=True, metavar="DOC_ID", help="As for find.")
    @click.option("--text", "texts", multiple=True, metavar="FILE", help="As for find.")
    @click.option("--reason", required=True, metavar="TEXT", help="Why; goes on record.")
    @click.option("--by", required=True, metavar="NAME", help="Who answers for it; goes on record.")
    @click.option("--only", is_flag=True, help="Take down what was asked for and leave its copies.")
    @click.option("--similar", is_flag=True, help="Take down what is only similar, too.")
    @click.pass_context
    def takedown_command(
        context: click.Context,
        /,
        folder: str,
        uris: tuple[str, ...],
        docs: tuple[str, ...],
        texts: tuple[str, ...],
        reason: str,
        by: str,
        only: bool,
        similar: bool,
    ) -> None:
        """Remove documents and their copies from CORPUS for good, by a signed run."""
        if not (uris or docs or texts):
            raise click.UsageError("give --uri, --doc or --text.", context)
        options = options_of(context)

        def choose(corpus: Corpus) -> list[Hit]:
            hits = find_hits(corpus, [*uris, *docs], texts, options)
            return [hit for hit in hits if (hit.merges or similar) and not (only and hit.why == "copy")]

        from pipeline.corpus.take_down import take_down

        now = datetime.datetime.now(datetime.UTC)
        query = {"uri": list(uris), "doc": list(docs), "text": [PurePath(name).name for name in texts], "only": only, "similar": similar}
        done = take_down(
            folder,
            choose,
            lambda uri: storage_at(uri, options),
            by=by,
            at=now.isoformat(timespec="seconds"),
            reason=reason,
            query=query,
            date=now.date().isoformat(),
        )
        print_hits(done.documents, need_corpus(folder, options).entries)
        click.echo(f"taken down by run {done.run_id}; {done.files:,} files were written again, all others are as they were")


def _add_status(group: click.Group, kind: type[click.Command], options_of: Callable[[click.Context], tuple[str, ...]]) -> None:
    @group.command("status", cls=kind)
    @click.argument("folder", metavar="CORPUS")
    @click.pass_context
    def status_command(context: click.Context, /, folder: str) -> int:
        """Show the runs of CORPUS, its growth, and what is far from the usual. Exit code 3 where something is."""
        from pipeline.corpus.status import read_status

        status = read_status(need_corpus(folder, options_of(context)))
        for line in describe_status(status):
            click.echo(line)
        return 3 if status.drifts else 0


def describe_status(status: Status) -> list[str]:
    """The state of a corpus in lines."""
    runs = [entry for entry in status.entries if entry.kind == "run"]
    total = {
        name: sum(entry.books.get(name, 0) for entry in runs) for name in ("records", "documents", "duplicates", "removed", "dead_letters")
    }
    lines = [
        f"{len(runs):,} runs, {len(status.entries) - len(runs):,} take-downs, "
        + ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in total.items()),
        f"{'run':>6}  {'id':<16}  {'date':<10}  {'records':>9}  {'documents':>9}  {'duplicates':>10}  "
        f"{'removed':>8}  {'dead':>6}  {'MB':>8}  left out",
    ]
    for entry in status.entries[-len(status.sizes) :]:
        counts = [entry.books.get(name, 0) for name in ("records", "documents", "duplicates", "removed", "dead_letters")]
        size = status.sizes[entry.run_id] / 1e6
        kind = "" if entry.kind == "run" else f"  {entry.kind}"
        figures = "  ".join(f"{count:>{width},}" for count, width in zip(counts, (9, 9, 10, 8, 6), strict=True))
        lines.append(
            f"{entry.seq:>6}  {entry.run_id:<16}  {entry.date:<10}  {figures}  {size:>8,.1f}  {status.retracted[entry.run_id]:,}{kind}"
        )
    for title, counts_by in (("dead letters of the newest run", status.codes), ("removed by the newest run", status.filters)):
        if counts_by:
            lines.append(f"{title}: " + ", ".join(f"{count:,} {name}" for name, count in sorted(counts_by.items())))
    for drift in status.drifts:
        low, value, high = (f"{x:,.0f}" if drift.name == "records" else f"{x:.1%}" for x in (drift.low, drift.value, drift.high))
        name = drift.name.replace("_", " ")
        lines.append(f"DRIFT  {name}: {value} in the newest run; usual is {low} to {high}")
    if not status.drifts:
        lines.append("nothing is far from the usual" if len(runs) > 5 else "fewer than six runs: nothing is usual yet")
    return lines
