from pathlib import Path

import tiny_dataset
from tiny_dataset import BROKEN, COPY, KILLED, NOTICE, QUOTER, STORY

from pipeline.report.dataset import open_dataset
from pipeline.report.finding import find_documents, look_up


def ids(folder: Path, query: str) -> list[str]:
    return [match.doc_id for match in find_documents(open_dataset(str(folder)), query)]


def test_an_id_its_beginning_in_any_case_and_a_file_find_one_record(tiny: Path) -> None:
    assert ids(tiny, STORY) == [STORY]
    assert ids(tiny, STORY[:4].upper()) == [STORY]
    assert ids(tiny, "post/nordvik.txt") == [STORY]
    assert ids(tiny, "nordvik.txt") == [STORY]
    assert ids(tiny, "vik.txt") == [STORY]
    assert ids(tiny, "empty.txt") == [BROKEN]


def test_a_path_that_ends_in_the_name_is_found_so_that_a_shell_can_complete_it(tiny: Path) -> None:
    assert ids(tiny, "../archive/post/nordvik.txt") == [STORY]


def test_three_digits_are_no_prefix_and_an_ending_must_be_one(tiny: Path) -> None:
    assert ids(tiny, STORY[:3]) == []
    assert ids(tiny, "nordvik") == []
    assert ids(tiny, "") == []


def test_all_that_match_equally_well_are_listed_in_order_of_file(tiny: Path) -> None:
    assert ids(tiny, "bc44") == [NOTICE]
    assert len(ids(tiny, ".txt")) == 6
    assert ids(tiny, "l.txt") == [NOTICE]
    assert KILLED not in ids(tiny, "kill.txt")


def test_a_whole_name_beats_an_ending(tiny: Path) -> None:
    tiny_dataset.rewrite_part(tiny, "removed/part-00001-000000000.parquet", lambda rows: [rows[0] | {"source_uri": "7.txt"}])
    assert ids(tiny, "7.txt") == [KILLED]
    assert ids(tiny, "daily/7.txt") == [COPY]


def test_a_url_and_the_id_of_the_user_find_the_document(tiny: Path) -> None:
    part = "documents/part-00001-000000000.parquet"
    tiny_dataset.rewrite_part(tiny, part, lambda rows: [rows[0] | {"canonical_url": "https://example.org/a?b=1", "guid": "tag:x,1"}])
    assert ids(tiny, "https://example.org/a?b=1") == [QUOTER]
    assert ids(tiny, "tag:x,1") == [QUOTER]
    assert ids(tiny, "https://example.org/a") == []


def test_records_of_one_file_are_listed_by_place(tiny: Path) -> None:
    part = "removed/part-00000-000000000.parquet"
    change = [{"source_uri": "coast/news.jsonl", "byte_offset": 900}, {"source_uri": "coast/news.jsonl", "byte_offset": 5}]
    tiny_dataset.rewrite_part(tiny, part, lambda rows: [row | new for row, new in zip(rows, change, strict=True)])
    assert [match.byte_offset for match in find_documents(open_dataset(str(tiny)), "news.jsonl")] == [5, 812, 900]


def test_looking_up_tells_title_and_table_and_leaves_unknown_ids_out(tiny: Path) -> None:
    briefs = look_up(open_dataset(str(tiny)), [COPY, NOTICE, "f" * 32])
    assert {doc_id: (brief.table, brief.title) for doc_id, brief in briefs.items()} == {
        COPY: ("duplicates", "Port <b>open</b> & busy"),
        NOTICE: ("removed", None),
    }
    assert look_up(open_dataset(str(tiny)), []) == {}
