"""One section of a form on the screen: made once, then only repainted where it changed."""

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from smartclient.forms.layout import RepeatLayout, SectionLayout
from smartclient.forms.session import FormSession
from smartclient.forms.states import Changes
from smartclient.ui.forms.blocks import Block, Builder, Heading, Part, Rows
from smartclient.ui.forms.cell import FieldCell
from smartclient.ui.forms.repeats import ListedRows, RepeatActions, TabbedRows
from smartclient.ui.widgets.card import column


class SectionView(QWidget):
    """The cards of one section. It passes on what is typed and decides nothing."""

    typed = Signal(str, object)
    left = Signal(str)
    taken_back = Signal(str)
    finished = Signal()
    """The person asked to go on from where the focus is."""

    def __init__(self, session: FormSession, layout: SectionLayout, actions: RepeatActions) -> None:
        super().__init__()
        self.layout_of = layout
        self._session = session
        self._actions = actions
        self._stale = False
        self._updating = False
        self._unordered = True
        self._demands = False
        self._builder = Builder(session, self._connect, self._make_rows, self._row_shown)
        box = column(self, spacing=4)
        self._parts = self._builder.fill(box, layout.elements, "")
        self.show_all()

    @property
    def cells(self) -> dict[str, FieldCell]:
        """The fields that exist on the screen, by full path."""
        return self._builder.cells

    @property
    def repeats(self) -> dict[str, Rows]:
        """The repeats that exist on the screen, by full path."""
        return self._builder.repeats

    def show_all(self) -> None:
        """Show every value again and the rows there are now."""
        self._updating = True
        self._follow_rows(tuple(self.repeats.values()))
        while self._builder.make_asked():
            self._follow_rows(tuple(self.repeats.values()))
        for path, cell in tuple(self.cells.items()):
            cell.show_state(self._session.field(path), anyway=True)
        self._show_relevance()
        self._stale = self._updating = False
        self._unordered = True
        if self.isVisible():
            self._order_focus()

    def show_changes(self, changes: Changes, *, anyway: bool = False) -> bool:
        """Repaint what changed; `anyway` also into the field that has the focus (undo).

        Returns whether fields may have come or gone.
        """
        if changes.structure:
            self.show_all()
            return True
        touched = self._touched_repeats(changes.paths)
        may_come_or_go = False
        for path in changes.paths:
            cell = self.cells.get(path)
            if cell is not None:
                state = self._session.field(path)
                cell.show_state(state, anyway=anyway)
                may_come_or_go = may_come_or_go or state.relevant != cell.is_relevant
            elif not path.rpartition(".")[2].isdigit():
                # Not a field in sight and not a row, whose title alone changes: a group, a repeat,
                # or something inside a row that was never shown.
                may_come_or_go = may_come_or_go or self._concerns(path)
        if may_come_or_go:
            self._updating = True
            self._follow_rows(touched)
            self._stale = self._builder.make_asked() or self._stale
            self._updating = False
        for repeat in touched:
            repeat.rename(_rows_among(changes.paths, repeat.path))
        if self._stale:
            self.show_all()
        elif may_come_or_go:
            self._show_relevance()
        return may_come_or_go

    def demand(self) -> None:
        """Say at every field what is missing, now and in rows made later."""
        self._demands = True
        for path, cell in self.cells.items():
            cell.demand(self._session.field(path))

    def reveal(self, path: str) -> "FieldCell | Rows | None":
        """Bring a field or rows into sight, tabs included; None when they are not here."""
        parts = path.split(".")
        for end, part in enumerate(parts):
            repeat = self.repeats.get(".".join(parts[:end]))
            if repeat is not None and part.isdigit():
                repeat.reveal(int(part))
        cell = self.cells.get(path)
        if cell is not None:
            return cell if cell.is_relevant else None
        return self.repeats.get(path)

    def settle(self) -> None:
        """Lay out everything now, from the inside out, instead of when the events come."""
        for widget in (*reversed(self.findChildren(QWidget)), self):
            layout = widget.layout()
            if layout is not None:
                layout.activate()

    def showEvent(self, event: QShowEvent) -> None:
        """Once it stands in a window, Tab can follow the eye."""
        super().showEvent(event)
        if self._unordered:
            self._order_focus()

    def first_cell(self) -> FieldCell | None:
        """The first field in sight that can be filled in."""
        for cell in self.cells_in_order():
            if cell.isVisibleTo(self) and not self._session.field(cell.path).readonly:
                return cell
        return None

    def cells_in_order(self) -> list[FieldCell]:
        """The fields as the eye meets them; rows are made later than what stands below them."""
        return [cell for cell in self.findChildren(FieldCell) if cell.path in self.cells]

    def _connect(self, cell: FieldCell) -> None:
        cell.typed.connect(self.typed.emit)
        cell.left.connect(self.left.emit)
        cell.taken_back.connect(self.taken_back.emit)
        cell.control.finished.connect(self.finished.emit)
        if self._demands:
            cell.demand(self._session.field(cell.path))

    def _make_rows(self, builder: Builder, layout: RepeatLayout, prefix: str) -> Rows:
        kind = ListedRows if layout.compact else TabbedRows
        return kind(builder, layout, prefix, self._actions)

    def _row_shown(self) -> None:
        """A row was made and is empty: show its values, now or when the present change is done."""
        self._stale = True
        if not self._updating:
            self.show_all()

    def _concerns(self, path: str) -> bool:
        """Whether what happens at a place without a field in sight can be seen in this section."""
        here = path in self.repeats or path in self._builder.groups
        return here or self._session.section_of(path) == self.layout_of.id

    def _touched_repeats(self, paths: Iterable[str]) -> tuple[Rows, ...]:
        return tuple(
            repeat
            for path, repeat in self.repeats.items()
            if any(changed == path or changed.startswith(f"{path}.") for changed in paths)
        )

    def _follow_rows(self, repeats: tuple[Rows, ...]) -> bool:
        # Rows made here may bring repeats of their own.
        waiting, came_or_went = list(repeats), False
        while waiting:
            known = set(self.repeats)
            repeat = waiting.pop(0)
            if self.repeats.get(repeat.path) is not repeat:
                continue  # its row has just been removed
            came_or_went = repeat.follow() or came_or_went
            waiting += [self.repeats[path] for path in self.repeats.keys() - known]
        return came_or_went

    def _show_relevance(self) -> None:
        self._settle_run(self._parts)

    def _settle(self, part: Part) -> bool:
        """Show or hide a part by what is relevant in it; returns whether it is in sight."""
        match part:
            case FieldCell():
                relevant = self._session.field(part.path).relevant
                part.show_relevant(relevant)
                return relevant
            case Block():
                group = not part.group or self._session.field(part.group).relevant
                seen = self._settle_run(part.parts) and group
                part.widget.setVisible(seen)
                return seen
            case TabbedRows() | ListedRows():
                relevant = self._session.field(part.path).relevant and part.has_rows_to_show()
                self._settle_run(part.parts())
                part.setVisible(relevant)
                return relevant
            case _:
                return True

    def _settle_run(self, parts: list[Part]) -> bool:
        """Settle parts that follow each other; a heading is in sight when something below is."""
        any_seen = False
        heading: Heading | None = None
        below_heading = False
        for part in parts:
            if isinstance(part, Heading):
                if heading is not None:
                    heading.setVisible(below_heading)
                heading, below_heading = part, False
                continue
            seen = self._settle(part)
            any_seen = any_seen or seen
            below_heading = below_heading or seen
        if heading is not None:
            heading.setVisible(below_heading)
        return any_seen

    def _order_focus(self) -> None:
        """Tab follows the eye: rows made later stand where they are, not at the end."""
        self._unordered = False
        stops = [
            widget
            for widget in self.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.window() is self.window()
        ]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)


def _rows_among(paths: Iterable[str], repeat: str) -> frozenset[int] | None:
    """The rows of a repeat in which something changed; None where the repeat itself did."""
    start = len(repeat) + 1
    rows: set[int] = set()
    for path in paths:
        if path == repeat:
            return None
        if path.startswith(f"{repeat}."):
            rows.add(int(path[start:].partition(".")[0]))
    return frozenset(rows)
