"""Damages golden files and the standards' samples at random and parses them: nothing but `DocumentError` may come out.

    python tests/parsers/fuzz_parsers.py --minutes 30 [--seed 1] [--keep FOLDER]

The parsers take turns. Each gets damaged files of its own format, once through recognition as in a run, and once directly, so that it is
reached when the damage hides what it is. What fails is written to FOLDER and printed; a case for `test_hostile.py` is made of it. A parse
of more than two seconds is a failure too. The tests do the same for some hundred examples; this is for half an hour. The last lines say how
often each parser ran and what it said.

With --atheris the bytes come from atheris, which looks at what they reach, where it is installed (`pip install atheris`).
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from golden_pairs import documents, read

from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.parsers import FORMATS, split_members
from pipeline.parsers.decoding import decode
from pipeline.parsers.source import Parser, Source
from pipeline.records import Metadata

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


def seeds() -> dict[str, list[bytes]]:
    """Golden files, and real samples where they are at hand, by the parser that reads them."""
    wire = ROOT.parent / "shared" / "wire"
    paths = [*documents(ROOT / "tests" / "golden"), *(path for path in sorted(wire.rglob("*.*")) if path.is_file())]
    found: dict[str, list[bytes]] = {parser.NAME: [] for parser in FORMATS}
    for path in paths:
        data = path.read_bytes()
        for piece in (data, *(member.data for member in (split_members(data, path.name) or [])[:2])):
            try:
                found[read(piece, path.name).extractor.split(" ")[0]].append(piece)
            except DocumentError:
                found["text"].append(piece)
    return found


def damage(chance: random.Random, data: bytearray, other: bytes) -> bytes:
    """One file with one to eight faults, sometimes with another file's end."""
    if chance.random() < 0.15:
        data[chance.randrange(len(data) + 1) :] = other[chance.randrange(len(other) + 1) :]
    for _ in range(chance.randint(1, chance.choice((1, 3, 8)))):
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


def attempt(data: bytes, name: str, kind: str) -> str:
    """Split and parse; everything but a DocumentError comes out. What the file as a whole came to: ``read`` or the error's code."""
    members = split_members(data, name) or []
    assert len({member.member_id for member in members}) == len(members)
    pieces = [(member.data, "file", member.media_type) for member in members[:6]]
    outcome = "read"
    for piece, piece_kind, media_type in [*pieces, (data, kind, None)]:
        try:
            parsed = read(piece, name, piece_kind, media_type=media_type)
            parsed.source_text.encode()
            document_metadata(parsed.metadata)
            outcome = "read"
        except DocumentError as error:
            error.message.encode()
            outcome = error.code
    return outcome


def document_metadata(metadata: Metadata) -> None:
    """Every value must be storable."""
    for name in Metadata.__slots__:
        json.dumps(getattr(metadata, name), ensure_ascii=False).encode("utf-8", "surrogatepass")


def direct(parser: Parser, data: bytes) -> None:
    """The parser itself, whatever recognition would say."""
    try:
        decoded = decode(data)
        parser.read(Source(decoded.text, data), InputConfig()).text.encode()
    except DocumentError as error:
        error.message.encode()


class Report:
    """How often each parser ran and what it said; what failed is kept."""

    def __init__(self, keep: Path) -> None:
        self.keep, self.failures = keep, 0
        self.runs: dict[str, Counter[str]] = {parser.NAME: Counter() for parser in FORMATS}

    def run(self, parser: Parser, data: bytes, name: str, kind: str, label: str) -> None:
        """One file for one parser."""
        start = time.process_time()
        try:
            outcome = attempt(data, name, kind)
            direct(parser, data)
            if time.process_time() - start > 2:
                outcome = "slow"
        except Exception:  # noqa: BLE001 - the point is to see what comes out
            traceback.print_exc()
            outcome = "failed"
        self.runs[parser.NAME][outcome] += 1
        if outcome in ("slow", "failed"):
            self.failures += 1
            self.keep.mkdir(parents=True, exist_ok=True)
            (self.keep / f"{parser.NAME}-{label}-{kind}-{name}").write_bytes(data)

    def print(self) -> None:
        """One line a parser."""
        print(f"{'parser':12} {'executions':>10} {'read':>8}  most frequent dead letters")
        for name, counts in self.runs.items():
            codes = ", ".join(f"{code} {count}" for code, count in counts.most_common(5) if code != "read")
            print(f"{name:12} {sum(counts.values()):10,} {counts['read']:8,}  {codes}")
        print(f"{sum(sum(counts.values()) for counts in self.runs.values()):,} files, {self.failures} failures")


def fuzz_at_random(report: Report, minutes: float, seed: int) -> None:
    """Until the time is up; the same seed gives the same files in the same order."""
    chance, sources = random.Random(seed), seeds()
    every = [data for found in sources.values() for data in found]
    end = time.monotonic() + minutes * 60
    for count in itertools.count():
        parser = FORMATS[count % len(FORMATS)]
        data = damage(chance, bytearray(chance.choice(sources[parser.NAME] or every)), chance.choice(every))
        name, kind = chance.choice(NAMES), "row" if parser.NAME == "row" else chance.choice(("file", "file", "file", "row"))
        report.run(parser, data, name, kind, f"{seed}-{count}")
        if time.monotonic() > end:
            return


def fuzz_with_atheris(report: Report, minutes: float, corpus: Path) -> None:
    """Let atheris choose the bytes; the first one chooses the parser. It ends the process by itself."""
    import atheris  # type: ignore[import-not-found,unused-ignore]

    corpus.mkdir(parents=True, exist_ok=True)
    for number, (name, found) in enumerate(sorted(seeds().items())):
        first = bytes([next(i for i, parser in enumerate(FORMATS) if name == parser.NAME)])
        for index, data in enumerate(found):
            (corpus / f"{number}-{index}").write_bytes(first + data)

    def one(data: bytes) -> None:
        parser = FORMATS[data[0] % len(FORMATS)] if data else FORMATS[-1]
        report.run(parser, data[1:], "a", "file", str(sum(map(sum, (c.values() for c in report.runs.values())))))
        if report.failures:
            raise RuntimeError("a parser failed; see above")

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-max_total_time={round(minutes * 60)}", str(corpus)], one)
    atheris.Fuzz()


def main() -> None:
    """Run until the time is up; the exit code is 1 where something failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--atheris", action="store_true")
    options = parser.parse_args()
    report = Report(options.keep)
    if options.atheris:
        fuzz_with_atheris(report, options.minutes, options.keep / "corpus")
    else:
        fuzz_at_random(report, options.minutes, options.seed)
    report.print()
    raise SystemExit(1 if report.failures else 0)


if __name__ == "__main__":
    main()
