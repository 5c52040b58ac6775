"""text-dedup: its MinHash command as it comes (250 permutations, threshold .7, word 5-grams), one process, in an environment of its own."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from peer_files import read_texts, write_clusters
from text_dedup import minhash


def main() -> None:
    """FOLDER OUTPUT."""
    docs = [doc for doc, _ in read_texts(Path(sys.argv[1]))]
    with tempfile.TemporaryDirectory() as place:
        files = {"path": "parquet", "data_files": f"{sys.argv[1]}/*.parquet", "split": "train", "cache_dir": f"{place}/cache"}
        arguments = {**files, "output": f"{place}/output", "column": "text", "num_proc": "1"}
        words = [word for name, value in arguments.items() for word in (f"--{name}", value)]
        minhash.main(words, standalone_mode=False)
    # What hangs together is in the module's union-find when the command is done; its file holds only the documents that are kept.
    write_clusters(Path(sys.argv[2]), docs, [minhash.uf.find(number) for number in range(len(docs))])


if __name__ == "__main__":
    main()
