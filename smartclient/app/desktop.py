"""The desktop program from its start to its end.

Start: configuration → one running instance → storage → language and look → activation, if nobody
works here yet → the main window. A fault on the way has its own calm window and changes nothing.
"""

import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from smartclient.app.adviser import AdviserServices, Foundation
from smartclient.app.configuration import Configuration, default_home, read
from smartclient.app.network import Network
from smartclient.app.speech import speak_in
from smartclient.app.storage import Storage, build_storage
from smartclient.domain.clock import Clock, SystemClock
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import IdSource, RandomIds
from smartclient.ui.dialogs import Ask, ask
from smartclient.ui.single_instance import SingleInstance
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import Scheme, dress

if TYPE_CHECKING:
    from smartclient.app.windows import Workplace
    from smartclient.ink.port import Pad
    from smartclient.ui.activation_window import ActivationWindow
    from smartclient.ui.onscreen_pad import OnScreenPad

FIRST_LANGUAGE = "cs"
STYLE = "fusion"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What comes in from outside, so that a journey can bring its own."""

    clock: Clock
    ids: IdSource
    question: Ask = ask


class Desktop:
    """The running program: one storage, its services, and the window that is open now."""

    def __init__(
        self,
        application: QApplication,
        configuration: Configuration,
        storage: Storage,
        surroundings: Surroundings,
    ) -> None:
        self._application = application
        self._configuration = configuration
        self.storage = storage
        self._around = surroundings
        self.network = Network(configuration, storage, surroundings.clock)
        self.services = AdviserServices(
            Foundation(configuration, storage, self.network, surroundings.clock, surroundings.ids)
        )
        self.tasks = Tasks()
        self.workplace: Workplace | None = None
        self.activation: ActivationWindow | None = None
        self.wants_restart = False
        self.stood: Callable[[], None] = _nothing
        """Called once, when the first page stands with its figures."""
        self._deaf = storage.db.subscribe(lambda _changed: None)
        self._wear()

    def show(self) -> None:
        """Show what comes first: the activation, or the main window."""
        activation = self.services.places.activation
        if activation.account() is None or activation.is_asked_again():
            self._show_activation()
        else:
            self._show_workplace()

    def raise_to_front(self) -> None:
        """Bring the open window to the front."""
        window = self.workplace.window if self.workplace else self.activation
        if window is not None:
            window.show()
            window.raise_()
            window.activateWindow()

    def close(self) -> None:
        """Keep what is typed, wait for what is under way, give the database back."""
        self._deaf()
        if self.workplace is not None:
            self.workplace.keep_typed()
            self.workplace.runner.end_automatic()
        self.tasks.close()
        self.storage.db.close()

    # --- inside ------------------------------------------------------------------------------

    @cached_property
    def _choose_pad(self) -> "Callable[[OnScreenPad], Pad]":
        from smartclient.app.pads import pad_chooser

        return pad_chooser(self._configuration.pads)

    def _wear(self) -> None:
        appearance = self.services.places.settings.appearance()
        speak_in(self._application, appearance.language)
        dress(self._application, Scheme(appearance.scheme), appearance.scale / 100)

    def _show_activation(self) -> None:
        from smartclient.ui.activation_window import ActivationWindow
        from smartclient.ui.sync_runner import SyncRunner

        places = self.services.places
        previous = places.activation.account()
        window = ActivationWindow(places.activation, self.tasks, previous=previous)
        runner = SyncRunner(places.synchronisation, self.tasks, window)
        window.activated.connect(lambda: window.synchronise_with(runner))
        window.completed.connect(self._activated)
        window.abandoned.connect(self._keep_activation)
        window.closed.connect(self._activation_closed)
        self.activation = window
        window.show()
        self._stand()

    def _activated(self) -> None:
        self._leave_activation()
        self._show_workplace()

    def _keep_activation(self) -> None:
        self.services.places.activation.ask_again(False)
        self._activated()

    def _leave_activation(self) -> None:
        window, self.activation = self.activation, None
        if window is not None:
            window.close()
            window.deleteLater()

    def _activation_closed(self) -> None:
        if self.activation is not None:
            self._application.quit()

    def _show_workplace(self) -> None:
        from smartclient.app.windows import Workplace

        workplace = Workplace(
            self.services,
            self.tasks,
            self._around.clock,
            lambda onscreen: self._choose_pad(onscreen),
            self._around.question,
        )
        self._deaf()
        self._deaf = self.storage.db.subscribe(workplace.window.hear)
        workplace.closed.connect(self._application.quit)
        workplace.reactivation_wanted.connect(self._reactivate)
        workplace.restart_wanted.connect(self._restart)
        self.workplace = workplace
        workplace.window.stands.connect(self._stand_with_work)
        workplace.window.show()

    def _stand_with_work(self) -> None:
        self._stand()
        network, workplace = self.network, self.workplace
        if workplace is not None:
            workplace.begin(network.check_app, lambda: network.activation().renew())
            # Whoever presses something in the first moments should not wait for an import.
            self.tasks.run(self.storage.db.warm_up, _heard, _heard)

    def _stand(self) -> None:
        stood, self.stood = self.stood, _nothing
        stood()

    def _reactivate(self) -> None:
        self.services.places.activation.ask_again()
        self._restart()

    def _restart(self) -> None:
        self.wants_restart = True
        if self.workplace is not None:
            self.workplace.window.close_for_good()


def _nothing() -> None:
    """Nobody waits for the first page."""


def _heard(_answer: object) -> None:
    """A fault of the database is said where its answer is needed."""


def main(arguments: Sequence[str] = (), stood: Callable[[Desktop], None] | None = None) -> int:
    """Run the desktop program; the exit code of the process.

    `stood` is called when the first page stands with its figures. Until then nothing is collected:
    all that the start makes stays, and looking for garbage among it takes a tenth of its time.
    """
    gc.disable()
    # By name, because Qt's class of styles alone takes longer to make than the first list.
    application = QApplication(["smartclient", "-style", STYLE, *arguments])
    application.setApplicationName("SmartClient")
    application.setQuitOnLastWindowClosed(False)
    home = default_home(os.environ)
    instance = SingleInstance(home)
    if not instance.take():
        return 0
    begin_log(home)
    try:
        desktop = open_desktop(application, read(home))
        desktop.stood = lambda: _settle(desktop, instance, stood)
        desktop.show()
    except SmartClientError as fault:
        return _say_why_not(application, fault)
    code: int = application.exec()
    desktop.close()
    instance.give_up()
    if desktop.wants_restart:
        from PySide6.QtCore import QProcess

        QProcess.startDetached(sys.executable, ["-m", "smartclient", *arguments])
    return code


def _settle(
    desktop: Desktop, instance: SingleInstance, stood: Callable[[Desktop], None] | None
) -> None:
    """What can wait for the first page."""
    if stood is not None:
        stood(desktop)
    gc.freeze()
    gc.enable()
    instance.knocked.connect(desktop.raise_to_front)
    instance.listen()


class _LogOfHome(logging.Handler):
    """Opens the home's log at the first record: most days have none."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._folder = home / "log"

    @cached_property
    def _file(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "smartclient.log"
        handler = RotatingFileHandler(file, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
        handler.setFormatter(self.formatter)
        return handler

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        self._file.handle(record)


def begin_log(home: Path) -> None:
    """Write warnings and faults into the home's log, which holds no personal data."""
    layout = "%(asctime)s %(levelname)s %(name)s %(message)s"
    logging.basicConfig(level=logging.WARNING, handlers=[_LogOfHome(home)], format=layout)


def open_desktop(
    application: QApplication,
    configuration: Configuration,
    surroundings: Surroundings | None = None,
) -> Desktop:
    """The program on one home; raises what opening the storage raises."""
    around = surroundings or Surroundings(SystemClock(), RandomIds())
    storage = build_storage(configuration, around.clock, around.ids)
    return Desktop(application, configuration, storage, around)


def _say_why_not(application: QApplication, fault: SmartClientError) -> int:
    """The calm window for a start that cannot go on; the program ends with it."""
    from smartclient.ui.start_failure import StartFailureWindow

    gc.enable()
    speak_in(application, FIRST_LANGUAGE)
    dress(application)
    window = StartFailureWindow(fault)
    window.closed.connect(application.quit)
    window.show()
    application.exec()
    return 1
