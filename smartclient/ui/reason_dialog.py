"""A question that needs a reason in the person's own words."""

from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import row
from smartclient.ui.widgets.field import Field
from smartclient.ui.widgets.text import FlowingText, Role, Text

LONGEST = 500


class ReasonDialog(QDialog):
    """Says what happens, and asks why; Escape always means no."""

    def __init__(
        self,
        headline: str,
        detail: str,
        yes: str,
        *,
        destroys: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("SmartClient")
        self.setModal(True)
        self.setFixedWidth(look().px(560))
        self.setAccessibleName(headline)
        self.setAccessibleDescription(detail)
        layout = QVBoxLayout(self)
        edge = look().px(28)
        layout.setContentsMargins(edge, edge, edge, look().px(24))
        layout.setSpacing(look().px(10))
        layout.addWidget(Text(headline, Role.HEADING, wrap=True))
        layout.addWidget(FlowingText(detail))
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(look().px(96))
        layout.addWidget(Field(_("Reason"), self.edit, required=True))
        kind = ButtonKind.DANGER if destroys else ButtonKind.PRIMARY
        self.yes = Button(yes, kind, pressed=self.accept)
        foot = row(spacing=2)
        foot.addStretch()
        foot.addWidget(Button(_("Back"), ButtonKind.SECONDARY, pressed=self.reject))
        foot.addWidget(self.yes)
        layout.addLayout(foot)
        self.edit.textChanged.connect(self._allow)
        self._allow()
        self.edit.setFocus()

    @property
    def reason(self) -> str:
        """What was written, without the spaces around it."""
        return self.edit.toPlainText().strip()[:LONGEST]

    def _allow(self) -> None:
        self.yes.allow(bool(self.reason), _("Write the reason first."))
