import io
import json
import random
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from pipeline.config import InputConfig
from pipeline.identity import sha256_hex
from pipeline.reading.letters import Found, Lost
from pipeline.reading.rows import canonical_json, read_rows
from pipeline.records import FileSlice

CONFIG = InputConfig()
TABLE = pa.table({"text": [f"Story number {i} of the day." * 9 for i in range(300)], "n": list(range(300))})


def written(table: pa.Table = TABLE, **options: Any) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(table, sink, **{"row_group_size": 100, "compression": "none", "use_dictionary": False} | options)
    return sink.getvalue()


def rows_of(data: bytes, config: InputConfig = CONFIG, row_groups: tuple[int, int] | None = None) -> list[Found | Lost]:
    start, end = row_groups or (0, len(data))
    piece = FileSlice("u", "n.parquet", len(data), "i", start, end, "parquet" if row_groups else "auto")
    return list(read_rows(piece, io.BytesIO(data), config, row_groups=row_groups))


def places(records: list[Found | Lost]) -> list[int]:
    return [record.origin.locator for record in records]


def ids(records: list[Found | Lost]) -> set[str]:
    return {record.numbered(0).doc_id for record in records}


def test_rows_are_canonical_json_at_their_number() -> None:
    records = rows_of(written())
    assert places(records) == list(range(300))
    first = records[0].numbered(7)
    assert first.data == canonical_json({"n": 0, "text": "Story number 0 of the day." * 9})
    assert (first.kind, first.ordinal, first.raw_sha256, first.origin.length) == ("row", 7, sha256_hex(first.data), len(first.data))


def test_slices_of_row_groups_give_the_rows_of_the_whole() -> None:
    data = written()
    assert [*rows_of(data, row_groups=(0, 2)), *rows_of(data, row_groups=(2, 3))] == rows_of(data)


def test_row_does_not_depend_on_how_the_file_was_written() -> None:
    one = rows_of(written())
    other = rows_of(written(TABLE.select(["n", "text"]), compression="zstd", use_dictionary=True, row_group_size=7))
    assert [record.numbered(0) for record in one] == [record.numbered(0) for record in other]


def test_row_over_the_limit() -> None:
    (lost,) = rows_of(written(pa.table({"text": ["x" * 2000]})), InputConfig(max_record_bytes=1024))
    assert isinstance(lost, Lost)
    assert (lost.code, lost.origin.length, lost.raw_sha256 is None) == ("record_too_large", 2011, False)


def test_column_that_is_not_utf8_costs_its_row() -> None:
    text = pa.array([b"good", b"\xff\xfe", b"fine"]).view(pa.string())
    tags = pa.array([["a"], [], ["b"]])
    one, two, three = rows_of(written(pa.table({"text": text, "tags": tags})))
    assert isinstance(two, Lost)
    assert (two.code, two.numbered(1).excerpt) == ("bad_utf8", r"\xff\xfe")
    assert isinstance(one, Found)
    assert isinstance(three, Found)


def test_binary_column_is_text_where_it_is_the_text_field() -> None:
    data = written(pa.table({"text": [b"caf\xc3\xa9"], "raw": [b"caf\xc3\xa9"]}))
    (record,) = rows_of(data)
    assert isinstance(record, Found)
    assert json.loads(record.data) == {"raw": "Y2Fmw6k=", "text": "café"}


def test_damaged_page_costs_its_row_group_row_by_row() -> None:
    data = bytearray(written(compression="gzip", write_page_checksum=True))
    footer = parquet.read_metadata(io.BytesIO(bytes(data)))
    column = footer.row_group(1).column(0)
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 0xFF
    records = rows_of(bytes(data))
    assert places(records) == list(range(300))
    lost = [record for record in records if isinstance(record, Lost)]
    assert places(lost) == list(range(100, 200))
    assert {record.code for record in lost} == {"corrupt_parquet"}
    assert "row group 1" in lost[0].message
    assert len(ids(records)) == 300


@pytest.mark.parametrize("cut", [4, 100, -1, -8])
def test_file_without_its_footer_is_one_dead_letter(cut: int) -> None:
    (lost,) = rows_of(written()[:cut])
    assert isinstance(lost, Lost)
    assert lost.code == "corrupt_parquet"


def test_slice_without_its_footer_has_an_id_of_its_own() -> None:
    broken = written()[:-1]
    letters = [*rows_of(broken, row_groups=(0, 1)), *rows_of(broken, row_groups=(1, 3))]
    assert len(ids(letters)) == 2


def test_file_without_rows_is_on_record() -> None:
    (lost,) = rows_of(written(TABLE.slice(0, 0)))
    assert isinstance(lost, Lost)
    assert lost.code == "empty_file"


def test_columns_nested_without_end_are_refused() -> None:
    kind = pa.int8()
    for _ in range(40):
        kind = pa.list_(kind)
    (lost,) = rows_of(written(pa.table({"a": pa.nulls(1, kind)})))
    assert isinstance(lost, Lost)
    assert "nested" in lost.message


def test_any_damage_is_on_record_with_ids_of_its_own() -> None:
    chance = random.Random(11)
    whole = written(compression="snappy", use_dictionary=True)
    codes = set()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 2, 20])):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        records = rows_of(bytes(data))
        assert records
        assert len(ids(records)) == len(records)
        codes |= {record.code for record in records if isinstance(record, Lost)}
    assert codes <= {"corrupt_parquet", "bad_utf8", "empty_file"}
    assert "corrupt_parquet" in codes
