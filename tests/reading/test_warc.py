import base64
import gzip
import hashlib
import json
import random
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import desk
from pipeline.config import InputConfig, RepairConfig
from pipeline.parsers import parse
from pipeline.planning import plan
from pipeline.reading import read
from pipeline.records import DeadLetter, RawDocument, SplitEnd
from pipeline.storage import LocalStorage

Record = RawDocument | DeadLetter
CONFIG = InputConfig()
PAGE = b"<!doctype html><html><body><p>The harbour ferry sails again, the company said on Monday.</p></body></html>"


def warc(kind: str, block: bytes, number: int = 0, media_type: str = "application/http; msgtype=response", **fields: str) -> bytes:
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{number:08}>",
        "WARC-Date": "2024-03-04T05:06:07Z",
        "WARC-Target-URI": f"https://example.org/{number}",
        "Content-Type": media_type,
        "Content-Length": str(len(block)),
    }
    lines |= {name.replace("_", "-"): value for name, value in fields.items()}
    return b"WARC/1.0\r\n" + "".join(f"{n}: {v}\r\n" for n, v in lines.items()).encode() + b"\r\n" + block + b"\r\n\r\n"


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    lines = {"Content-Type": "text/html; charset=ISO-8859-1"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return f"HTTP/1.1 {status}\r\n".encode() + "".join(f"{n}: {v}\r\n" for n, v in lines.items()).encode() + b"\r\n" + body


def story(number: int) -> bytes:
    return warc(
        "response", http(PAGE.replace(b"Monday", f"day {number}".encode()), X_Pad=f"{random.Random(number).getrandbits(200):x}"), number
    )


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


def members(records: list[Record]) -> list[str | None]:
    return [record.origin.member for record in records]


def packed(records: list[bytes], kind: str) -> bytes:
    if kind == "zstd":
        return b"".join(zstandard.ZstdCompressor(write_checksum=True).compress(record) for record in records)
    return b"".join(gzip.compress(record, mtime=0) for record in records) if kind == "gzip" else b"".join(records)


KINDS = {"none": "a.warc", "gzip": "a.warc.gz", "zstd": "a.warc.zst"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_response_is_a_document_with_all_that_is_known_of_it(tmp_path: Path, kind: str) -> None:
    parts = [
        warc("warcinfo", b"software: x\r\n", 1, "application/warc-fields"),
        warc("request", b"GET / HTTP/1.1\r\n\r\n", 2),
        story(3),
        story(4),
    ]
    data = packed(parts, kind)
    one, two = records_of(tmp_path, KINDS[kind], data)
    assert isinstance(one, RawDocument)
    assert one.data == PAGE.replace(b"Monday", b"day 3")
    origin = one.origin
    assert (origin.member, origin.media_type, origin.charset) == ("urn:uuid:00000003", "text/html", "iso-8859-1")
    assert (origin.retrieved_at, origin.url) == ("2024-03-04T05:06:07Z", "https://example.org/3")
    assert one.kind == "file"
    # The place is where to seek: in the file for a plain one, the member's for a compressed one.
    assert two.origin.locator == len(packed(parts[:3], kind))
    parsed = parse(one, CONFIG)
    assert (parsed.metadata.canonical_url, parsed.format) == ("https://example.org/3", "html")


def test_records_that_are_no_documents_are_counted_by_their_kind(tmp_path: Path) -> None:
    parts = [warc("warcinfo", b"software: x\r\n", 1), warc("request", b"GET /", 2), story(3), warc("request", b"GET /", 4)]
    parts += [warc("response", b"x", 5, "text/dns"), warc("metadata", b"m" * 20_000_000, 6)]
    (tmp_path / "a.warc").write_bytes(b"".join(parts))
    (split,) = plan([str(tmp_path / "a.warc")], lambda _: LocalStorage(), CONFIG).splits
    *_, end = read(split, lambda _: LocalStorage(), CONFIG)
    assert isinstance(end, SplitEnd)
    assert end.records == 1
    assert dict(end.skipped) == {"warc_warcinfo": 1, "warc_request": 2, "warc_metadata": 1, "warc_lookup": 1}


def digest(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


@pytest.mark.parametrize(
    ("block_digest", "payload_digest", "code"),
    [
        (digest(http(PAGE)), None, ""),
        ("sha256:" + hashlib.sha256(http(PAGE)).hexdigest(), None, ""),
        (digest(b"other"), None, "corrupt_warc"),
        (digest(b"other"), digest(b"other"), "corrupt_warc"),
        (digest(b"other"), digest(PAGE), ""),  # only the headers were rewritten
        (None, digest(b"other"), ""),  # with chunks or without, decoded or not: writers differ
        ("sha1:AAAA", None, ""),
        ("crc32:00", None, ""),
    ],
)
def test_a_record_that_is_not_what_its_digest_says_is_lost(
    tmp_path: Path, block_digest: str | None, payload_digest: str | None, code: str
) -> None:
    stated = {"WARC_Block_Digest": block_digest, "WARC_Payload_Digest": payload_digest}
    fields = {name: value for name, value in stated.items() if value}
    data = warc("response", http(PAGE), 1, **fields) + story(2)
    assert codes(records_of(tmp_path, "a.warc", data)) == [code, ""]


def test_a_record_that_the_crawler_cut_is_flagged(tmp_path: Path) -> None:
    cut, whole = records_of(tmp_path, "a.warc", warc("response", http(PAGE), 1, WARC_Truncated="length") + story(2))
    assert (cut.origin.truncated, whole.origin.truncated) == ("length", None)
    assert isinstance(cut, RawDocument)
    flags = desk.repair(parse(cut, CONFIG), RepairConfig()).flags
    assert [(flag.kind, flag.fragment, flag.rule) for flag in flags] == [("truncated", "length", "origin")]


def test_a_file_that_is_compressed_as_one_counts_in_its_content(tmp_path: Path) -> None:
    records = records_of(tmp_path, "a.warc.gz", gzip.compress(story(1) + story(2)))
    assert [record.origin.locator for record in records] == [0, len(story(1))]


def test_wet_and_resource_records(tmp_path: Path) -> None:
    text = "Fähre fährt wieder.".encode()
    data = (
        warc("conversion", text, 1, "text/plain")
        + warc("resource", PAGE, 2, "text/html; charset=utf-8")
        + warc("response", b"x", 3, "text/dns")
    )
    one, two = records_of(tmp_path, "a.wet", data)
    assert isinstance(one, RawDocument)
    assert (one.data, one.origin.media_type, one.origin.charset) == (text, "text/plain", None)
    assert two.origin.charset == "utf-8"


def test_a_wrong_name_does_not_matter(tmp_path: Path) -> None:
    assert len(records_of(tmp_path, "a.jsonl", packed([story(1), story(2)], "gzip"))) == 2
    (page,) = records_of(tmp_path, "b.warc", PAGE)
    assert isinstance(page, RawDocument)


CHUNKED = b"%x;note=1\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (40, PAGE[:40], len(PAGE) - 40, PAGE[40:])
RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (CHUNKED, {"Transfer_Encoding": "chunked"}),
        (gzip.compress(PAGE, mtime=0), {"Content_Encoding": "gzip"}),
        (zlib.compress(PAGE), {"Content_Encoding": "deflate"}),
        (RAW_DEFLATE.compress(PAGE) + RAW_DEFLATE.flush(), {"Content_Encoding": "deflate"}),
        (brotli.compress(PAGE), {"Content_Encoding": "br"}),
        (zstandard.compress(PAGE), {"Content_Encoding": "zstd"}),
        (gzip.compress(brotli.compress(PAGE), mtime=0), {"Content_Encoding": "br, gzip"}),
        (PAGE, {"Content_Encoding": "gzip", "Transfer_Encoding": "chunked"}),  # decoded by the crawler, the headers left
        (PAGE, {"Content_Encoding": "br"}),
        (PAGE, {"Content_Encoding": "identity"}),
    ],
)
def test_bodies_are_decoded(tmp_path: Path, body: bytes, headers: dict[str, str]) -> None:
    (record,) = records_of(tmp_path, "a.warc", warc("response", http(body, **headers)))
    assert isinstance(record, RawDocument)
    assert record.data == PAGE


@pytest.mark.parametrize(
    ("block", "code"),
    [
        (http(PAGE, "404 Not Found"), "http_status"),
        (http(b"", "301 Moved"), "http_status"),
        (http(b""), "empty_file"),
        (http(b"\x01\x02\x03", Content_Encoding="compress"), "unsupported_encoding"),
        (http(gzip.compress(PAGE, mtime=0)[:-20], Content_Encoding="gzip"), "corrupt_body"),
        (http(brotli.compress(PAGE)[:-9], Content_Encoding="br"), "corrupt_body"),
        (http(zstandard.compress(PAGE)[:-9], Content_Encoding="zstd"), "corrupt_body"),
        (http(CHUNKED[:-60], Transfer_Encoding="chunked"), "corrupt_body"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html", "bad_http"),
        (b"XTTP/1.1 200 OK\r\n\r\n" + PAGE, "bad_http"),
        (http(gzip.compress(b"x" * 3_000_000), Content_Encoding="gzip"), "record_too_large"),
        (http(brotli.compress(b"x" * 3_000_000), Content_Encoding="br"), "record_too_large"),
        (http(zstandard.compress(b"x" * 3_000_000), Content_Encoding="zstd"), "record_too_large"),
        (http(b"x" * 2_000_000), "record_too_large"),
        (http(b"x" * 1_000_001), "record_too_large"),
    ],
)
def test_a_record_that_cannot_be_had_costs_itself(tmp_path: Path, block: bytes, code: str) -> None:
    data = story(1) + warc("response", block, 2) + story(3)
    records = records_of(tmp_path, "a.warc", data, InputConfig(max_record_bytes=1_000_000))
    assert codes(records) == ["", code, ""]
    assert members(records) == [f"urn:uuid:0000000{n}" for n in (1, 2, 3)]


def test_a_feed_in_a_record_is_taken_apart(tmp_path: Path) -> None:
    item = "<item><title>Story {0}</title><guid>urn:x:{0}</guid><description>The ferry sails.</description></item>"
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{item.format(1)}{item.format(2)}</channel></rss>'
    records = records_of(tmp_path, "a.warc", warc("response", http(feed.encode(), Content_Type="application/rss+xml")))
    assert members(records) == ["urn:uuid:00000000//urn:x:1", "urn:uuid:00000000//urn:x:2"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", ["flip", "zero", "cut", "insert", "remove"])
def test_whichever_bytes_are_damaged_the_others_survive(tmp_path: Path, kind: str, change: str) -> None:
    """Ten records, of which one is damaged anywhere: nine documents, and the tenth is a document or a dead letter."""
    parts = [packed([story(n)], kind) for n in range(10)]
    chance = random.Random(f"{kind} {change}")
    for _ in range(25):
        victim = chance.randrange(10)
        data = bytearray(parts[victim])
        at = chance.randrange(len(data))
        if change == "flip":
            data[at] ^= chance.randrange(1, 256)
        elif change == "zero":
            data[at : at + 40] = b"\0" * len(data[at : at + 40])
        elif change == "cut":
            del data[at:]
        elif change == "insert":
            data[at:at] = chance.randbytes(30)
        else:
            del data[at : at + 30]
        records = records_of(tmp_path, KINDS[kind], b"".join([*parts[:victim], bytes(data), *parts[victim + 1 :]]))
        good = {record.origin.member: record for record in records if isinstance(record, RawDocument)}
        intact = [f"urn:uuid:{n:08}" for n in range(10) if n != victim]
        if change == "flip":
            assert len(records) == 10
        else:
            assert len(records) in (9, 10)  # nothing is left of a record of which nothing is left
        assert [member for member in intact if member in good] == intact
        assert all(good[f"urn:uuid:{n:08}"].data == PAGE.replace(b"Monday", f"day {n}".encode()) for n in range(10) if n != victim)


def test_a_wrong_length_costs_one_record(tmp_path: Path) -> None:
    for length in ("3", "400", "900000", "90000000000", "-1", "x", ""):
        data = story(1) + warc("response", http(PAGE), 2, Content_Length=length) + story(3) + story(4)
        records = records_of(tmp_path, "a.warc", data)
        assert [member for member in members(records) if member != "urn:uuid:00000002" and member] == [
            f"urn:uuid:0000000{n}" for n in (1, 3, 4)
        ]
        assert len(records) == 4
        assert set(codes(records)) <= {"", "corrupt_warc", "truncated_warc"}


def test_a_dictionary_of_zstandard(tmp_path: Path) -> None:
    known = zstandard.ZstdCompressionDict(b"".join(story(n) for n in range(50, 60)), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    frames = b"".join(zstandard.ZstdCompressor(dict_data=known).compress(story(n)) for n in range(3))
    for content in (known.as_bytes(), zstandard.compress(known.as_bytes())):
        frame = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
        assert codes(records_of(tmp_path, "a.warc.zst", frame + frames)) == ["", "", ""]
    assert set(codes(records_of(tmp_path, "a.warc.zst", frame[:-9]))) == {"truncated_zstd"}


def test_equal_records_have_ids_of_their_own(tmp_path: Path) -> None:
    for kind, name in KINDS.items():
        assert len(records_of(tmp_path, name, packed([story(1)] * 3, kind))) == 3


def test_jsonl_in_members_goes_on_behind_a_damaged_one(tmp_path: Path) -> None:
    def lines(first: int) -> bytes:
        return b"".join(
            json.dumps({"id": n, "text": f"{random.Random(n).getrandbits(300):x}"}).encode() + b"\n" for n in range(first, first + 50)
        )

    parts = [gzip.compress(lines(first), mtime=0) for first in (0, 50, 100)]
    chance = random.Random(5)
    for victim in (0, 1, 2):
        for _ in range(10):
            broken = bytearray(parts[victim])
            broken[chance.randrange(len(broken))] ^= 0x41
            records = records_of(tmp_path, "a.jsonl.gz", b"".join([*parts[:victim], bytes(broken), *parts[victim + 1 :]]))
            found = {record.data for record in records if isinstance(record, RawDocument)}
            intact = {line for n in range(3) if n != victim for line in lines(50 * n).splitlines()}
            assert intact <= found
            assert len(codes(records)) - codes(records).count("") <= 1


def test_a_document_that_is_damaged_is_not_taken_from_its_middle(tmp_path: Path) -> None:
    first = bytearray(gzip.compress(b"The ferry "))
    first[10] ^= 0xFF
    assert codes(records_of(tmp_path, "a.txt.gz", bytes(first) + gzip.compress(b"sails again."))) == ["corrupt_gzip"]


PIECES = [
    b"WARC/1.0\r\n",
    b"WARC-Type: response\r\n",
    b"Content-Length: 9\r\n",
    b"Content-Length: 99999999999\r\n",
    b"\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"x" * 9,
    b"\0",
]


@given(
    st.one_of(st.binary(max_size=80), st.lists(st.one_of(st.sampled_from(PIECES), st.just(story(1))), max_size=10).map(b"".join)),
    st.sampled_from(sorted(KINDS)),
)
@settings(max_examples=120, deadline=None)
def test_any_bytes_are_on_record(tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: str) -> None:
    records = records_of(tmp_path_factory.getbasetemp(), KINDS[kind], packed([data], kind))
    assert all(isinstance(record, (RawDocument, DeadLetter)) for record in records)
    assert records or (b"WARC-Type" not in data and data.strip(b"\r\n") == b"")


def test_beginnings_of_records_without_end_cost_little(tmp_path: Path) -> None:
    records = records_of(tmp_path, "a.warc", b"WARC/1.0\r\n" * 40_000 + story(1))
    assert codes(records)[-1] == ""
    assert len(records) == 2
