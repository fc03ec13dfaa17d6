"""A desk as in real life and the main window on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from smartclient.ui.main_window import MainWindow
from smartclient.ui.sync_runner import SyncRunner
from smartclient.ui.tasks import Tasks
from smartclient.wire.admission import AdviserUser
from tests.simulators.inprocess import KNOWN_HR
from tests.ui.desk import Desk, opened_window
from tests.ui.site import Site

Settle = Callable[[], None]
USER = AdviserUser("Jana Dvořáková", "dvorakova.j", "012345PPZ")


class Ticks:
    """A monotonic clock in seconds that only the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def model_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The desk that the tests' own desks are copies of."""
    made = Desk(tmp_path_factory.mktemp("desk"))
    made.fill()
    made.close()
    return made


@pytest.fixture
def desk(tmp_path: Path, model_desk: Desk) -> Iterator[Desk]:
    """Clients, documents in all states, a conflict, a draft and a history."""
    made = Desk(tmp_path, model_desk)
    yield made
    made.close()


@pytest.fixture
def settle(qtbot: QtBot, tasks: Tasks) -> Settle:
    """Wait until nothing is under way any more."""

    def wait() -> None:
        qtbot.wait(1)
        qtbot.waitUntil(lambda: tasks.is_idle)
        qtbot.wait(1)
        qtbot.waitUntil(lambda: tasks.is_idle)

    return wait


@pytest.fixture
def window(desk: Desk, tasks: Tasks, qtbot: QtBot, settle: Settle) -> Iterator[MainWindow]:
    """The main window, shown and at rest."""
    with opened_window(desk, tasks) as opened:
        opened.show()
        qtbot.waitExposed(opened)
        settle()
        yield opened
        settle()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An activated laptop and the insurer's server."""
    made = Site(tmp_path)
    made.activation.activate(KNOWN_HR, USER)
    yield made
    made.close()


@pytest.fixture
def ticks() -> Ticks:
    """The clock of the runner."""
    return Ticks()


@pytest.fixture
def runner(site: Site, tasks: Tasks, ticks: Ticks) -> Iterator[SyncRunner]:
    """What synchronises that laptop."""
    made = SyncRunner(site.synchronisation, tasks, fraction=lambda: 0.5, now=ticks)
    yield made
    made.end_automatic()
    made.deleteLater()
