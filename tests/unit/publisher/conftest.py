"""Practice certificates, made once for all tests of the publisher."""

from pathlib import Path

import pytest

from certs import practice
from smartclient.domain.clock import SystemClock
from smartclient.domain.mode import Mode


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all of them."""
    folder = tmp_path_factory.mktemp("certs")
    practice.make(folder, mode=Mode.PRACTICE, clock=SystemClock())
    return folder
