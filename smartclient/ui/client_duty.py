"""Whether the client was given the information on processing personal data."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.ui.icons import IconView
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, row
from smartclient.ui.widgets.text import Role, Text


class DutyCard(Card):
    """Emits the wish to inform the client."""

    inform_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Surface.GOOD, padding=4, parent=parent)
        line = row(spacing=3)
        self._icon = IconView("check", 22, "good")
        self._headline = Text("", Role.STRONG, wrap=True)
        self._detail = Text("", Role.BODY, wrap=True)
        self.inform = Button(_("Inform the client"), ButtonKind.SECONDARY)
        self.inform.clicked.connect(self.inform_wanted)
        words = QVBoxLayout()
        words.setSpacing(look().px(2))
        words.addWidget(self._headline)
        words.addWidget(self._detail)
        line.addWidget(self._icon)
        line.addLayout(words, 1)
        line.addWidget(self.inform)
        self.content.addLayout(line)

    @property
    def headline(self) -> str:
        """What it says first."""
        return self._headline.text()

    def show_duty(self, informed_on: str) -> None:
        """When the client was informed; empty while that was not done."""
        informed = bool(informed_on)
        self.set_surface(Surface.GOOD if informed else Surface.ATTENTION)
        self._icon.show_icon(
            "check" if informed else "attention", "good" if informed else "attention"
        )
        if informed:
            self._headline.setText(_("The client was given the information."))
            self._detail.setText(informed_on)
        else:
            self._headline.setText(_("The client was not given the information yet."))
            self._detail.setText(_("Without it no offer can be started."))
        self.inform.setVisible(not informed)
        self.inform.set_kind(ButtonKind.SECONDARY if informed else ButtonKind.PRIMARY)
