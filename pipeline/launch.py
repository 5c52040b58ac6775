"""Entry of a Dataflow Flex Template: parameters in, a submitted job out. `deploy/dataflow/metadata.json` describes the parameters.

A template's launcher builds the graph and goes; it cannot wait for the job, so that what a run does last on its own machine
(`run_times.json`, clearing the staged splits) is left to the bucket's lifecycle rules. `run.json` is written by the job itself and is
the commit, as in every run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems

from pipeline.checking import check_arguments
from pipeline.cli_run import MAPPING_FIELDS, build_config
from pipeline.config import Config
from pipeline.errors import CopydeskError
from pipeline.planning import plan
from pipeline.storage import is_remote
from pipeline.transforms.filesystems import storage_for
from pipeline.transforms.flow import build
from pipeline.transforms.runners import make_runner
from pipeline.transforms.workplace import Workplace

__all__ = ["construct", "list_parameters", "main", "make_parser"]


def make_parser() -> argparse.ArgumentParser:
    """The parameters of the template. What it does not know goes to Beam."""
    parser = argparse.ArgumentParser(prog="copydesk-template", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--input", required=True, help="files, folders and globs, separated by commas")
    parser.add_argument("--output", required=True, help="prefix at which the dataset appears")
    parser.add_argument("--overwrite", choices=("true", "false"), default="false", help="replace an older dataset of ours")
    parser.add_argument("--config", help="a copydesk.toml")
    parser.add_argument("--settings", default="", help="section.key=value, separated by semicolons")
    parser.add_argument("--runner", default="DataflowRunner", help="a runner that Beam knows")
    for name, words in MAPPING_FIELDS:
        parser.add_argument(f"--{name}", help=words.replace("%", "%%"))
    return parser


def list_parameters() -> list[str]:
    """Names of the template's parameters, sorted."""
    return sorted(action.dest for action in make_parser()._actions if action.dest not in ("help", "runner"))


def construct(arguments: Sequence[str]) -> beam.Pipeline:
    """Check the parameters, list the input and build the graph; nothing is started.

    Raises:
        ConfigError, OutputError: as a run of the command would.
    """
    known, beam_options = make_parser().parse_known_args(arguments)
    inputs = [given.strip() for given in known.input.split(",")]
    _, options = make_runner(known.runner, 1, beam_options)
    mapping = {name: getattr(known, name) for name, _ in MAPPING_FIELDS}
    FileSystems.set_options(options)
    config = _read_config(known.config, mapping, [entry for entry in known.settings.split(";") if entry.strip()])
    check_arguments(inputs, known.output, config)
    with Workplace(known.output, config, overwrite=known.overwrite == "true", beam_options=options) as place:
        planned = plan(inputs, storage_for, config.input, exclude=[known.output])
        pipeline = beam.Pipeline(options=options)
        build(pipeline, planned.splits, place.settings(planned, local=False))
    return pipeline


def main(arguments: Sequence[str] | None = None) -> int:
    """Submit the job; the exit code is 2 for parameters that cannot be used."""
    try:
        construct(sys.argv[1:] if arguments is None else arguments).run()
    except CopydeskError as error:
        print(f"copydesk: {error}", file=sys.stderr)
        return 2
    return 0


def _read_config(path: str | None, mapping: dict[str, str | None], assignments: Sequence[str]) -> Config:
    if path is None or not is_remote(path):
        return build_config(path, mapping, assignments)
    with storage_for(path).open(path) as file, tempfile.NamedTemporaryFile(suffix=".toml") as copy:
        Path(copy.name).write_bytes(file.read())
        return build_config(copy.name, mapping, assignments)


if __name__ == "__main__":
    sys.exit(main())
