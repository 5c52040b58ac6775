import contextlib
import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.storage import LocalStorage, glob_prefix, glob_regex, is_glob, is_remote, join, local_path

STORE = LocalStorage()


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


def listed(root: Path, storage: LocalStorage = STORE) -> list[str]:
    return [Path(local_path(info.uri)).relative_to(root).as_posix() for info in storage.list_files(str(root))]


def globbed(root: Path, pattern: str) -> list[str]:
    return [Path(local_path(info.uri)).relative_to(root).as_posix() for info in STORE.glob(f"{root}/{pattern}")]


def test_listing_is_recursive_and_in_order_of_path(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a/z.txt", "a.txt", "a/b/c.txt", "a-b.txt")
    assert listed(tmp_path) == ["a-b.txt", "a.txt", "a/b/c.txt", "a/z.txt", "b.txt"]


def test_listing_a_file_gives_the_file_and_nothing_gives_nothing(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    (info,) = STORE.list_files(str(tmp_path / "a.txt"))
    assert (info.uri, info.size, info.error) == (str(tmp_path / "a.txt"), 5, None)
    assert list(STORE.list_files(str(tmp_path / "none"))) == []


def test_identity_tells_a_change(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    (before,) = STORE.list_files(str(tmp_path))
    os.utime(tmp_path / "a.txt", ns=(1, 1))
    (after,) = STORE.list_files(str(tmp_path))
    assert before.identity != after.identity
    assert after.identity == "1-5"


def test_loops_of_links_are_survived_and_linked_folders_visited_once(tmp_path: Path) -> None:
    make(tmp_path, "in/a/x.txt", "out/y.txt")
    for link, target in (("in/a/up", "in"), ("in/b", "in/a"), ("in/c", "out"), ("in/d", "out"), ("out/back", "in")):
        (tmp_path / link).symlink_to(tmp_path / target)
    (tmp_path / "in" / "self").symlink_to("self")
    found = {Path(info.uri).relative_to(tmp_path).as_posix(): info for info in STORE.list_files(str(tmp_path / "in"))}
    assert sorted(found) == ["in/a/x.txt", "in/c/y.txt", "in/self"]
    assert found["in/self"].error
    assert found["in/c/y.txt"].real == os.path.realpath(tmp_path / "out" / "y.txt")


def test_link_to_a_file_has_the_file_as_real(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    one, two = STORE.list_files(str(tmp_path))
    assert one.real == two.real
    assert one.uri != two.uri


def test_what_cannot_be_read_is_listed_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/x.txt", "b.txt")
    (tmp_path / "dangling").symlink_to("nowhere")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    real_scandir = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = {Path(info.uri).name: info.error for info in STORE.list_files(str(tmp_path))}
    assert found == {"a": "Permission denied", "b.txt": None, "dangling": "No such file or directory", "pipe": "not a regular file"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_open_refuses_pipes_and_folders_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "none"):
        with pytest.raises(OSError):
            STORE.open(str(path))


def test_name_that_is_not_unicode_survives_as_uri(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9 100%.txt"
    try:
        with open(raw, "wb") as sink:  # noqa: PTH123 - a path of bytes
            sink.write(b"news")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    (info,) = STORE.list_files(str(tmp_path))
    assert info.uri == f"file://{tmp_path}/caf%E9 100%25.txt"
    assert info.uri.encode()
    with STORE.open(info.uri) as handle:
        assert handle.read() == b"news"
    assert os.fsencode(local_path(info.uri)) == raw


def test_create_shows_nothing_before_the_end(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.bin"
    with STORE.create(str(target)) as sink:
        sink.write(b"one")
        assert not target.exists()
    assert target.read_bytes() == b"one"
    assert os.listdir(target.parent) == ["a.bin"]  # noqa: PTH208


def test_create_leaves_the_old_file_after_an_exception(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    with contextlib.suppress(KeyboardInterrupt), STORE.create(str(tmp_path / "a.txt")) as sink:
        sink.write(b"half")
        raise KeyboardInterrupt
    assert listed(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "a.txt"


def test_create_gives_the_usual_permissions(tmp_path: Path) -> None:
    make(tmp_path, "usual")
    with STORE.create(str(tmp_path / "ours")):
        pass
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_rename_replaces_files_and_refuses_folders(tmp_path: Path) -> None:
    make(tmp_path, "a", "b", "c/x", "d/y")
    STORE.rename(str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_text() == "a"
    with pytest.raises(FileExistsError):
        STORE.rename(str(tmp_path / "c"), str(tmp_path / "d"))
    STORE.rename(str(tmp_path / "c"), str(tmp_path / "e" / "f"))
    assert listed(tmp_path) == ["b", "d/y", "e/f/x"]


def test_delete_tree_spares_what_a_link_leads_to(tmp_path: Path) -> None:
    make(tmp_path, "keep/a", "go/b")
    (tmp_path / "go" / "link").symlink_to(tmp_path / "keep")
    (tmp_path / "link").symlink_to(tmp_path / "keep")
    for name in ("go", "link", "absent"):
        STORE.delete_tree(str(tmp_path / name))
    assert listed(tmp_path) == ["keep/a"]


def test_make_folder_and_exists(tmp_path: Path) -> None:
    STORE.make_folder(str(tmp_path / "a" / "b"))
    STORE.make_folder(str(tmp_path / "a" / "b"))
    assert STORE.exists(f"file://{tmp_path}/a/b")
    assert not STORE.exists(str(tmp_path / "c"))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["a.txt", "b.txt"]),
        ("?.txt", ["a.txt", "b.txt"]),
        ("[!a].txt", ["b.txt"]),
        ("[a-b].*", ["a.jsonl", "a.txt", "b.txt"]),
        ("*/*.txt", ["x/c.txt"]),
        ("**/*.txt", ["a.txt", "b.txt", "x/c.txt", "x/y/d.txt"]),
        ("x/**", ["x/c.txt", "x/y/d.txt"]),
        ("**/y/*", ["x/y/d.txt"]),
        ("*", ["a.jsonl", "a.txt", "b.txt"]),
        ("*.html", []),
    ],
)
def test_glob(tmp_path: Path, pattern: str, expected: list[str]) -> None:
    make(tmp_path, "a.txt", "b.txt", "a.jsonl", "x/c.txt", "x/y/d.txt")
    assert globbed(tmp_path, pattern) == expected


def test_glob_relative_to_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.txt", "x/b.txt")
    monkeypatch.chdir(tmp_path)
    assert [info.uri for info in STORE.glob("*.txt")] == [str(tmp_path / "a.txt")]
    assert [info.uri for info in STORE.glob("x/*")] == [str(tmp_path / "x" / "b.txt")]


@pytest.mark.parametrize("sign", ["[", "]", "^", "!", "\\", "-", "(", "+", "|", "."])
def test_signs_of_regular_expressions_are_literal(sign: str) -> None:
    assert glob_regex(f"a{sign}*").fullmatch(f"a{sign}b")
    assert not glob_regex(f"a{sign}*").fullmatch("acb")


@given(st.text("ab[]!^-*?\\/.&|~", max_size=8), st.text("ab[]^-/.", max_size=6))
@settings(max_examples=100)
def test_any_pattern_is_a_pattern(pattern: str, path: str) -> None:
    glob_regex(pattern).fullmatch(path)
    assert pattern.startswith(glob_prefix(pattern))


def test_a_class_never_matches_a_slash() -> None:
    assert not glob_regex("a[!b]c").fullmatch("a/c")
    assert glob_regex("a[]]c").fullmatch("a]c")
    assert glob_regex("a[!]]c").fullmatch("axc")
    assert glob_regex("a[^x]c").fullmatch("a^c")
    assert glob_regex("[b-a]c").fullmatch("ac") is None
    assert glob_regex("[!b-a]c").fullmatch("ac")
    assert glob_regex("[").fullmatch("[")


def test_urls() -> None:
    assert is_remote("gs://b/x")
    assert not is_remote("C:/x")
    assert join("gs://b", "x", "y") == "gs://b/x/y"
    assert join("out", "x") == os.path.join("out", "x")  # noqa: PTH118
    assert is_glob("a*")
    assert not is_glob("a")


def test_storage_can_be_sent_to_a_worker() -> None:
    assert pickle.loads(pickle.dumps(STORE)) == STORE
    assert STORE.is_local
