"""The run: plan, one Beam pipeline, and the rename that makes the dataset appear.

plan -> splits
splits -> Resume -> todo -> Read -> Parse -> Repair -> Judge -> Stage --+
                `-> done ------------------------------------------ + --+-> shards
shards -> Count -> lines that recur on a site -> Strip -> shards
shards -> Band -> candidate pairs -> Verify -> relations -> Cluster -> Elect -> decisions
shards, decisions, relations -> Publish -> parts -> Commit -> run.json
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import apache_beam as beam

from pipeline.checking import check_arguments
from pipeline.config import Config
from pipeline.dedup import engine
from pipeline.planning import Plan, plan
from pipeline.publishing import Part
from pipeline.reading.probing import probe_columns
from pipeline.records import InputSplit, ShardRef
from pipeline.report.progress import Progress
from pipeline.transforms import compare, corpus
from pipeline.transforms.corpus_place import CorpusPlace
from pipeline.transforms.filesystems import storage_for
from pipeline.transforms.follow import follow
from pipeline.transforms.packing import pack_split, unpack_split
from pipeline.transforms.passages import FindPassages
from pipeline.transforms.publish import Commit, Publish
from pipeline.transforms.read import Judge, Parse, Read, Repair, Resume, Stage
from pipeline.transforms.runners import LOCAL_RUNNERS, make_runner
from pipeline.transforms.settings import Settings
from pipeline.transforms.strip import Strip
from pipeline.transforms.workplace import Workplace

__all__ = ["RunResult", "build", "carry_out", "run"]

_SMALL_INPUT = 24 * 2**20
"""Bytes of input below which one process is faster than starting several (some 3 s, see docs/decisions/runners.md)."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished run: where it is, the content of its run.json, and how long it took."""

    output: str
    manifest: dict[str, Any]
    seconds: float


def run(
    inputs: Sequence[str],
    output: str,
    config: Config,
    *,
    runner: str = "local",
    workers: int | None = None,
    overwrite: bool = False,
    beam_options: Sequence[str] = (),
    on_progress: Callable[[Progress], None] | None = None,
) -> RunResult:
    """Clean `inputs` into a dataset at `output`.

    Args:
        inputs: files, folders, globs; local or URLs.
        runner: ``local``, or a runner that Beam knows.
        workers: worker processes of the local runner; None chooses by the size of the input.
        overwrite: replace an older dataset of ours at `output`.
        beam_options: handed to Beam as they are.
        on_progress: called about twice a second.

    Raises:
        ConfigError, OutputError: before anything is read.
        BooksError: the books do not balance; nothing appears at `output`.
    """
    started = time.monotonic()
    check_arguments(inputs, output, config, workers)
    _, options = make_runner(runner, 1, beam_options)  # also tells Beam's file systems their options, before the plan lists input
    with Workplace(output, config, overwrite=overwrite, beam_options=options) as place:
        return carry_out(place, inputs, output, config, runner, workers, beam_options, on_progress, started)


def carry_out(
    place: Workplace | CorpusPlace,
    inputs: Sequence[str],
    output: str,
    config: Config,
    runner: str,
    workers: int | None,
    beam_options: Sequence[str],
    on_progress: Callable[[Progress], None] | None,
    started: float,
) -> RunResult:
    """Plan, run the pipeline, and finish the run in its place. The arguments are those of `run`."""
    planned = plan(inputs, storage_for, config.input, exclude=[output])
    for warning in probe_columns(planned.splits, storage_for, config.input):
        logging.getLogger(__name__).warning(warning)
    the_runner, options = make_runner(runner, 1, beam_options)
    settings = place.settings(planned, local=runner in LOCAL_RUNNERS)
    if runner in LOCAL_RUNNERS:
        processes = _choose_workers(workers, planned)
        due = _is_compile_due()
        if processes > 1 or due:
            if on_progress is not None:
                words = "Compile, once after an installation" if due else "Prepare"
                on_progress(Progress(words, 0, None, 0, time.monotonic() - started))
            _prepare_apart(passages=config.passages.enabled)
        the_runner, options = make_runner(runner, processes, beam_options)
    with follow(place.progress, len(planned.splits), on_progress, started):
        pipeline = beam.Pipeline(runner=the_runner, options=options)
        build(pipeline, planned.splits, settings)
        pipeline.run().wait_until_finish()
    manifest = place.finish(time.monotonic() - started, workers)
    return RunResult(output, manifest, time.monotonic() - started)


def build(pipeline: beam.Pipeline, splits: Sequence[InputSplit], settings: Settings) -> beam.PCollection[str]:
    """Wire the whole run; the result is the run's id, once."""
    shards = _stage(pipeline, splits, settings)
    if settings.config.repetition.enabled:
        shards = shards | "Strip" >> Strip(settings)
    decisions = relations = pipeline | "Nothing" >> beam.Create([]).with_output_types(tuple[int, bytes])
    parts = pipeline | "NoParts" >> beam.Create([]).with_output_types(Part)
    if settings.elders is not None:
        decisions, relations, parts = corpus.compare(pipeline, shards, settings, settings.elders)
    elif settings.config.dedup.enabled:
        decisions, relations = _compare(pipeline, shards, settings)
    passages = None
    if settings.config.passages.enabled:
        told = (decisions, relations) if settings.elders is None else corpus.among_new(decisions, relations)
        found = shards | "Passages" >> FindPassages(settings, *told)
        passages, relations = found.passages, (relations, found.relations) | "WithSharers" >> beam.Flatten()
    published = shards | "Publish" >> Publish(settings, decisions, relations, passages)
    return published | "Commit" >> Commit(settings, shards, parts)


def _stage(pipeline: beam.Pipeline, splits: Sequence[InputSplit], settings: Settings) -> beam.PCollection[ShardRef]:
    packed = pipeline | "Splits" >> beam.Create([pack_split(split) for split in splits]).with_output_types(bytes)
    found = packed | "Unpack" >> beam.Map(unpack_split).with_output_types(InputSplit) | "Resume" >> Resume(settings)
    staged = (
        found.todo
        | "Read" >> Read(settings)
        | "Parse" >> Parse(settings)
        | "Repair" >> Repair(settings)
        | "Judge" >> Judge(settings)
        | "Stage" >> Stage(settings)
    )
    return (staged, found.done) | "Shards" >> beam.Flatten()


def _compare(
    pipeline: beam.Pipeline, shards: beam.PCollection[ShardRef], settings: Settings
) -> tuple[beam.PCollection[tuple[int, bytes]], beam.PCollection[tuple[int, bytes]]]:
    relations = (
        pipeline
        | "Tasks" >> beam.Create(compare.tasks())
        | "Band" >> compare.Band(settings, shards)
        | "Verify" >> compare.Verify(settings, shards)
    )
    forest = relations | "Cluster" >> compare.Cluster()
    elected = relations | "Elect" >> compare.Elect(settings, shards, forest)
    return elected.decisions, (relations, elected.relations) | "Relations" >> beam.Flatten()


def _choose_workers(workers: int | None, planned: Plan) -> int:
    if workers is None:
        workers = 1 if planned.bytes < _SMALL_INPUT else 0
    return min(workers or _cores(), max(1, len(planned.splits)))


def _prepare_apart(*, passages: bool) -> None:
    """Compile the kernels before workers start, or each of them would; in a process of its own, so that the driver stays small."""
    code = "from pipeline.dedup.engine import prepare; from pipeline.dedup.passages_prints import compiled_passages; prepare(); {}"
    subprocess.run([sys.executable, "-c", code.format("compiled_passages()" if passages else "")], check=True)


def _is_compile_due() -> bool:
    """Has numba no compiled kernel on disk that is younger than its source, in any of the places where it keeps them?"""
    if find_spec("numba") is None:
        return False
    package = Path(engine.__file__).parent
    users = Path(os.environ.get("HOME", "."), ".cache", "numba")
    folders = [package / "__pycache__", Path(os.environ.get("NUMBA_CACHE_DIR") or users)]
    for name in ("kernel", "alignment_kernel"):
        compiled = [path.stat().st_mtime for folder in folders for path in folder.rglob(f"{name}.*.nbi")]
        if max(compiled, default=0.0) < (package / f"{name}.py").stat().st_mtime:
            return True
    return False


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
