"""A folder in which everything that can be wrong with a file is wrong once: what a person reads about each, and that the rest goes on."""

import gzip
import io
import os
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest

from pipeline import desk
from pipeline.config import InputConfig
from pipeline.errors import DocumentError
from pipeline.planning import plan
from pipeline.reading import decompress, read
from pipeline.records import DeadLetter, RawDocument
from pipeline.storage import LocalStorage

CONFIG = InputConfig()

EXPECTED = {
    "bomb.txt.gz": ("expansion_limit", None),
    "changed.txt": ("file_changed", "the file had 27 bytes when it was listed and has 4 now"),
    "cut.txt.gz": ("truncated_gzip", "the gzip data ends at byte 40 in the middle of a stream"),
    "denied.txt": ("unreadable_file", "the file cannot be opened: Permission denied"),
    "empty.txt": ("empty_file", "the file has no bytes"),
    "entities.xml": ("xml_entities", None),
    "gone.txt": ("unreadable_file", "the file cannot be opened: No such file or directory"),
    "loop": ("unreadable_file", "the file cannot be opened: Too many levels of symbolic links"),
    "nested.zip//inner.zip": ("nested_archive", "an archive within an archive; unpack it and give what is in it"),
    "office.docx": ("not_text_data", "an office file, an e-book or a program; accepted are archives of text"),
    "picture.txt": ("not_text_data", "the file is PNG data; accepted are text, HTML, XML and JSON"),
    "wrong.zip//../up.txt": ("unsafe_name", "the name of the member leads to a folder above"),
    "zeros.txt": ("blank_file", "the file has 5000 bytes of white space and nothing else"),
}
GOOD = ["deep/good.txt", "good.txt", "nested.zip//good.txt", "wrong.zip//good.txt"]
STORY = b"The ferry sails on Monday.\n"


class Guarded(LocalStorage):
    """Nobody but the superuser may read one of the files, and tests may run as the superuser."""

    def open(self, uri: str) -> BinaryIO:
        if uri.endswith("denied.txt"):
            raise PermissionError(13, "Permission denied", uri)
        return super().open(uri)


def zipped(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sink.getvalue()


def write_folder(root: Path) -> None:
    (root / "deep" / "er").mkdir(parents=True)
    entities = b'<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    files = {
        "bomb.txt.gz": gzip.compress(b"ha " * 650_000, mtime=0),
        "changed.txt": STORY,
        "cut.txt.gz": gzip.compress(os.urandom(500).hex().encode(), mtime=0)[:40],
        "deep/good.txt": STORY,
        "denied.txt": STORY,
        "empty.txt": b"",
        "entities.xml": entities + b"<nitf><body><body.content><p>&b; &c;</p></body.content></body></nitf>",
        "good.txt": STORY,
        "nested.zip": zipped({"good.txt": STORY, "inner.zip": zipped({"a.txt": STORY})}),
        "office.docx": zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        "picture.txt": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "wrong.zip": zipped({"../up.txt": STORY, "good.txt": STORY}),
        "zeros.txt": bytes(5000),
    }
    for name, data in files.items():
        (root / name).write_bytes(data)
    (root / "gone.txt").symlink_to("nowhere")
    (root / "loop").symlink_to("loop")
    (root / "deep" / "er" / "again").symlink_to(root, target_is_directory=True)


def test_each_costs_itself_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompress, "FREE_EXPANSION_BYTES", 300_000)
    config = InputConfig(max_expansion=100)
    root = tmp_path / "in"
    root.mkdir()
    write_folder(root)
    splits = plan([str(root)], lambda _: Guarded(), config).splits
    (root / "changed.txt").write_bytes(b"Gone")
    letters: dict[str, tuple[str, str]] = {}
    good = []
    for split in splits:
        for record in read(split, lambda _: Guarded(), config):
            if isinstance(record, DeadLetter | RawDocument):
                label = "//".join(part for part in (record.origin.uri, record.origin.member) if part)
                if isinstance(record, DeadLetter):
                    letters[label] = record.code, record.message
                    continue
                try:
                    desk.parse(record, config)
                    good.append(label)
                except DocumentError as error:
                    letters[label] = error.code, error.message
    assert sorted(good) == GOOD
    assert {name: code for name, (code, _) in letters.items()} == {name: code for name, (code, _) in EXPECTED.items()}
    assert {n: m for n, (_, m) in letters.items() if EXPECTED[n][1]} == {n: m for n, (_, m) in EXPECTED.items() if m}
