from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import desk
from pipeline.config import Config, from_mapping
from pipeline.provenance import undo
from pipeline.records import Edit, FileSlice, Flag, InputSplit, JudgedDocument, Origin, RawDocument, ShardRef
from pipeline.repetition.columns import DOCUMENT_COLUMNS, unpack_documents, unpack_lines
from pipeline.repetition.counting import RecurringLines, count_lines
from pipeline.restaging import strip_document, strip_shard
from pipeline.rows import STAGED_SCHEMA, document_row, read_repaired, to_batch
from pipeline.sketchfiles import SketchFiles
from pipeline.staging import SplitWriter, shard_path, sketch_path
from pipeline.storage import LocalStorage

STORAGE = LocalStorage()
SETTINGS = {"repetition": {"min_site_documents": 20, "min_documents": 5}}
CONFIG = from_mapping(SETTINGS)


def page(number: int, label: str = "Fnord zabble") -> str:
    places = "Aldon Brevik Corlin Dravec Ebron Falk Gressel Hoven Ildar Jorun".split()  # noqa: SIM905
    sentences = [
        f"The council of {places[(number + n) % 10]} put off vote {number * 7 + n} on its {n}th bridge until after the fair."
        for n in range(4)
    ]
    return "\n\n".join([f"Vote {number} put off", *sentences, label])


def judge(number: int, text: str, config: Config = CONFIG) -> JudgedDocument:
    raw = RawDocument(f"{number:032x}", number, Origin(f"orle/{number}.txt"), text.encode(), "0" * 64)
    return desk.judge(desk.repair(desk.parse(raw, config.input), config.repair), config)


def stage(folder: Path, texts: list[str], config: Config = CONFIG) -> ShardRef:
    split = InputSplit("s1", 0, (FileSlice("x.txt", "x.txt", 10, "1", 0, 10, "file"),))
    writer = SplitWriter(split, str(folder), STORAGE, config, "print")
    for number, text in enumerate(texts):
        writer.add(judge(number, text, config))
    (ref,) = writer.close(len(texts))
    return ref


def count(ref: ShardRef, config: Config = CONFIG) -> RecurringLines:
    files = SketchFiles([ref], lambda _: STORAGE)
    documents = unpack_documents({name: files.column(0, name) for name in DOCUMENT_COLUMNS})
    return RecurringLines([count_lines(documents, [unpack_lines(files.column(0, "line_keys"))], config.repetition)])


def read_sketches(ref: ShardRef) -> pa.Table:
    with pa.ipc.open_file(sketch_path(ref)) as file:
        return file.read_all()


def test_a_row_can_be_read_back_and_written_again() -> None:
    judged = judge(3, "Update\n\nBy Ana Ruiz\n\n" + page(3).replace("council", "coun\u00adcil") + "\n\n© 2024 Orle Post")
    row = to_batch([document_row(judged)], STAGED_SCHEMA).to_pylist()[0]
    again = desk.judge_again(read_repaired(row), row["mt_score"], row["mt_band"], CONFIG)
    assert to_batch([document_row(again)], STAGED_SCHEMA).to_pylist()[0] == row


def test_stripping_equals_a_text_that_never_had_the_line(tmp_path: Path) -> None:
    plain = [page(number, "").strip() for number in range(30)]
    ref = stage(tmp_path / "a", [page(number) for number in range(30)])
    stripped = strip_shard(ref, count(ref), STORAGE, CONFIG)
    expected = stage(tmp_path / "b", plain)
    assert stripped.folder != ref.folder
    assert (stripped.key, stripped.rows, stripped.digest) == (ref.key, ref.rows, ref.digest)
    assert read_sketches(stripped).drop_columns(["raw_key"]).equals(read_sketches(expected).drop_columns(["raw_key"]))
    rows, wanted = (pq.read_table(shard_path(each)).to_pylist() for each in (stripped, expected))
    sources = {"source_text_sha256", "raw_sha256", "byte_length", "edits", "n_edits", "removed_chars"}
    for number, (row, want) in enumerate(zip(rows, wanted, strict=True)):
        assert {name: value for name, value in row.items() if name not in sources} == {n: v for n, v in want.items() if n not in sources}
        assert (row["n_edits"], row["removed_chars"]) == (want["n_edits"] + 1, want["removed_chars"] + len("Fnord zabble") - 1 + 2)
        edits = [Edit(**{name: entry[name] for name in Edit.__slots__} | {"evidence": entry["evidence"] or ""}) for entry in row["edits"]]
        assert undo(row["text"], edits) == page(number)


def test_a_shard_without_recurring_lines_stays_as_it_is(tmp_path: Path) -> None:
    ref = stage(tmp_path, [page(number, "") for number in range(30)])
    assert strip_shard(ref, count(ref), STORAGE, CONFIG) == ref
    assert not list(tmp_path.rglob("stripped-*"))


def test_a_rerun_takes_over_what_was_finished(tmp_path: Path) -> None:
    ref = stage(tmp_path, [page(number) for number in range(30)])
    recurring = count(ref)
    stripped = strip_shard(ref, recurring, STORAGE, CONFIG)
    Path(shard_path(ref)).unlink()
    assert strip_shard(ref, recurring, STORAGE, CONFIG) == stripped


def test_a_folder_without_its_manifest_does_not_count(tmp_path: Path) -> None:
    ref = stage(tmp_path, [page(number) for number in range(30)])
    recurring = count(ref)
    stripped = strip_shard(ref, recurring, STORAGE, CONFIG)
    (manifest,) = Path(stripped.folder).glob("*.json")
    manifest.unlink()
    Path(shard_path(stripped)).write_bytes(b"half a file")
    assert strip_shard(ref, recurring, STORAGE, CONFIG) == stripped
    assert pq.read_table(shard_path(stripped)).num_rows == 30


def test_spans_of_what_was_seen_move_with_the_text() -> None:
    judged = judge(1, page(1))
    row = to_batch([document_row(judged)], STAGED_SCHEMA).to_pylist()[0]
    text = row["text"]
    at, cut = text.index("fair"), text.index("The council")
    row["flags"] = [{name: getattr(Flag("k", at, at + 4, "fair", "likely", "r"), name) for name in Flag.__slots__}]
    row["key_spans"] = [{"start": 0, "end": cut}, {"start": at, "end": at + 4}]
    stripped = strip_document(row, [Edit(0, 4, text[:4], "", "recurring_line", "recurring_lines", 1)], CONFIG).repaired
    assert stripped.text == text[4:]
    assert stripped.text[stripped.flags[0].start : stripped.flags[0].end] == "fair"
    assert stripped.key_spans == ((0, cut - 4 if cut > 4 else 0), (at - 4, at))


def test_a_filter_sees_the_text_that_is_left(tmp_path: Path) -> None:
    config = from_mapping(SETTINGS | {"filter": {"min_words": 68}})
    ref = stage(tmp_path, [page(number, "Fnord zabble zib quux morf kvell tresk ulm") for number in range(30)], config)
    words = pq.read_table(shard_path(ref))["rps_doc_word_count"].to_pylist()
    assert ref.sketch_rows == 30
    assert min(words) >= 68 > max(words) - 8
    stripped = strip_shard(ref, count(ref, config), STORAGE, config)
    rows = pq.read_table(shard_path(stripped)).to_pylist()
    assert {(row["staged_table"], row["filter"]) for row in rows} == {("removed", "empty_text")}
    assert stripped.sketch_rows == 0


@pytest.mark.parametrize("enabled", [True, False])
def test_columns_are_there_only_where_they_are_counted(tmp_path: Path, enabled: bool) -> None:
    ref = stage(tmp_path, [page(1)], from_mapping({"repetition": {"enabled": enabled}}))
    assert ("line_keys" in read_sketches(ref).column_names) == enabled
