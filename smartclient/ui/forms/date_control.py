"""The input of a date: typed as people write it, or picked from a calendar."""

from datetime import date

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.forms.states import FieldState
from smartclient.ui.forms.controls import LineControl
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind


class DateControl(LineControl):
    """A line with a calendar behind a small button; Alt+Down opens the calendar as well."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__(placeholder)
        self._value: date | None = None
        self._calendar: _CalendarPopup | None = None
        self.button = Button(
            "",
            ButtonKind.ICON,
            icon_name="calendar",
            name=_("Open the calendar"),
            pressed=self.open_calendar,
            parent=self.line,
        )
        # The keyboard has Alt+Down; a second stop in every date would slow down typing.
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        margin = look().px(30)
        self.line.setTextMargins(0, 0, margin, 0)
        self.line.installEventFilter(self)

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Show the date and whether it may be changed."""
        super().show_state(state, anyway=anyway)
        try:
            self._value = date.fromisoformat(state.value) if isinstance(state.value, str) else None
        except ValueError:
            self._value = None
        self.button.setVisible(not state.readonly)

    def open_calendar(self) -> None:
        """Let the date be picked; the month of the present value is shown first."""
        if self._calendar is None:
            self._calendar = _CalendarPopup(self)
        self._calendar.open_at(self._value)

    def pick(self, day: QDate) -> None:
        """Take the day of the calendar as if it had been typed."""
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)
        self.line.setText(f"{day.day()}. {day.month()}. {day.year()}")
        self.typed.emit(self.line.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt+Down opens the calendar; the button follows the size of the line."""
        if watched is self.line and event.type() is QEvent.Type.Resize:
            side = look().px(34)
            gap = (self.line.height() - side) // 2
            self.button.setGeometry(self.line.width() - side - look().px(4), gap, side, side)
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Down
            and event.modifiers() & Qt.KeyboardModifier.AltModifier
            and not self.line.isReadOnly()
        ):
            self.open_calendar()
            return True
        return super().eventFilter(watched, event)


class _CalendarPopup(QWidget):
    """A calendar below its line; Escape closes it and changes nothing."""

    def __init__(self, control: DateControl) -> None:
        super().__init__(control, Qt.WindowType.Popup)
        self.setProperty("surface", "plain")
        self._control = control
        self._calendar = QCalendarWidget()
        self._calendar.setAccessibleName(_("Calendar"))
        self._calendar.setLocale(QLocale())
        self._calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self._calendar.setVerticalHeaderFormat(
            QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader
        )
        self._calendar.clicked.connect(self._picked)
        self._calendar.activated.connect(self._picked)
        layout = QVBoxLayout(self)
        layout.addWidget(self._calendar)

    def open_at(self, value: date | None) -> None:
        """Show the month of the value, or the present one."""
        if value is not None:
            self._calendar.setSelectedDate(QDate(value.year, value.month, value.day))
        line = self._control.line
        self.move(line.mapToGlobal(QPoint(0, line.height() + look().px(2))))
        self.show()
        self._calendar.setFocus()

    def _picked(self, day: QDate) -> None:
        if self.isVisible():
            self.hide()
            self._control.pick(day)
