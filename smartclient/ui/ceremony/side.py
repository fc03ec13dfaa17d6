"""The left side of the ceremony: who signs what, which pad is there, and the two ways out."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.ui.ceremony.signers import Signers
from smartclient.ui.icons import IconView
from smartclient.ui.page import scrolling
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import row
from smartclient.ui.widgets.text import ElidedText, FlowingText, Role
from smartclient.ui.widgets.tick import Tick

_WIDTH, _WIDTH_NARROW = 320, 236


class CeremonySide(QFrame):
    """Says which signature was chosen, `interrupted`, `finished`, and whether text be large."""

    interrupted = Signal()
    finished = Signal()
    enlarged = Signal(bool)
    worded = Signal(bool)
    """Whether the pages be shown in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "side")
        self.signers = Signers()
        self.finish = Button(_("Save and send to PČS"), pressed=self.finished.emit)
        self._interrupt = Button("", pressed=self.interrupted.emit)
        self.large = Tick(_("Large text"))
        self.large.toggled.connect(self.enlarged)
        self.in_words = Tick(_("Pages in words"))
        self.in_words.toggled.connect(self.worded)
        self._title = FlowingText(_("Signing of the document"), Role.TITLE)
        self._about = ElidedText("", Role.MUTED)
        self._order = FlowingText(_("Anybody may sign next: choose who."), Role.SMALL)
        self._order.hide()
        self._pad_state = IconView("circle", 12, "muted")
        self._pad_words = FlowingText("")
        self._box = QVBoxLayout(self)
        self._box.setSpacing(look().px(4))
        self._box.addWidget(self._title)
        self._box.addWidget(self._about)
        self._box.addWidget(scrolling(self._make_middle()), 1)
        self._box.addWidget(self.large)
        self._box.addWidget(self.in_words)
        self._box.addSpacing(look().px(4))
        self._box.addWidget(self._interrupt)
        self._box.addSpacing(look().px(4))
        self._box.addWidget(self.finish)
        self.be_narrow(False)

    def show_about(self, number: str, client: str) -> None:
        """Whose document it is."""
        self._about.setText(_("{number} · {client}").format(number=number, client=client))

    def show_order(self, may_choose: bool) -> None:
        """Whether the adviser chooses who signs next."""
        self._order.setVisible(may_choose)

    def show_pad(self, words: str, *, is_there: bool) -> None:
        """Which pad is signed on, or that there is none."""
        self._pad_state.show_icon(
            "online" if is_there else "offline", "good" if is_there else "muted"
        )
        self._pad_words.setText(words)

    def allow_finish(self, is_signed_by_all: bool, *, is_busy: bool) -> None:
        """Whether the document can be saved and sent; then that is the one primary button."""
        allowed = is_signed_by_all and not is_busy
        busy = _("The document is being saved.")
        missing = _("All signatures have to be placed first.")
        self.finish.allow(allowed, busy if is_busy else missing)
        self.finish.set_kind(ButtonKind.PRIMARY if allowed else ButtonKind.SECONDARY)

    def be_narrow(self, narrow: bool) -> None:
        """Use less room, for small screens and large text."""
        self.setFixedWidth(look().px(_WIDTH_NARROW if narrow else _WIDTH))
        edge = look().px(14 if narrow else 24)
        self._box.setContentsMargins(edge, look().px(14 if narrow else 26), edge, edge)
        words = _("Interrupt") if narrow else _("Interrupt and go on later")
        if self._interrupt.text() != words:
            self._interrupt.rename(words)

    def _make_middle(self) -> QWidget:
        middle = QWidget()
        inside = QVBoxLayout(middle)
        inside.setContentsMargins(0, look().px(12), 0, 0)
        inside.setSpacing(look().px(6))
        inside.addWidget(self._order)
        inside.addWidget(self.signers)
        inside.addSpacing(look().px(10))
        pad_line = row(spacing=2)
        pad_line.addWidget(self._pad_state)
        pad_line.addWidget(self._pad_words, 1)
        inside.addLayout(pad_line)
        promise = _(
            "Biometrics are encrypted at once after the signature. Only an independent "
            "authority has the key."
        )
        inside.addWidget(FlowingText(promise, Role.SMALL))
        inside.addStretch(1)
        return middle
