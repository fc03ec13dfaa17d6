"""Rows of the same fields: persons as tabs, covers and the like below each other.

Rows are known by their index in the session. When rows come or go, an index may mean another row;
the views keep their widgets and show what the session says now.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from smartclient.domain.language import _
from smartclient.forms.layout import RepeatLayout
from smartclient.forms.session import FormSession
from smartclient.ui.announce import announce
from smartclient.ui.forms.blocks import Builder, Heading, Part, within
from smartclient.ui.forms.flow import FlowLayout
from smartclient.ui.theme import look
from smartclient.ui.widgets.badge import Badge, Tone
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, column, row, set_gaps
from smartclient.ui.widgets.text import Role, Text, rule

AddRow = Callable[[str], None]
RemoveRow = Callable[[str, int], None]


class RepeatActions:
    """What the person asks of rows; the form view carries it out."""

    def __init__(self, add: AddRow, remove: RemoveRow) -> None:
        self.add = add
        self.remove = remove


class _RowsView(QWidget):
    """What both kinds share: the rows shown, adding, removing."""

    def __init__(
        self, builder: Builder, layout: RepeatLayout, prefix: str, actions: RepeatActions
    ) -> None:
        super().__init__()
        self.layout_of = layout
        self.path = within(prefix, layout.path)
        self._prefix = prefix
        self._builder = builder
        self._actions = actions
        self._indices: tuple[int, ...] = ()
        self.note = Text("", Role.PROBLEM)
        """What is wrong with the rows as a whole, told where they are added."""
        self._add = self._adding_button()

    def take_focus(self) -> None:
        """Put the focus on the button that adds a row."""
        self._add.setFocus(Qt.FocusReason.TabFocusReason)

    def _tell_problem(self) -> None:
        problems = self._session.field(self.path).problems if self.layout_of.add_label else ()
        words = problems[0].message if problems else ""
        if self.note.text() != words:
            self.note.setText(words)
            announce(self, words)

    @property
    def _session(self) -> FormSession:
        return self._builder.session

    def _rows_now(self) -> tuple[int, ...]:
        return self._session.rows_shown(self.layout_of, self._prefix)

    def _may_add(self) -> bool:
        count = self._session.rows(self.path)
        return bool(self.layout_of.add_label) and count < self.layout_of.max

    def _may_remove(self, index: int) -> bool:
        offered = bool(self.layout_of.remove_label)
        above = self._session.rows(self.path) > self.layout_of.min
        return offered and above and not self._session.is_row_kept(self.path, index)

    def _is_added(self, index: int) -> bool:
        """Whether the row was not there before, in a form that is opened on present settings."""
        compares = self._session.package.manifest.compares
        return compares and not self._session.is_row_kept(self.path, index)

    def _title(self, index: int) -> str:
        title = self._session.row_title(self.path, index)
        return _("{title} (new)").format(title=title) if self._is_added(index) else title

    def _ask_to_add(self) -> None:
        self._actions.add(self.path)

    def has_rows_to_show(self) -> bool:
        """Whether there is a row, or a button that adds one."""
        return bool(self._indices) or bool(self.layout_of.add_label)

    def _adding_button(self) -> Button:
        return Button(
            self.layout_of.add_label,
            ButtonKind.QUIET if self._prefix else ButtonKind.SECONDARY,
            icon_name="plus",
            pressed=self._ask_to_add,
        )

    def _tell_limit(self, button: Button) -> None:
        button.setVisible(bool(self.layout_of.add_label))
        button.allow(
            self._may_add(),
            _("There can be at most {count}.").format(count=self.layout_of.max),
        )


class TabbedRows(_RowsView):
    """One row at a time under tabs: "1. Eva Černá", "2. Martin Černý", "+ Add a person"."""

    def __init__(
        self, builder: Builder, layout: RepeatLayout, prefix: str, actions: RepeatActions
    ) -> None:
        super().__init__(builder, layout, prefix, actions)
        self._tabs: list[QPushButton] = []
        self._pages: dict[int, QWidget] = {}
        self._parts: dict[int, list[Part]] = {}
        self._current = -1
        self._bar = QWidget()
        self._bar_layout = FlowLayout(self._bar, gap=look().px(8))
        self._bar.setAccessibleName(layout.title)
        self._bar_layout.addWidget(self._add)
        self._bar_layout.addWidget(self.note)
        self._stack = QWidget()
        self._stack_box = column(self._stack)
        self._remove = Button(
            "", ButtonKind.QUIET, icon_name="discard", pressed=self._ask_to_remove
        )
        foot = row()
        foot.addStretch(1)
        foot.addWidget(self._remove)
        box = column(self, spacing=4)
        box.addWidget(self._bar)
        box.addWidget(self._stack)
        box.addLayout(foot)

    @property
    def current(self) -> int:
        """The index of the row in sight; -1 when there is none."""
        return self._current

    def parts(self) -> list[Part]:
        """What the row in sight consists of."""
        return self._parts.get(self._current, [])

    def follow(self) -> bool:
        """Show the rows of the session; a new one comes into sight, a removed one gives way."""
        indices = self._rows_now()
        self._tell_problem()
        if indices == self._indices and self._tabs:
            self._tell_limit(self._add)
            return False
        grown = [index for index in indices if index not in self._indices]
        added = bool(self._indices) and len(grown) == 1
        self._indices = indices
        self._make_tabs()
        for index in [index for index in self._pages if index not in indices]:
            self._pages.pop(index).deleteLater()
            self._parts.pop(index)
            self._builder.forget(f"{self.path}.{index}")
        self._show(grown[0] if added else self._nearest())
        return True

    def rename(self, rows: frozenset[int] | None = None) -> None:
        """Show the titles of these rows again, or of all."""
        self._tell_problem()
        for tab, index in zip(self._tabs, self._indices, strict=True):
            if rows is not None and index not in rows:
                continue
            title = self._title(index)
            if tab.text() != title:
                tab.setText(title)
                tab.setAccessibleName(title)
        self._name_removal()

    def reveal(self, index: int) -> None:
        """Bring a row into sight."""
        if index in self._indices:
            self._show(index)

    def _nearest(self) -> int:
        if not self._indices:
            return -1
        return min(self._indices, key=lambda index: (abs(index - self._current), -index))

    def _make_tabs(self) -> None:
        while len(self._tabs) > len(self._indices):
            self._tabs.pop().deleteLater()
        while len(self._tabs) < len(self._indices):
            tab = QPushButton()
            if self._prefix:
                # Rows inside a row: quieter than the tabs around them.
                tab.setProperty("kind", "tab")
            tab.setCheckable(True)
            tab.setAutoDefault(False)
            tab.setCursor(Qt.CursorShape.PointingHandCursor)
            position = len(self._tabs)
            tab.clicked.connect(lambda _on, at=position: self._show(self._indices[at]))
            self._tabs.append(tab)
            for widget in (self._add, self.note):
                self._bar_layout.removeWidget(widget)
            self._bar_layout.addWidget(tab)
            self._bar_layout.addWidget(self._add)
            self._bar_layout.addWidget(self.note)
            tab.show()
        for tab, index in zip(self._tabs, self._indices, strict=True):
            title = self._title(index)
            tab.setText(title)
            tab.setAccessibleName(title)
        self._tell_limit(self._add)

    def _show(self, index: int) -> None:
        self._current = index
        if index >= 0 and index not in self._pages:
            page = QWidget()
            box = column(page, spacing=4)
            self._parts[index] = self._builder.fill(
                box, self.layout_of.elements, f"{self.path}.{index}"
            )
            self._pages[index] = page
            self._stack_box.addWidget(page)
            self._builder.row_shown()
        for shown, page in self._pages.items():
            page.setVisible(shown == index)
        for tab, at in zip(self._tabs, self._indices, strict=True):
            tab.setChecked(at == index)
        self._name_removal()

    def _name_removal(self) -> None:
        offered = self._current >= 0 and self._may_remove(self._current)
        self._remove.setVisible(offered)
        if offered:
            title = self._session.row_title(self.path, self._current)
            words = _("{remove}: {title}").format(remove=self.layout_of.remove_label, title=title)
            self._remove.rename(words)

    def _ask_to_remove(self) -> None:
        if self._current >= 0:
            self._actions.remove(self.path, self._current)


class ListedRows(_RowsView):
    """Rows below each other in one card, each with its own removal; for covers, beneficiaries."""

    def __init__(
        self, builder: Builder, layout: RepeatLayout, prefix: str, actions: RepeatActions
    ) -> None:
        super().__init__(builder, layout, prefix, actions)
        self._rows: dict[int, _ListedRow] = {}
        card = Card(padding=5, spacing=0)
        edge = look().px(20)
        card.content.setContentsMargins(edge, look().px(18), edge, edge)
        if layout.title:
            card.content.addWidget(Heading(layout.title, "", Role.HEADING))
        self._box = column()
        card.content.addLayout(self._box)
        self.note.setWordWrap(True)
        foot = row(spacing=3)
        foot.addWidget(self._add)
        foot.addWidget(self.note, 1)
        card.content.addLayout(foot)
        box = column(self)
        box.addWidget(card)

    def parts(self) -> list[Part]:
        """What all rows consist of."""
        return [part for index in self._indices for part in self._rows[index].parts]

    def follow(self) -> bool:
        """Show the rows of the session."""
        indices = self._rows_now()
        changed = indices != self._indices or set(self._rows) != set(indices)
        self._indices = indices
        for index in [index for index in self._rows if index not in indices]:
            self._rows.pop(index).deleteLater()
            self._builder.forget(f"{self.path}.{index}")
        for position, index in enumerate(indices):
            if index not in self._rows:
                made = _ListedRow(self._builder, self.layout_of, f"{self.path}.{index}")
                made.remove.clicked.connect(
                    lambda _on=False, at=index: self._actions.remove(self.path, at)
                )
                self._rows[index] = made
                self._box.insertWidget(position, made)
                made.show()  # not when the events come: the height is asked for before
        if changed:
            self._builder.row_shown()
        self._tell_limit(self._add)
        self.rename()
        return changed

    def rename(self, rows: frozenset[int] | None = None) -> None:
        """Name each removal after its row, for those who cannot see where it stands."""
        self._tell_problem()
        for position, index in enumerate(self._indices):
            if rows is not None and index not in rows:
                continue
            self._rows[index].describe(
                self.layout_of.remove_label,
                self._session.row_title(self.path, index),
                removable=self._may_remove(index),
                first=position == 0,
            )
            self._rows[index].added.show_text(_("new") if self._is_added(index) else "")

    def reveal(self, index: int) -> None:
        """All rows are in sight."""


class _ListedRow(QWidget):
    def __init__(self, builder: Builder, layout: RepeatLayout, prefix: str) -> None:
        super().__init__()
        self.remove = Button("", ButtonKind.ICON, icon_name="discard", name=layout.remove_label)
        self.added = Badge("", Tone.ACCENT)
        """Says that the row was not there before."""
        self._line = rule()
        fields = QWidget()
        self._fields_box = column(fields)
        self.parts = builder.grid(fields, layout.elements, prefix)
        beside = QHBoxLayout()
        set_gaps(beside, spacing=2)
        beside.addWidget(fields, 1)
        # Beside the inputs of the first line, below their labels.
        lift = column()
        lift.addSpacing(look().px(24))
        lift.addWidget(self.remove)
        lift.addWidget(self.added)
        lift.addStretch(1)
        beside.addLayout(lift)
        box = column(self)
        box.addWidget(self._line)
        box.addSpacing(look().px(12))
        box.addLayout(beside)

    def describe(self, remove: str, title: str, *, removable: bool, first: bool) -> None:
        words = _("{remove}: {title}").format(remove=remove, title=title) if title else remove
        self.remove.setVisible(removable)
        self.remove.setAccessibleName(words)
        self.remove.setToolTip(words)
        self._line.setVisible(not first)
