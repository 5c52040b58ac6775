"""Damages every kind of container at random places and counts what is left: nothing may vanish, nothing may come twice.

    python benchmarks/loss_containers.py [--records 200] [--trials 20] [--seed 1] [--only NAME ...]

Each container holds the same records. Damage: a few bytes changed, 300 bytes of zeros, 100 bytes put in, 100 bytes taken out, the end
cut off. Each row of the table is one container and one damage, over all trials:

- kept: records that came out with the bytes that they went in with, the least and the mean;
- letters: dead letters, the mean;
- changed: documents that are none of those that went in, the mean: a damage that the container has no checksum to tell;
- unaccounted: trials in which records were lost and not one dead letter or changed document says so. Must be 0, but where a cut fell
  exactly between two records.

The exit code is 1 where an id comes twice, a loss is unaccounted for, or more records are lost than the container
may lose (`MOST_LOST`).
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import io
import json
import lzma
import random
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from pipeline import desk  # noqa: E402
from pipeline.config import InputConfig  # noqa: E402
from pipeline.errors import DocumentError  # noqa: E402
from pipeline.planning import plan  # noqa: E402
from pipeline.reading import read  # noqa: E402
from pipeline.records import RawDocument, SplitEnd  # noqa: E402
from pipeline.storage import LocalStorage  # noqa: E402

CONFIG = InputConfig()
WORDS = ("harbour", "council", "bridge", "ferry", "minister", "storm", "market", "strike", "river", "school", "vote", "budget", "court")


def make_texts(count: int, choose: random.Random) -> list[str]:
    """The records: paragraphs of some hundred words, each with its number."""
    return [f"Story {number}. " + " ".join(choose.choice(WORDS) for _ in range(choose.randrange(30, 120))) + "." for number in range(count)]


def _lines(texts: Sequence[str]) -> list[bytes]:
    return [json.dumps({"id": number, "text": text}).encode() + b"\n" for number, text in enumerate(texts)]


def _warc(texts: Sequence[str]) -> list[bytes]:
    records = []
    for number, text in enumerate(texts):
        block = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{text}".encode()
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:{number}>\r\nContent-Length: {len(block)}\r\n\r\n".encode()
        records.append(head + block + b"\r\n\r\n")
    return records


def _zip(texts: Sequence[str]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(zipfile.ZipInfo(f"{number:04}.txt"), text, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def _tar(texts: Sequence[str]) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for number, text in enumerate(texts):
            info = tarfile.TarInfo(f"{number:04}.txt")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return sink.getvalue()


def _table(texts: Sequence[str]) -> pa.Table:
    return pa.table({"id": list(range(len(texts))), "text": list(texts)})


def _parquet(texts: Sequence[str]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(_table(texts), sink, row_group_size=max(1, len(texts) // 10), compression="zstd", write_page_checksum=True)
    return sink.getvalue()


def _arrow(texts: Sequence[str]) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, _table(texts).schema) as writer:
        writer.write_table(_table(texts), max_chunksize=max(1, len(texts) // 10))
    return sink.getvalue()


def _csv(texts: Sequence[str]) -> bytes:
    return b"id,text\n" + b"".join(f'{number},"{text}"\n'.encode() for number, text in enumerate(texts))


def _mbox(texts: Sequence[str]) -> bytes:
    mails = [
        "From desk@example.org Mon May  4 05:06:07 2026\nFrom: desk@example.org\n"
        f"Message-ID: <{number}@example.org>\nSubject: {number}\n\n{text}\n\n"
        for number, text in enumerate(texts)
    ]
    return "".join(mails).encode()


def _array(texts: Sequence[str]) -> bytes:
    return json.dumps([{"id": str(number), "text": text} for number, text in enumerate(texts)], indent=1).encode()


def _feed(texts: Sequence[str]) -> bytes:
    items = (
        f"<item><guid>x:{number}</guid><title>{number}</title><description>{text}</description></item>\n"
        for number, text in enumerate(texts)
    )
    return ('<?xml version="1.0"?><rss version="2.0"><channel><title>Desk</title>\n' + "".join(items) + "</channel></rss>").encode()


def _sgml(texts: Sequence[str]) -> bytes:
    return "".join(
        f"<DOC>\n<DOCNO> {number} </DOCNO>\n<TEXT>\n<P>{text}</P>\n</TEXT>\n</DOC>\n" for number, text in enumerate(texts)
    ).encode()


def _grouped(lines: list[bytes], pack: Callable[[bytes], bytes], size: int = 10) -> bytes:
    """Members of `size` lines each, as programs write them that flush now and then."""
    return b"".join(pack(b"".join(lines[start : start + size])) for start in range(0, len(lines), size))


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


CONTAINERS: dict[str, tuple[str, Callable[[Sequence[str]], bytes]]] = {
    "JSONL": ("a.jsonl", lambda texts: b"".join(_lines(texts))),
    "JSONL, gzip, one member": ("a.jsonl.gz", lambda texts: _gzip(b"".join(_lines(texts)))),
    "JSONL, gzip, members of 10": ("a.jsonl.gz", lambda texts: _grouped(_lines(texts), _gzip)),
    "JSONL, zstd, frames of 10": ("a.jsonl.zst", lambda texts: _grouped(_lines(texts), _zstd)),
    "JSONL, bzip2, streams of 10": ("a.jsonl.bz2", lambda texts: _grouped(_lines(texts), bz2.compress)),
    "JSONL, xz, streams of 10": ("a.jsonl.xz", lambda texts: _grouped(_lines(texts), lzma.compress)),
    "WARC": ("a.warc", lambda texts: b"".join(_warc(texts))),
    "WARC, gzip by the record": ("a.warc.gz", lambda texts: _grouped(_warc(texts), _gzip, 1)),
    "WARC, zstd by the record": ("a.warc.zst", lambda texts: _grouped(_warc(texts), _zstd, 1)),
    "zip": ("a.zip", _zip),
    "tar": ("a.tar", _tar),
    "CSV": ("a.csv", _csv),
    "Parquet, 10 row groups": ("a.parquet", _parquet),
    "Arrow, 10 batches": ("a.arrow", _arrow),
    "mbox": ("a.mbox", _mbox),
    "JSON array": ("a.json", _array),
    "RSS": ("a.xml", _feed),
    "SGML newswire": ("a.sgml", _sgml),
}


def change(data: bytes, choose: random.Random) -> bytes:
    """Eight bytes become others."""
    at = choose.randrange(len(data) - 8)
    return data[:at] + choose.randbytes(8) + data[at + 8 :]


def blank(data: bytes, choose: random.Random) -> bytes:
    """300 bytes become zeros."""
    at = choose.randrange(len(data) - 300)
    return data[:at] + bytes(300) + data[at + 300 :]


def insert(data: bytes, choose: random.Random) -> bytes:
    """100 bytes are put in."""
    at = choose.randrange(len(data))
    return data[:at] + choose.randbytes(100) + data[at:]


def remove(data: bytes, choose: random.Random) -> bytes:
    """100 bytes are taken out."""
    at = choose.randrange(len(data) - 100)
    return data[:at] + data[at + 100 :]


def cut(data: bytes, choose: random.Random) -> bytes:
    """The second half ends somewhere."""
    return data[: choose.randrange(len(data) // 2, len(data))]


DAMAGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "changed": change,
    "zeros": blank,
    "put in": insert,
    "taken out": remove,
    "cut": cut,
}

MOST_LOST = {
    "JSONL, gzip, one member": (1.0, 0),  # nothing behind a damage can be read; what is before it is kept
    "JSONL, gzip, members of 10": (0.0, 20),  # a damage may lie across two members
    "JSONL, zstd, frames of 10": (0.0, 20),
    "JSONL, bzip2, streams of 10": (0.0, 20),
    "JSONL, xz, streams of 10": (0.0, 20),
    "Parquet, 10 row groups": (1.0, 0),  # without its footer nothing can be found, and the footer says where every page is
    "Arrow, 10 batches": (0.2, 0),  # a damage may lie across two
}
"""Records that a damage in one place may cost, as a share of all and as a number, where it is more than `MOST`."""
MOST = (0.0, 3)
_SHIFTED = ("Arrow, 10 batches",)
"""Their footer says where each batch is: if bytes are put in or taken out, all behind are elsewhere."""


@dataclass(slots=True)
class Outcome:
    """What came of the trials of one container and one damage."""

    kept: list[int] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    doubled: int = 0
    unaccounted: int = 0


def read_texts(path: Path) -> tuple[list[str], list[str], int]:
    """Ids of all records, texts of those that are documents, and the number of dead letters."""
    ids, texts, letters = [], [], 0
    for split in plan([str(path)], lambda _: LocalStorage(), CONFIG).splits:
        for record in read(split, lambda _: LocalStorage(), CONFIG):
            if isinstance(record, SplitEnd):
                continue
            ids.append(record.doc_id)
            if isinstance(record, RawDocument):
                try:
                    texts.append(desk.parse(record, CONFIG).source_text.strip())
                    continue
                except DocumentError:
                    pass
            letters += 1
    return ids, texts, letters


def run_trials(name: str, damage: str, texts: Sequence[str], trials: int, seed: int, folder: Path) -> Outcome:
    """Damage one container again and again."""
    file, build = CONTAINERS[name]
    data, outcome, wanted = build(texts), Outcome(), set(texts)
    for trial in range(trials):
        path = folder / file
        path.write_bytes(DAMAGES[damage](data, random.Random(f"{seed} {name} {damage} {trial}")))
        ids, found, letters = read_texts(path)
        kept = len(wanted & set(found))
        outcome.kept.append(kept)
        outcome.letters.append(letters)
        outcome.changed.append(len(found) - kept)
        outcome.doubled += len(ids) != len(set(ids))
        outcome.unaccounted += kept < len(texts) and not letters and len(found) == kept
    return outcome


def is_good(name: str, damage: str, outcome: Outcome, records: int) -> bool:
    """Does the outcome keep to what is asked of the container? A cut may cost half of the records and more."""
    share, number = MOST_LOST.get(name, MOST)
    if damage in ("put in", "taken out") and name in _SHIFTED:
        share = 1.0
    lost = share * records + number + (records // 2 if damage == "cut" else 0)
    silent = outcome.unaccounted and damage != "cut"  # cut exactly between two records, a file is whole for all that it says
    return not outcome.doubled and not silent and records - min(outcome.kept) <= lost


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=200)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=list(CONTAINERS))
    arguments = parser.parse_args()
    texts = make_texts(arguments.records, random.Random(arguments.seed))
    failed = 0
    print(f"{'container':28} {'damage':10} {'kept: least':>11} {'mean':>6} {'letters':>8} {'changed':>8} {'unaccounted':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.only or CONTAINERS:
            for damage in DAMAGES:
                outcome = run_trials(name, damage, texts, arguments.trials, arguments.seed, Path(folder))
                kept, letters, changed = (sum(part) / arguments.trials for part in (outcome.kept, outcome.letters, outcome.changed))
                good = is_good(name, damage, outcome, arguments.records)
                failed += not good
                figures = f"{min(outcome.kept):11} {kept:6.1f} {letters:8.1f} {changed:8.1f} {outcome.unaccounted:12}"
                print(f"{name:28} {damage:10} {figures}{'' if good else '  FAILED'}", flush=True)
    print(f"{len(arguments.only or CONTAINERS) * len(DAMAGES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
