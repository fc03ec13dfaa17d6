"""Inputs that show all their options: buttons side by side, one tick, several ticks."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from smartclient.domain.language import _
from smartclient.domain.presentation import NBSP
from smartclient.forms.choices import Choice
from smartclient.forms.states import FieldState
from smartclient.ui.forms.controls import Control
from smartclient.ui.theme import look
from smartclient.ui.widgets.card import column
from smartclient.ui.widgets.tick import Tick


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
        for choice in choices:
            button = QPushButton(choice.label)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("kind", "option")
            button.setMinimumWidth(look().px(44))
            button.clicked.connect(lambda checked, code=choice.code: self._press(code, checked))
            self._buttons[choice.code] = button
        self._fill(*self._buttons.values())
        layout = self.layout()
        if isinstance(layout, QHBoxLayout):
            layout.setSpacing(look().px(6))
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
        self._label = label
        self.box = Tick(label)
        self.box.clicked.connect(lambda checked: self.typed.emit(True if checked else None))
        self._fill(self.box)

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Tick or clear the box."""
        del anyway
        if self.box.isChecked() != (state.value is True):
            self.box.setChecked(state.value is True)
        self.box.setEnabled(not state.readonly)

    def mark_required(self, required: bool) -> None:
        """Show or take away the star after the words."""
        words = f"{self._label}{NBSP}*" if required else self._label
        if self.box.text() != words:
            self.box.setText(words)
            self.box.updateGeometry()


class TicksControl(Control):
    """A box for each option of a multiple choice."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._boxes: dict[str, Tick] = {}
        layout = column(self, spacing=1)
        for choice in choices:
            box = Tick(choice.label)
            box.clicked.connect(self._say)
            self._boxes[choice.code] = box
            layout.addWidget(box)
        if self._boxes:
            self.setFocusProxy(next(iter(self._boxes.values())))
        self._watch(*self._boxes.values())

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Tick what is chosen; what cannot be chosen now is out of sight, unless it was chosen."""
        del anyway
        chosen = state.value if isinstance(state.value, list) else []
        offered = {choice.code for choice in state.choices}
        for code, box in self._boxes.items():
            if box.isChecked() != (code in chosen):
                box.setChecked(code in chosen)
            box.setEnabled(not state.readonly)
            box.setVisible(code in offered or code in chosen)
        if boxes := self.focusable():
            self.setFocusProxy(boxes[0])

    def name(self, label: str) -> None:
        """A box alone would only say its option: the question comes first."""
        self.setAccessibleName(label)
        for box in self._boxes.values():
            box.setAccessibleName(
                _("{question}: {answer}").format(question=label, answer=box.text())
            )

    def focusable(self) -> Sequence[QWidget]:
        """The boxes that are in sight."""
        return tuple(box for box in self._boxes.values() if not box.isHidden())

    def _say(self) -> None:
        self.typed.emit([code for code, box in self._boxes.items() if box.isChecked()])
