"""Windows without a screen, dressed once, and the runner of their work."""

import gc
import os
import sys
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import SignalBlocker

from smartclient.ui.collecting import Collector
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import Scheme, dress

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


_PATIENCE = 60_000
"""Milliseconds; a busy machine takes its time, and who waits longer has a fault."""


class PatientBot(QtBot):
    """Waits until something is so; how long that takes is for the benchmarks to say."""

    def waitUntil(  # noqa: N802 - the library's name
        self, callback: Callable[[], bool | None], *, timeout: int = _PATIENCE
    ) -> None:
        """As the library does, with more patience."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(  # noqa: N802 - the library's name
        self,
        signal: object,
        *,
        timeout: int = _PATIENCE,
        raising: bool | None = None,
        check_params_cb: Callable[..., bool] | None = None,
    ) -> SignalBlocker:
        """As the library does, with more patience."""
        return super().waitSignal(
            signal, timeout=timeout, raising=raising, check_params_cb=check_params_cb
        )


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """The library's, with more patience."""
    del qapp  # it must be there
    return PatientBot(request)


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
