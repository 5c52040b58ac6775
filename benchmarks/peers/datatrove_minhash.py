"""datatrove: its MinHash blocks with their defaults (14 buckets of 8, 64-bit hashes), one task, one worker. Has its own environment.

The clusters are those that its third block writes; its fourth, which filters the corpus, is not run.
"""

import struct
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets, MinhashDedupCluster
from datatrove.pipeline.readers import ParquetReader
from peer_files import read_texts, write_clusters


def main() -> None:
    """FOLDER OUTPUT."""
    config = MinhashConfig()
    docs = [doc for doc, _ in read_texts(Path(sys.argv[1]))]
    with tempfile.TemporaryDirectory() as place:
        signatures, buckets, clusters = (f"{place}/{name}" for name in ("signatures", "buckets", "clusters"))
        stages = (
            ([ParquetReader(sys.argv[1], glob_pattern="*.parquet"), MinhashDedupSignature(signatures, config)], 1),
            ([MinhashDedupBuckets(signatures, buckets, config=config)], config.num_buckets),
            ([MinhashDedupCluster(buckets, clusters, config=config, save_cluster_id=True)], 1),
        )
        for number, (blocks, tasks) in enumerate(stages):
            LocalPipelineExecutor(pipeline=blocks, tasks=tasks, workers=1, logging_dir=f"{place}/log-{number}").run()
        data = Path(clusters, "000000.clusters").read_bytes()
    first, of = {}, list(range(len(docs)))
    for doc, cluster in struct.iter_unpack("<2I", data):
        of[doc] = first.setdefault(cluster, doc)
    write_clusters(Path(sys.argv[2]), docs, of)


if __name__ == "__main__":
    main()
