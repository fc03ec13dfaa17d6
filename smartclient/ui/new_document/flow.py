"""From the wish for a new document to an open form: kind, contract where one is changed, begin."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from smartclient.domain.document_life import DocumentKind
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import ClientId
from smartclient.services.forms import FormKind, Forms
from smartclient.ui.new_document.choice import KindChoice
from smartclient.ui.new_document.contract import ContractDialog
from smartclient.ui.tasks import Tasks
from smartclient.wire.contracts import Contract


class NewDocument(QObject):
    """One wish at a time. What there is to choose from comes from the catalogue."""

    begun = Signal(str)
    """The document's id."""

    def __init__(
        self,
        forms: Callable[[], Forms],
        name_of: Callable[[ClientId], str],
        tasks: Tasks,
        window: QWidget,
        refused: Callable[[SmartClientError], None],
    ) -> None:
        """`forms` are made at the first use; `name_of` a client is asked of the database."""
        super().__init__(window)
        self._forms, self._name_of, self._tasks = forms, name_of, tasks
        self._window, self._refused = window, refused
        self._client, self._name, self._number = ClientId(""), "", ""
        self.dialog: KindChoice | ContractDialog | None = None

    def begin(self, client_id: str, kind: str = "", number: str = "") -> None:
        """Begin a document for a client; without the name of a `DocumentKind` it is asked for.

        `number` is that of the contract to change, where somebody knows it.
        """
        client = ClientId(client_id)

        def gather() -> tuple[str, tuple[FormKind, ...]]:
            return self._name_of(client), self._forms().kinds()

        def choose(gathered: tuple[str, tuple[FormKind, ...]]) -> None:
            self._client, self._name, self._number = client, gathered[0], number
            self._choose(_of_kind(gathered[1], kind))

        self._tasks.run(gather, choose, self._refused)

    def _choose(self, kinds: tuple[FormKind, ...]) -> None:
        if len(kinds) == 1:
            self._take_kind(kinds[0])
            return
        choice = KindChoice(kinds, self._name, self._window)
        choice.chosen.connect(self._take_kind)
        self._open(choice)

    def _take_kind(self, kind: FormKind) -> None:
        if not kind.needs_contract:
            self._run(partial(self._forms().start, self._client, kind.form_id))
            return
        dialog = ContractDialog(self._forms().contract, self._tasks, self._name, self._window)
        if self._number:
            dialog.fill_in(self._number)
        dialog.found.connect(partial(self._take_contract, kind))
        self._open(dialog)

    def _take_contract(self, kind: FormKind, contract: Contract) -> None:
        self._run(partial(self._forms().start_change, self._client, kind.form_id, contract))

    def _open(self, dialog: KindChoice | ContractDialog) -> None:
        self.dialog = dialog
        dialog.destroyed.connect(self._forget)
        dialog.open()

    def _forget(self) -> None:
        self.dialog = None

    def _run(self, begin: Callable[[], str]) -> None:
        self._tasks.run(begin, self.begun.emit, self._refused)


def _of_kind(kinds: tuple[FormKind, ...], kind: str) -> tuple[FormKind, ...]:
    wanted = tuple(each for each in kinds if not kind or each.document_kind is DocumentKind(kind))
    return wanted or kinds
