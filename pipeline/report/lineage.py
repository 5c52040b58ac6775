"""OpenLineage events of a run, for catalogues and monitors: START, then COMPLETE, FAIL or ABORT.

Events hold clock times and a random run id, as the standard wants it; nothing of them enters a dataset. A receiver that is down
costs a warning, never the run. Facets: https://openlineage.io/docs/spec/facets
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipeline.errors import ConfigError
from pipeline.schema import TABLES, arrow_schema
from pipeline.storage import is_remote, join
from pipeline.version import __version__

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset

__all__ = ["Lineage", "name_dataset"]

PRODUCER = f"copydesk/{__version__}"
NAMESPACE_VARIABLE = "OPENLINEAGE_NAMESPACE"
KEY_VARIABLE = "OPENLINEAGE_API_KEY"


class Lineage:
    """Context of one run. Use: enter it, run, hand the manifest to `finish`.

    Args:
        target: a file, to which one event a line is added, or the http(s) address of a receiver.
        inputs, output: as given to the run.
        warn: called with a line for each event that could not be sent.

    Raises:
        ConfigError: the client library is not installed.
    """

    def __init__(self, target: str, inputs: Sequence[str], output: str, warn: Callable[[str], None]) -> None:
        try:
            from openlineage.client import event_v2
        except ImportError:
            raise ConfigError("--lineage needs the OpenLineage client; install copydesk[lineage]") from None
        self._events, self._target, self._warn = event_v2, target, warn
        self._inputs, self._output = inputs, output
        self._run_id = str(uuid.uuid4())
        self._manifest: Mapping[str, Any] | None = None

    def __enter__(self) -> Lineage:
        self._emit("START")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._emit("COMPLETE")
        elif issubclass(kind, KeyboardInterrupt):
            self._emit("ABORT")
        else:
            self._emit("FAIL", f"{kind.__name__}: {error}")

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Take the content of `run.json`, for the counts of COMPLETE."""
        self._manifest = manifest

    def _emit(self, state: str, failure: str | None = None) -> None:
        from openlineage.client.facet_v2 import error_message_run, processing_engine_run
        from openlineage.client.serde import Serde

        facets: dict[str, Any] = {
            "processing_engine": processing_engine_run.ProcessingEngineRunFacet(__version__, name="copydesk", producer=PRODUCER)
        }
        if failure is not None:
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(failure, "Python", producer=PRODUCER)
        event = self._events.RunEvent(
            eventType=self._events.RunState[state],
            eventTime=datetime.now(UTC).isoformat(),
            run=self._events.Run(self._run_id, facets),
            job=self._events.Job(os.environ.get(NAMESPACE_VARIABLE, "copydesk"), f"clean {self._output.rstrip('/').rsplit('/', 1)[-1]}"),
            inputs=[self._describe_input(given) for given in self._inputs],
            outputs=self._describe_outputs(),
            producer=PRODUCER,
        )
        try:
            self._send(Serde.to_json(event))
        except OSError as reason:  # a failed connection is one too
            self._warn(f"the {state} event was not taken by {self._target}: {reason}")

    def _send(self, event: str) -> None:
        if urlsplit(self._target).scheme not in ("http", "https"):
            with Path(self._target).open("a", encoding="utf-8") as file:
                file.write(event + "\n")
            return
        import requests

        key = os.environ.get(KEY_VARIABLE)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        requests.post(self._target, data=event.encode(), headers=headers, timeout=10).raise_for_status()

    def _describe_input(self, given: str) -> InputDataset:
        namespace, name = name_dataset(given)
        return self._events.InputDataset(namespace, name)

    def _describe_outputs(self) -> list[OutputDataset]:
        return [self._describe_table(table) for table in TABLES]

    def _describe_table(self, table: str) -> OutputDataset:
        from openlineage.client.facet_v2 import output_statistics_output_dataset, schema_dataset

        namespace, name = name_dataset(join(self._output, table))
        fields = [
            schema_dataset.SchemaDatasetFacetFields(field.name, str(field.type), _describe(field.metadata)) for field in arrow_schema(table)
        ]
        statistics: dict[str, Any] = {}
        if self._manifest is not None:
            parts = [entry for entry in self._manifest["files"] if entry["path"].startswith(f"{table}/")]
            statistics["outputStatistics"] = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                rowCount=sum(entry["rows"] or 0 for entry in parts),
                size=sum(entry["bytes"] for entry in parts),
                fileCount=len(parts),
                producer=PRODUCER,
            )
        facets: dict[str, Any] = {"schema": schema_dataset.SchemaDatasetFacet(fields, producer=PRODUCER)}
        return self._events.OutputDataset(namespace, name, outputFacets=statistics, facets=facets)


def name_dataset(place: str) -> tuple[str, str]:
    """Namespace and name of a path or URL, by OpenLineage's naming rules.

    >>> name_dataset("s3://news/2026/raw/")
    ('s3://news', '2026/raw')
    >>> name_dataset("/data/raw/*.txt")
    ('file', '/data/raw/*.txt')
    """
    if is_remote(place):
        parts = urlsplit(place)
        return f"{parts.scheme}://{parts.netloc}", parts.path.strip("/") or "/"
    return "file", str(Path(place).absolute())


def _describe(metadata: Mapping[bytes, bytes] | None) -> str | None:
    found = (metadata or {}).get(b"description")
    return found.decode() if found else None
