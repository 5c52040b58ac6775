"""datasketch: the loop of its documentation on word 5-grams, 128 permutations, threshold .7, estimates checked. Has its own environment."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from datasketch import MinHash, MinHashLSH
from peer_files import Union, read_texts, shingle, write_clusters


def main() -> None:
    """FOLDER OUTPUT."""
    index = MinHashLSH(threshold=0.7, num_perm=128)
    docs, sketches, union = [], [], Union()
    for number, (doc, text) in enumerate(read_texts(Path(sys.argv[1]))):
        docs.append(doc)
        sketch = MinHash(num_perm=128)
        sketch.update_batch([part.encode() for part in shingle(text)])
        for other in index.query(sketch):
            if sketch.jaccard(sketches[other]) >= 0.7:
                union.join(other, number)
        index.insert(number, sketch)
        sketches.append(sketch)
    write_clusters(Path(sys.argv[2]), docs, [union.root(number) for number in range(len(docs))])


if __name__ == "__main__":
    main()
