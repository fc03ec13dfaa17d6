"""A field with its label above and its message below; the message's line is always kept free."""

from enum import StrEnum

from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.ui.theme import look
from smartclient.ui.widgets.text import FieldLabel, Role, Text


class FieldSigns(StrEnum):
    """What the frame of a field tells."""

    CALM = ""
    WARNING = "warning"
    BAD = "bad"


class Field(QWidget):
    """Label, any input widget, message. Gives the input its accessible name and buddy."""

    def __init__(
        self,
        label: str,
        widget: QWidget,
        *,
        required: bool = False,
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.widget = widget
        self._hint = hint
        self._label = FieldLabel(label, required=required)
        self._label.setBuddy(widget)
        self._message = Text(hint, Role.SMALL, wrap=True)
        self._message.setMinimumHeight(look().px(20))
        widget.setAccessibleName(label)
        widget.setAccessibleDescription(hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look().px(4))
        for part in (self._label, widget, self._message):
            layout.addWidget(part)

    def mark_required(self, required: bool) -> None:
        """Show or take away the star."""
        self._label.mark(required)

    def say(self, message: str = "", sign: FieldSigns = FieldSigns.BAD) -> None:
        """Put a message under the field, or with none the hint again."""
        worn = sign if message else FieldSigns.CALM
        self._message.setText(message or self._hint)
        roles = {FieldSigns.CALM: Role.SMALL, FieldSigns.WARNING: Role.WARNING}
        self._message.set_role(roles.get(worn, Role.PROBLEM))
        self.widget.setAccessibleDescription(message or self._hint)
        if self.widget.property("state") != worn.value:
            self.widget.setProperty("state", worn.value)
            self.widget.style().unpolish(self.widget)
            self.widget.style().polish(self.widget)

    @property
    def message(self) -> str:
        """What stands under the field now."""
        return self._message.text()
