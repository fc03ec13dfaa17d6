"""The foot of a form on a small screen: the premium in one line and the two steps that matter."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.services.forms import PremiumSummary
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import row
from smartclient.ui.widgets.text import Role, Text


class FormFoot(QFrame):
    """Says `why`, `changes_wanted`, `missing_wanted` and `completed`."""

    why = Signal()
    changes_wanted = Signal()
    missing_wanted = Signal()
    completed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "foot")
        line = row(self, spacing=3)
        line.setContentsMargins(look().px(20), look().px(8), look().px(20), look().px(8))
        self._caption = Text("", Role.SMALL)
        self._amount = Text("", Role.HEADING)
        self._saved = Text("", Role.SMALL)
        self._why = Button(_("why?"), ButtonKind.LINK, pressed=self.why.emit)
        self.changes = Button("", ButtonKind.LINK, pressed=self.changes_wanted.emit)
        self.changes.hide()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._caption)
        words.addWidget(self._amount)
        self.next_missing = Button(
            _("Next missing"), ButtonKind.QUIET, pressed=self.missing_wanted.emit
        )
        self.complete = Button(_("Complete"), pressed=self.completed.emit)
        middle = Qt.AlignmentFlag.AlignVCenter
        line.addLayout(words)
        line.addSpacing(look().px(12))
        line.addWidget(self._saved, 1)
        line.addWidget(self.changes)
        line.addWidget(self._why)
        line.addWidget(self.next_missing, 0, middle)
        line.addWidget(self.complete, 0, middle)
        self.hide()

    def show_premium(self, summary: PremiumSummary | None) -> None:
        """Show the premium; a form without one shows none."""
        for part in (self._caption, self._amount):
            part.setVisible(summary is not None)
        self._why.setVisible(summary is not None and summary.is_explained)
        if summary is not None:
            self._caption.setText(summary.caption)
            self._amount.setToolTip(summary.change or summary.note)
            self._amount.setText(summary.amount)

    def show_changes(self, words: str) -> None:
        """Tell how much of a contract is changed; empty where no contract is."""
        self.changes.rename(words)
        self.changes.setVisible(bool(words))

    def show_saved(self, words: str) -> None:
        """Show whether everything is kept."""
        if self._saved.text() != words:
            self._saved.setText(words)

    def allow_completion(self, allowed: bool, reason: str) -> None:
        """Whether everything is there."""
        self.complete.allow(allowed, reason)
        self.complete.set_kind(ButtonKind.PRIMARY if allowed else ButtonKind.SECONDARY)
