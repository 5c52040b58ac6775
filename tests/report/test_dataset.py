import json
from pathlib import Path

import pytest

from pipeline.errors import DatasetError
from pipeline.report.dataset import first_value, list_parts, open_dataset, scan


def test_a_folder_without_a_manifest_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"is not a dataset: it holds no run\.json"):
        open_dataset(str(tmp_path))
    with pytest.raises(DatasetError, match="does not exist"):
        open_dataset(str(tmp_path / "nowhere"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatasetError):
        open_dataset(str(tmp_path / "file"))


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", '{"copydesk": {}, "files": {}}', '{"copydesk": {}, "files": [{"rows": 1}]}', '{"files": []}', b"\xff\xfe\x00"],
)
def test_something_else_called_run_json_is_refused(tmp_path: Path, content: str | bytes) -> None:
    (tmp_path / "run.json").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DatasetError, match=r"run\.json is"):
        open_dataset(str(tmp_path))


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "documents/../../x", ""])
def test_a_manifest_cannot_lead_out_of_its_folder(tiny: Path, path: str) -> None:
    manifest = json.loads((tiny / "run.json").read_text(encoding="utf-8"))
    manifest["files"].append({"path": path, "rows": 0, "bytes": 0, "sha256": ""})
    (tiny / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(DatasetError, match="outside the dataset"):
        open_dataset(str(tiny))


def test_parts_are_those_of_the_manifest_and_not_of_the_folder(tiny: Path) -> None:
    (tiny / "documents/part-00099.parquet").write_bytes(b"")
    dataset = open_dataset(str(tiny))
    assert list_parts(dataset.manifest, "documents") == [f"documents/part-0000{n}-000000000.parquet" for n in (0, 1)]


def test_a_damaged_part_is_named(tiny: Path) -> None:
    part = "documents/part-00000-000000000.parquet"
    (tiny / part).write_bytes((tiny / part).read_bytes()[:-20])
    with pytest.raises(DatasetError, match=f"{part} cannot be read"):
        list(scan(open_dataset(str(tiny)), part))


def test_the_first_value_passes_over_parts_without_rows(tiny: Path) -> None:
    dataset = open_dataset(str(tiny))
    assert first_value(dataset, "passages", "a") is None
    assert first_value(dataset, "duplicates", "publisher") == "Coast Daily"
