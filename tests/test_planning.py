import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import BinaryIO

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from pipeline.config import InputConfig
from pipeline.errors import ConfigError
from pipeline.planning import MAX_SPLIT_FILES, Plan, plan
from pipeline.storage import FileInfo, LocalStorage, glob_regex

CONFIG = InputConfig()
SMALL = InputConfig(split_bytes=4096)


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


def planned(*inputs: Path | str, config: InputConfig = CONFIG, exclude: tuple[str, ...] = ()) -> Plan:
    return plan([str(given) for given in inputs], lambda _: LocalStorage(), config, exclude)


def names(result: Plan) -> list[str]:
    return [piece.name for split in result.splits for piece in split.slices]


class Listing(LocalStorage):
    """Lists files that do not exist; none may be opened."""

    def __init__(self, files: dict[str, int], *, backwards: bool = False) -> None:
        object.__setattr__(self, "_files", (sorted(files.items(), reverse=backwards)))

    def list_files(self, root: str) -> Iterator[FileInfo]:
        root = root.rstrip("/")
        for uri, size in self._files:  # type: ignore[attr-defined]
            if uri == root or uri.startswith(root + "/"):
                yield FileInfo(uri, size, "id", uri)

    def glob(self, pattern: str) -> Iterator[FileInfo]:
        return (FileInfo(uri, size, "id", uri) for uri, size in self._files if glob_regex(pattern).fullmatch(uri))  # type: ignore[attr-defined]

    def exists(self, uri: str) -> bool:
        return any(True for _ in self.list_files(uri))

    def open(self, uri: str) -> BinaryIO:
        raise AssertionError(f"{uri} was opened")


def test_names_are_relative_to_the_input_root(tmp_path: Path) -> None:
    make(tmp_path, "in/a.txt", "in/sub/b.txt", "solo/c.txt", "glob/x/d.txt")
    result = planned(tmp_path / "in", tmp_path / "solo" / "c.txt", f"{tmp_path}/glob/**/*.txt")
    assert names(result) == ["a.txt", "c.txt", "sub/b.txt", "x/d.txt"]
    assert (result.files, result.bytes) == (4, 8 + 12 + 10 + 12)


def test_equal_names_take_parent_folders_until_they_differ(tmp_path: Path) -> None:
    make(tmp_path, "a/x/n.txt", "b/x/n.txt", "b/x/m.txt")
    assert names(planned(tmp_path / "a" / "x", tmp_path / "b" / "x")) == ["a/x/n.txt", "b/x/n.txt", "m.txt"]


def test_longer_name_may_collide_in_its_turn(tmp_path: Path) -> None:
    make(tmp_path, "1/x/n.txt", "2/n.txt", "3/in/x/n.txt")
    found = names(planned(tmp_path / "1" / "x" / "n.txt", tmp_path / "2" / "n.txt", tmp_path / "3" / "in"))
    assert found == ["1/x/n.txt", "2/n.txt", "in/x/n.txt"]


def test_file_reached_twice_is_taken_once_under_its_longest_name(tmp_path: Path) -> None:
    make(tmp_path, "in/sub/a.txt")
    (tmp_path / "in" / "link.txt").symlink_to("sub/a.txt")
    inputs = [tmp_path / "in" / "sub" / "a.txt", tmp_path / "in", f"{tmp_path}/in/*/*.txt", tmp_path / "in" / "sub"]
    for order in (inputs, inputs[::-1]):
        result = planned(*order)
        assert names(result) == ["sub/a.txt"]
        assert result.files == 1


def test_names_of_objects_in_a_store() -> None:
    files = {f"s3://bucket/{name}": 10 for name in ("a/1.txt", "a/sub/2.txt", "b/1.txt", "c/3.txt", "c/deep/4.txt", ".hidden/5.txt")}

    def planned_from(*inputs: str) -> list[str]:
        return names(plan(inputs, lambda _: Listing(files), CONFIG, exclude=["s3://bucket/out"]))

    assert planned_from("s3://bucket/a/", "s3://bucket/b", "s3://bucket/c/*.txt") == ["3.txt", "a/1.txt", "b/1.txt", "sub/2.txt"]
    assert planned_from("s3://bucket/b/1.txt") == ["1.txt"]
    assert planned_from("s3://bucket/c/**/*.txt", "s3://bucket/.hidden/5.txt") == ["3.txt", "5.txt", "deep/4.txt"]
    for source, message in (
        ("s3://bucket", "lies in the input"),
        ("s3://bucket/d", "does not exist"),
        ("s3://bucket/d/*", "matches no file"),
    ):
        with pytest.raises(ConfigError, match=message):
            planned_from(source)


FILES = st.dictionaries(
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map(lambda parts: "/r/" + "/".join(parts) + ".txt"),
    st.integers(0, 3000),
    min_size=1,
    max_size=12,
)


@given(FILES, st.randoms(use_true_random=False))
@settings(max_examples=80)
def test_plan_is_independent_of_any_order(files: dict[str, int], random: Random) -> None:
    inputs = ["/r", *sorted(files)[:4], "/r/" + sorted(files)[0].split("/")[2]]
    inputs = [root for root in inputs if any(uri == root or uri.startswith(root + "/") for uri in files)]
    expected = plan(inputs, lambda _: Listing(files), SMALL)
    random.shuffle(inputs)
    assert plan(inputs, lambda _: Listing(files, backwards=True), SMALL) == expected
    assert len(set(names(expected))) == len(files)
    assert [split.number for split in expected.splits] == list(range(len(expected.splits)))
    assert len({split.split_id for split in expected.splits}) == len(expected.splits)


def test_hidden_files_are_left_out_unless_named(tmp_path: Path) -> None:
    make(tmp_path, "in/a.txt", "in/.b.txt", "in/.git/c.txt")
    assert names(planned(tmp_path / "in")) == ["a.txt"]
    assert planned(tmp_path / "in").hidden == 2
    assert planned(tmp_path / "in", tmp_path / "in" / ".b.txt").hidden == 1
    assert names(planned(tmp_path / "in", config=InputConfig(skip_hidden=False))) == [".b.txt", ".git/c.txt", "a.txt"]
    assert names(planned(tmp_path / "in" / ".b.txt")) == [".b.txt"]
    assert names(planned(tmp_path / "in" / ".git")) == ["c.txt"]
    with pytest.raises(ConfigError, match="hidden files only"):
        planned(tmp_path / "in" / ".*")


def test_name_that_is_not_unicode_is_percent_encoded(tmp_path: Path) -> None:
    make(tmp_path, "%E9.txt")
    try:
        with open(os.fsencode(tmp_path) + b"/\xe9.txt", "wb") as sink:  # noqa: PTH123 - a path of bytes
            sink.write(b"x")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    found = names(planned(tmp_path))
    assert len(set(found)) == 2
    assert all(name.encode() and name.endswith("%E9.txt") for name in found)


def test_literal_name_with_a_glob_sign_comes_before_the_glob(tmp_path: Path) -> None:
    make(tmp_path, "[1].txt", "1.txt")
    assert names(planned(tmp_path / "[1].txt")) == ["[1].txt"]


@pytest.mark.parametrize(
    ("given", "message"),
    [("none.txt", "does not exist"), ("none/*.txt", "matches no file"), ("empty", "is an empty folder"), ("in/*.html", "matches no file")],
)
def test_input_without_a_file_is_refused(tmp_path: Path, given: str, message: str) -> None:
    make(tmp_path, "in/a.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=message) as caught:
        planned(tmp_path / "in", tmp_path / given)
    assert given in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_input_is_refused() -> None:
    with pytest.raises(ConfigError, match="no input"):
        planned()


def test_output_has_no_part_in_the_input(tmp_path: Path) -> None:
    make(tmp_path, "in/a.txt", "in/out/b.txt", "outer/c.txt")
    out = str(tmp_path / "in" / "out")
    for source in (tmp_path / "in", tmp_path / "in" / "out", tmp_path / "in" / "out" / "b.txt", f"{tmp_path}/**/*.txt", f"{out}/*"):
        with pytest.raises(ConfigError, match="output"):
            planned(source, exclude=(out,))
    assert names(planned(f"{tmp_path}/in/*.txt", tmp_path / "outer", exclude=(out, str(tmp_path / "in-out")))) == ["a.txt", "c.txt"]


def test_unreadable_root_is_refused_and_an_unreadable_file_is_planned(tmp_path: Path) -> None:
    make(tmp_path, "in/a.txt")
    (tmp_path / "in" / "gone").symlink_to("nowhere")
    assert names(planned(tmp_path / "in")) == ["a.txt", "gone"]
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        planned(tmp_path / "in" / "gone")


def test_small_files_are_grouped_in_order_of_name_and_not_opened() -> None:
    files = {f"/r/{number:05}.txt": 10 for number in range(2 * MAX_SPLIT_FILES + 1)}
    result = plan(["/r"], lambda _: Listing(files), CONFIG)
    assert [len(split.slices) for split in result.splits] == [MAX_SPLIT_FILES, MAX_SPLIT_FILES, 1]
    assert names(result) == sorted(names(result))


def test_small_inputs_make_sixteen_splits() -> None:
    files = {f"/r/{number:05}.txt": 2**14 for number in range(1024)}
    result = plan(["/r"], lambda _: Listing(files), CONFIG)
    assert len(result.splits) == 16
    assert {piece.container for split in result.splits for piece in split.slices} == {"auto"}


def test_large_lines_file_is_cut_by_bytes(tmp_path: Path) -> None:
    lines = tmp_path / "a.txt"
    lines.write_text("".join(json.dumps({"text": f"story {number}"}) + "\n" for number in range(600)))
    result = planned(lines, config=SMALL)
    pieces = [piece for split in result.splits for piece in split.slices]
    assert len(pieces) == 4
    assert {(piece.container, piece.compression, piece.size) for piece in pieces} == {("lines", "none", lines.stat().st_size)}
    assert [piece.start for piece in pieces] == [0, *(piece.end for piece in pieces[:-1])]
    assert pieces[-1].end == lines.stat().st_size


def test_large_text_and_compressed_files_stay_whole(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("News. " * 3000)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(Random(1).randbytes(20_000)))
    assert [(piece.start, piece.container) for split in planned(tmp_path, config=SMALL).splits for piece in split.slices] == [
        (0, "auto")
    ] * 2


def test_large_parquet_file_is_cut_by_row_groups(tmp_path: Path) -> None:
    table = pa.table({"text": [f"{number} " * 40 for number in range(1000)]})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=50)
    pieces = [piece for split in planned(tmp_path, config=SMALL).splits for piece in split.slices]
    assert len(pieces) > 3
    assert {piece.container for piece in pieces} == {"parquet"}
    assert [piece.start for piece in pieces] == [0, *(piece.end for piece in pieces[:-1])]
    assert pieces[-1].end == 20


def test_large_parquet_file_without_a_footer_stays_whole(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + b"x" * 20_000)
    assert names(planned(tmp_path, config=SMALL)) == ["a.parquet"]


def test_split_ids_do_not_depend_on_place_or_time(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        make(tmp_path, f"{folder}/x.txt")
        (tmp_path / folder / "x.txt").write_text("same")
    os.utime(tmp_path / "two" / "x.txt", (1, 1))
    one, two = planned(tmp_path / "one"), planned(tmp_path / "two")
    assert one.splits[0].split_id == two.splits[0].split_id
    (tmp_path / "two" / "x.txt").write_text("other")
    assert planned(tmp_path / "two").splits[0].split_id != one.splits[0].split_id
