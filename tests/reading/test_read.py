import bz2
import gzip
import io
import json
import lzma
import os
import random
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from pipeline.config import InputConfig
from pipeline.identity import doc_id, sha256_hex
from pipeline.planning import plan
from pipeline.reading import decompress, read
from pipeline.records import DeadLetter, FileSlice, InputSplit, Origin, RawDocument, SplitEnd
from pipeline.storage import LocalStorage

Record = RawDocument | DeadLetter
CONFIG = InputConfig()
SMALL = InputConfig(split_bytes=4096, max_record_bytes=1024)
COMPRESS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": (".gz", gzip.compress),
    "zstd": (".zst", zstandard.ZstdCompressor(write_checksum=True).compress),
    "bzip2": (".bz2", bz2.compress),
    "xz": (".xz", lzma.compress),
}
LINES = b"".join(json.dumps({"text": f"story {i}"}).encode() + b"\n" for i in range(400))


def records_of(root: Path, config: InputConfig = CONFIG, storage: LocalStorage | None = None) -> list[Record]:
    used = storage or LocalStorage()
    found: list[Record] = []
    for split in plan([str(root)], lambda _: LocalStorage(), config).splits:
        *records, end = read(split, lambda _: used, config)
        assert end == SplitEnd(split, len(records))
        assert [record.ordinal for record in records if not isinstance(record, SplitEnd)] == list(range(len(records)))
        found += [record for record in records if not isinstance(record, SplitEnd)]
    assert len({record.doc_id for record in found}) == len(found)
    return found


def one_file(tmp_path: Path, name: str, data: bytes, config: InputConfig = CONFIG) -> list[Record]:
    (tmp_path / name).write_bytes(data)
    return records_of(tmp_path / name, config)


def codes(records: list[Record]) -> list[str]:
    return [record.code for record in records if isinstance(record, DeadLetter)]


def test_text_file_is_one_document(tmp_path: Path) -> None:
    (record,) = one_file(tmp_path, "a.txt", b"Ferry\r\n\r\nIt sails.\xff\x00")
    digest = sha256_hex(b"Ferry\r\n\r\nIt sails.\xff\x00")
    origin = Origin("a.txt", str(tmp_path / "a.txt"), length=20)
    assert record == RawDocument(doc_id("a.txt", None, 0, digest), 0, origin, b"Ferry\r\n\r\nIt sails.\xff\x00", digest, "file")


def test_lines_are_rows_at_their_offset(tmp_path: Path) -> None:
    one, two = one_file(tmp_path, "a.txt", b'\xef\xbb\xbf{"text": "a"}\r\n\r\n{"text": "b"}')
    assert isinstance(one, RawDocument)
    assert isinstance(two, RawDocument)
    assert (one.kind, one.origin.locator, one.origin.length, one.data) == ("row", 3, 13, b'{"text": "a"}')
    assert two.origin.locator == 20


@pytest.mark.parametrize("kind", sorted(COMPRESS))
def test_compression_changes_nothing_but_the_name(tmp_path: Path, kind: str) -> None:
    suffix, compress = COMPRESS[kind]
    plain = one_file(tmp_path, "a.jsonl", LINES)
    packed = one_file(tmp_path, "a.dat", compress(LINES[:200]) + compress(LINES[200:]))
    assert len(plain) == 400
    assert [(r.origin.locator, r.raw_sha256) for r in packed] == [(r.origin.locator, r.raw_sha256) for r in plain]
    (text,) = one_file(tmp_path, f"b.txt{suffix}", compress(b"Ferry sails again."))
    assert isinstance(text, RawDocument)
    assert (text.data, text.kind, text.origin.length) == (b"Ferry sails again.", "file", 18)


@pytest.mark.parametrize("kind", sorted(COMPRESS))
def test_truncated_lines_file_loses_only_the_cut_line(tmp_path: Path, kind: str) -> None:
    body = b"".join(json.dumps({"text": f"{random.Random(i).getrandbits(400):x}"}).encode() + b"\n" for i in range(1500))
    packed = COMPRESS[kind][1](body)
    *good, last = one_file(tmp_path, "a.jsonl", packed[: len(packed) * 3 // 4])
    assert isinstance(last, DeadLetter)
    assert (last.code, last.step) == (f"truncated_{kind}", "read")
    assert str(len(packed) * 3 // 4) in last.message
    assert [record.data for record in good if isinstance(record, RawDocument)] == body.split(b"\n")[: len(good)]
    # bzip2 and zstd give nothing out before a block of up to 900 and 128 kB is complete
    assert len(good) > 500 or kind in ("bzip2", "zstd")


@pytest.mark.parametrize("kind", sorted(COMPRESS))
def test_truncated_text_file_is_one_dead_letter(tmp_path: Path, kind: str) -> None:
    records = one_file(tmp_path, "a.txt", COMPRESS[kind][1](b"Ferry sails again. " * 20)[:-3])
    assert codes(records) == [f"truncated_{kind}"]
    assert len(records) == 1


def test_empty_files(tmp_path: Path) -> None:
    assert codes(one_file(tmp_path, "a.txt", b"")) == ["empty_file"]
    assert codes(one_file(tmp_path, "b.txt", gzip.compress(b""))) == ["empty_file"]


def test_files_over_the_limit(tmp_path: Path) -> None:
    (plain,) = one_file(tmp_path, "a.txt", b"news " * 300, SMALL)
    (packed,) = one_file(tmp_path, "b.txt", gzip.compress(b"news " * 300), SMALL)
    assert isinstance(plain, DeadLetter)
    assert (plain.code, plain.origin.length, plain.excerpt) == ("record_too_large", 1500, "news " * 16 + "…")
    assert isinstance(packed, DeadLetter)
    assert (packed.code, packed.origin.length) == ("record_too_large", None)
    assert not codes(one_file(tmp_path, "c.txt", b"x" * 1024, SMALL))


def test_expansion_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompress, "FREE_EXPANSION_BYTES", 2**20)
    bomb = gzip.compress(b'{"text": "a"}\n' * 20 + b"\n" * 2**21)
    *good, last = one_file(tmp_path, "a.jsonl", bomb, InputConfig(max_expansion=2.0))
    assert len(good) == 20
    assert isinstance(last, DeadLetter)
    assert (last.code, last.origin.locator) == ("expansion_limit", 2**20)


@given(st.lists(st.integers(1, 1200), max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_any_slices_of_a_lines_file_give_the_same_documents(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], chance: random.Random
) -> None:
    lines = [b'{"text": "' + b"x" * chance.choice([0, 5, 40, 1100]) + b'"}' + chance.choice([b"\n", b"\r\n", b"\n\n"]) for _ in range(12)]
    data = b"".join(lines)
    path = tmp_path_factory.mktemp("slices") / "a.jsonl"
    path.write_bytes(data)
    bounds = [0, *sorted({cut for cut in cuts if cut < len(data)}), len(data)]

    def read_slices(*slices: tuple[int, int]) -> list[tuple[str, type]]:
        pieces = tuple(FileSlice(str(path), "a.jsonl", len(data), "i", start, end, "lines") for start, end in slices)
        *records, _ = read(InputSplit("s", 0, pieces), lambda _: LocalStorage(), SMALL)
        return [(record.doc_id, type(record)) for record in records if not isinstance(record, SplitEnd)]

    assert read_slices(*pairwise(bounds)) == read_slices((0, len(data)))
    assert len(read_slices((0, len(data)))) == 12


def test_planned_slices_of_large_files_give_what_the_whole_gives(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES)
    parquet.write_table(pa.table({"text": [f"{i} " * 99 for i in range(300)]}), tmp_path / "b.parquet", row_group_size=20)
    fine, coarse = records_of(tmp_path, SMALL), records_of(tmp_path)
    assert {record.doc_id for record in fine} == {record.doc_id for record in coarse}
    assert len(fine) == 700


@pytest.mark.parametrize("kind", ["none", *sorted(COMPRESS)])
def test_parquet_under_any_name_and_compression(tmp_path: Path, kind: str) -> None:
    parquet.write_table(pa.table({"text": ["a", "b"]}), tmp_path / "in.parquet")
    data = (tmp_path / "in.parquet").read_bytes()
    records = one_file(tmp_path, "a.txt", data if kind == "none" else COMPRESS[kind][1](data))
    assert [record.data for record in records if isinstance(record, RawDocument)] == [b'{"text":"a"}', b'{"text":"b"}']


def test_compressed_parquet_that_is_cut(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"text": ["a", "b"]}), tmp_path / "in.parquet")
    records = one_file(tmp_path, "a.gz", gzip.compress((tmp_path / "in.parquet").read_bytes())[:-5])
    assert codes(records) == ["truncated_gzip"]


class Fickle(LocalStorage):
    """Fails to open, or to read on, where a file's name says so."""

    def open(self, uri: str) -> BinaryIO:
        if "denied" in uri:
            raise PermissionError(13, "Permission denied", uri)
        handle = super().open(uri)
        return Failing(handle) if "disk" in uri else handle  # type: ignore[return-value]


class Failing:
    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle

    def __enter__(self) -> "Failing":
        return self

    def __exit__(self, *_: object) -> None:
        self._handle.close()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._handle.seek(offset, whence)

    def read(self, size: int) -> bytes:
        if self._handle.tell() > 0:
            raise OSError(5, "Input/output error")
        return self._handle.read(min(size, 30))


def test_unreadable_files_cost_themselves_only(tmp_path: Path) -> None:
    (tmp_path / "a-denied.txt").write_text("x")
    (tmp_path / "b-disk.jsonl").write_bytes(LINES)
    (tmp_path / "c-gone").symlink_to("nowhere")
    (tmp_path / "d-good.txt").write_text("Ferry sails.")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "e-pipe")
    records = records_of(tmp_path, storage=Fickle())
    assert codes(records) == ["unreadable_file"] * 4
    messages = [record.message for record in records if isinstance(record, DeadLetter)]
    assert messages[0] == "the file cannot be opened: Permission denied"
    assert messages[1] == "reading stopped at byte 30: Input/output error"
    assert [record.origin.uri for record in records if isinstance(record, RawDocument)] == ["b-disk.jsonl", "d-good.txt"]


@pytest.mark.parametrize("change", ["gone", "shrunk", "filled"])
def test_files_that_change_after_they_were_listed(tmp_path: Path, change: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"" if change == "filled" else b"Ferry sails.")
    (split,) = plan([str(path)], lambda _: LocalStorage(), CONFIG).splits
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(b"Ferry")
    letter, _ = read(split, lambda _: LocalStorage(), CONFIG)
    assert isinstance(letter, DeadLetter)
    assert letter.code == "file_changed"


class Shrinking(LocalStorage):
    """A file that somebody cuts to 300 kB after the first 256 KiB of it have been read."""

    def open(self, uri: str) -> BinaryIO:
        class Cut(io.BufferedReader):
            def read(self, size: int | None = -1, /) -> bytes:
                data = super().read(size)
                if self.tell() > 200_000:
                    os.truncate(uri, 300_000)
                return data

        return Cut(io.FileIO(uri))


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv", "a.warc", "a.mbox"])
def test_a_file_that_shrinks_while_it_is_read_is_not_taken_for_whole(tmp_path: Path, name: str) -> None:
    mail = b"From a@b.c Mon May  4 05:06:07 2026\nFrom: a@b.c\nMessage-ID: <1>\n\nThe ferry sails.\n\n"
    record = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 16\r\n\r\nThe ferry sails.\r\n\r\n"
    content = {
        "a.txt": b"The ferry sails.\n" * 50_000,
        "a.jsonl": b'{"text": "The ferry sails."}\n' * 30_000,
        "a.csv": b"id,text\n" + b"1,The ferry sails\n" * 50_000,
        "a.warc": record * 12_000,
        "a.mbox": mail * 10_000,
    }
    (tmp_path / name).write_bytes(content[name])
    (split,) = plan([str(tmp_path / name)], lambda _: LocalStorage(), CONFIG).splits
    *records, _ = read(split, lambda _: Shrinking(), CONFIG)
    last = records[-1]
    assert isinstance(last, DeadLetter)
    assert last.code == "file_changed"
    assert last.message == f"the file had {len(content[name])} bytes when it was listed, and ended at byte 300000 while it was read"


def test_lines_that_were_added_after_the_listing_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    (split,) = plan([str(path)], lambda _: LocalStorage(), CONFIG).splits
    with path.open("ab") as sink:
        sink.write(LINES)
    assert len(list(read(split, lambda _: LocalStorage(), CONFIG))) == 401


def test_members_of_a_file_are_documents_of_their_own(tmp_path: Path) -> None:
    item = '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x:{}" version="1"><contentSet/></newsItem>'
    head = '<?xml version="1.0"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>'
    records = one_file(tmp_path, "a.xml", (head + item.format(1) + item.format(2) + item.format(1) + "</itemSet></newsMessage>").encode())
    members = [record.origin.member or "" for record in records]
    assert [member.startswith(("urn:x:1", "urn:x:2")) for member in members] == [True] * 3
    assert {record.kind for record in records if isinstance(record, RawDocument)} == {"file"}


def test_nothing_is_lost_of_a_damaged_jsonl(tmp_path: Path) -> None:
    chance = random.Random(20)
    lines = [json.dumps({"id": i, "text": f"story {i} " * 3}).encode() for i in range(2000)]
    for place in chance.sample(range(2000), 60):
        at = chance.randrange(len(lines[place]))
        damage = chance.choice([b"\xff\xfe", b"\x00", b"\r", b'"', b"x" * 2000])
        lines[place] = lines[place][:at] + damage + lines[place][at:]
    records = one_file(tmp_path, "a.jsonl", b"\n".join(lines), InputConfig(split_bytes=4096, max_record_bytes=1500))
    assert len(records) == 2000
    too_long = [record for record in records if isinstance(record, DeadLetter)]
    assert {record.code for record in too_long} == {"record_too_large"}
    assert [record.raw_sha256 for record in records] == [sha256_hex(line) for line in lines]


def test_memory_of_one_endless_line_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as sink:
        sink.write(b'{"text": "')
        for _ in range(24):
            sink.write(b"x" * 2**20)
        sink.write(b'"}\n{"text": "b"}\n')
    (split,) = plan([str(path)], lambda _: LocalStorage(), InputConfig(split_bytes=2**28)).splits
    tracemalloc.start()
    long_line, good, _ = read(split, lambda _: LocalStorage(), InputConfig(max_record_bytes=65_536))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(long_line, DeadLetter)
    assert (long_line.code, long_line.origin.length) == ("record_too_large", 24 * 2**20 + 12)
    assert isinstance(good, RawDocument)
    assert peak < 4 * 2**20


PIECES = [
    b"\n",
    b"\r",
    b" ",
    b"\x0b",
    b"\xef\xbb\xbf",
    b"\x00",
    b"{",
    b'{"a":1}',
    b"[",
    b"PAR1",
    b"\x1f\x8b\x08",
    b"(\xb5/\xfd",
    b"BZh9",
    b"x",
]


@given(st.one_of(st.binary(max_size=100), st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join)))
@settings(max_examples=150)
def test_any_bytes_are_on_record(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    for name in ("a.jsonl", "a.txt.gz", "a.parquet"):
        (record, *_) = one_file(tmp_path_factory.getbasetemp(), name, data)
        assert record.origin.uri == name


def test_reading_is_lazy(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES)
    (split,) = plan([str(tmp_path)], lambda _: LocalStorage(), CONFIG).splits
    records: Iterator[RawDocument | DeadLetter | SplitEnd] = read(split, lambda _: LocalStorage(), CONFIG)
    first = next(records)
    assert isinstance(first, RawDocument)
    assert first.ordinal == 0
