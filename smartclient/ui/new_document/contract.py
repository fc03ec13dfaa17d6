"""Which contract is to be changed: its number, checked in words before anybody is asked."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from smartclient.domain.contract_number import ContractNumber, contract_number
from smartclient.domain.errors import BadInput, SmartClientError
from smartclient.domain.language import _
from smartclient.domain.sentences import text_for
from smartclient.services.forms import belongs_to
from smartclient.ui.tasks import Task, Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import row
from smartclient.ui.widgets.field import Field, FieldSigns
from smartclient.ui.widgets.text import Role, Text
from smartclient.wire.contracts import Contract

AskServer = Callable[[ContractNumber], Contract]


class ContractDialog(QDialog):
    """Asks for the number until the settings are here; a contract of somebody else is confirmed."""

    found = Signal(object)
    """A `Contract` to begin the request on."""

    def __init__(
        self, ask_server: AskServer, tasks: Tasks, client: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ask_server, self._tasks, self._client = ask_server, tasks, client
        self._asked: Task | None = None
        self._contract: Contract | None = None
        self.setWindowTitle(_("Change request"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setFixedWidth(look().px(520))
        self.number = QLineEdit()
        self.number.setMaxLength(24)
        self.number.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.number.textEdited.connect(self._retyped)
        self.field = Field(
            _("Number of the contract"),
            self.number,
            hint=_("Ten digits, the first is 7. It stands on the policy."),
        )
        self.words = Text("", Role.BODY, wrap=True)
        self.words.hide()
        self.go_on = Button(_("Open the contract"), ButtonKind.PRIMARY, pressed=self._go_on)
        self.back = Button(_("Back"), ButtonKind.SECONDARY, pressed=self.reject)
        self._put_together()
        self.number.setFocus()

    def fill_in(self, number: str) -> None:
        """Begin with a number that is known; the person looks at it and goes on."""
        self.number.setText(number)
        told = _("The number comes from your document. Compare it with the policy.")
        self.field.say(told, FieldSigns.CALM)
        self.go_on.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on from the field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.back if self.back.hasFocus() else self.go_on).click()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Words that wrap need their height, which a window does not take by itself."""
        if event.type() is not QEvent.Type.LayoutRequest:
            return super().event(event)  # which may be the last one: it is deleted on closing
        answered = super().event(event)
        outer = self.layout()
        if outer is not None:
            high = outer.totalHeightForWidth(self.width())
            self.resize(self.width(), max(self.height(), high))
        return answered

    def reject(self) -> None:
        """Leave; an answer that comes later is dropped."""
        if self._asked is not None:
            self._asked.cancel()
        super().reject()

    def _go_on(self) -> None:
        if self._contract is not None:
            self._take(self._contract)
            return
        try:
            number = contract_number(self.number.text())
        except BadInput as refusal:
            self._refuse(refusal)
            return
        self._wait(True)
        ask = self._ask_server
        self._asked = self._tasks.run(
            lambda: ask(number), self._answered, self._refuse, queue="network"
        )

    def _answered(self, contract: Contract) -> None:
        self._wait(False)
        if belongs_to(contract, self._client):
            self._take(contract)
            return
        self._contract = contract
        self.words.setText(
            _(
                "The policyholder of this contract is {policyholder}, but you begin the request "
                "for {client}. Is it the right contract?"
            ).format(policyholder=contract.policyholder, client=self._client)
        )
        self.words.show()
        self.go_on.rename(_("Yes, begin the request"))
        self.go_on.setFocus()

    def _refuse(self, error: SmartClientError) -> None:
        self._wait(False)
        self.field.say(text_for(error))
        self.number.setFocus()
        self.number.selectAll()

    def _take(self, contract: Contract) -> None:
        self.found.emit(contract)
        self.accept()

    def _retyped(self) -> None:
        self._contract = None
        self.field.say("")
        self.words.hide()
        self.go_on.rename(_("Open the contract"))

    def _wait(self, waits: bool) -> None:
        self.number.setReadOnly(waits)
        self.go_on.allow(not waits, _("The settings of the contract are being fetched."))
        if waits:
            self.field.say("")
            self.words.setText(_("The settings of the contract are being fetched…"))
        self.words.setVisible(waits)

    def _put_together(self) -> None:
        outer = QVBoxLayout(self)
        edge = look().px(24)
        outer.setContentsMargins(edge, edge, edge, look().px(20))
        outer.setSpacing(look().px(12))
        outer.addWidget(Text(_("Which contract is to be changed?"), Role.TITLE))
        told = _("The request opens on the present settings of the contract.")
        outer.addWidget(Text(told, Role.MUTED))
        outer.addWidget(self.field)
        outer.addWidget(self.words)
        foot = row()
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.go_on)
        outer.addLayout(foot)
