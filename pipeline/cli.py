"""The command `copydesk`. Arguments and exit codes only; heavy libraries are imported by the command that needs them.

Exit codes: 0 done; 1 failed; 2 the arguments or the configuration cannot be used; 130 interrupted, 143 terminated.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click

import pipeline
from pipeline.cli_corpus import CorpusOptions, add_commands, explain_in, open_corpus_at, print_findings
from pipeline.cli_run import MAPPING_FIELDS, build_config, describe_rules, ending_of, execute, open_console, open_folder
from pipeline.errors import ConfigError, CopydeskError

__all__ = ["command", "main"]


def _count_workers(_context: click.Context, _parameter: click.Parameter, value: str) -> int | None:
    if value == "auto":
        return None
    if value.isascii() and value.isdecimal():
        return int(value)
    raise click.BadParameter(f"{value!r} is neither a whole number (0: one process a core) nor 'auto'.")


class _BeamCommand(click.Command):
    """Sets everything after `--` aside for Beam before click sees it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" in args:
            cut = args.index("--")
            ctx.meta["beam_options"] = tuple(args[cut + 1 :])
            args = args[:cut]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "[-- BEAM OPTIONS...]"]


def _beam_options(context: click.Context) -> tuple[str, ...]:
    options: tuple[str, ...] = context.meta.get("beam_options", ())
    return options


def _mapping_options(function: Callable[..., int]) -> Callable[..., int]:
    for name, words in reversed(MAPPING_FIELDS):
        function = click.option(f"--{name.replace('_', '-')}", name, metavar="COLUMN", help=words)(function)
    return function


@contextmanager
def _errors_as_events(log_format: str) -> Iterator[None]:
    """Where a program reads the log, what ends a run is a line that it can read too."""
    try:
        yield
    except (CopydeskError, OSError, RuntimeError, ValueError) as error:
        ending = ending_of(error)
        if log_format != "json" or ending is None:
            raise
        from pipeline.report.logs import json_line

        click.echo(json_line("error", message=ending.reason, exit_code=ending.code), err=True)
        raise click.exceptions.Exit(ending.code) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(pipeline.__version__, prog_name="copydesk", message="%(prog)s %(version)s")
def command() -> None:
    """A copy desk for news corpora: raw news in, a clean, de-duplicated, auditable Parquet dataset out."""


@command.command("run", cls=_BeamCommand)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", metavar="DIR", help="Folder to write; it appears when the run is complete.")
@click.option("--corpus", metavar="DIR", help="Add a run to the corpus at DIR instead, compared with its earlier runs.")
@click.option("--window", metavar="30d|20", help="Of a corpus, compare with the runs of the last days, or the last runs, only.")
@click.option("--date", metavar="DATE", help="Date of the run in its corpus, by which --window counts.  [default: today, UTC]")
@click.option("-c", "--config", "config_path", metavar="FILE", help="Settings as TOML; `copydesk config` prints a commented one.")
@click.option("--overwrite", is_flag=True, help="Replace an older dataset of copydesk at DIR.")
@click.option(
    "--runner", default="local", show_default=True, metavar="NAME", help="local, or a runner of Beam: FlinkRunner, DataflowRunner, ..."
)
@click.option(
    "--workers", default="auto", show_default=True, callback=_count_workers, metavar="N|auto", help="Processes of the local runner."
)
@_mapping_options
@click.option("--set", "assignments", multiple=True, metavar="SECTION.KEY=VALUE", help="Any other setting; may be repeated.")
@click.option("--passages", is_flag=True, help="Look for passages that different stories share, too.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--progress/--no-progress", default=True, help="Show how far the run is.  [default: progress]")
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How progress and messages are written."
)
@click.option("--lineage", metavar="FILE|URL", help="Tell of this run by OpenLineage events, in a file or to a receiver.")
@click.pass_context
def run_command(
    context: click.Context,
    /,
    inputs: tuple[str, ...],
    output: str | None,
    corpus: str | None,
    window: str | None,
    date: str | None,
    config_path: str | None,
    overwrite: bool,
    runner: str,
    workers: int | None,
    assignments: tuple[str, ...],
    passages: bool,
    quiet: bool,
    progress: bool,
    log_format: str,
    lineage: str | None,
    **mapping: str | None,
) -> int:
    """Clean the documents of INPUT (files, folders, globs, s3:// and gs:// addresses) into a dataset at DIR."""
    target = output or corpus
    if not target or (output and corpus):
        raise click.UsageError("give either --output DIR, for a dataset of its own, or --corpus DIR, to add to a corpus.", context)
    if output and (window or date):
        raise click.UsageError("--window and --date go with --corpus.", context)
    with _errors_as_events(log_format):
        config = build_config(config_path, mapping, (*assignments, *(["passages.enabled=true"] if passages else [])))
        return execute(
            inputs,
            target,
            config,
            runner=runner,
            workers=workers,
            overwrite=overwrite,
            beam_options=_beam_options(context),
            quiet=quiet,
            progress=progress,
            log_format=log_format,
            lineage=lineage,
            corpus=CorpusOptions(window, date) if corpus else None,
        )


@command.command("config")
@click.option("--rules", is_flag=True, help="List the names that repair.disabled and filter.disabled take.")
@click.option("--explain-bands", is_flag=True, help="Show what the bands find, and at what similarity.")
@click.option("-c", "--config", "config_path", metavar="FILE", help="Start from this file instead of the defaults.")
@click.option("--set", "assignments", multiple=True, metavar="SECTION.KEY=VALUE", help="Change a setting first; may be repeated.")
def config_command(rules: bool, explain_bands: bool, config_path: str | None, assignments: tuple[str, ...]) -> None:
    """Print the settings as commented TOML, ready to be edited and given to `copydesk run --config`."""
    config = build_config(config_path, {}, assignments)
    if rules:
        click.echo(describe_rules())
    if explain_bands:
        from pipeline.dedup import bands

        click.echo(bands.describe_bands(config.dedup))
    if not rules and not explain_bands:
        from pipeline.config import dump

        click.echo(dump(config), nl=False)


@command.command("schema")
@click.argument("table", required=False)
@click.option("--json", "form", flag_value="json", help="As JSON Schema.")
@click.option("--arrow", "form", flag_value="arrow", help="As an Arrow schema.")
@click.option("--markdown", "form", flag_value="markdown", help="As a page (docs/tables.md).")
def schema_command(table: str | None, form: str | None) -> None:
    """Describe the output tables, or one TABLE."""
    from pipeline.report.tables import describe_tables

    click.echo(describe_tables(table, form or "text"), nl=False)


@command.command("explain", cls=_BeamCommand)
@click.argument("folder", metavar="DIR")
@click.argument("query", metavar="DOC_ID_OR_URI")
@click.option("--all", "show_all", is_flag=True, help="Show every edit, those of white space included.")
@click.pass_context
def explain_command(context: click.Context, /, folder: str, query: str, show_all: bool) -> int:
    """Tell the whole story of one document of the dataset or corpus at DIR.

    The document is named by its id or the beginning of it, by its file or the end of its path, or by its URL.
    """
    from pipeline.report.explain import build_story
    from pipeline.report.explain_view import render_matches, render_story
    from pipeline.report.finding import find_documents

    if (corpus := open_corpus_at(folder, _beam_options(context))) is not None:
        return explain_in(corpus, query, open_console(), show_all=show_all)
    dataset = open_folder(folder, _beam_options(context))
    matches = find_documents(dataset, query)
    if not matches:
        raise ConfigError(f"{folder} holds no record {query!r}; a doc_id or its beginning, a source_uri or its end, or a URL is accepted")
    if len(matches) > 1:
        render_matches(open_console(stderr=True), query, matches)
        return 2
    render_story(open_console(), build_story(dataset, matches[0]), show_all=show_all)
    return 0


@command.command("verify", cls=_BeamCommand)
@click.argument("folder", metavar="DIR")
@click.pass_context
def verify_command(context: click.Context, /, folder: str) -> int:
    """Check the dataset or corpus at DIR: hashes, schemas, books, and the undo of every edit."""
    from pipeline.report.verifying import verify

    if (corpus := open_corpus_at(folder, _beam_options(context))) is not None:
        from pipeline.corpus.verifying import verify_corpus

        return print_findings(folder, verify_corpus(corpus))
    return print_findings(folder, verify(open_folder(folder, _beam_options(context))))


@command.command("clusters", cls=_BeamCommand)
@click.argument("folder", metavar="DIR")
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="How many to show.")
@click.pass_context
def clusters_command(context: click.Context, /, folder: str, top: int) -> None:
    """List the biggest clusters of copies of the dataset at DIR."""
    from pipeline.report.clusters import list_clusters, render_clusters

    dataset = open_folder(folder, _beam_options(context))
    total = int(dataset.manifest.get("counters", {}).get("clusters", 0))
    render_clusters(open_console(), list_clusters(dataset, top), total)


add_commands(command, _BeamCommand, _beam_options)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code. `arguments` are those of the process if not given."""
    try:
        outcome = command.main(args=None if arguments is None else list(arguments), prog_name="copydesk", standalone_mode=False)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "copydesk"
        click.echo(f"{path}: {error.format_message()} ({path} --help says what is accepted)", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("copydesk: interrupted", err=True)
        return 130
    except BrokenPipeError:
        # The reader has gone (`copydesk explain ... | head`). Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (CopydeskError, OSError, RuntimeError, ValueError) as error:
        ending = ending_of(error)
        if ending is None:
            raise
        click.echo(f"copydesk: {ending.reason}", err=True)
        return ending.code
    return outcome if isinstance(outcome, int) else 0
