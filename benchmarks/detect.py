"""Which library guesses the encoding of undeclared text best: characters that come out right, and time.

    python benchmarks/detect.py [--path FOLDER ...]

Text is invented (`tests/cases/encodings.json`), in the encodings that its language was written in, as a sentence, a paragraph and an
article. A guess is right where the decoded text is the original, whatever the label. Libraries that are not installed are left out;
`--path` adds folders to import them from, so that they need not be installed beside the project.
"""

from __future__ import annotations

import argparse
import collections
import importlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "parsers"))

from encoding_samples import Sample, samples

from pipeline.parsers.decoding import decode
from pipeline.parsers.labels import codec_of

Guess = Callable[[bytes], str]


def libraries() -> dict[str, Guess]:
    """Name -> function that returns the decoded text, for every library that can be imported."""
    makers: dict[str, tuple[str, Callable[[Any, bytes], str | None]]] = {
        "charset-normalizer": ("charset_normalizer", _charset_normalizer),
        "chardet": ("chardet", lambda module, data: module.detect(data)["encoding"]),
        "cchardet": ("cchardet", lambda module, data: module.detect(data)["encoding"]),
        "chardetng": ("chardetng_py", lambda module, data: module.detect(data)),
        "resiliparse": ("resiliparse.parse.encoding", lambda module, data: module.detect_encoding(data)),
    }
    found: dict[str, Guess] = {"ours": lambda data: decode(data).text}
    for name, (module_name, label_of) in makers.items():
        try:
            module = importlib.import_module(module_name)
        except ImportError:
            continue
        found[name] = _decoding(module, label_of)
    return found


def _charset_normalizer(module: Any, data: bytes) -> str | None:
    best = module.from_bytes(data).best()
    return best.encoding if best else None


def _decoding(module: Any, label_of: Callable[[Any, bytes], str | None]) -> Guess:
    def guess(data: bytes) -> str:
        codec = codec_of(label_of(module, data)) or "cp1252"
        return data.decode(codec, "replace")

    return guess


def run(cases: Sequence[Sample], guess: Guess) -> tuple[dict[str, list[Sample]], float]:
    """Wrong samples by size, and milliseconds a sample."""
    wrong: dict[str, list[Sample]] = collections.defaultdict(list)
    start = time.process_time()
    for case in cases:
        if guess(case.data) != case.text:
            wrong[case.size].append(case)
    return wrong, (time.process_time() - start) / len(cases) * 1000


def main() -> None:
    """Print one table, and what each library got wrong in an article."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--path", nargs="*", default=[], help="folders to import libraries from")
    sys.path[:0] = parser.parse_args().path
    cases = list(samples())
    totals = collections.Counter(case.size for case in cases)
    print(f"{len(cases)} samples, {len({c.encoding for c in cases})} encodings, {len({c.language for c in cases})} languages")
    print(f"{'library':20} {'article':>9} {'paragraph':>9} {'sentence':>9} {'ms':>7}")
    for name, guess in libraries().items():
        wrong, cost = run(cases, guess)
        shares = (f"{1 - len(wrong[size]) / totals[size]:9.3f}" for size in ("article", "paragraph", "sentence"))
        print(f"{name:20} {' '.join(shares)} {cost:7.2f}")
        print("   article wrong:", ", ".join(f"{c.language}/{c.encoding}" for c in wrong["article"]) or "none")


if __name__ == "__main__":
    main()
