"""What tests of repetition share: documents of a made-up site as packed columns, without any file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from pipeline.config import Config, RepetitionConfig
from pipeline.dedup.sketches import SketchInput
from pipeline.records import Metadata
from pipeline.repetition.columns import DOCUMENT_COLUMNS, join_documents, unpack_documents, unpack_lines
from pipeline.repetition.counting import DocumentColumns, LineColumns, RecurringLines, count_lines
from pipeline.staging import sketch_staged

SITE = "orle.example"
CONFIG = RepetitionConfig(min_site_documents=20, min_documents=5)


def paragraph(number: int, words: int = 12) -> str:
    """A paragraph that no other number gives."""
    rng = np.random.default_rng(number)
    return " ".join(f"w{value:x}" for value in rng.integers(4096, 2**24, words)).capitalize() + "."


def story(number: int, paragraphs: int = 3) -> list[str]:
    """Paragraphs of a story."""
    return [paragraph(number * 100 + place) for place in range(paragraphs)]


def make_text(lines: Sequence[str]) -> str:
    return "\n\n".join(lines)


def pack(texts: Sequence[str], site: str = SITE) -> tuple[DocumentColumns, LineColumns]:
    """Columns of one shard, as Stage writes them."""
    import pyarrow as pa

    metadata = Metadata(canonical_url=f"https://{site}/1")
    ids = [hashlib.md5(text.encode()).hexdigest() for text in texts]
    inputs = [SketchInput(n, ids[n], text, (), "ab" * 32, metadata, "none", (), "a.jsonl") for n, text in enumerate(texts)]
    batch = sketch_staged(inputs, Config())
    documents = unpack_documents({name: pa.chunked_array([batch.column(name)]) for name in DOCUMENT_COLUMNS})
    return documents, unpack_lines(pa.chunked_array([batch.column("line_keys")]))


def join(shards: Sequence[tuple[DocumentColumns, LineColumns]]) -> tuple[DocumentColumns, list[LineColumns]]:
    """Several shards as one corpus."""
    return join_documents([documents for documents, _ in shards]), [lines for _, lines in shards]


def count(texts: Sequence[str], config: RepetitionConfig = CONFIG) -> RecurringLines:
    """What recurs in the texts of one site."""
    documents, lines = pack(texts)
    return RecurringLines([count_lines(documents, [lines], config)])
