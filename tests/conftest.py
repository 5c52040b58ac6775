"""Shared by all tests: where real documents lie, and settings of hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"

settings.register_profile("copydesk", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("copydesk")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real documents that are not part of the project; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder of real documents, ../shared, is not here")
    return SHARED


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The sample corpus."""
    return REPOSITORY / "seeds"


@pytest.fixture(scope="session")
def parquet_bytes() -> Callable[[Path], dict[str, bytes]]:
    """Reads all files of a dataset but the clock times."""

    def read(folder: Path) -> dict[str, bytes]:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "run_times.json")
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    return read
