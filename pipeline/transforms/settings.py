"""What every transform of a run knows: plain data that is pickled with the graph."""

from __future__ import annotations

from dataclasses import dataclass

from apache_beam.metrics import Metrics

from pipeline.committing import Expected
from pipeline.config import Config
from pipeline.corpus.elders import Elders
from pipeline.progressing import ProgressLog
from pipeline.storage import join
from pipeline.transforms.memory import give_back

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one run.

    Attributes:
        config: what shapes the output.
        staged: folder of the staged splits.
        publish: folder in which the dataset is written.
        fingerprint: configuration, rules and code that made the staged splits.
        expected: what the plan promised.
        progress: where workers tell how far they are.
        elders: the earlier runs of the corpus that the run belongs to; None for a run that stands alone.
    """

    config: Config
    staged: str
    publish: str
    fingerprint: str
    expected: Expected
    progress: ProgressLog
    elders: Elders | None = None

    def count(self, stage: str, units: int = 1, documents: int = 0) -> None:
        """Tell how far a stage is: to the progress of a local run, and to the monitors of a cluster as Beam metrics.

        Args:
            stage: as named in docs/metrics.md.
            units: splits, tasks or shards that are done.
            documents: documents, or for ``verify`` pairs, that went through.
        """
        self.progress.add(stage, units, documents)
        if units:
            give_back()  # a piece of work is done, and its arrays are free
        for name, amount in ((f"{stage}_units", units), (f"{stage}_items", documents)):
            if amount:
                Metrics.counter("copydesk", name).inc(amount)

    def publish_folder(self, run_id: str) -> str:
        """Folder in which a run of this name is written; on an object store a run of a corpus is written in its place."""
        return self.publish.replace("{run_id}", run_id)

    def split_folder(self, split_id: str) -> str:
        """Folder of one staged split."""
        return join(self.staged, split_id)
