"""Windows without a screen, dressed once, and the runner of their work."""

import gc
import os
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from smartclient.ui.collecting import Collector
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import Scheme, dress

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def collector(qapp: QApplication) -> Collector:
    """As in the program: nothing of Qt is taken apart by another thread, no window ends it all."""
    qapp.setQuitOnLastWindowClosed(False)
    return Collector(qapp)


@pytest.fixture(autouse=True)
def collected(collector: Collector) -> Iterator[None]:
    """What a test leaves behind is collected between two tests."""
    modules = len(sys.modules)
    yield
    if len(sys.modules) != modules:
        gc.collect()  # before it is laid aside with what was imported
    collector.look()


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """Every window wears the light scheme at the drawn size."""
    dress(qapp, Scheme.LIGHT)


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    """A runner of work that is closed after the test."""
    runner = Tasks()
    yield runner
    runner.close()
    qapp.sendPostedEvents()
