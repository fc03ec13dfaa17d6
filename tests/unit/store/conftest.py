"""A store in a folder of its own, with time and ids turned by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartclient.store.database import Database
from tests.simulators.time_and_ids import CountedIds, SetClock

KEY = bytes(range(32))


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def database(folder: Path, clock: SetClock) -> Iterator[Database]:
    opened = Database.open(folder, KEY, clock=clock, ids=CountedIds())
    yield opened
    opened.close()
