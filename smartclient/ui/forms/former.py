"""What stood in a field before, in a form that is opened on present settings."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from smartclient.domain.language import _
from smartclient.ui.theme import LABEL, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.text import ElidedText, Role


class FormerAnswer(QWidget):
    """One line below a changed field: what it was until now, and a button that takes it back."""

    taken_back = Signal()

    def __init__(self, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._label = label
        self._words = ElidedText("", Role.SMALL)
        self._back = Button("", ButtonKind.INLINE, icon_name="undo", pressed=self.taken_back.emit)
        self._back.setText(_("take back"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(look().px(6))
        line.addWidget(self._words)
        line.addWidget(self._back)
        self._words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        line.addStretch(1)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    @property
    def button(self) -> Button:
        """Takes the old answer back."""
        return self._back

    def show_answer(self, before: str, *, changeable: bool) -> None:
        """Say what it was; an empty text was no answer."""
        was = before or _("not filled in")
        self._words.setText(_("until now: {answer}").format(answer=was))
        self._back.setVisible(changeable)
        self._back.setAccessibleName(
            _("Take back {field}: {answer}").format(field=self._label, answer=was)
        )

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(look().px(120), look().px(LABEL + 5))
