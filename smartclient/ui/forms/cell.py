"""One field on the form: label, input and message, and when a message is shown.

A problem that comes up while the person is still typing waits until the field is left; one that is
already shown follows every key, so that its going away is seen at once. While the field has the
focus and nothing is wrong, its word of help stands in the same room. That a required answer is not
there is told at the field only once all answers are demanded; until then the star is enough.
"""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.forms.layout import FieldLayout, Widget
from smartclient.forms.model import FieldType
from smartclient.forms.states import FieldState, Problem, Severity
from smartclient.ui.announce import announce
from smartclient.ui.forms.controls import LineControl, SelectControl, TextControl, Typed
from smartclient.ui.forms.date_control import DateControl
from smartclient.ui.forms.former import FormerAnswer
from smartclient.ui.forms.message import FieldMessage, Tone
from smartclient.ui.forms.options import ButtonsControl, TickControl, TicksControl
from smartclient.ui.forms.search_control import LONG_FROM, SearchControl
from smartclient.ui.theme import FIELD_HEIGHT, look
from smartclient.ui.widgets.text import FieldLabel

BESIDE_FROM = 5
"""A yes-or-no question over this many columns has its buttons at the right of the question."""
_LABEL_GAP = 4


Input = (
    LineControl
    | TextControl
    | DateControl
    | SelectControl
    | SearchControl
    | ButtonsControl
    | TickControl
    | TicksControl
)
"""The inputs there are; each shows a state and keeps what is typed into it unless `anyway`."""


def control_for(layout: FieldLayout) -> Input:
    """The input that the layout asks for."""
    match layout.widget:
        case Widget.LINE:
            moment = layout.type is FieldType.DATETIME
            usual = _("e.g. 9. 3. 2026 14:30") if moment else ""
            return LineControl(layout.hint or usual, layout.unit)
        case Widget.TEXT:
            return TextControl(layout.hint)
        case Widget.DATE:
            return DateControl(layout.hint)
        case Widget.YES_NO:
            return ButtonsControl.yes_or_no()
        case Widget.TICK:
            return TickControl(layout.label)
        case Widget.SELECT:
            long = len(layout.choices) >= LONG_FROM
            return SearchControl(layout.hint) if long else SelectControl(layout.hint)
        case Widget.RADIO:
            return ButtonsControl(layout.choices)
        case Widget.TICKS:
            return TicksControl(layout.choices)


class FieldCell(QWidget):
    """A field at a full path of the session."""

    typed = Signal(str, object)
    """Path and `Typed`."""
    left = Signal(str)
    entered = Signal(str)
    taken_back = Signal(str)
    """The old answer is wanted again, in a form that is opened on present settings."""
    message_changed = Signal()

    def __init__(self, path: str, layout: FieldLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self.path = path
        self.layout_of = layout
        self.message = FieldMessage(parent)
        self.control = control_for(layout)
        self.control.name(layout.label)
        if layout.columns == 1:
            for widget in self.control.focusable():
                widget.setProperty("narrow", True)
        self._label: FieldLabel | None = None
        self._problem: Problem | None = None
        self._shown: Problem | None = None
        self._relevant: bool | None = None
        self._demanded = False
        self._readonly = False
        self._is_beside = layout.widget is Widget.YES_NO and layout.columns >= BESIDE_FROM
        self._put_together(layout)
        self.control.typed.connect(self._say_typed)
        self.control.left.connect(self._leave)
        self.control.entered.connect(self._enter)

    @property
    def is_relevant(self) -> bool:
        """Whether the field is asked now."""
        return self._relevant is True

    @property
    def label(self) -> str:
        """The words above the field, with the star where an answer is required."""
        if isinstance(self.control, TickControl):
            return self.control.box.text()
        return self._label.text() if self._label is not None else self.layout_of.label

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Show value, star and problem; `anyway` even into what is being typed (undo)."""
        self.control.show_state(state, anyway=anyway)
        self._mark_required(state.required)
        self._readonly = state.readonly
        self._show_former(state)
        self._problem = self._worst(state)
        being_typed = self.control.is_typing() and not anyway
        if self._problem is None or self._shown is not None or not being_typed:
            self._show(self._problem)

    def demand(self, state: FieldState) -> None:
        """From now on say what is missing as well, beginning with this state."""
        self._demanded = True
        self._problem = self._worst(state)
        self._show(self._problem)

    def show_relevant(self, relevant: bool) -> None:
        """Ask it, or take it out of sight with its message."""
        if relevant is self._relevant:
            return
        self._relevant = relevant
        self.setVisible(relevant)
        if not relevant:
            self.message.place(QRect())
        self.message_changed.emit()

    def lead(self, width: int) -> int:
        """How far below its top the input begins at this width; inputs of a row begin together."""
        if self._label is not None and not self._is_beside:
            return self._label.heightForWidth(width) + look().px(_LABEL_GAP)
        if isinstance(self.control, TickControl):
            # A single line of words stands in the middle of the fields beside it.
            return min(0, self.control.box.heightForWidth(width) - look().px(FIELD_HEIGHT)) // 2
        return 0

    def take_focus(self) -> None:
        """Put the focus into the input and mark what is in it."""
        self.control.setFocus(Qt.FocusReason.TabFocusReason)

    def _put_together(self, layout: FieldLayout) -> None:
        beside = self._is_beside
        box = QHBoxLayout(self) if beside else QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look().px(16 if beside else _LABEL_GAP))
        if layout.widget is not Widget.TICK:
            self._label = FieldLabel(layout.label)
            self._label.setWordWrap(True)
            self._label.setMinimumWidth(1)
            self._label.setBuddy(self.control.focusable()[0])
            if beside:
                self._label.setProperty("role", "body")
                self._label.setMinimumHeight(look().px(FIELD_HEIGHT))
                self._label.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
            box.addWidget(self._label, 1 if beside else 0)
        if beside:
            policy = QSizePolicy.Policy
            self.control.setSizePolicy(policy.Fixed, policy.Fixed)
        box.addWidget(self.control)
        if layout.help:
            self.setToolTip(layout.help)

    def _say_typed(self, value: Typed) -> None:
        self.typed.emit(self.path, value)

    def _leave(self) -> None:
        before = self._shown
        self._show(self._problem)
        if self._problem is not None and self._problem != before:
            announce(self.control, f"{self.layout_of.label}: {self._problem.message}")
        self.left.emit(self.path)

    def _mark_required(self, required: bool) -> None:
        if self._label is not None:
            self._label.mark(required)
        elif isinstance(self.control, TickControl):
            self.control.mark_required(required)

    def _show_former(self, state: FieldState) -> None:
        if state.before is None:
            if self.message.show_former(None):
                self._mark_calm()
                self.message_changed.emit()
            return
        former = self.message.former
        if former is None:
            former = FormerAnswer(self.layout_of.label, self.message)
            former.taken_back.connect(lambda: self.taken_back.emit(self.path))
        former.show_answer(state.before, changeable=not state.readonly)
        if self.message.show_former(former):
            self._mark_calm()
            self.message_changed.emit()

    def _mark_calm(self) -> None:
        """Nothing is wrong: an answer that somebody changed has a quiet mark of its own."""
        if self._shown is None:
            changed = self.message.former is not None and not self._readonly
            self.control.mark("changed" if changed else "")

    def _worst(self, state: FieldState) -> Problem | None:
        errors = [each for each in state.problems if each.severity is Severity.ERROR]
        worst = next(iter(errors or state.problems), None)
        if errors or not (self._demanded and state.required and state.value is None):
            return worst
        words = worst.message if worst is not None else _("Please fill this in.")
        if worst is None and self.layout_of.help:
            words = f"{words} {self.layout_of.help}"
        return Problem(Severity.ERROR, words)

    def _enter(self) -> None:
        self._show(self._shown, focused=True)
        self.entered.emit(self.path)

    def _show(self, problem: Problem | None, *, focused: bool | None = None) -> None:
        has_focus = self.control.is_typing() if focused is None else focused
        self._shown = problem
        if problem is not None:
            error = problem.severity is Severity.ERROR
            words, tone = problem.message, Tone.ERROR if error else Tone.WARNING
            self.control.mark("bad" if error else "warning")
        else:
            words, tone = self.layout_of.help if has_focus else "", Tone.HELP
            self._mark_calm()
        former = self.message.former
        told = " ".join(part for part in (words, former.words if former else "") if part)
        self.control.describe(told or self.layout_of.help)
        if self.message.say(words, tone):
            self.message_changed.emit()
