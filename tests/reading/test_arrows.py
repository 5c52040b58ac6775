import gzip
import io
import json
import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc

from pipeline.config import InputConfig
from pipeline.planning import plan
from pipeline.reading import read
from pipeline.records import DeadLetter, RawDocument, SplitEnd
from pipeline.storage import LocalStorage

Record = RawDocument | DeadLetter


def records_of(folder: Path, name: str, data: bytes) -> list[Record]:
    (folder / name).write_bytes(data)
    found: list[Record] = []
    for split in plan([str(folder / name)], lambda _: LocalStorage(), InputConfig()).splits:
        *records, end = read(split, lambda _: LocalStorage(), InputConfig())
        assert end == SplitEnd(split, len(records))
        found += [record for record in records if not isinstance(record, SplitEnd)]
    assert len({record.doc_id for record in found}) == len(found)
    return found


def made(kind: str, table: pa.Table, rows_a_batch: int = 10, **options: object) -> bytes:
    sink = io.BytesIO()
    write = ipc.new_file if kind == "file" else ipc.new_stream
    with write(sink, table.schema, options=ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, max_chunksize=rows_a_batch)
    return sink.getvalue()


def codes(records: list[Record]) -> list[str]:
    return [record.code if isinstance(record, DeadLetter) else "" for record in records]


STORIES = pa.table({"id": list(range(40)), "text": [f"Story {n}: {random.Random(n).random()}" for n in range(40)]})
KINDS = ["file", "stream"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_rows_are_records_under_any_name(tmp_path: Path, kind: str, compression: str | None) -> None:
    data = made(kind, STORIES, compression=compression)
    for name, content in (("a.arrow", data), ("b.txt", data), ("c.arrow.gz", gzip.compress(data))):
        records = records_of(tmp_path, name, content)
        assert [json.loads(record.data) for record in records if isinstance(record, RawDocument)] == STORIES.to_pylist()
        assert [record.origin.locator for record in records] == list(range(40))


@pytest.mark.parametrize("kind", KINDS)
def test_empty_and_cut_files(tmp_path: Path, kind: str) -> None:
    assert codes(records_of(tmp_path, "a.arrow", made(kind, STORIES.slice(0, 0)))) == ["empty_file"]
    data = made(kind, STORIES)
    records = records_of(tmp_path, "b.arrow", data[: len(data) // 2])
    assert codes(records)[-1] == "corrupt_arrow"
    assert codes(records).count("") >= 10


def test_text_that_is_not_utf8_costs_its_row(tmp_path: Path) -> None:
    data = made("file", pa.table({"text": ["good", "baXd", "fine"]})).replace(b"baXd", b"ba\xffd")
    assert codes(records_of(tmp_path, "a.arrow", data)) == ["", "bad_utf8", ""]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_byte_costs_a_batch_at_most(tmp_path: Path, kind: str) -> None:
    """Only damage in the schema, which stands at the start and is needed for all, may cost more."""
    data = made(kind, STORIES, compression="zstd")
    chance = random.Random(kind)
    for _ in range(60):
        broken = bytearray(data)
        broken[chance.randrange(len(data))] ^= chance.randrange(1, 256)
        assert records_of(tmp_path, "a.arrow", bytes(broken))


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=20), st.sampled_from(KINDS))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_on_record(tmp_path_factory: pytest.TempPathFactory, at: int, noise: bytes, kind: str) -> None:
    data = made(kind, STORIES)
    at %= len(data)
    assert records_of(tmp_path_factory.getbasetemp(), "a.arrow", data[:at] + noise + data[at + len(noise) :])
