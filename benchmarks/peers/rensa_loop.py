"""rensa: the loop of its documentation on word 5-grams, 16 bands of 8, estimate at least .7. Runs in an environment of its own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from peer_files import Union, read_texts, shingle, write_clusters
from rensa import RMinHash, RMinHashLSH


def main() -> None:
    """FOLDER OUTPUT."""
    index = RMinHashLSH(0.7, 128, 16)
    docs, sketches, union = [], [], Union()
    for number, (doc, text) in enumerate(read_texts(Path(sys.argv[1]))):
        docs.append(doc)
        sketch = RMinHash(128, 42)
        sketch.update(shingle(text))
        for other in index.query(sketch):
            if sketch.jaccard(sketches[other]) >= 0.7:
                union.join(other, number)
        index.insert(number, sketch)
        sketches.append(sketch)
    write_clusters(Path(sys.argv[2]), docs, [union.root(number) for number in range(len(docs))])


if __name__ == "__main__":
    main()
