"""The running desktop program: storage → language and look → activation or the main window."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from smartclient.app.adviser import AdviserServices, Foundation
from smartclient.app.configuration import Configuration
from smartclient.app.network import Network
from smartclient.app.speech import speak_in
from smartclient.app.storage import Storage, build_storage
from smartclient.domain.clock import Clock, SystemClock
from smartclient.domain.ids import IdSource, RandomIds
from smartclient.ui.dialogs import Ask, ask
from smartclient.ui.screen_room import show_fitted
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import Scheme, dress

if TYPE_CHECKING:
    from smartclient.app.windows import Workplace
    from smartclient.ink.port import Pad
    from smartclient.ui.activation_window import ActivationWindow
    from smartclient.ui.onscreen_pad import OnScreenPad

_FRAME_MS = 300


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What comes in from outside, so that a journey can bring its own."""

    clock: Clock
    ids: IdSource
    question: Ask = ask
    show: Callable[[QWidget], None] = show_fitted
    """How a window comes up; a journey takes its pictures at the drawn size."""


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
        """Show what comes first: the activation, or the main window.

        Raises what `Database.require_sound` raises.
        """
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
        from smartclient.app.no_dumps import write_no_dumps
        from smartclient.app.pads import pad_chooser

        write_no_dumps()  # before the first pen
        configuration, component = self._configuration, self.services.signing_component
        return pad_chooser(
            configuration.pads, component, configuration.mode, serial=configuration.pad_serial
        )

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
        self.storage.db.require_sound()
        self._around.show(window)
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
        # Shown when it has something to show: laid out once and painted once. A slow disk must not
        # keep the frame from the screen.
        self.storage.db.require_sound()
        workplace.window.stands.connect(self._show_figures)
        frame = QTimer(workplace, singleShot=True, interval=_FRAME_MS)
        frame.timeout.connect(lambda: self._around.show(workplace.window))
        workplace.window.stands.connect(frame.stop)
        workplace.closed.connect(frame.stop)
        frame.start()

    def _show_figures(self) -> None:
        if self.workplace is not None:
            self._around.show(self.workplace.window)
            QTimer.singleShot(0, self.workplace, self._begin_work)

    def _begin_work(self) -> None:
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


def open_desktop(
    application: QApplication,
    configuration: Configuration,
    surroundings: Surroundings | None = None,
) -> Desktop:
    """The program on one home; raises what opening the storage raises.

    What the check of its file finds is raised by `Desktop.show`.
    """
    around = surroundings or Surroundings(SystemClock(), RandomIds())
    storage = build_storage(configuration, around.clock, around.ids)
    return Desktop(application, configuration, storage, around)
