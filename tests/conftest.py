"""Shared by all tests: where real documents lie, and settings of hypothesis."""

from __future__ import annotations

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
