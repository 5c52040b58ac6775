import bz2
import gzip
import io
import lzma
import random
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DocumentError
from pipeline.reading import decompress
from pipeline.reading.decompress import decompressed_chunks

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
KINDS = sorted(COMPRESS)
TEXT = " ".join(map(str, random.Random(3).sample(range(10**12), 9000))).encode()


def decompressed(data: bytes, kind: str, max_expansion: float = 1000.0) -> tuple[bytes, str | None]:
    parts: list[bytes] = []
    try:
        for chunk in decompressed_chunks(io.BytesIO(data), kind, len(data), max_expansion):
            parts.append(chunk)
    except DocumentError as error:
        return b"".join(parts), error.code
    return b"".join(parts), None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("parts", [[b""], [b"a"], [TEXT], [b"one\n", b"", TEXT, b"two"]])
def test_members_come_out_one_after_the_other(kind: str, parts: list[bytes]) -> None:
    assert decompressed(b"".join(COMPRESS[kind](part) for part in parts), kind) == (b"".join(parts), None)


@pytest.mark.parametrize("kind", KINDS)
def test_zero_padding_is_no_damage(kind: str) -> None:
    assert decompressed(COMPRESS[kind](b"a") + b"\0" * 8 + COMPRESS[kind](b"b") + b"\0" * 512, kind) == (b"ab", None)


@pytest.mark.parametrize("kind", KINDS)
def test_truncation_keeps_what_came_before_and_is_named(kind: str) -> None:
    whole = COMPRESS[kind](TEXT)
    for cut in (len(whole) - 1, len(whole) // 2, 5):
        out, code = decompressed(whole[:cut], kind)
        assert code == f"truncated_{kind}"
        assert TEXT.startswith(out)


def test_truncation_in_the_second_member_keeps_the_first() -> None:
    second = COMPRESS["gzip"](TEXT)
    out, code = decompressed(COMPRESS["gzip"](b"first\n") + second[: len(second) // 2], "gzip")
    assert code == "truncated_gzip"
    assert out.startswith(b"first\n")
    assert len(out) > 1000


@pytest.mark.parametrize("kind", KINDS)
def test_garbage_after_the_end_is_named(kind: str) -> None:
    assert decompressed(COMPRESS[kind](b"news") + b"some garbage here", kind) == (b"news", f"corrupt_{kind}")


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_byte_is_never_taken_for_good(kind: str) -> None:
    whole = bytearray(COMPRESS[kind](TEXT))
    whole[len(whole) // 2] ^= 0x55
    _, code = decompressed(bytes(whole), kind)
    assert code in (f"corrupt_{kind}", f"truncated_{kind}")


@given(st.sampled_from(KINDS), st.binary(max_size=60), st.integers(0, 12))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_content_or_a_code(kind: str, noise: bytes, keep: int) -> None:
    _, code = decompressed(COMPRESS[kind](b"x" * 50)[:keep] + noise, kind)
    assert code in (None, f"corrupt_{kind}", f"truncated_{kind}")


@pytest.mark.parametrize("kind", KINDS)
def test_bomb_stops_at_the_limit_with_little_memory(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompress, "FREE_EXPANSION_BYTES", 3_000_001)
    bomb = COMPRESS[kind](b"\0" * 8_000_000)
    tracemalloc.start()
    size, code = 0, ""
    try:
        for chunk in decompressed_chunks(io.BytesIO(bomb), kind, len(bomb), 10.0):
            size += len(chunk)
    except DocumentError as error:
        code = error.code
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (size, code) == (3_000_001, "expansion_limit")
    assert peak < 16 * 2**20


def test_expansion_within_the_factor_is_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompress, "FREE_EXPANSION_BYTES", 1000)
    assert decompressed(COMPRESS["gzip"](TEXT), "gzip", max_expansion=4.0) == (TEXT, None)


def test_failing_disk_is_an_unreadable_file() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(DocumentError, match="unreadable_file: reading stopped at byte 0: Input/output error"):
        list(decompressed_chunks(Failing(b"x"), "gzip", 1, 1000.0))


def test_what_stands_before_a_damage_in_a_small_gzip_file_is_given_out() -> None:
    content = b"".join(f"The ferry number {number} sails again.\n".encode() for number in range(3000))
    data = bytearray(gzip.compress(content, mtime=0))
    place = len(data) * 3 // 4
    data[place : place + 40] = bytes(40)
    given_out: list[bytes] = []
    with pytest.raises(DocumentError, match="gzip"):
        _collect(decompressed_chunks(io.BytesIO(data), "gzip", len(data), 1000), given_out)
    out = b"".join(given_out)
    common = next((at for at, (a, b) in enumerate(zip(out, content, strict=False)) if a != b), min(len(out), len(content)))
    assert common > len(content) // 2


def _collect(chunks: Iterator[bytes], into: list[bytes]) -> None:
    for chunk in chunks:
        into.append(chunk)
