"""Damages golden files and the standards' samples at random and parses them: nothing but `DocumentError` may come out.

    python tests/parsers/fuzz_parsers.py --minutes 30 [--seed 1] [--keep FOLDER]

What fails is written to FOLDER and printed; a case for `test_hostile.py` is made of it. A parse of more than two seconds is a failure
too. The tests do the same for some hundred examples; this is for a night.
"""

from __future__ import annotations

import argparse
import random
import time
import traceback
from pathlib import Path

from golden_pairs import documents, read

from pipeline.errors import DocumentError
from pipeline.parsers import split_members

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("a.txt", "a.html", "a.xml", "a.json", "a")
SNIPPETS = (
    *(b"<![CDATA[", b"]]>", b"<!--", b"<?xml", b"<!ENTITY a 'b'>", b"&a;", b"&#0;", b"&#1;", b"&#xD800;", b"\0\0", b"<p", b"</item>"),
    *(
        b"\x03",
        b"\x02",
        b'"',
        b"\\ud800",
        b"{",
        b"]",
        b"<item>",
        b"<nitf>",
        b"</nitf>",
        b"<DOC>",
        b"\x01",
        b"\x16\x16\x01",
        b"<br>",
        b"<div>",
    ),
    *(b"</div>", b"&nbsp;", b"\xff\xfe", b"\xe2\x80", b"<p><table><tr><td>", b"1e999", b"null", b"[]", b"{}", b"true"),
)


def seeds() -> list[bytes]:
    """Golden files, and real samples where they are at hand."""
    found = [path.read_bytes() for path in documents(ROOT / "tests" / "golden")]
    wire = ROOT.parent / "shared" / "wire"
    return found + [path.read_bytes() for path in sorted(wire.rglob("*.*")) if path.is_file()]


def damage(chance: random.Random, sources: list[bytes]) -> bytes:
    """One file with one to eight faults, sometimes with another file's end."""
    data = bytearray(chance.choice(sources))
    if chance.random() < 0.15:
        other = chance.choice(sources)
        data[chance.randrange(len(data) + 1) :] = other[chance.randrange(len(other) + 1) :]
    for _ in range(chance.randint(1, 8)):
        place, kind = chance.randrange(len(data) + 1), chance.random()
        if kind < 0.3:
            data[place:place] = chance.choice(SNIPPETS)
        elif kind < 0.45:
            data[place : place + 1] = bytes([chance.randrange(256)])
        elif kind < 0.6:
            del data[place : place + chance.randint(1, 60)]
        elif kind < 0.75:
            start = chance.randrange(len(data) + 1)
            data[place:place] = data[start : start + chance.randint(1, 400)]
        elif kind < 0.85:
            del data[place:]
        else:
            data[place : place + chance.randint(0, 12)] = chance.choice(SNIPPETS)
    return bytes(data)


def attempt(data: bytes, name: str, kind: str) -> None:
    """Split and parse; everything but a DocumentError comes out."""
    members = split_members(data, name) or []
    assert len({member.member_id for member in members}) == len(members)
    pieces = [(member.data, "file", member.media_type) for member in members[:6]]
    for piece, piece_kind, media_type in [*pieces, (data, kind, None)]:
        try:
            read(piece, name, piece_kind, media_type=media_type).source_text.encode()
        except DocumentError as error:
            error.message.encode()


def main() -> None:
    """Run until the time is up; the exit code is 1 where something failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"))
    options = parser.parse_args()
    chance, sources = random.Random(options.seed), seeds()
    end, count, failures = time.monotonic() + options.minutes * 60, 0, 0
    while time.monotonic() < end:
        data, name, kind = damage(chance, sources), chance.choice(NAMES), chance.choice(("file", "file", "file", "row"))
        count += 1
        start = time.process_time()
        try:
            attempt(data, name, kind)
            slow = time.process_time() - start > 2
        except Exception:  # noqa: BLE001 - the point is to see what comes out
            traceback.print_exc()
            slow = True
        if slow:
            failures += 1
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{options.seed}-{count}-{kind}-{name}").write_bytes(data)
    print(f"{count} files, {failures} failures")
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
