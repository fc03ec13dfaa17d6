"""The inputs of a form, one class a kind of widget; each shows a state and says what was typed.

An input never writes into itself while the person types in it: what is typed stays as typed until
the field is left, and then shows the value as the session writes it.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from smartclient.domain.language import _
from smartclient.forms.choices import Choice
from smartclient.forms.states import FieldState
from smartclient.ui.icons import paint_icon
from smartclient.ui.theme import look
from smartclient.ui.widgets.card import column
from smartclient.ui.widgets.text import Text

Typed = str | bool | list[str] | None
"""What an input says: text as typed, a code, codes, yes or no, or nothing."""


class Control(QWidget):
    """What all inputs have in common."""

    typed = Signal(object)
    """The person changed it; carries `Typed`."""
    left = Signal()
    """The focus went elsewhere."""
    entered = Signal()
    """The focus came."""

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Show the value; what the person is typing stays unless `anyway`."""
        raise NotImplementedError

    def name(self, label: str) -> None:
        """The accessible name of everything in it that takes the focus."""
        for widget in self.focusable():
            widget.setAccessibleName(label)

    def describe(self, text: str) -> None:
        """What a screen reader adds to the name: problem, help."""
        for widget in self.focusable():
            if widget.accessibleDescription() != text:
                widget.setAccessibleDescription(text)

    def mark(self, state: str) -> None:
        """Frame it as "bad", "warning" or "" (calm)."""
        for widget in self.focusable():
            if (widget.property("state") or "") != state:
                widget.setProperty("state", state)
                widget.style().unpolish(widget)
                widget.style().polish(widget)

    def focusable(self) -> Sequence[QWidget]:
        """The widgets that take the focus, first to last."""
        raise NotImplementedError

    def is_typing(self) -> bool:
        """The focus is in it."""
        return any(widget.hasFocus() for widget in self.focusable())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the focus comes and goes."""
        if event.type() is QEvent.Type.FocusIn:
            self.entered.emit()
        elif event.type() is QEvent.Type.FocusOut and _leaves(event):
            self.left.emit()
        return super().eventFilter(watched, event)

    def _watch(self) -> None:
        for widget in self.focusable():
            widget.installEventFilter(self)

    def _fill(self, *widgets: QWidget) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look().px(8))
        for widget in widgets:
            layout.addWidget(widget)
        self.setFocusProxy(widgets[0])
        self._watch()


def _leaves(event: QEvent) -> bool:
    """A popup or another window takes the focus only for a while."""
    return not (
        isinstance(event, QFocusEvent)
        and event.reason()
        in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
    )


class _Line(QLineEdit):
    """A line that shows its unit at the right."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit
        self.setMaxLength(500)
        if unit:
            margin = self.fontMetrics().horizontalAdvance(unit) + look().px(6)
            self.setTextMargins(0, 0, margin, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the unit after the text."""
        super().paintEvent(event)
        if not self._unit:
            return
        painter = QPainter(self)
        painter.setPen(look().colour("muted"))
        room = self.rect().adjusted(0, 0, -look().px(13), 0)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(room), int(flags), self._unit)
        painter.end()


class LineControl(Control):
    """One line: text, numbers, money, identifiers."""

    def __init__(self, placeholder: str = "", unit: str = "") -> None:
        super().__init__()
        self.line = _Line(unit)
        self.line.setPlaceholderText(placeholder)
        self.line.textEdited.connect(self.typed.emit)
        self._fill(self.line)

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Show the text and whether it may be changed."""
        if self.line.isReadOnly() != state.readonly:
            self.line.setReadOnly(state.readonly)
            self.line.setFocusPolicy(
                Qt.FocusPolicy.ClickFocus if state.readonly else Qt.FocusPolicy.StrongFocus
            )
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)
        if self.line.text() != state.typed and (anyway or not self.line.hasFocus()):
            self.line.setText(state.typed)
            self.line.setCursorPosition(len(state.typed) if self.line.hasFocus() else 0)

    def focusable(self) -> Sequence[QWidget]:
        """The line."""
        return (self.line,)


class TextControl(Control):
    """Several lines of text. Tab goes on; Enter begins a new line, Ctrl+Enter goes on."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(placeholder)
        self.text.setUndoRedoEnabled(False)
        self.text.setFixedHeight(look().px(96))
        self.text.textChanged.connect(self._say)
        self._showing = False
        self._fill(self.text)

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Show the text and whether it may be changed."""
        self.text.setReadOnly(state.readonly)
        if self.text.toPlainText() != state.typed and (anyway or not self.text.hasFocus()):
            self._showing = True
            self.text.setPlainText(state.typed)
            self._showing = False

    def focusable(self) -> Sequence[QWidget]:
        """The text."""
        return (self.text,)

    def _say(self) -> None:
        if not self._showing:
            self.typed.emit(self.text.toPlainText())


class _Select(QComboBox):
    """A list to choose from; the wheel scrolls the page unless the list has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(3)
        self.setMaxVisibleItems(12)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nobody changes an answer by scrolling past it."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the arrow of the theme."""
        super().paintEvent(event)
        painter = QPainter(self)
        side = look().px(16)
        box = QRectF(self.width() - side - look().px(10), (self.height() - side) / 2, side, side)
        paint_icon(painter, "chevron-down", box, "muted" if self.isEnabled() else "faint")
        painter.end()


class SelectControl(Control):
    """One of a list. Delete clears it, typing finds an entry."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__()
        self.list = _Select()
        self.list.setPlaceholderText(placeholder or _("Choose"))
        self._choices: tuple[Choice, ...] | None = None
        self.list.activated.connect(self._say)
        self._fill(self.list)

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Show the choice; the list follows what may be chosen now."""
        del anyway
        if state.choices != self._choices:
            self._choices = state.choices
            self.list.clear()
            for choice in state.choices:
                self.list.addItem(choice.label, choice.code)
        if self.list.isEnabled() == state.readonly:
            self.list.setEnabled(not state.readonly)
        code = state.value if isinstance(state.value, str) else None
        index = self.list.findData(code) if code is not None else -1
        if self.list.currentIndex() != index:
            self.list.setCurrentIndex(index)

    def focusable(self) -> Sequence[QWidget]:
        """The list."""
        return (self.list,)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete and Backspace clear the choice."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            clears = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
            if clears and self.list.currentIndex() >= 0:
                self.list.setCurrentIndex(-1)
                self.typed.emit(None)
                return True
        return super().eventFilter(watched, event)

    def _say(self, index: int) -> None:
        code = self.list.itemData(index)
        self.typed.emit(code if isinstance(code, str) else None)


class ButtonsControl(Control):
    """A few options side by side as buttons; none is pressed until answered.

    Arrow keys move between them, Space presses, Delete clears. For yes and no the codes are "yes"
    and "no" inside, and what is said is true or false.
    """

    def __init__(self, choices: Sequence[Choice], *, yes_no: bool = False) -> None:
        super().__init__()
        self._yes_no = yes_no
        self._label = ""
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        for choice in choices:
            button = QPushButton(choice.label)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("kind", "option")
            button.clicked.connect(lambda checked, code=choice.code: self._press(code, checked))
            self._buttons[choice.code] = button
            self._group.addButton(button)
        self._fill(*self._buttons.values())
        layout = self.layout()
        if isinstance(layout, QHBoxLayout):
            layout.addStretch(1)

    @classmethod
    def yes_or_no(cls) -> "ButtonsControl":
        """The two buttons of a question."""
        return cls((Choice("yes", _("Yes")), Choice("no", _("No"))), yes_no=True)

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Press the button of the answer."""
        del anyway
        if isinstance(state.value, bool):
            answer = "yes" if state.value else "no"
        else:
            answer = state.value if isinstance(state.value, str) else ""
        allowed = {choice.code for choice in state.choices} if state.choices else None
        for code, button in self._buttons.items():
            if button.isChecked() != (code == answer):
                button.setChecked(code == answer)
            button.setEnabled(not state.readonly and (allowed is None or code in allowed))

    def name(self, label: str) -> None:
        """A button alone would only say Yes: the question comes first."""
        self._label = label
        self.setAccessibleName(label)
        for button in self._buttons.values():
            button.setAccessibleName(
                _("{question}: {answer}").format(question=label, answer=button.text())
            )

    def focusable(self) -> Sequence[QWidget]:
        """The buttons."""
        return tuple(self._buttons.values())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move, Delete clears."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                self._move(1 if event.key() == Qt.Key.Key_Right else -1)
                return True
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.typed.emit(None)
                return True
        return super().eventFilter(watched, event)

    def _move(self, step: int) -> None:
        buttons = list(self._buttons.values())
        focused = next((n for n, button in enumerate(buttons) if button.hasFocus()), 0)
        target = focused + step
        if 0 <= target < len(buttons):
            buttons[target].setFocus(Qt.FocusReason.TabFocusReason)

    def _press(self, code: str, checked: bool) -> None:
        if not checked:
            self._buttons[code].setChecked(True)
            return
        for other, button in self._buttons.items():
            button.setChecked(other == code)
        self.typed.emit(code == "yes" if self._yes_no else code)


class TickControl(Control):
    """One box with its words beside it, for declarations; clear means unanswered."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.box = QCheckBox()
        self.words = Text(label, wrap=True)
        self.words.installEventFilter(self)
        self.box.clicked.connect(lambda checked: self.typed.emit(True if checked else None))
        self._fill(self.box, self.words)
        layout = self.layout()
        if isinstance(layout, QHBoxLayout):
            layout.setStretch(1, 1)
            layout.setAlignment(self.box, Qt.AlignmentFlag.AlignTop)

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Tick or clear the box."""
        del anyway
        if self.box.isChecked() != (state.value is True):
            self.box.setChecked(state.value is True)
        self.box.setEnabled(not state.readonly)

    def focusable(self) -> Sequence[QWidget]:
        """The box."""
        return (self.box,)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click on the words is a click on the box."""
        if watched is self.words:
            if event.type() is QEvent.Type.MouseButtonRelease and self.box.isEnabled():
                self.box.click()
                self.box.setFocus(Qt.FocusReason.MouseFocusReason)
            return False
        return super().eventFilter(watched, event)


class TicksControl(Control):
    """A box for each option of a multiple choice."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._boxes: dict[str, QCheckBox] = {}
        layout = column(self, spacing=1)
        for choice in choices:
            box = QCheckBox(choice.label)
            box.clicked.connect(self._say)
            self._boxes[choice.code] = box
            layout.addWidget(box)
        if self._boxes:
            self.setFocusProxy(next(iter(self._boxes.values())))
        self._watch()

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Tick what is chosen."""
        del anyway
        chosen = state.value if isinstance(state.value, list) else []
        for code, box in self._boxes.items():
            box.setChecked(code in chosen)
            box.setEnabled(not state.readonly)

    def name(self, label: str) -> None:
        """A box alone would only say its option: the question comes first."""
        self.setAccessibleName(label)
        for box in self._boxes.values():
            box.setAccessibleName(
                _("{question}: {answer}").format(question=label, answer=box.text())
            )

    def focusable(self) -> Sequence[QWidget]:
        """The boxes."""
        return tuple(self._boxes.values())

    def _say(self) -> None:
        self.typed.emit([code for code, box in self._boxes.items() if box.isChecked()])
