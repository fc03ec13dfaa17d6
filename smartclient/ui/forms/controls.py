"""The inputs of a form, one class a kind of widget; each shows a state and says what was typed.

An input never writes into itself while the person types in it: what is typed stays as typed until
the field is left, and then shows the value as the session writes it.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from smartclient.domain.language import _
from smartclient.domain.presentation import NBSP
from smartclient.forms.choices import Choice as Option
from smartclient.forms.states import FieldState
from smartclient.ui.theme import look
from smartclient.ui.widgets.choice import Choice

Typed = str | bool | list[str] | None
"""What an input says: text as typed, a code, codes, yes or no, or nothing."""


class Control(QWidget):
    """What all inputs have in common. How each shows a state is its own: see `Input` in `cell`."""

    typed = Signal(object)
    """The person changed it; carries `Typed`."""
    left = Signal()
    """The focus went elsewhere."""
    entered = Signal()
    """The focus came."""
    finished = Signal()
    """Ctrl+Enter in a text of several lines, where Enter alone begins a new line."""

    def __init__(self) -> None:
        super().__init__()
        self._inside: tuple[QWidget, ...] = ()

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
        return self._inside

    def is_typing(self) -> bool:
        """The focus is in it."""
        return any(widget.hasFocus() for widget in self.focusable())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the focus comes and goes; leave undo to the form, which knows all fields."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if event.matches(undo) or event.matches(redo):
                event.ignore()
                return True
        if event.type() is QEvent.Type.FocusIn:
            self.entered.emit()
        elif event.type() is QEvent.Type.FocusOut and leaves(event):
            self.left.emit()
        return super().eventFilter(watched, event)

    def _watch(self, *widgets: QWidget) -> None:
        self._inside = widgets
        for widget in widgets:
            widget.installEventFilter(self)

    def _fill(self, *widgets: QWidget) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look().px(8))
        for widget in widgets:
            layout.addWidget(widget)
        self.setFocusProxy(widgets[0])
        self._watch(*widgets)


def leaves(event: QEvent) -> bool:
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
        painter.drawText(room, int(flags), self._unit)
        painter.end()


class LineControl(Control):
    """One line: text, numbers, money, identifiers."""

    def __init__(self, placeholder: str = "", unit: str = "") -> None:
        super().__init__()
        self.line = _Line(unit)
        self._placeholder = placeholder
        self.line.setPlaceholderText(placeholder)
        self.line.textEdited.connect(self.typed.emit)
        self._fill(self.line)

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Show the text and whether it may be changed."""
        if self.line.isReadOnly() != state.readonly:
            self.line.setReadOnly(state.readonly)
            # An example of what to type would look like an answer where nothing can be typed.
            self.line.setPlaceholderText("" if state.readonly else self._placeholder)
            self.line.setFocusPolicy(
                Qt.FocusPolicy.ClickFocus if state.readonly else Qt.FocusPolicy.StrongFocus
            )
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)
        typed = state.typed if self.line.hasFocus() else self._fitting(state.typed)
        if self.line.text() != typed and (anyway or not self.line.hasFocus()):
            self.line.setText(typed)
            self.line.setCursorPosition(len(typed) if self.line.hasFocus() else 0)

    def _fitting(self, typed: str) -> str:
        """An amount gives up its currency before its digits when there is little room."""
        digits, _space, currency = typed.rpartition(NBSP)
        if not digits or currency.isdigit() or not self.line.property("narrow"):
            return typed
        return digits


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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter goes on."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            goes_on = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if goes_on and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.finished.emit()
                return True
        return super().eventFilter(watched, event)

    def _say(self) -> None:
        if not self._showing:
            self.typed.emit(self.text.toPlainText())


class SelectControl(Control):
    """One of a list. Delete clears it, typing finds an entry."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__()
        self.list = Choice("")
        self.list.setMaxVisibleItems(12)
        self._placeholder = placeholder or _("Choose")
        self.list.setPlaceholderText(self._placeholder)
        self._choices: tuple[Option, ...] | None = None
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
            self.list.setPlaceholderText("" if state.readonly else self._placeholder)
        code = state.value if isinstance(state.value, str) else None
        index = self.list.findData(code) if code is not None else -1
        if self.list.currentIndex() != index:
            self.list.setCurrentIndex(index)

    def name(self, label: str) -> None:
        """The field and the list that opens below it."""
        self.list.name(label)

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
