"""Adds a run to a corpus: the flow of a plain run, compared with earlier runs and committed to the corpus."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.checking import check_arguments
from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.report.progress import Progress
from pipeline.storage import join
from pipeline.transforms.corpus_place import AlreadyCommittedError, CorpusPlace
from pipeline.transforms.flow import RunResult, carry_out
from pipeline.transforms.runners import make_runner

__all__ = ["run_corpus"]


def run_corpus(
    inputs: Sequence[str],
    corpus: str,
    config: Config,
    *,
    window: str | None = None,
    date: str | None = None,
    runner: str = "local",
    workers: int | None = None,
    beam_options: Sequence[str] = (),
    on_progress: Callable[[Progress], None] | None = None,
) -> tuple[RunResult, bool]:
    """Clean `inputs` into a new run of the corpus at `corpus`, which is begun where there is none.

    Args:
        window: compare with the runs of the last days (``30d``) or the last runs (``20``); None: with all.
        date: ISO date of the run, by which windows are counted; None: today's in UTC.
        runner, workers, beam_options, on_progress: as for `flow.run`.

    Returns:
        The run, and whether it is new; False where the corpus holds a run over the same input already.

    Raises:
        ConfigError, OutputError: before anything is read.
        BooksError: the books do not balance; nothing is committed.
    """
    started = time.monotonic()
    check_arguments(inputs, corpus, config, workers)
    day = _check_date(date)
    _, options = make_runner(runner, 1, beam_options)
    with CorpusPlace(corpus, config, window=window, date=day, beam_options=options) as place:
        try:
            result = carry_out(place, inputs, corpus, config, runner, workers, beam_options, on_progress, started)
        except AlreadyCommittedError as found:
            folder = place.corpus.run_folder(found.entry.run_id)
            with place.corpus.storage.open(join(folder, "run.json")) as file:
                manifest = json.loads(file.read())
            return RunResult(folder, manifest, time.monotonic() - started), False
        return replace(result, output=place.corpus.run_folder(str(result.manifest["run_id"]))), True


def _check_date(date: str | None) -> str:
    if date is None:
        return datetime.datetime.now(datetime.UTC).date().isoformat()
    try:
        return datetime.date.fromisoformat(date).isoformat()
    except ValueError:
        raise ConfigError(f"--date {date!r} is no date; 2026-01-31 is accepted") from None
