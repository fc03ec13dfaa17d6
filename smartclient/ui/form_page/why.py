"""The answer to "why so much": what the last change did, and how each amount came about."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.services.forms import Explanation
from smartclient.ui.page import scrolling
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import column, row
from smartclient.ui.widgets.text import FlowingText, Role, Text, rule


class WhyDialog(QDialog):
    """Shows an explanation; Escape closes it."""

    def __init__(self, explanation: Explanation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(explanation.title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(look().px(560), look().px(620))
        outer = QVBoxLayout(self)
        edge = look().px(24)
        outer.setContentsMargins(edge, edge, edge, look().px(20))
        outer.setSpacing(look().px(12))
        outer.addWidget(FlowingText(explanation.title, Role.TITLE))
        content = QWidget()
        box = column(content, spacing=4)
        box.setContentsMargins(0, 0, look().px(18), 0)
        for chapter in explanation.chapters:
            part = column(spacing=1)
            part.addWidget(FlowingText(chapter.title, Role.STRONG))
            part.addWidget(rule())
            for words, amount in chapter.steps:
                part.addWidget(_Step(words, amount))
            box.addLayout(part)
        box.addStretch(1)
        outer.addWidget(scrolling(content), 1)
        foot = row()
        foot.addStretch(1)
        foot.addWidget(Button(_("Close"), ButtonKind.PRIMARY, pressed=self.accept))
        outer.addLayout(foot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape close it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
            return
        super().keyPressEvent(event)


class _Step(QWidget):
    def __init__(self, words: str, amount: str) -> None:
        super().__init__()
        line = row(self, spacing=4)
        line.setContentsMargins(0, look().px(3), 0, look().px(3))
        line.addWidget(FlowingText(words, Role.BODY), 1)
        if amount:
            told = Text(amount, Role.STRONG)
            told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            line.addWidget(told)
