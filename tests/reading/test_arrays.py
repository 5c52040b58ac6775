import gzip
import json
import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import InputConfig
from pipeline.parsers import parse
from pipeline.planning import plan
from pipeline.reading import read
from pipeline.records import DeadLetter, RawDocument, SplitEnd
from pipeline.storage import LocalStorage

CONFIG = InputConfig(max_record_bytes=50_000)


def records_of(path: Path, data: bytes, config: InputConfig = CONFIG) -> list[RawDocument | DeadLetter]:
    path.write_bytes(data)
    (split,) = plan([str(path)], lambda _: LocalStorage(), config).splits
    records = [record for record in read(split, lambda _: LocalStorage(), config) if not isinstance(record, SplitEnd)]
    assert len({record.doc_id for record in records}) == len(records)
    return [record for record in records if isinstance(record, RawDocument | DeadLetter)]


def stories(count: int) -> list[dict[str, Any]]:
    return [
        {"id": f"x{n}", "text": f"The Fähre {n} sails. " * random.Random(n).randrange(1, 60), "pictures": [{"id": "p"}, {"id": "q"}]}
        for n in range(count)
    ]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("packed", [False, True])
def test_elements_of_a_long_array_are_records_at_their_place(tmp_path: Path, indent: int | None, packed: bool) -> None:
    rows = stories(400)
    data = b"\xef\xbb\xbf" + json.dumps(rows, indent=indent, ensure_ascii=False).encode()
    records = records_of(tmp_path / "a.json", gzip.compress(data) if packed else data)
    assert [json.loads(record.data) for record in records if isinstance(record, RawDocument)] == rows
    for record in records[:: len(records) // 7]:
        assert isinstance(record, RawDocument)
        assert data[record.origin.locator :].startswith(record.data)
    assert parse(records[0], CONFIG).source_text == rows[0]["text"]  # type: ignore[arg-type]


def test_a_short_array_is_taken_apart_by_its_parser(tmp_path: Path) -> None:
    records = records_of(tmp_path / "a.json", json.dumps(stories(3)).encode())
    assert [record.origin.member for record in records] == ["x0", "x1", "x2"]


DAMAGES = [
    (b'"x200"', b'"x2\x00'),
    (b'"x200"', b"\xff\xfe}{["),
    (b'{"id": "x200"', b""),
    (b'"x200", "text"', b'"x200", "text" oops'),
]


@pytest.mark.parametrize(("old", "new"), DAMAGES)
def test_a_damaged_element_costs_itself(tmp_path: Path, old: bytes, new: bytes) -> None:
    rows = stories(400)
    data = json.dumps(rows, ensure_ascii=False).encode().replace(old, new)
    found = [record.data for record in records_of(tmp_path / "a.json", data) if isinstance(record, RawDocument)]
    whole = [json.dumps(row, ensure_ascii=False).encode() for row in rows]
    assert len(set(whole) & set(found)) >= 398
    assert len(found) in (399, 400)


def test_an_element_over_the_limit_is_one_dead_letter(tmp_path: Path) -> None:
    rows = stories(200)
    rows[100]["text"] = "long " * 100_000
    records = records_of(tmp_path / "a.json", json.dumps(rows).encode())
    letters = [record for record in records if isinstance(record, DeadLetter)]
    assert [letter.code for letter in letters] == ["record_too_large"]
    assert len(records) == 200


@pytest.mark.parametrize("tail", [b"", b', {"id": "x", "text": "cut', b", 17, null, [1]]", b"] trailing words", b'{"' * 40_000])
def test_whatever_comes_at_the_end_is_on_record(tmp_path: Path, tail: bytes) -> None:
    data = json.dumps(stories(200)).encode()[:-1] + tail
    found = [record.data for record in records_of(tmp_path / "a.json", data) if isinstance(record, RawDocument)]
    assert len(found) >= 200
    assert json.loads(found[199])["id"] == "x199"


def test_a_cut_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps(stories(2000)).encode())
    records = records_of(tmp_path / "a.json.gz", packed[: len(packed) // 2])
    last = records[-1]
    assert isinstance(last, DeadLetter)
    assert last.code == "truncated_gzip"
    assert len(records) > 500


def test_memory_is_bounded(tmp_path: Path) -> None:
    row = json.dumps({"id": "x", "text": "The ferry sails. " * 50}).encode()
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + b",\n".join([row] * 20_000) + b"]")
    (split,) = plan([str(path)], lambda _: LocalStorage(), CONFIG).splits
    tracemalloc.start()
    count = sum(1 for _ in read(split, lambda _: LocalStorage(), CONFIG))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_001
    assert peak < 8_000_000
