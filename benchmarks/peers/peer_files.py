"""What the adapters share: Parquet in, clusters out, union-find, word shingles. Needs pyarrow and nothing of this project."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_WORD = re.compile(r"\w+")


def read_texts(folder):
    """Yield (id, text) of every document."""
    for path in sorted(Path(folder).glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(1000, columns=["id", "text"]):
            yield from zip(batch.column("id").to_pylist(), batch.column("text").to_pylist(), strict=True)


def shingle(text):
    """Runs of five words; a shorter text is one run."""
    words = _WORD.findall(text.lower())
    return [" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))]


def write_clusters(path, docs, clusters):
    """One row a document."""
    pq.write_table(pa.table({"doc": docs, "cluster": [docs[cluster] for cluster in clusters]}), path)


class Union:
    """Union-find with path halving."""

    def __init__(self):
        self._above = {}

    def root(self, node):
        """The node that stands for a set."""
        above = self._above
        while (up := above.get(node, node)) != node:
            above[node] = node = above.get(up, up)
        return node

    def join(self, a, b):
        """Make one set of two."""
        a, b = self.root(a), self.root(b)
        if a != b:
            self._above[max(a, b)] = min(a, b)
