from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import desk
from pipeline.committing import Expected, check_books, commit
from pipeline.config import from_mapping
from pipeline.errors import BooksError
from pipeline.publishing import Constants, PartWriter, PublishedShard, publish_shard
from pipeline.records import DeadLetter, Decision, FileSlice, InputSplit, JudgedDocument, Origin, RawDocument, ShardRef
from pipeline.sketchfiles import SketchFiles
from pipeline.staging import SplitWriter, load_split, shard_path
from pipeline.storage import LocalStorage

STORAGE = LocalStorage()
CONFIG = from_mapping({"output": {"shard_documents": 3}})
CONSTANTS = Constants("run", "0", "c", "r")


def make_split(identity: str = "1") -> InputSplit:
    return InputSplit("s1", 0, (FileSlice("x.txt", "x.txt", 10, identity, 0, 10, "file"),))


def make_records(count: int) -> list[JudgedDocument | DeadLetter]:
    records: list[JudgedDocument | DeadLetter] = []
    for ordinal in range(count):
        origin = Origin("x.txt", locator=ordinal)
        if ordinal % 4 == 3:
            records.append(DeadLetter(f"{ordinal:032x}", ordinal, origin, None, "read", "bad_json", "no"))
            continue
        text = f"Title {ordinal}\n\nThe board of Orle met on day {ordinal} and decided that it would meet again.\n"
        raw = RawDocument(f"{ordinal:032x}", ordinal, origin, text.encode(), "0" * 64)
        parsed = desk.parse(raw, CONFIG.input)
        records.append(desk.judge(desk.repair(parsed, CONFIG.repair), CONFIG))
    return records


def stage(folder: Path, records: Sequence[JudgedDocument | DeadLetter]) -> list[ShardRef]:
    writer = SplitWriter(make_split(), str(folder), STORAGE, CONFIG, "print")
    for record in records:
        writer.add(record)
    return writer.close(len(records))


def test_shards_roll_over_and_are_found_again(tmp_path: Path) -> None:
    refs = stage(tmp_path, make_records(8))
    assert [(ref.first, ref.rows, ref.sketch_rows) for ref in refs] == [(0, 3, 3), (3, 3, 2), (6, 2, 1)]
    assert load_split(make_split(), str(tmp_path), STORAGE, "print") == refs


@pytest.mark.parametrize(("split", "fingerprint"), [(make_split("2"), "print"), (make_split(), "other")])
def test_another_input_or_configuration_is_not_taken_for_staged(tmp_path: Path, split: InputSplit, fingerprint: str) -> None:
    stage(tmp_path, make_records(2))
    assert load_split(split, str(tmp_path), STORAGE, fingerprint) is None


def test_a_shard_that_is_gone_makes_the_split_unstaged(tmp_path: Path) -> None:
    refs = stage(tmp_path, make_records(2))
    Path(shard_path(refs[0])).unlink()
    assert load_split(make_split(), str(tmp_path), STORAGE, "print") is None


def test_an_empty_split_still_has_a_shard_so_that_nobody_misses_it(tmp_path: Path) -> None:
    (ref,) = stage(tmp_path, [])
    assert (ref.rows, ref.sketch_rows) == (0, 0)
    assert publish_shard(ref, [], None, str(tmp_path / "out"), STORAGE, CONSTANTS, CONFIG).parts == ()


def test_what_was_skipped_goes_into_the_manifest_on_a_rerun_too(tmp_path: Path) -> None:
    writer = SplitWriter(make_split(), str(tmp_path / "staged"), STORAGE, CONFIG, "print")
    for record in make_records(4):
        writer.add(record)
    refs = writer.close(4, (("hidden_member", 2), ("warc_request", 3)))
    assert load_split(make_split(), str(tmp_path / "staged"), STORAGE, "print") == refs
    shards = [publish_shard(ref, [], None, str(tmp_path / "out"), STORAGE, CONSTANTS, CONFIG) for ref in refs]
    manifest = commit(shards, Expected(1, 1, 10, 7), str(tmp_path / "out"), STORAGE, CONSTANTS, CONFIG)
    assert manifest["input"]["skipped"] == {"hidden_member": 2, "warc_request": 3, "hidden_file": 7}


@pytest.mark.filterwarnings("error")
def test_a_writer_that_is_forgotten_leaves_nothing_and_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    writer = SplitWriter(make_split(), str(tmp_path), STORAGE, CONFIG, "print")
    writer.add(make_records(1)[0])
    part = PartWriter("documents", str(tmp_path), "part.parquet", STORAGE, CONFIG, even_if_empty=True)
    del writer, part
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_lost_record_fails_the_split(tmp_path: Path) -> None:
    writer = SplitWriter(make_split(), str(tmp_path), STORAGE, CONFIG, "print")
    records = make_records(3)
    writer.add(records[0])
    with pytest.raises(BooksError, match="expected record 1, got record 2"):
        writer.add(records[2])
    with pytest.raises(BooksError, match="3 records were read but 1 arrived"):
        writer.close(3)
    writer.abandon()


def test_an_abandoned_shard_leaves_nothing_to_see(tmp_path: Path) -> None:
    writer = SplitWriter(make_split(), str(tmp_path), STORAGE, CONFIG, "print")
    writer.add(make_records(1)[0])
    writer.abandon()
    assert list(tmp_path.iterdir()) == []


def test_rows_of_sketches_come_back_in_the_order_asked_for(tmp_path: Path) -> None:
    files = SketchFiles(stage(tmp_path, make_records(8)), lambda _: STORAGE)
    whole = pa.concat_tables([files.rows(files.nodes(position), ["doc_id", "shingles"]) for position in range(len(files.refs))])
    nodes = whole.column("node").to_numpy()[::-1].copy()
    assert files.rows(nodes, ["doc_id", "shingles"]).to_pylist() == whole.to_pylist()[::-1]
    with pytest.raises(KeyError):
        files.rows(nodes + 3, ["doc_id"])


def test_rows_read_by_position_are_those_of_the_columns(tmp_path: Path) -> None:
    files = SketchFiles(stage(tmp_path, make_records(8)), lambda _: STORAGE)
    names = ["shingles", "words", "info"]
    nodes = np.concatenate([files.nodes(position) for position in range(len(files.refs))])
    columns = {name: [row for position in range(len(files.refs)) for row in files.column(position, name).to_pylist()] for name in names}
    asked = [5, 0, 0, 4, 5, 3]
    found = files.rows(nodes[asked], names)
    assert found.select(names).to_pydict() == {name: [columns[name][row] for row in asked] for name in names}


def decide(node: int, table: str, representative: int) -> Decision:
    return Decision(node, f"{node:032x}", table, f"{0:032x}", 2, f"{representative:032x}", "longest", "near_duplicate", 0.5, 0.6, 0.7)


def test_every_row_goes_to_the_table_that_was_decided(tmp_path: Path) -> None:
    (ref,) = stage(tmp_path / "staged", make_records(3))
    decisions = [decide(0, "documents", 0), decide(1, "duplicates", 0)]
    published = publish_shard(ref, decisions, None, str(tmp_path / "out"), STORAGE, CONSTANTS, CONFIG)
    rows = {part.table: pq.read_table(tmp_path / "out" / part.path).to_pylist() for part in published.parts}
    assert [row["doc_id"] for row in rows["documents"]] == [f"{0:032x}", f"{2:032x}"]
    assert [(row["cluster_size"], row["representative_reason"]) for row in rows["documents"]] == [(2, "longest"), (1, None)]
    assert rows["duplicates"][0]["representative_id"] == f"{0:032x}"
    assert published.counters["books"] == {"documents": 2, "duplicates": 1}
    assert {row["doc_id"] for row in rows["index"]} == {f"{number:032x}" for number in range(3)}


def test_a_decision_about_a_row_that_is_not_there_fails(tmp_path: Path) -> None:
    (ref,) = stage(tmp_path / "staged", make_records(2))
    with pytest.raises(BooksError, match="decisions about rows that it does not hold"):
        publish_shard(ref, [decide(77, "duplicates", 0)], None, str(tmp_path / "out"), STORAGE, CONSTANTS, CONFIG)


def test_a_shard_that_changed_since_it_was_staged_fails(tmp_path: Path) -> None:
    (ref,) = stage(tmp_path / "staged", make_records(2))
    (other,) = stage(tmp_path / "staged", make_records(1))
    changed = ShardRef(ref.folder, ref.split_id, ref.number, ref.first, other.rows, other.sketch_rows, ref.digest)
    with pytest.raises(BooksError, match="not the one that was staged"):
        publish_shard(changed, [], None, str(tmp_path / "out"), STORAGE, CONSTANTS, CONFIG)


def test_commit_writes_every_table_and_the_manifest_last(tmp_path: Path) -> None:
    refs = stage(tmp_path / "staged", make_records(4))
    shards = [publish_shard(ref, [], None, str(tmp_path / "out"), STORAGE, CONSTANTS, CONFIG) for ref in refs]
    manifest = commit(shards, Expected(1, 1, 10), str(tmp_path / "out"), STORAGE, CONSTANTS, CONFIG)
    assert manifest["books"] == {"records": 4, "balanced": True, "documents": 3, "duplicates": 0, "removed": 0, "dead_letters": 1}
    assert {entry["path"].split("/")[0] for entry in manifest["files"] if "/" in entry["path"]} == set(manifest["tables"])
    written = sorted((tmp_path / "out").rglob("*"), key=lambda path: path.stat().st_mtime_ns)
    assert [path for path in written if path.is_file()][-1].name == "run.json"


def shard(number: int, rows: int, key: int | None = None) -> PublishedShard:
    return PublishedShard(number << 32 if key is None else key, f"s{number}", number, rows)


@pytest.mark.parametrize(
    ("shards", "splits", "counts", "ids", "message"),
    [
        ([shard(0, 2)], 2, {"documents": 2}, [b"a", b"b"], "missing are \\[1\\]"),
        ([shard(0, 2), shard(0, 2)], 1, {"documents": 4}, [b"a", b"b", b"c", b"d"], "published were 2 shards"),
        ([shard(0, 2)], 1, {"documents": 1}, [b"a"], "2 records were staged, 1 were counted"),
        ([shard(0, 2)], 1, {"documents": 2}, [b"a", b"a"], "1 of them distinct"),
        ([shard(0, 2)], 1, {"documents": 2}, [b"a", b"b", b"c"], "3 ids stand in the files"),
    ],
)
def test_books_that_do_not_balance_fail_the_run(
    shards: list[PublishedShard], splits: int, counts: dict[str, int], ids: list[bytes], message: str
) -> None:
    import numpy as np

    array = np.frombuffer(b"".join(value.ljust(16, b"\1") for value in ids), dtype=[("high", ">u8"), ("low", ">u8")])
    with pytest.raises(BooksError, match=message):
        check_books(shards, Expected(splits, 1, 1), counts, array)


def test_ids_that_differ_in_their_last_bytes_only_are_two() -> None:
    import numpy as np

    array = np.frombuffer(b"\0" * 16 + b"\0" * 15 + b"\1", dtype=[("high", ">u8"), ("low", ">u8")])
    assert check_books([shard(0, 2)], Expected(1, 1, 1), {"documents": 2}, array)["records"] == 2
