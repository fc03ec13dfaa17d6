"""The calm window for a start that cannot go on: what happened, what is safe, what to do."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _
from smartclient.domain.sentences import sentence_for
from smartclient.ui.help_contacts import contacts
from smartclient.ui.icons import IconView
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, row
from smartclient.ui.widgets.text import FlowingText, Role, Text


class StartFailureWindow(QWidget):
    """Emits `closed`; the program ends then. `again`, where given, is the step to try once more."""

    closed = Signal()

    def __init__(
        self,
        error: SmartClientError,
        *,
        again: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        spoken = sentence_for(error)
        self.setWindowTitle("SmartClient")
        self.setProperty("surface", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(look().px(640))
        outer = QVBoxLayout(self)
        edge = look().px(32)
        outer.setContentsMargins(edge, look().px(28), edge, look().px(24))
        outer.setSpacing(look().px(16))
        outer.addWidget(Text("SmartClient", Role.BRAND))
        card = Card(padding=7, spacing=3)
        head = row(spacing=4)
        head.addWidget(IconView("attention", 30, "attention"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(FlowingText(spoken.happened, Role.HEADING), 1)
        card.content.addLayout(head)
        for part in (spoken.safe, spoken.do):
            if part:
                card.content.addWidget(FlowingText(part))
        card.content.addStretch()
        code = _("Code for the help desk: {code}").format(code=error.code)
        card.content.addWidget(Text(code, Role.SMALL))
        outer.addWidget(card, 1)
        told = "  ·  ".join(f"{contact.purpose} {contact.value}" for contact in contacts()[:2])
        outer.addWidget(FlowingText(told, Role.SMALL))
        foot = row(spacing=2)
        foot.addStretch()
        if again is not None:
            foot.addWidget(Button(_("Try again"), ButtonKind.SECONDARY, pressed=again))
        self.close_button = Button(_("Close"), ButtonKind.PRIMARY, pressed=self.close)
        foot.addWidget(self.close_button)
        outer.addLayout(foot)
        self.setAccessibleName(spoken.happened)
        self.setAccessibleDescription(f"{spoken.safe} {spoken.do}".strip())
        self.close_button.setFocus()
        width = self.minimumWidth()
        self.resize(width, outer.totalHeightForWidth(width))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape and Enter close."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the window is gone."""
        super().closeEvent(event)
        self.closed.emit()
