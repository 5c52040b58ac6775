import csv
import gzip
import io
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import InputConfig
from pipeline.parsers import parse
from pipeline.planning import plan
from pipeline.reading import read
from pipeline.reading.separated import Dialect, detect_separated
from pipeline.records import DeadLetter, RawDocument, SplitEnd
from pipeline.storage import LocalStorage

Record = RawDocument | DeadLetter
CONFIG = InputConfig()


def records_of(folder: Path, name: str, data: bytes, config: InputConfig = CONFIG) -> list[Record]:
    (folder / name).write_bytes(data)
    found: list[Record] = []
    for split in plan([str(folder / name)], lambda _: LocalStorage(), config).splits:
        *records, end = read(split, lambda _: LocalStorage(), config)
        assert end == SplitEnd(split, len(records))
        found += [record for record in records if not isinstance(record, SplitEnd)]
    assert len({record.doc_id for record in found}) == len(found)
    return found


def rows(records: list[Record]) -> list[dict[str, str]]:
    return [json.loads(record.data) for record in records if isinstance(record, RawDocument) and record.kind == "row"]


def codes(records: list[Record]) -> list[str]:
    return [record.code if isinstance(record, DeadLetter) else "" for record in records]


def table(lines: list[list[str]], delimiter: str = ",") -> bytes:
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=delimiter).writerows(lines)
    return sink.getvalue().encode()


TRICKY = [["id", "text"], ["1", 'He said: "Rain, again."\r\n\r\nThen it rained.'], ["2", ""], ["3", '"'], ["4", "a\nb"], ["5", " padded "]]


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t"), ("a.csv", "|"), ("a.csv.gz", ",")])
def test_rows_are_records(tmp_path: Path, name: str, delimiter: str) -> None:
    data = table(TRICKY, delimiter)
    records = records_of(tmp_path, name, gzip.compress(data) if name.endswith("gz") else data)
    assert rows(records) == [dict(zip(TRICKY[0], row, strict=True)) for row in TRICKY[1:]]
    assert [data[record.origin.locator :][:1] for record in records] == [b"1", b"2", b"3", b"4", b"5"]


def test_what_parse_makes_of_a_row(tmp_path: Path) -> None:
    data = table([["title", "text", "date", "rank"], ["Ferry sails", "It sails again.", "2024-03-04", "7"]])
    (record,) = records_of(tmp_path, "a.csv", data)
    assert isinstance(record, RawDocument)
    parsed = parse(record, CONFIG)
    assert (parsed.source_text, parsed.metadata.title, parsed.metadata.published_at) == ("It sails again.", "Ferry sails", "2024-03-04")


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"id;text\n1;a,b\n2;c,d\n", "a.csv", Dialect(";", None)),
        (b"id,text\n1,a\n2,b\n", "a.txt", Dialect(",", None)),
        (b"text\none\ntwo\n", "a.csv", Dialect(",", None)),
        (b"id,name\n1,a\n", "a.csv", Dialect(",", None)),
        (b"id,name\n1,a\n2,b\n", "a.txt", None),  # no column that says that this is a table
        (b"The text, as sent\nIt rained, again.\nAnd then, sun.\n", "a.txt", None),
        (b"id,text\n1,a\n2,b,c\n3,d\n", "a.txt", None),
        (b"1,2,3\n4,5,6\n", "a.csv", None),  # no header
        (b"It rained.\nThen it did not.\n", "a.csv", None),
        (b"id,text\n", "a.csv", None),
        (b"", "a.csv", None),
        ("id,text\n1,Fähre\n".encode("utf-16"), "a.csv", Dialect(",", "utf-16-le")),
        ("id;text\n1;Die Fähre fährt für alle übers Meer\n".encode("cp1252"), "a.csv", Dialect(";", "cp1252")),
    ],
)
def test_detection(data: bytes, name: str, expected: Dialect | None) -> None:
    assert detect_separated(data, name, "text", whole=True) == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    data = "id,text\r\n1,Die Fähre fährt für alle übers Meer\r\n2,Größe\r\n".encode(encoding)
    expected = [{"id": "1", "text": "Die Fähre fährt für alle übers Meer"}, {"id": "2", "text": "Größe"}]
    assert rows(records_of(tmp_path, "a.csv", data)) == expected


def test_bad_rows_cost_themselves(tmp_path: Path) -> None:
    lines = [b"id,text", "1,für alle übers Meer".encode(), b"2,b,c", b"3", b'4,"d"e', b'5,"open', b"6,f", b"7,\xff", b'8,in"side', b"9,i"]
    records = records_of(tmp_path, "a.csv", b"\n".join(lines))
    assert codes(records) == ["", "bad_csv_row", "bad_csv_row", "bad_csv_row", "bad_csv_row", "", "bad_utf8", "", ""]
    assert [row["id"] for row in rows(records)] == ["1", "6", "8", "9"]


def test_a_row_over_the_limit(tmp_path: Path) -> None:
    config = InputConfig(max_record_bytes=1024)
    data = b"id,text\n1,a\n2," + b"x" * 2_000_000 + b'\n3,b\n4,"' + b"y\n" * 400_000
    records = records_of(tmp_path, "a.csv", data + b'"\n', config)
    assert codes(records)[:4] == ["", "record_too_large", "", "bad_csv_row"]
    assert len(rows(records)) == 2
    whole = b'id,text\n1,"' + b"z\n" * 2000 + b'"\n2,b\n'
    assert codes(records_of(tmp_path, "b.csv", whole, config)) == ["record_too_large", ""]


def test_rows_behind_a_damaged_member_of_gzip_survive(tmp_path: Path) -> None:
    parts = [
        gzip.compress(table([[str(n), f"story {n} {random.Random(n).random()}"] for n in range(k, k + 20)]), mtime=0) for k in (0, 20, 40)
    ]
    broken = bytearray(parts[1])
    broken[60] ^= 0xFF
    records = records_of(tmp_path, "a.csv.gz", gzip.compress(b"id,text\r\n") + parts[0] + bytes(broken) + parts[2])
    found = {int(row["id"]) for row in rows(records)}
    assert set(range(20)) <= found
    assert set(range(41, 60)) <= found
    assert "corrupt_gzip" in codes(records)


STORIES = [["id", "title", "text"]] + [[str(n), f"Story {n}", f"It rained on day {n}, they said."] for n in range(40)]


def test_whichever_byte_is_damaged_the_other_rows_survive(tmp_path: Path) -> None:
    data = table(STORIES)
    chance = random.Random(7)
    for _ in range(60):
        at = chance.randrange(len(b"id,title,text\r\n"), len(data))
        broken = bytearray(data)
        broken[at] ^= chance.randrange(1, 256)
        records = records_of(tmp_path, "a.csv", bytes(broken))
        intact = [row for row in STORIES[1:] if dict(zip(STORIES[0], row, strict=True)) in rows(records)]
        assert len(intact) >= 38  # a quote or a line end may tie two rows together
        assert 39 <= len(records) <= 41


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), min_size=2, max_size=2),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=80, deadline=None)
def test_what_the_csv_module_writes_is_read(tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]]) -> None:
    quoted = io.StringIO(newline="")
    csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows([["id", "text"], *lines])
    records = records_of(tmp_path_factory.getbasetemp(), "a.csv", quoted.getvalue().encode())
    assert rows(records) == [{"id": one, "text": two} for one, two in lines]


PIECES = [b"id,text\n", b'"', b",", b"\n", b"\r", b'""', b"a", b"\xff", b"\0", b"\xff\xfe"]


@given(st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(PIECES), max_size=20).map(lambda parts: b"id,text\n" + b"".join(parts))))
@settings(max_examples=120, deadline=None)
def test_any_bytes_are_on_record(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    records = records_of(tmp_path_factory.getbasetemp(), "a.csv", data)
    assert records or data.startswith(b"id,text\n")
