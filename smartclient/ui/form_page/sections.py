"""The sections of a form with how far each is: a list beside the form, or one line above it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from smartclient.domain.language import _, ngettext
from smartclient.forms.states import SectionStanding, SectionState
from smartclient.ui.icons import IconView
from smartclient.ui.theme import look
from smartclient.ui.widgets.badge import Badge, Tone
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import column, row
from smartclient.ui.widgets.choice import Choice
from smartclient.ui.widgets.text import ElidedText, Role

_ICONS = {
    SectionStanding.DONE: ("check", "good"),
    SectionStanding.ERRORS: ("attention", "bad"),
    SectionStanding.OPEN: ("circle", "muted"),
}


RESULT = "result"
"""The place of the result among the sections."""


def standing_words(state: SectionState, *, here: bool) -> str:
    """How far a section is, in words, for tooltips and screen readers."""
    if state.errors:
        words = ngettext("{count} error", "{count} errors", state.errors).format(count=state.errors)
    elif state.missing:
        words = ngettext("{count} thing missing", "{count} things missing", state.missing).format(
            count=state.missing
        )
    elif state.state is SectionStanding.DONE:
        words = _("filled in")
    else:
        words = _("not filled in yet")
    return _("{standing}, you are here").format(standing=words) if here else words


class SectionItem(QPushButton):
    """One section in the list."""

    def __init__(self, state: SectionState) -> None:
        super().__init__()
        self.section_id = state.id
        self.setProperty("kind", "place")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._icon = IconView("circle", 16, "muted")
        self._title = ElidedText(state.title)
        self._errors = Badge("", Tone.BAD)
        line = QHBoxLayout(self)
        line.setContentsMargins(look().px(12), 0, look().px(10), 0)
        line.setSpacing(look().px(10))
        line.addWidget(self._icon)
        line.addWidget(self._title, 1)
        line.addWidget(self._errors)
        for part in (self._icon, self._title):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.show_state(state, here=False)

    def sizeHint(self) -> QSize:
        """The height of a place in the left side."""
        return QSize(look().px(44), look().px(40))

    def show_state(self, state: SectionState, *, here: bool) -> None:
        """Show how far it is and whether the person is in it."""
        name, ink = _ICONS[state.state]
        if here and state.state is not SectionStanding.ERRORS:
            name, ink = "circle-full", "accent_text"
        self._icon.show_icon(name, ink)
        self._title.set_role(_role(state, here=here))
        self._errors.show_text(str(state.errors) if state.errors else "")
        self.setChecked(here)
        words = standing_words(state, here=here)
        self.setToolTip(words)
        self.setAccessibleName(
            _("{section}: {standing}").format(section=state.title, standing=words)
        )


class ResultItem(QPushButton):
    """The result of what is filled in, below the sections."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "place")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(_("Result"))
        self._icon = IconView("chart", 16, "accent")
        self._title = ElidedText(_("Result"))
        line = QHBoxLayout(self)
        line.setContentsMargins(look().px(12), 0, look().px(10), 0)
        line.setSpacing(look().px(10))
        line.addWidget(self._icon)
        line.addWidget(self._title, 1)
        for part in (self._icon, self._title):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """The height of a place in the left side."""
        return QSize(look().px(44), look().px(40))

    def show_here(self, here: bool) -> None:
        """Whether the result is in sight."""
        self.setChecked(here)
        self._title.set_role(Role.HERE if here else Role.BODY)


class SectionList(QWidget):
    """All sections below each other, and the result where there is one."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[str, SectionItem] = {}
        self._box = column(spacing=1)
        self.result = ResultItem()
        self.result.clicked.connect(lambda _on: self.chosen.emit(RESULT))
        self.result.hide()
        outer = column(self, spacing=1)
        outer.addLayout(self._box)
        outer.addWidget(self.result)
        outer.addStretch(1)

    @property
    def items(self) -> dict[str, SectionItem]:
        """The sections by id."""
        return self._items

    def show_sections(self, states: tuple[SectionState, ...], here: str) -> None:
        """Show how far each is."""
        for state in states:
            item = self._items.get(state.id)
            if item is None:
                item = SectionItem(state)
                item.clicked.connect(lambda _on, which=state.id: self.chosen.emit(which))
                self._items[state.id] = item
                self._box.addWidget(item)
            item.show_state(state, here=state.id == here)
        self.result.show_here(here == RESULT)

    def clear(self) -> None:
        """Forget the sections, because another form comes."""
        for item in self._items.values():
            item.hide()
            item.deleteLater()
        self._items.clear()


class SectionLine(QWidget):
    """The same in one line, for small screens: back, a list to choose from, how far it is."""

    chosen = Signal(str)
    back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.has_result = False
        self._choice = Choice(_("Section"))
        self._choice.activated.connect(lambda at: self.chosen.emit(self._choice.itemData(at)))
        self._back = Button(
            "",
            ButtonKind.ICON,
            icon_name="chevron-left",
            name=_("Documents"),
            pressed=self.back.emit,
        )
        line = row(self, spacing=2)
        line.addWidget(self._back)
        line.addWidget(self._choice, 1)

    def show_sections(self, states: tuple[SectionState, ...], here: str) -> None:
        """Show how far each is."""
        ids = [state.id for state in states] + [RESULT] * self.has_result
        if ids != [self._choice.itemData(at) for at in range(self._choice.count())]:
            self._choice.clear()
            for state in states:
                self._choice.addItem(state.title, state.id)
            if self.has_result:
                self._choice.addItem(_("Result"), RESULT)
        if here == RESULT:
            self._choice.setCurrentIndex(len(states))
        for position, state in enumerate(states):
            words = standing_words(state, here=False)
            text = _("{section} – {standing}").format(section=state.title, standing=words)
            if self._choice.itemText(position) != text:
                self._choice.setItemText(position, text)
            if state.id == here:
                self._choice.setCurrentIndex(position)


def _role(state: SectionState, *, here: bool) -> Role:
    if state.state is SectionStanding.ERRORS:
        return Role.BAD
    return Role.HERE if here else Role.BODY
