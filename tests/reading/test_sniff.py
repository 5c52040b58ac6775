import bz2
import gzip
import json
import lzma
from pathlib import Path

import pytest
import zstandard

from pipeline.reading.sniff import HEAD_BYTES, detect_compression, detect_container

CASES = json.loads((Path(__file__).parents[1] / "cases" / "container_sniffing.json").read_text(encoding="utf-8"))
LIMIT = 2**20 + 1


def container(data: bytes, name: str, limit: int = LIMIT) -> str:
    return detect_container(lambda size: data[:size], name, limit)


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_container_by_content(case: dict[str, str]) -> None:
    assert container(case["content"].encode(), case["name"]) == case["expect"]


def test_byte_order_mark_is_no_obstacle() -> None:
    assert container(b'\xef\xbb\xbf{"a": 1}\n{"a": 2}\n', "a.txt") == "lines"


@pytest.mark.parametrize("bad", [b"\xff\xfe{}", b"\x00\x00", b'{"a": "\xff"}'])
def test_damaged_bytes_in_a_line_leave_lines(bad: bytes) -> None:
    assert container(bad + b'\n{"a": 1}\n{"a": 2}\n', "a.txt") == "lines"


def test_lines_longer_than_the_first_look() -> None:
    line = json.dumps({"text": "x" * HEAD_BYTES}).encode()
    assert container(line + b"\n" + line, "a.txt") == "lines"
    assert container(line, "a.json") == "file"


def test_first_line_over_the_limit_does_not_cost_the_file() -> None:
    long_line = b'{"text": "' + b"x" * (LIMIT + HEAD_BYTES) + b'"}'
    assert container(long_line + b'\n{"text": "b"}\n', "dump.json") == "lines"


def test_long_first_line_that_is_damaged_leaves_lines_by_name() -> None:
    more = b'\n{"text": "b"}\n'
    assert container(b"\x00" + b"x" * LIMIT + more, "dump.jsonl") == "lines"
    assert container(b"[" + b" " * LIMIT + b"]", "dump.jsonl") == "file"
    assert container(b"x" * LIMIT + more, "dump.txt") == "file"


def test_deep_nesting_is_survived() -> None:
    assert container(b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}\n", "a.txt") == "file"


def test_compression_by_magic() -> None:
    data = b"news " * 100
    frame = zstandard.ZstdCompressor().compress(data)
    heads = [
        gzip.compress(data, mtime=0),
        frame,
        b"\x50\x2a\x4d\x18\x01\x00\x00\x00x" + frame,
        bz2.compress(data),
        bz2.compress(b""),
        lzma.compress(data),
    ]
    assert [detect_compression(head) for head in heads] == ["gzip", "zstd", "zstd", "bzip2", "bzip2", "xz"]


@pytest.mark.parametrize("text", [b"", b"BZh", b"BZhang spoke", b"BZh9 is a level", b"news", b"\xfd7z", b"(\xb5", b"PK\x03\x04"])
def test_what_is_not_compressed(text: bytes) -> None:
    assert detect_compression(text) == "none"
