import hashlib
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DocumentError
from pipeline.reading.lines import BrokenLine, Line, LongLine, split_lines
from pipeline.reading.streams import Peekable


def chunked(data: bytes, size: int) -> Iterator[bytes]:
    return iter([data[at : at + size] for at in range(0, len(data), size)])


def lines_of(data: bytes, start: int, end: int, limit: int = 1000, chunk: int = 7) -> list[Line | LongLine | BrokenLine]:
    first = start - 1 if start else 0
    return list(split_lines(Peekable(chunked(data[first:], chunk)), start, end, limit, inside=start > 0))


def test_line_ends_blank_lines_and_offsets() -> None:
    data = b"a\r\n\r\n  \n\nbc\n d \nlast"
    assert lines_of(data, 0, len(data)) == [Line(0, b"a"), Line(9, b"bc"), Line(12, b" d "), Line(16, b"last")]


def test_byte_order_mark_belongs_to_no_line() -> None:
    data = b"\xef\xbb\xbfa\nb"
    assert lines_of(data, 0, len(data)) == [Line(3, b"a"), Line(5, b"b")]
    assert lines_of(data, 0, 1) == [Line(3, b"a")]
    assert lines_of(data, 1, len(data)) == [Line(5, b"b")]


def test_carriage_return_inside_a_line_stays() -> None:
    assert lines_of(b"a\rb\r\r\n", 0, 6) == [Line(0, b"a\rb\r")]


def test_slice_owns_the_line_that_starts_at_its_first_byte() -> None:
    assert lines_of(b"aa\nbb\ncc\n", 3, 6) == [Line(3, b"bb")]
    assert lines_of(b"aa\nbb\ncc\n", 4, 6) == []


def test_limit_counts_the_line_without_its_end() -> None:
    assert lines_of(b"abc\r\n", 0, 5, limit=3) == [Line(0, b"abc")]
    (line,) = lines_of(b"abcd\r\n", 0, 6, limit=3)
    assert line == LongLine(0, 4, hashlib.sha256(b"abcd").hexdigest(), b"abcd")


@given(st.binary(max_size=200).filter(lambda b: b"\n" not in b and not b.isspace()), st.integers(1, 20), st.integers(1, 30))
@settings(max_examples=100, deadline=None)
def test_long_line_has_length_and_hash_of_the_whole(body: bytes, limit: int, chunk: int) -> None:
    for ending in (b"\n", b"\r\n"):
        data = b"k\n" + body + ending + b"k\n"
        whole = body.removesuffix(b"\r") if ending == b"\n" else body
        found = [line for line in lines_of(data, 0, len(data), limit, chunk) if line.offset == 2]
        if not whole or whole.isspace():
            continue
        expected: Line | LongLine = Line(2, whole)
        if len(whole) > limit:
            expected = LongLine(2, len(whole), hashlib.sha256(whole).hexdigest(), whole[:81])
        assert found == [expected]


@given(
    st.lists(st.sampled_from([b"\n", b"\r\n", b"a", b"bb", b"  ", b"\xef\xbb\xbf", b"\x00", b"c" * 12]), max_size=40).map(b"".join),
    st.lists(st.integers(0, 80), max_size=6),
    st.integers(1, 9),
)
@settings(max_examples=100, deadline=None)
def test_any_number_of_slices_gives_the_same_lines(data: bytes, cuts: list[int], chunk: int) -> None:
    bounds = [0, *sorted({cut for cut in cuts if 0 < cut < len(data)}), len(data)]
    parts = [line for start, end in pairwise(bounds) if end for line in lines_of(data, start, end, 10, chunk)]
    assert parts == lines_of(data, 0, len(data), 10, 1000)


def broken(data: bytes) -> Iterator[bytes]:
    yield from chunked(data, 3)
    raise DocumentError("truncated_gzip", "cut")


def test_damage_makes_the_open_line_the_dead_one() -> None:
    *whole, last = split_lines(Peekable(broken(b"aa\nbb\nccc")), 0, 100, 50)
    assert whole == [Line(0, b"aa"), Line(3, b"bb")]
    assert isinstance(last, BrokenLine)
    assert (last.offset, last.length, last.head, last.error.code) == (6, 3, b"ccc", "truncated_gzip")


def test_damage_between_lines_has_a_place_of_its_own() -> None:
    *_, last = split_lines(Peekable(broken(b"aa\nbb\n")), 0, 100, 50)
    assert isinstance(last, BrokenLine)
    assert (last.offset, last.length) == (6, 0)


def test_damage_before_the_first_line_of_a_slice_lies_in_the_slice() -> None:
    (last,) = split_lines(Peekable(broken(b"")), 50, 100, 50, inside=True)
    assert last.offset == 50


def test_megabytes_of_line_ends_are_passed_over_quickly() -> None:
    data = b"a\n" + b"\n \r\n" * 2_000_000 + b" b"
    assert lines_of(data, 0, len(data), chunk=2**18) == [Line(0, b"a"), Line(len(data) - 2, b" b")]


def test_memory_of_a_long_line_is_bounded() -> None:
    piece = b"x" * 65_536
    tracemalloc.start()
    (line,) = split_lines(Peekable(piece for _ in range(320)), 0, 2**40, 100_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert line.length == 320 * len(piece)
    assert peak < 2**20
