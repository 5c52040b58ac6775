"""Cut or whole, a file gives the same records: that is all that may be asked of a cut."""

import gzip
import io
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import InputConfig
from pipeline.planning import plan
from pipeline.reading import read
from pipeline.reading.cutting import find_cut
from pipeline.records import DeadLetter, RawDocument, SplitEnd
from pipeline.storage import LocalStorage

CUT = InputConfig(split_bytes=4096)
WHOLE = InputConfig()


def records_of(path: Path, config: InputConfig) -> tuple[list[tuple[str, int, str]], int]:
    """(id, place, content or code) of every record, and how many pieces there were."""
    found: list[RawDocument | DeadLetter] = []
    splits = plan([str(path)], lambda _: LocalStorage(), config).splits
    for split in splits:
        records = list(read(split, lambda _: LocalStorage(), config))
        found += [record for record in records if isinstance(record, RawDocument | DeadLetter)]
    seen = [(r.doc_id, r.origin.locator, r.raw_sha256 if isinstance(r, RawDocument) else r.code) for r in found]
    return [(key, place, str(what)) for key, place, what in seen], len(splits)


def warc_record(number: int, choose: random.Random) -> bytes:
    kind = choose.choice(("response", "request", "metadata"))
    body = f"<p>The ferry number {number} sails.</p>".encode() + choose.randbytes(choose.randrange(2000)).hex().encode()
    if choose.random() < 0.1:  # a record that looks as if it held another
        body += b"\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x:{number}>\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def csv_row(number: int, choose: random.Random) -> str:
    text = "".join(choose.choice(["ferry ", "storm, ", '""', "\n", "\r\n", ";", "Ø", "'"]) for _ in range(choose.randrange(60)))
    plain = choose.choice(["harbour", 'the 5" gun', "", "x'y"])
    return f'{number},"{text}",{plain}\n'


@pytest.mark.parametrize("kind", ["warc", "warc.gz", "csv", "tsv"])
@pytest.mark.parametrize("seed", range(3))
def test_a_cut_file_gives_the_records_of_the_whole_one(tmp_path: Path, kind: str, seed: int) -> None:
    choose = random.Random(seed)
    path = tmp_path / f"news.{kind}"
    if kind.startswith("warc"):
        parts = [warc_record(number, choose) for number in range(60)]
        path.write_bytes(b"".join(gzip.compress(part, mtime=0) if kind == "warc.gz" else part for part in parts))
    else:
        table = "id,text,place\n" + "".join(csv_row(number, choose) for number in range(600))
        path.write_bytes((table.replace(",", "\t") if kind == "tsv" else table).encode())
    cut, pieces = records_of(path, CUT)
    whole, one = records_of(path, WHOLE)
    assert pieces > 3
    assert one == 1
    assert cut == whole
    assert len({key for key, _, _ in cut}) == len(cut) > 10


@pytest.mark.parametrize("kind", ["warc", "warc.gz", "csv"])
@given(damage=st.lists(st.tuples(st.integers(0, 2**20), st.binary(min_size=1, max_size=40)), min_size=1, max_size=4))
@settings(max_examples=25)
def test_damage_never_doubles_a_record(tmp_path_factory: pytest.TempPathFactory, kind: str, damage: list[tuple[int, bytes]]) -> None:
    choose = random.Random(7)
    path = tmp_path_factory.mktemp("cut") / f"news.{kind}"
    if kind == "csv":
        data = bytearray(("id,text,place\n" + "".join(csv_row(number, choose) for number in range(200))).encode())
    else:
        parts = [warc_record(number, choose) for number in range(30)]
        data = bytearray(b"".join(gzip.compress(part, mtime=0) if kind == "warc.gz" else part for part in parts))
    for place, words in damage:
        at = place % len(data)
        data[at : at + len(words)] = words
    path.write_bytes(data)
    cut, _ = records_of(path, CUT)
    assert len({key for key, _, _ in cut}) == len(cut)
    if kind != "warc":  # in a plain WARC file, what a damaged header swallows depends on where the piece ends
        assert [what for _, _, what in cut] == [what for _, _, what in records_of(path, WHOLE)[0]]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", ("id,text\n" + "1,ä\n" * 4000).encode("utf-16")),
        ("a.csv", ("id,text\n" + "1,fähre\n" * 4000).encode("cp1252")),
        ("a.txt", b"The ferry sails.\n" * 1000),
        ("a.json", json.dumps([{"text": "The ferry sails."}] * 1000).encode()),
        ("a.warc.gz", gzip.compress(warc_record(1, random.Random(1)) * 50)),
        ("a.txt.gz", b"".join(gzip.compress(random.Random(n).randbytes(2000)) for n in range(10))),
    ],
)
def test_what_has_no_certain_place_to_cut_is_read_as_a_whole(name: str, data: bytes) -> None:
    assert find_cut(io.BytesIO(data), name, len(data), 4096, CUT, local=True) is None


def test_a_table_and_a_plain_warc_file_on_a_store_are_not_walked() -> None:
    choose = random.Random(1)
    for name, data in (("a.csv", b"id,text\n" + b"1,b\n" * 4000), ("a.warc", b"".join(warc_record(n, choose) for n in range(50)))):
        assert find_cut(io.BytesIO(data), name, len(data), 4096, CUT, local=True) is not None
        assert find_cut(io.BytesIO(data), name, len(data), 4096, CUT, local=False) is None


def test_the_header_of_a_table_is_read_for_every_piece(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n" + "".join(f'{n},"line one\nline two {n}"\n' for n in range(1000)))
    splits = plan([str(path)], lambda _: LocalStorage(), CUT).splits
    *records, end = read(splits[-1], lambda _: LocalStorage(), CUT)
    assert isinstance(end, SplitEnd)
    last = records[-1]
    assert isinstance(last, RawDocument)
    assert json.loads(last.data) == {"id": "999", "text": "line one\nline two 999"}
