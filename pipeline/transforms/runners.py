"""Builds the runner. Left to choose, Beam would look for a Prism binary on the network first, so the runner is always named."""

from __future__ import annotations

import ctypes
import logging
import os
import shlex
import sys
from collections.abc import Sequence
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

__all__ = ["LOCAL_RUNNERS", "make_runner"]

_M_ARENA_MAX = -8
"""From glibc's malloc.h."""

LOCAL_RUNNERS = ("local", "DirectRunner", "FnApiRunner")
"""Names that mean Beam's in-process runner on this machine."""


def make_runner(name: str, workers: int, beam_options: Sequence[str]) -> tuple[Any, PipelineOptions]:
    """Runner and options.

    Args:
        name: one of `LOCAL_RUNNERS`, or any name that Beam knows.
        workers: worker processes of the local runner; 1 runs in this process.
    """
    if name not in LOCAL_RUNNERS:
        options = PipelineOptions([f"--runner={name}", "--no_save_main_session", *beam_options])
        return None, options
    _quieten()
    _limit_arenas()
    options = PipelineOptions([f"--direct_num_workers={workers}", *beam_options])
    return _local_runner(options, workers), options


def _local_runner(options: PipelineOptions, workers: int) -> Any:
    """The DirectRunner's own Fn API runner, with its provision info: a plain FnApiRunner does not pass the pipeline options on to
    worker processes, which then lack the credentials of object stores. Several workers are processes of `transforms.worker`.
    """
    from apache_beam.portability.api import beam_provision_api_pb2
    from apache_beam.runners.portability.fn_api_runner import fn_runner
    from apache_beam.runners.portability.portable_runner import JobServiceHandle
    from apache_beam.transforms.environments import SubprocessSDKEnvironment

    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    info = fn_runner.ExtendedProvisionInfo(beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded))
    environment = None
    if workers > 1:
        # exec: without the shell between, the worker is a child of the driver and dies with its signals
        # MALLOC_ARENA_MAX: Beam's many threads would each keep an arena of freed memory; some 100 MB a worker.
        # ARROW_DEFAULT_MEMORY_POOL: Arrow's own pool keeps what was freed for itself; some 50 MB a worker.
        variables = "MALLOC_ARENA_MAX=2 ARROW_DEFAULT_MEMORY_POOL=system"
        command = f"exec env {variables} {shlex.quote(sys.executable)} -m pipeline.transforms.worker {os.getpid()}"
        environment = SubprocessSDKEnvironment.from_command_string(command)
    return fn_runner.FnApiRunner(default_environment=environment, provision_info=info)


def _limit_arenas() -> None:
    """What MALLOC_ARENA_MAX does for the workers, for the driver, which is running already; glibc alone has the call."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)


def _quieten() -> None:
    """Keep the local runner's chatter off the terminal; what goes wrong in a worker is raised in the driver as well."""
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)
