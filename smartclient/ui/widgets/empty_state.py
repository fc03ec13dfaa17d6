"""What stands where nothing is yet: what belongs here, and the first step."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.ui.icons import IconView
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.text import Role, Text


class EmptyState(QWidget):
    """An icon, what belongs here, and a button for the first step."""

    def __init__(
        self,
        icon_name: str,
        headline: str,
        detail: str = "",
        *,
        step: str = "",
        pressed: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setSpacing(look().px(8))
        layout.addStretch(2)
        self._headline = Text(headline, Role.HEADING)
        self._detail = Text(detail, Role.MUTED, wrap=True)
        self.step = Button(step, ButtonKind.SECONDARY, pressed=pressed)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(IconView(icon_name, 40, "faint"), 0, centre)
        layout.addWidget(self._headline, 0, centre)
        self._detail.setAlignment(centre)
        layout.addWidget(self._detail)
        layout.addSpacing(look().px(8))
        layout.addWidget(self.step, 0, centre)
        layout.addStretch(3)
        self.say(headline, detail, step)

    def say(self, headline: str, detail: str = "", step: str = "") -> None:
        """Say something else in the same place."""
        self._headline.setText(headline)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.step.rename(step)
        self.step.setVisible(bool(step))
