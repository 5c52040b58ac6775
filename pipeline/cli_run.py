"""What `copydesk run` does: settings from file, options and --set; progress; the closing table."""

from __future__ import annotations

import dataclasses
import logging
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import config as settings
from pipeline.config import Config, InputConfig
from pipeline.errors import ConfigError, CopydeskError
from pipeline.storage import is_remote

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.cli_corpus import CorpusOptions
    from pipeline.report.dataset import Dataset
    from pipeline.report.progress import Progress
    from pipeline.transforms.flow import RunResult

__all__ = ["MAPPING_FIELDS", "Ending", "build_config", "describe_rules", "ending_of", "execute", "open_console", "open_folder"]

MAPPING_FIELDS = tuple((item.name, str(item.metadata["doc"])) for item in dataclasses.fields(InputConfig) if item.name.endswith("_field"))
"""Settings of `[input]` that have an option of their own: (name, description)."""

_WIDE = 160
_TALKATIVE = ("trafilatura", "htmldate", "charset_normalizer")
"""Libraries that log a line for a document that they make nothing of; with us that document is in `dead_letters` or flagged."""


def build_config(path: str | None, mapping: Mapping[str, str | None], assignments: Sequence[str]) -> Config:
    """The settings of a run; an option overrides the file, and `--set` overrides both.

    Args:
        path: a TOML file, or None for the defaults.
        mapping: values of the `MAPPING_FIELDS` options; None where the option was not given.
        assignments: ``section.key=value``; the value as TOML, or bare words for a string or a list of strings.

    Raises:
        ConfigError: the file cannot be read, or any setting is unknown or out of range.

    >>> build_config(None, {"text_field": "body"}, ["dedup.bands=64", "filter.languages=en,de"]).filter.languages
    ('en', 'de')
    """
    tree = settings.to_mapping(_load(path))
    tree["input"] |= {name: value for name, value in mapping.items() if value is not None}
    config = settings.from_mapping(tree, "the options")
    errors: list[str] = []
    for assignment in assignments:
        try:
            config = _assign(tree, config, assignment)
        except ConfigError as error:
            errors.append(str(error))
    if errors:
        raise ConfigError("\n  ".join(errors))
    return config


def _assign(tree: dict[str, Any], config: Config, assignment: str) -> Config:
    """The settings with one more; `tree` has them as plain values, and is changed."""
    place, equals, value = assignment.partition("=")
    section, dot, key = place.strip().partition(".")
    if not equals or not dot or not section or not key:
        raise ConfigError(f"--set {assignment}: expected section.key=value, for example --set dedup.bands=64")
    wanted = getattr(getattr(config, section, None), key, None)
    change = {section: {key: _read_value(value, wanted)}}
    settings.from_mapping(change, f"--set {assignment}")  # names the option, not the whole tree, in an error
    tree[section] |= change[section]
    return settings.from_mapping(tree, f"--set {assignment}")


def execute(
    inputs: Sequence[str],
    output: str,
    config: Config,
    *,
    runner: str,
    workers: int | None,
    overwrite: bool,
    beam_options: Sequence[str],
    quiet: bool,
    progress: bool,
    log_format: str = "text",
    lineage: str | None = None,
    corpus: CorpusOptions | None = None,
) -> int:
    """Run the pipeline, show how far it is on stderr, and print the summary on stdout. Returns the exit code.

    With `corpus`, the run is added to the corpus at `output`; with `lineage`, a file or an address is told of the run.
    """
    from pipeline.checking import check_run
    from pipeline.cli_corpus import add_run
    from pipeline.cli_processes import count_staged, end_on_signals

    as_json = log_format == "json"
    if corpus is None:
        check_run(inputs, output, config, workers, overwrite=overwrite)
    _configure_logging(quiet=quiet, as_json=as_json)
    resumed = _Resumed()
    staged = None if corpus or is_remote(output) else partial(count_staged, output)
    told = _tell(lineage, inputs, output, as_json=as_json)
    with end_on_signals(staged), told as tell, _follow(shown=progress and not quiet, as_json=as_json) as update:
        from pipeline.transforms import flow

        run = partial(add_run, options=corpus) if corpus else flow.run
        result = run(
            inputs,
            output,
            config,
            runner=runner,
            workers=workers,
            overwrite=overwrite,
            beam_options=beam_options,
            on_progress=resumed.watch(update) if update else None,
        )
        tell(result.manifest)
    return _close(result, output, resumed, quiet=quiet, as_json=as_json)


@contextmanager
def _tell(target: str | None, inputs: Sequence[str], output: str, *, as_json: bool) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Yields what takes the manifest of the run that the block makes."""
    if target is None:
        yield lambda manifest: None
        return
    from pipeline.report.lineage import Lineage

    say = _speaker(as_json=as_json)
    with Lineage(target, inputs, output, lambda line: say("warning", line)) as lineage:
        yield lineage.finish


class _Resumed:
    """Notes how much of a run an earlier try had done, as the progress tells it."""

    parts = 0

    def watch(self, update: Callable[[Progress], None]) -> Callable[[Progress], None]:
        """The callback with an ear in it."""

        def listen(now: Progress) -> None:
            self.parts = max(self.parts, now.resumed)
            update(now)

        return listen


def _close(result: RunResult, output: str, resumed: _Resumed, *, quiet: bool, as_json: bool) -> int:
    """Say how a run ended: what it took over, what should not be overlooked, and the table. Returns the exit code."""
    from pipeline.report.advice import NOTHING_READ, advise, is_nothing_read, most_frequent
    from pipeline.report.dataset import Dataset, first_value
    from pipeline.report.summary import render_summary

    manifest, dataset = result.manifest, None if is_remote(result.output) else Dataset(result.output, result.manifest)
    code = NOTHING_READ if is_nothing_read(manifest) else 0
    say = _speaker(as_json=as_json)
    if resumed.parts and not quiet:
        say("resumed", f"{resumed.parts:,} parts had been staged by an earlier try and were not read again", parts=resumed.parts)
    message = first_value(dataset, "dead_letters", "message", ("code", most_frequent(manifest))) if dataset else None
    advice = " ".join(advise(manifest, message))
    if as_json and not quiet:
        say("finished", "", output=output, seconds=round(result.seconds, 1), exit_code=code, **manifest["books"])
    elif not quiet:
        tables = ("duplicates", "documents", "dead_letters")
        example = next((found for table in tables if dataset and (found := first_value(dataset, table, "doc_id"))), None)
        render_summary(open_console(), manifest, output, result.seconds, example)
        sys.stdout.flush()
    if advice and (code or not quiet):
        say("error" if code else "warning", advice)
    return code


def _speaker(*, as_json: bool) -> Callable[..., None]:
    """Writes one message to stderr: as an event, or for people, who get its kind only where it warns."""

    def say(event: str, message: str, **fields: Any) -> None:
        if as_json:
            from pipeline.report.logs import json_line

            line = json_line(event, message=message or None, **fields)
        else:
            line = f"copydesk: {event + ': ' if event == 'warning' else ''}{message}"
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    return say


def open_console(*, stderr: bool = False) -> Console:
    """A console for tables and stories. Away from a terminal it is wide, so that lines stay whole for grep and for a pager."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(stderr=stderr, highlight=False, width=_WIDE)


def open_folder(folder: str, beam_options: Sequence[str] = ()) -> Dataset:
    """Open a dataset for reading, here or on an object store.

    Raises:
        DatasetError: it is none.
        ConfigError: there is no file system for such an address.
    """
    from pipeline.report.dataset import open_dataset

    if is_remote(folder):
        _configure_logging()
        from pipeline.transforms.remote import open_storage

        return open_dataset(folder, open_storage(folder, beam_options))
    return open_dataset(folder)


def describe_rules() -> str:
    """Names, versions and purposes of all rules and filters, in the order in which they run."""
    from pipeline import desk, filters

    lines = ["# rules, for repair.disabled"]
    lines += [f"{name:<28} v{version}  {words}" for name, version, words in desk.list_rules()]
    lines += ["", "# filters, for filter.disabled"]
    for entry in filters.FILTERS:
        words = (entry.__doc__ or "").strip().splitlines() or [""]
        lines.append(f"{entry.NAME:<28} v{entry.VERSION}  {words[0]}")
    return "\n".join(lines)


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """How a failed command ends: its exit code and the line that says why."""

    code: int
    reason: str


def ending_of(error: Exception) -> Ending | None:
    """The ending for an error that a person can do something about; None for a bug, which keeps its traceback.

    A worker process hands its exception to the driver as text inside a RuntimeError; ours are recognised there by name.

    >>> ending_of(ConfigError("no such file: a.txt"))
    Ending(code=2, reason='no such file: a.txt')
    >>> ending_of(RuntimeError("Traceback ...\\npipeline.errors.BooksError: 3 records are missing"))
    Ending(code=1, reason='3 records are missing')
    >>> ending_of(RuntimeError("division by zero")) is None
    True
    """
    if isinstance(error, ConfigError):
        return Ending(2, str(error))
    if isinstance(error, ValueError):
        unknown = "Unexpected pipeline runner: "  # Beam's words
        return Ending(2, f"--runner {str(error).removeprefix(unknown)}") if str(error).startswith(unknown) else None
    if isinstance(error, (CopydeskError, OSError)):
        return Ending(1, _strip_beam(str(error)))
    if isinstance(error, RuntimeError):
        text = str(error)
        if match := re.search(r"^pipeline\.errors\.(\w+): (.*)$", text, re.M):
            return Ending(2 if match[1] in ("ConfigError", "OutputError") else 1, _strip_beam(match[2]))
        if match := re.search(r"^(OSError|PermissionError|FileNotFoundError): (\[Errno \d+\] .*)$", text, re.M):
            return Ending(1, _strip_beam(match[2]))
        if "Channel closed prematurely" in text:
            return Ending(1, "a worker process died, most likely for want of memory; fewer --workers need less, and finished work is kept")
        if "KeyboardInterrupt" in text:
            return Ending(130, "interrupted")
    return None


def _strip_beam(text: str) -> str:
    return re.sub(r" \[while running '[^']*'\]", "", text).strip()


def _load(path: str | None) -> Config:
    if path is None:
        return Config()
    try:
        return settings.load(Path(path).read_text(encoding="utf-8"), path)
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text; a TOML file would be accepted, see `copydesk config`") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}; see `copydesk config` for a file to start from") from None


def _read_value(text: str, wanted: Any) -> Any:
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    if isinstance(wanted, str) and not isinstance(value, str):
        return text  # a column may well be called 2024
    if isinstance(wanted, tuple) and not isinstance(value, list):
        return [entry.strip() for entry in text.split(",") if entry.strip()]
    return value


@contextmanager
def _follow(*, shown: bool, as_json: bool) -> Iterator[Callable[[Progress], None] | None]:
    if not shown:
        yield None
    elif as_json:
        from pipeline.report.logs import follow_as_json

        with follow_as_json(_write_stderr) as update:
            yield update
    elif sys.stderr.isatty():
        from rich.console import Console

        from pipeline.report.progress import follow_live

        with follow_live(Console(stderr=True)) as update:
            yield update
    else:
        from pipeline.report.progress import follow_plainly

        with follow_plainly(_write_stderr) as update:
            yield update


def _write_stderr(line: str) -> None:
    sys.stderr.write(line)
    sys.stderr.flush()


class _CurrentStderr(logging.StreamHandler[Any]):
    """Writes to whatever sys.stderr is at that moment, so that lines go above the live display and not into it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


def _configure_logging(*, quiet: bool = False, as_json: bool = False) -> None:
    """Before Beam is imported: its import logs, and the first log call would otherwise set up the root logger its own way."""
    handler = _CurrentStderr()
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    if as_json:
        from pipeline.report.logs import JsonFormatter

        handler.setFormatter(JsonFormatter())
    handler.addFilter(lambda record: "apitools not found" not in record.getMessage())
    logging.basicConfig(level=logging.ERROR if quiet else logging.WARNING, handlers=[handler])
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
