"""The form on the screen: one section at a time, driven by a session, by keyboard from end to end.

Enter goes on to the next field, at the end to the next section; Ctrl+Enter does so inside a text of
several lines. Ctrl+Z takes the last step back wherever it was made, and goes there. When fields
come or go above the one being filled in, that one stays where the eye is.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smartclient.domain.language import _
from smartclient.forms.session import FormSession
from smartclient.forms.states import Changes
from smartclient.ui.announce import announce
from smartclient.ui.forms.area import form_area
from smartclient.ui.forms.cell import FieldCell
from smartclient.ui.forms.controls import Typed
from smartclient.ui.forms.repeats import RepeatActions
from smartclient.ui.forms.section import SectionView
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import row
from smartclient.ui.widgets.text import FlowingText, Role
from smartclient.wire.messages import Json

WIDEST = 920
"""Beyond this width lines of fields would be too long for the eye."""
WIDEST_EMBEDDED = 1180
"""The same where the fields stand alone in the page."""


class FormView(QWidget):
    """Shows a session's sections and carries what is typed into it."""

    edited = Signal()
    """An answer changed; whoever keeps it safe listens."""
    changed = Signal(object)
    """The `Changes` of the last edit, undo included."""
    section_changed = Signal(str)
    """Another section is in sight, by its id."""
    field_left = Signal()
    ended = Signal()
    """Going on from the last field: there is nothing more to fill in."""

    def __init__(
        self,
        session: FormSession,
        *,
        embedded: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`embedded` in a page that has a title and steps of its own: only the fields are shown."""
        super().__init__(parent)
        self.session = session
        self._embedded = embedded
        self._demands = False
        self._layouts = {section.id: section for section in session.layout}
        self._views: dict[str, SectionView] = {}
        self._actions = RepeatActions(self._add_row, self._remove_row)
        self._current = next(iter(self._layouts))
        self._put_together()
        self._add_shortcuts()
        self.show_section(self._current)

    @property
    def current_section(self) -> str:
        """The id of the section in sight."""
        return self._current

    @property
    def section(self) -> SectionView:
        """The section in sight."""
        return self._views[self._current]

    @property
    def next_button(self) -> Button:
        """Goes to the next section; hidden on the last."""
        return self._next

    def show_section(self, section_id: str) -> None:
        """Bring a section into sight from its top."""
        left = self._views.get(self._current)
        self._current = section_id
        view = self._views.get(section_id)
        if view is None:
            view = SectionView(self.session, self._layouts[section_id], self._actions)
            view.typed.connect(self._take)
            view.left.connect(self._leave)
            view.taken_back.connect(self.take_back)
            view.finished.connect(self.go_on)
            if self._demands:
                view.demand()
            self._views[section_id] = view
            self._sections.addWidget(view)
        else:
            view.show_all()
        if left is not None and left is not view:
            left.hide()
        view.show()
        layout = self._layouts[section_id]
        self._title.setText(layout.title)
        self._intro.setText(layout.intro)
        self._intro.setVisible(bool(layout.intro) and not self._embedded)
        self._name_ways()
        self._scroll.verticalScrollBar().setValue(0)
        if self.isVisible():
            QWidget.setTabOrder(self._last_stop(view), self._back)
        self.section_changed.emit(section_id)

    def demand(self) -> bool:
        """Say at every field what is missing or wrong, and go to the first; True if none is."""
        self._demands = True
        for view in self._views.values():
            view.demand()
        faults = [item.path for item in (*self.session.wrong(), *self.session.missing())]
        for section_id in self._layouts:
            here = {path for path in faults if self.session.section_of(path) == section_id}
            if not here:
                continue
            if section_id != self._current:
                self.show_section(section_id)
            met = (cell.path for cell in self.section.cells_in_order())
            first = next((path for path in met if path in here), min(here))
            self.go_to(first)
            cell = self.section.cells.get(first)
            if cell is not None:
                announce(self, f"{cell.layout_of.label}: {cell.message.text}")
            return False
        return not faults

    def go_to(self, path: str) -> bool:
        """Show the field of a path and put the focus into it; False when it is asked nowhere."""
        section_id = self.session.section_of(path)
        if not section_id:
            return False
        if section_id != self._current:
            self.show_section(section_id)
        target = self.section.reveal(path)
        if target is None:
            return True
        self._settle_layout()
        target.take_focus()
        focused = QApplication.focusWidget()
        inside = focused is not None and target.isAncestorOf(focused)
        self._scroll.ensureWidgetVisible(
            focused if not isinstance(target, FieldCell) and inside and focused else target,
            0,
            look().px(96),
        )
        return True

    def go_on(self) -> None:
        """From the field with the focus to the next one; at the end to the next section."""
        at = QApplication.focusWidget()
        stops = self._stops()
        if at is None or at not in stops:
            self.focus_first()
            return
        inputs = {
            widget for cell in self.section.cells.values() for widget in cell.control.focusable()
        }
        for candidate in stops[stops.index(at) + 1 :]:
            # Adding and removing rows is asked for by Tab and Space, never met by going on.
            goes_on = candidate in inputs or candidate is self._next
            if goes_on and not _same_question(at, candidate) and candidate.isVisibleTo(self):
                candidate.setFocus(Qt.FocusReason.TabFocusReason)
                self._scroll.ensureWidgetVisible(candidate, 0, look().px(96))
                return
        self.ended.emit()

    def focus_first(self) -> None:
        """Put the focus into the first field that can be filled in."""
        cell = self.section.first_cell()
        if cell is not None:
            cell.take_focus()

    def show_next(self) -> None:
        """Go to the next section and into its first field."""
        self._step(1)

    def show_previous(self) -> None:
        """Go to the section before."""
        self._step(-1)

    def undo(self) -> None:
        """Take the last step back and go where it was made."""
        self._travel(self.session.undo)

    def redo(self) -> None:
        """Make the step again that was taken back."""
        self._travel(self.session.redo)

    def take_back(self, path: str) -> None:
        """Answer a changed field as it was before, and go there."""
        for difference in self.session.differences():
            if difference.path == path:
                self.session.finish_typing()
                self._apply(self.session.set(path, _as_typed(difference.old)), anyway=True)
                self.session.finish_typing()
                self.go_to(path)
                return

    def be_compact(self, compact: bool) -> None:
        """On small screens the title stands elsewhere and the edges are narrow."""
        if self._embedded:
            return
        side, top = look().px(16 if compact else 34), look().px(8 if compact else 24)
        self._box.setContentsMargins(side, top, side, look().px(16 if compact else 32))
        self._title.setHidden(compact)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on; on a button it presses it."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focused = QApplication.focusWidget()
        if isinstance(focused, QPushButton) and focused.property("kind") != "option":
            focused.click()
        else:
            self.go_on()
        event.accept()

    def _put_together(self) -> None:
        self._title = FlowingText("", Role.TITLE)
        self._intro = FlowingText("", Role.MUTED)
        self._back = Button("", pressed=self.show_previous, icon_name="chevron-left")
        self._next = Button("", ButtonKind.PRIMARY, pressed=self.show_next)
        ways = row(spacing=3)
        ways.addWidget(self._back)
        ways.addStretch(1)
        ways.addWidget(self._next)
        self._content = QWidget()
        self._content.setMaximumWidth(look().px(WIDEST_EMBEDDED if self._embedded else WIDEST))
        self._box = box = QVBoxLayout(self._content)
        self._sections = QVBoxLayout()
        if self._embedded:
            box.setContentsMargins(0, 0, look().px(4), look().px(8))
            box.addLayout(self._sections)
            for part in (self._title, self._intro, self._back, self._next):
                part.setParent(self._content)
                part.hide()
        else:
            box.setSpacing(look().px(4))
            box.addWidget(self._title)
            box.addWidget(self._intro)
            box.addSpacing(look().px(14))
            box.addLayout(self._sections)
            box.addSpacing(look().px(16))
            box.addLayout(ways)
        box.addStretch(1)
        self._scroll = form_area(self._content)
        side = Qt.AlignmentFlag.AlignLeft if self._embedded else Qt.AlignmentFlag.AlignHCenter
        self._scroll.setAlignment(side)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)
        self.be_compact(False)

    def _add_shortcuts(self) -> None:
        keys = QKeySequence.StandardKey
        ways: tuple[tuple[QKeySequence.StandardKey | str, Callable[[], None]], ...] = (
            (keys.Undo, self.undo),
            (keys.Redo, self.redo),
            ("Alt+Right", self.show_next),
            ("Alt+Left", self.show_previous),
        )
        for sequence, way in ways:
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(way)

    def _take(self, path: str, value: Typed) -> None:
        self._apply(self.session.set(path, value))

    def _leave(self, path: str) -> None:
        self.session.finish_typing()
        cell = self.section.cells.get(path)
        if cell is not None:
            cell.show_state(self.session.field(path))
        self.field_left.emit()

    def _add_row(self, path: str) -> None:
        index = self.session.add_row(path)
        self._apply(Changes(frozenset({path}), structure=True, premium=True))
        for field_path, cell in self.section.cells.items():
            inside = field_path.startswith(f"{path}.{index}.")
            if inside and cell.is_relevant and not self.session.field(field_path).readonly:
                self.go_to(field_path)
                return

    def _remove_row(self, path: str, index: int) -> None:
        self._apply(self.session.remove_row(path, index))

    def _travel(self, way: Callable[[], Changes]) -> None:
        changes = way()
        if not changes.paths and not changes.structure:
            return
        here = [path for path in changes.paths if path in self.section.cells]
        asked = [path for path in sorted(changes.paths) if self.session.section_of(path)]
        target = next(iter(here or asked), "")
        self._apply(changes, anyway=True)
        if target:
            self.go_to(target)

    def _apply(self, changes: Changes, *, anyway: bool = False) -> None:
        held = self._held_place()
        if self.section.show_changes(changes, anyway=anyway):
            self._settle_layout()
            self._hold(held)
        self._name_ways()
        self.changed.emit(changes)
        self.edited.emit()

    def _held_place(self) -> tuple[QWidget, int] | None:
        focused = QApplication.focusWidget()
        if focused is None or not self._content.isAncestorOf(focused):
            return None
        return focused, focused.mapTo(self._content, QPoint(0, 0)).y()

    def _hold(self, held: tuple[QWidget, int] | None) -> None:
        """Scroll by as much as the field with the focus moved, so that it does not."""
        if held is None:
            return
        focused, before = held
        moved = focused.mapTo(self._content, QPoint(0, 0)).y() - before
        if moved:
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.value() + moved)

    def _settle_layout(self) -> None:
        """Lay out now; the scroll area learns the new height from the same request."""
        self.section.settle()
        QApplication.sendEvent(self._content, QEvent(QEvent.Type.LayoutRequest))

    def _step(self, by: int) -> None:
        ids = list(self._layouts)
        target = ids.index(self._current) + by
        if 0 <= target < len(ids):
            self.show_section(ids[target])
            self.focus_first()

    def _name_ways(self) -> None:
        ids = list(self._layouts)
        here = ids.index(self._current)
        self._back.setVisible(here > 0 and not self._embedded)
        self._next.setVisible(here + 1 < len(ids) and not self._embedded)
        if here > 0 and self._back.text() != self._layouts[ids[here - 1]].title:
            self._back.rename(self._layouts[ids[here - 1]].title)
        if here + 1 < len(ids):
            words = _("{section} ›").format(section=self._layouts[ids[here + 1]].title)
            if self._next.text() != words:
                self._next.rename(words)

    def _stops(self) -> list[QWidget]:
        """What takes the focus by Tab, in the order of the eye."""
        inside = [
            widget
            for widget in self.section.findChildren(QWidget)
            if _is_stop(widget) and widget.isVisibleTo(self)
        ]
        return [*inside, self._back, self._next]

    def _last_stop(self, view: SectionView) -> QWidget:
        stops = [
            widget
            for widget in view.findChildren(QWidget)
            if _is_stop(widget) and widget.window() is view.window()
        ]
        return stops[-1] if stops else view


def _as_typed(answer: Json) -> Typed:
    """A stored answer as an input would say it."""
    match answer:
        case None | bool() | str():
            return answer
        case list():
            return [str(code) for code in answer]
        case _:
            return str(answer)


def _is_stop(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled()


def _same_question(one: QWidget, other: QWidget) -> bool:
    """The buttons of one question are one stop for Enter."""
    parts = (one.property("kind"), other.property("kind"))
    return parts == ("option", "option") and one.parentWidget() is other.parentWidget()
