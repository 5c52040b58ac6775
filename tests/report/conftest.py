import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for tiny_dataset, which test modules elsewhere use too


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Folder of a small dataset that verifies."""
    import tiny_dataset

    folder = tmp_path / "dataset"
    folder.mkdir()
    tiny_dataset.write_dataset(folder)
    return folder
