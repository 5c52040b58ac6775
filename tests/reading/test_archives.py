import bz2
import gzip
import io
import json
import lzma
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from pipeline.config import InputConfig
from pipeline.planning import plan
from pipeline.reading import decompress, read
from pipeline.records import DeadLetter, RawDocument, SplitEnd
from pipeline.storage import LocalStorage

Record = RawDocument | DeadLetter
CONFIG = InputConfig()
SUFFIXES: dict[str, Callable[[bytes], bytes]] = {
    "a.tar": bytes,
    "a.tar.gz": gzip.compress,
    "a.tgz": gzip.compress,
    "a.tar.zst": zstandard.compress,
    "a.tar.bz2": bz2.compress,
    "a.tar.xz": lzma.compress,
}


def tar(members: dict[str, bytes], style: int = tarfile.PAX_FORMAT) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=style) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return sink.getvalue()


MAKE: dict[str, Callable[[dict[str, bytes]], bytes]] = {"a.tar": tar, "a.zip": zipped}


def records_of(folder: Path, name: str, data: bytes, config: InputConfig = CONFIG) -> list[Record]:
    (folder / name).write_bytes(data)
    found: list[Record] = []
    for split in plan([str(folder / name)], lambda _: LocalStorage(), config).splits:
        *records, end = read(split, lambda _: LocalStorage(), config)
        assert end == SplitEnd(split, len(records), end.skipped)
        found += [record for record in records if not isinstance(record, SplitEnd)]
    assert len({record.doc_id for record in found}) == len(found)
    return found


def codes(records: list[Record]) -> list[str]:
    return [record.code if isinstance(record, DeadLetter) else "" for record in records]


def contents(records: list[Record]) -> dict[str | None, bytes]:
    return {record.origin.member: record.data for record in records if isinstance(record, RawDocument)}


@pytest.mark.parametrize("name", sorted(SUFFIXES))
def test_members_of_a_tar_are_records(tmp_path: Path, name: str) -> None:
    members = {"a.txt": b"Ferry sails.", "./b//c.txt": b"Rain.", "folder/": b"", "long/" * 60 + "d.txt": b"Wind."}
    for style in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT) if name == "a.tar" else (tarfile.PAX_FORMAT,):
        used = {n: d for n, d in members.items() if style != tarfile.USTAR_FORMAT or len(n) < 200}
        records = records_of(tmp_path, name, SUFFIXES[name](tar(used, style)))
        expected = {n.replace("./", "").replace("//", "/"): d for n, d in used.items() if d}
        assert contents(records) == expected
        assert {record.origin.uri for record in records} == {name}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_members_of_a_zip_are_records(tmp_path: Path, method: int) -> None:
    members = {"a.txt": b"Ferry sails. " * 99, "b/c.txt": b"Rain.", "folder/": b"", "fähre.txt": b"Wind."}
    records = records_of(tmp_path, "a.zip", zipped(members, method))
    assert contents(records) == {name: data for name, data in members.items() if data}
    assert records[0].origin.locator == 0
    assert contents(records_of(tmp_path, "a.dat", gzip.compress(zipped(members, method)))) == contents(records)


@pytest.mark.parametrize("name", sorted(MAKE))
def test_a_member_that_holds_many_records_is_expanded(tmp_path: Path, name: str) -> None:
    table = io.BytesIO()
    parquet.write_table(pa.table({"text": ["a", "b"]}), table)
    item = "<item><title>Story {0}</title><guid>@{0}</guid><description>The ferry sails.</description></item>"
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{item.format(1)}{item.format(2)}</channel></rss>'
    lines = b'{"text": "a"}\n{"text": "b"}\n'
    data = {"in.jsonl": lines, "in.jsonl.gz": gzip.compress(lines), "in.parquet": table.getvalue(), "in.xml": feed.encode(), "in.txt": b"x"}
    records = records_of(tmp_path, name, MAKE[name](data))
    places = [(record.origin.member, record.origin.locator) for record in records]
    assert places[:6] == [(member, n) for member, first in (("in.jsonl", 14), ("in.jsonl.gz", 14), ("in.parquet", 1)) for n in (0, first)]
    assert [place[0] for place in places[6:]] == ["in.xml//@@1", "in.xml//@@2", "in.txt"]
    assert places[6][1] == places[7][1] > 0
    assert not any(codes(records))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", sorted(MAKE))
def test_equal_names_have_ids_of_their_own(tmp_path: Path, name: str) -> None:
    if name == "a.zip":
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as archive:
            for data in ("Rain.", "Rain.", '{"text": "a"}\n{"text": "b"}\n', '{"text": "a"}\n{"text": "b"}\n'):
                archive.writestr("a.txt", data)
        data = sink.getvalue()
    else:
        data = b"".join(
            tar({"a.txt": text}) for text in (b"Rain.", b"Rain.", b'{"text": "a"}\n{"text": "b"}\n', b'{"text": "a"}\n{"text": "b"}\n')
        )
    records = records_of(tmp_path, name, data)
    assert len(records) == 6
    assert records[0].origin.member == "a.txt"
    assert records[1].origin.member == f"a.txt//@{records[1].origin.locator}"


UNSAFE = ["../a.txt", "b/../../a.txt", "/etc/a.txt", "C:\\a.txt", "c:a.txt", "\\\\host\\a.txt", "b\\..\\a.txt", ".."]


@pytest.mark.parametrize("name", sorted(MAKE))
def test_names_that_lead_away_are_refused(tmp_path: Path, name: str) -> None:
    records = records_of(tmp_path, name, MAKE[name]({"good.txt": b"Rain."} | dict.fromkeys(UNSAFE, b"Wind.") | {"last..txt": b"Sun."}))
    assert codes(records) == ["", *["unsafe_name"] * len(UNSAFE), ""]


def test_a_name_with_nul_is_refused(tmp_path: Path) -> None:
    data = zipped({"good.txt": b"Rain.", "badX.txt": b"Wind."}).replace(b"badX", b"bad\0")
    assert codes(records_of(tmp_path, "a.zip", data)) == ["", "unsafe_name"]


@pytest.mark.parametrize("name", sorted(MAKE))
def test_archives_within_archives_are_refused(tmp_path: Path, name: str) -> None:
    inner = {"x.txt": b"Rain."}
    nested = {"1.zip": zipped(inner), "2.tar": tar(inner), "3.txt": gzip.compress(tar(inner)), "4.tgz": gzip.compress(tar(inner))}
    records = records_of(
        tmp_path, name, MAKE[name]({"a.txt": b"Sun."} | nested | {"5.7z": b"7z\xbc\xaf\x27\x1c" + bytes(99), "z.txt": b"Wind."})
    )
    assert codes(records) == ["", *["nested_archive"] * 5, ""]


def test_links_devices_and_hidden_members(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, kind in (
            ("l", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("d", tarfile.CHRTYPE),
            ("p", tarfile.FIFOTYPE),
            ("f", tarfile.DIRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        for name in ("a.txt", ".hidden", "__MACOSX/._a.txt"):
            info = tarfile.TarInfo(name)
            info.size = 5
            archive.addfile(info, io.BytesIO(b"Rain."))
    assert codes(records_of(tmp_path, "a.tar", sink.getvalue())) == ["not_a_file"] * 4 + [""]
    assert len(records_of(tmp_path, "a.tar", sink.getvalue(), InputConfig(skip_hidden=False))) == 7
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as files:
        files.writestr(info, "/etc/passwd")
        files.writestr("a.txt", "Rain.")
    assert codes(records_of(tmp_path, "a.zip", sink.getvalue())) == ["not_a_file", ""]


def test_encrypted_members_and_unknown_methods(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"Rain.", "b.txt": b"Wind.", "c.txt": b"Sun."}))
    first = data.find(b"PK\x01\x02")
    data[first + 8] |= 1
    second = data.find(b"PK\x01\x02", first + 4)
    data[second + 10 : second + 12] = struct.pack("<H", 9)
    assert codes(records_of(tmp_path, "a.zip", bytes(data))) == ["encrypted_member", "unsupported_encoding", ""]


def test_bombs_and_long_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompress, "FREE_EXPANSION_BYTES", 300_000)
    members = {
        "a.txt": b"Rain.",
        "bomb.txt": b"\n" * 500_000,
        "long.txt": random.Random(1).randbytes(5000).hex().encode(),
        "z.txt": b"Sun.",
    }
    records = records_of(tmp_path, "a.zip", zipped(members), InputConfig(max_record_bytes=1024, max_expansion=20))
    assert codes(records) == ["", "expansion_limit", "record_too_large", ""]
    many = {f"{n}.txt": b"\n" * 200_000 for n in range(4)}
    assert codes(records_of(tmp_path, "a.zip", zipped(many), InputConfig(max_expansion=20))) == [
        "",
        "expansion_limit",
        "expansion_limit",
        "expansion_limit",
    ]
    data = tar({"a.txt": b"Rain.", "lines.jsonl": b'{"text": "a"}\n' * 200, "long.txt": b"x" * 2000, "z.txt": b"Sun."})
    assert codes(records_of(tmp_path, "a.tar", data, InputConfig(max_record_bytes=1024))) == [""] * 201 + ["record_too_large", ""]


def test_office_files_and_empty_archives(tmp_path: Path) -> None:
    assert codes(records_of(tmp_path, "a.docx", zipped({"_rels/.rels": b"<x/>", "word/document.xml": b"<w/>"}))) == ["not_text_data"]
    assert codes(records_of(tmp_path, "a.zip", zipped({}))) == ["empty_file"]
    assert codes(records_of(tmp_path, "b.zip", zipped({"folder/": b""}))) == ["empty_file"]
    assert codes(records_of(tmp_path, "a.tar", tar({"folder/": b""}))) == ["empty_file"]
    assert codes(records_of(tmp_path, "c.zip", zipped({"a.txt": b""}))) == ["empty_file"]


STORIES = {f"{n}.txt": random.Random(n).randbytes(300).hex().encode() for n in range(10)}


def damaged(data: bytes, at: int, chance: random.Random) -> bytes:
    broken = bytearray(data)
    broken[at] ^= chance.randrange(1, 256)
    return bytes(broken)


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_whichever_byte_is_damaged_the_other_members_survive(tmp_path: Path, name: str) -> None:
    data = MAKE[name](STORIES)
    chance = random.Random(name)
    for _ in range(150):
        at = chance.randrange(len(data))
        records = records_of(tmp_path, name, damaged(data, at, chance))
        intact = [text for text in STORIES.values() if text in contents(records).values()]
        assert len(intact) >= 9, at
        assert len(records) in (10, 11)  # one more where a region is damaged that belongs to no member


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_cut_archives_keep_what_came_before(tmp_path: Path, name: str) -> None:
    data = MAKE[name](STORIES)
    for cut in (len(data) // 3, len(data) // 2, len(data) * 2 // 3):
        records = records_of(tmp_path, name, data[:cut])
        assert len(contents(records)) >= 2
        assert set(codes(records)) == {"", f"truncated_{name[2:]}"}
        assert set(contents(records).values()) <= set(STORIES.values())


def test_tar_goes_on_behind_inserted_bytes_and_damaged_gzip_members(tmp_path: Path) -> None:
    parts = [gzip.compress(tar({name: text})[:-1024][:2048], mtime=0) for name, text in STORIES.items()]
    broken = bytearray(parts[4])
    broken[60] ^= 0xFF
    records = records_of(tmp_path, "a.tar.gz", b"".join([*parts[:4], bytes(broken), *parts[5:]]))
    assert len(contents(records)) == 9
    data = tar(STORIES)
    at = data.find(STORIES["3.txt"]) + 20
    assert len(contents(records_of(tmp_path, "a.tar", data[:at] + b"abc" + data[at:]))) >= 9


def test_a_compression_that_breaks_between_two_members_is_one_dead_letter(tmp_path: Path) -> None:
    data = lzma.compress(tar({"a.txt": b"Rain.", "b.txt": b"Wind."}))
    for cut in range(60, len(data)):
        records = records_of(tmp_path, "a.tar.xz", data[:cut])
        assert codes(records).count("truncated_xz") == 1


@given(
    st.one_of(st.binary(max_size=900), st.tuples(st.integers(0, 3000), st.binary(max_size=30))),
    st.sampled_from(["a.zip", "a.tar", "a.tar.gz"]),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_on_record(tmp_path_factory: pytest.TempPathFactory, noise: bytes | tuple[int, bytes], name: str) -> None:
    if isinstance(noise, tuple):
        made = MAKE[name.removesuffix(".gz")]({"a.txt": b"Rain.", "b.jsonl": json.dumps({"text": "a"}).encode()})
        at = noise[0] % len(made)
        noise = made[:at] + noise[1] + made[at + len(noise[1]) :]
    records = records_of(tmp_path_factory.getbasetemp(), name, gzip.compress(noise) if name.endswith(".gz") else noise)
    assert records


def test_a_zip_that_was_written_as_a_stream_and_lost_its_directory(tmp_path: Path) -> None:
    class Sink(io.RawIOBase):
        def __init__(self) -> None:
            self.parts: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.parts.append(bytes(data))  # type: ignore[call-overload]
            return len(self.parts[-1])

    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        sink = Sink()
        with zipfile.ZipFile(sink, "w", method) as archive:
            for name, text in STORIES.items():
                archive.writestr(name, text)
        data = b"".join(sink.parts)
        assert contents(records_of(tmp_path, "a.zip", data)) == STORIES
        records = records_of(tmp_path, "a.zip", data[: data.find(b"PK\x01\x02")])
        assert contents(records) == STORIES
        assert codes(records)[-1] == "truncated_zip"


@pytest.mark.parametrize("place", [0, 40, 2000])
def test_bytes_put_into_a_zip_move_only_what_is_behind_them(tmp_path: Path, place: int) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"{number}.txt", random.Random(number).randbytes(50).hex())
    data = sink.getvalue()
    records = records_of(tmp_path, "a.zip", data[:place] + b"\x07" * 100 + data[place:])
    lost = [record for record in records if isinstance(record, DeadLetter)]
    assert len(records) - len(lost) >= 39
    assert len({record.doc_id for record in records}) == len(records)
