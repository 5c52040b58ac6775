"""The same graph on Beam's portable runner, with the bytes of the local one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def prism() -> str:
    beside = Path(sys.executable).with_name("prism")
    found = str(beside) if beside.exists() else shutil.which("prism")
    if found is None:
        pytest.skip("no Prism binary; `make prism` builds it where Go is installed")
    return found


@pytest.mark.slow
def test_prism_writes_the_bytes_of_the_local_runner(
    prism: str, seeds: Path, tmp_path: Path, parquet_bytes: Callable[[Path], dict[str, bytes]]
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for path in sorted((seeds / "raw").rglob("*"))[:30]:
        if path.is_file():
            shutil.copy(path, source / path.name)
    cases = {"local": (), "prism": ("--runner", "PrismRunner", "--", f"--prism_location={prism}", "--environment_type=LOOPBACK")}
    for name, arguments in cases.items():
        command = [sys.executable, "-m", "pipeline", "run", str(source), "--output", str(tmp_path / name), "--no-progress", *arguments]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    assert parquet_bytes(tmp_path / "prism") == parquet_bytes(tmp_path / "local")
