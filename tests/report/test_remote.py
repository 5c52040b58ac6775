"""A dataset on an object store is read through its storage and never through the file system."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import pytest
from tiny_dataset import COPY

from pipeline.errors import DatasetError
from pipeline.report.dataset import open_dataset
from pipeline.report.explain import build_story
from pipeline.report.finding import find_documents
from pipeline.report.html import render_report
from pipeline.report.verifying import verify
from pipeline.storage import FileInfo, LocalStorage

BUCKET = "s3://bucket/news"


@dataclass(frozen=True)
class Bucket:
    """Shows a local folder under an address, as `Storage` wants it."""

    folder: str
    is_local: bool = False

    def _path(self, uri: str) -> str:
        assert uri.startswith(BUCKET), uri
        return self.folder + uri.removeprefix(BUCKET)

    def open(self, uri: str) -> BinaryIO:
        return LocalStorage().open(self._path(uri))

    def exists(self, uri: str) -> bool:
        return LocalStorage().exists(self._path(uri))

    def list_files(self, root: str) -> Iterator[FileInfo]:
        for info in LocalStorage().list_files(self._path(root)):
            yield replace(info, uri=info.uri.replace(self.folder, BUCKET))

    def glob(self, pattern: str) -> Iterator[FileInfo]:
        raise OSError("readers never list by pattern")

    def create(self, uri: str) -> AbstractContextManager[BinaryIO]:
        raise OSError("readers never write")

    def rename(self, source: str, target: str) -> None:
        raise OSError("readers never write")

    def delete_tree(self, uri: str) -> None:
        raise OSError("readers never write")

    def make_folder(self, uri: str) -> None:
        raise OSError("readers never write")


@pytest.mark.parametrize("address", [BUCKET, BUCKET + "/"])
def test_verify_checks_it_whole(tiny: Path, address: str) -> None:
    findings = list(verify(open_dataset(address, Bucket(str(tiny)))))
    assert all(finding.ok for finding in findings), findings
    (tiny / "stray.txt").write_bytes(b"")
    wrong = [finding for finding in verify(open_dataset(address, Bucket(str(tiny)))) if not finding.ok]
    assert [finding.examples for finding in wrong] == [("stray.txt is not listed in run.json",)]


def test_a_document_is_explained(tiny: Path) -> None:
    dataset = open_dataset(BUCKET, Bucket(str(tiny)))
    assert build_story(dataset, find_documents(dataset, COPY)[0]).copies


def test_the_report_is_the_same_as_here(tiny: Path) -> None:
    manifest = json.loads((tiny / "run.json").read_text(encoding="utf-8"))
    assert render_report(manifest, BUCKET, Bucket(str(tiny))) == render_report(manifest, str(tiny))


def test_an_address_without_a_dataset_is_refused(tiny: Path) -> None:
    with pytest.raises(DatasetError, match="does not exist"):
        open_dataset(f"{BUCKET}/nowhere", Bucket(str(tiny)))
