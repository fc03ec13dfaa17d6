"""What is done with a client besides its fields: files, hide, merge, ask to erase, choose a value.

The panel shows; here are the questions that come before, and the words that come after.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog

from smartclient.domain.ids import ClientId, Op
from smartclient.domain.language import _
from smartclient.services.clients import ClientMatters, ClientPanel, Clients
from smartclient.ui.client_attachments import (
    ChooseFile,
    PurposeDialog,
    ShowFile,
    choose_file,
    show_file,
)
from smartclient.ui.client_merging import MergeDialog
from smartclient.ui.page import Page
from smartclient.ui.reason_dialog import ReasonDialog
from smartclient.ui.widgets.card import Surface
from smartclient.wire.register_bodies import Purpose

T = TypeVar("T")


class ClientActs(QObject):
    """The verbs of the panel; `page` shows what was refused."""

    survived = Signal(str)
    """Another client is the one to work with from now on. Carries its id."""

    def __init__(
        self,
        page: Page,
        clients: Clients,
        matters: ClientMatters,
        *,
        choose: ChooseFile = choose_file,
        show: ShowFile = show_file,
    ) -> None:
        super().__init__(page)
        self._page, self._clients, self._matters = page, clients, matters
        self._choose_file, self._show_file = choose, show
        self.dialog: QDialog | None = None

    # --- files -------------------------------------------------------------------------------

    def attach(self, client_id: ClientId) -> None:
        """Let a file be chosen, ask what it is, and put it to the client."""
        path = self._choose_file(self._page)
        if path is None:
            return
        dialog = PurposeDialog(path.name, self._page.window())
        dialog.accepted.connect(lambda: self._put(client_id, path, dialog.purpose))
        self._open(dialog)

    def open_file(self, op: str) -> None:
        """Open a file; it is fetched first when it is not here."""
        self._page.banner.tell(_("Opening the file…"), "", Surface.CARD)

        def opened(path: Path) -> None:
            self._page.banner.hide()
            self._show_file(path)

        work = partial(self._matters.open_attachment, Op(op))
        self._page.tasks.run(work, opened, self._page.refused, queue="network")

    def _put(self, client_id: ClientId, path: Path, purpose: Purpose) -> None:
        def told(_op: Op) -> None:
            self._page.banner.tell(
                _("The file was added: {name}").format(name=path.name),
                _("It is encrypted on this computer and goes with the next synchronisation."),
                Surface.GOOD,
            )

        self._do(partial(self._matters.attach, client_id, path, purpose), told)

    # --- a value of another device -----------------------------------------------------------

    def choose(self, client_id: ClientId, path: str, take_other: bool) -> None:
        """Keep what is shown at a field, or take the other value."""
        work = partial(self._matters.choose, client_id, path, take_other=take_other)
        self._do(work, lambda _none: None)

    # --- out of sight and together -----------------------------------------------------------

    def hide(self, panel: ClientPanel) -> None:
        """Ask why, and take the client out of the list."""
        dialog = ReasonDialog(
            _("Hide {name}?").format(name=panel.name),
            _(
                "The client leaves the list of clients, for example because the client no longer "
                "wants your services. Nothing is deleted, and you can show the client again."
            ),
            _("Hide the client"),
            parent=self._page.window(),
        )
        dialog.accepted.connect(lambda: self._hide(panel, dialog.reason))
        self._open(dialog)

    def unhide(self, client_id: ClientId) -> None:
        """Bring the client back into the list."""
        self._do(partial(self._matters.unhide, client_id), lambda _none: None)

    def merge(self, panel: ClientPanel) -> None:
        """Let the other client be found and compared, and merge both."""
        dialog = MergeDialog(
            self._clients, self._matters, self._page.tasks, panel, self._page.window()
        )
        dialog.merge_wanted.connect(self._merge)
        self._open(dialog)

    def undo_merge(self, loser: str) -> None:
        """Take a merging back."""
        self._do(partial(self._matters.undo_merge, ClientId(loser)), lambda _none: None)

    def erase(self, panel: ClientPanel) -> None:
        """Ask why, and ask the insurer to erase the client."""
        dialog = ReasonDialog(
            _("Ask for the erasure of {name}?").format(name=panel.name),
            _(
                "A person at the insurer decides. Erasing cannot be taken back: data, files and "
                "drafts of the client disappear from all computers. What was exported stays with "
                "PČS as the law requires."
            ),
            _("Ask for the erasure"),
            destroys=True,
            parent=self._page.window(),
        )
        dialog.accepted.connect(lambda: self._erase(panel, dialog.reason))
        self._open(dialog)

    def _hide(self, panel: ClientPanel, reason: str) -> None:
        def told(_none: None) -> None:
            self._page.banner.tell(
                _("The client is hidden."),
                panel.name,
                Surface.CARD,
                step=_("Take back"),
                pressed=lambda: self.unhide(panel.id),
            )

        self._do(partial(self._matters.hide, panel.id, reason), told)

    def _merge(self, loser: str, survivor: str) -> None:
        def told(_none: None) -> None:
            self.survived.emit(survivor)

        self._do(partial(self._matters.merge, ClientId(loser), ClientId(survivor)), told)

    def _erase(self, panel: ClientPanel, reason: str) -> None:
        def told(_none: None) -> None:
            self._page.banner.tell(
                _("The insurer was asked to erase the client."),
                _("You will see the decision here after a synchronisation."),
                Surface.CARD,
            )

        self._do(partial(self._matters.request_erasure, panel.id, reason), told)

    # --- inside ------------------------------------------------------------------------------

    def _open(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def changed(answer: T) -> None:
            done(answer)
            self._page.refresh_soon()

        self._page.do(work, changed)
