"""Opens a finished dataset on an object store outside a run, for the commands that only read."""

from __future__ import annotations

from collections.abc import Sequence

from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.storage import Storage
from pipeline.transforms.filesystems import storage_for

__all__ = ["open_storage"]


def open_storage(uri: str, beam_options: Sequence[str]) -> Storage:
    """The storage of a URL. A run hands Beam's file systems their options when it begins; without a run somebody else has to.

    Args:
        beam_options: as after `--` on the command line, for example ``--s3_endpoint_url=...``.

    Raises:
        ConfigError: no file system is installed for the URL's scheme.
    """
    FileSystems.set_options(PipelineOptions(list(beam_options)))
    return storage_for(uri)
