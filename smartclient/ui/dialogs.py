"""Questions that need an answer now. Pages are given `ask`, so that a test can answer itself."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.ui.icons import IconView
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.text import FlowingText, Role


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `yes` names what happens.

    `destroys` or `prefers_no` keep it away from the Enter key; the latter makes no the main answer.
    """

    headline: str
    detail: str
    yes: str
    no: str = ""
    destroys: bool = False
    prefers_no: bool = False


Ask = Callable[[QWidget, Question], bool]


class QuestionDialog(QDialog):
    """One question with one or two answers; Escape always means no."""

    def __init__(self, parent: QWidget | None, question: Question) -> None:
        super().__init__(parent)
        self.setWindowTitle("SmartClient")
        self.setModal(True)
        self.setFixedWidth(look().px(540))
        outer = QVBoxLayout(self)
        edge = look().px(28)
        outer.setContentsMargins(edge, edge, edge, look().px(24))
        outer.setSpacing(look().px(10))
        top = QHBoxLayout()
        top.setSpacing(look().px(14))
        icon = IconView("attention" if question.destroys else "help", 26, "muted")
        words = QVBoxLayout()
        words.setSpacing(look().px(6))
        words.addWidget(FlowingText(question.headline, Role.HEADING))
        words.addWidget(FlowingText(question.detail))
        words.addStretch()
        top.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        outer.addLayout(top)
        outer.addSpacing(look().px(10))
        self.setAccessibleName(question.headline)
        self.setAccessibleDescription(question.detail)
        kind = ButtonKind.SECONDARY if question.prefers_no else ButtonKind.PRIMARY
        kind = ButtonKind.DANGER if question.destroys else kind
        against = ButtonKind.PRIMARY if question.prefers_no else ButtonKind.SECONDARY
        self.yes = Button(question.yes, kind, pressed=self.accept)
        self.no = Button(question.no or _("Back"), against, pressed=self.reject)
        answers = QHBoxLayout()
        answers.setSpacing(look().px(10))
        answers.addStretch()
        for answer in (self.yes, self.no) if question.prefers_no else (self.no, self.yes):
            answers.addWidget(answer)
        outer.addLayout(answers)
        preferred = self.no if question.destroys or question.prefers_no else self.yes
        preferred.setFocus()
        self.resize(self.width(), outer.totalHeightForWidth(self.minimumWidth()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, never another."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, Button):
                focused.click()
            return
        super().keyPressEvent(event)


def ask(parent: QWidget, question: Question) -> bool:
    """Ask and wait for the answer."""
    dialog = QuestionDialog(parent.window(), question)
    try:
        return dialog.exec() == QDialog.DialogCode.Accepted
    finally:
        dialog.deleteLater()
