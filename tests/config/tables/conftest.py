"""What the tests of the prefix tables share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data, where it is present."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here")
    return SHARED
