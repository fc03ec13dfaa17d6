"""From the layout of a package to widgets: cards with grids, groups, and rows of repeats.

`Builder` makes the widgets of one section and keeps them by their full paths, so that a change of
one path touches one widget. Rows of repeats are made when they are first shown.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.forms.layout import (
    Element,
    FieldLayout,
    GroupLayout,
    HeadingLayout,
    RepeatLayout,
)
from smartclient.forms.session import FormSession
from smartclient.ui.forms.cell import FieldCell
from smartclient.ui.forms.grid import COLUMNS, MESSAGE_ROOM, ROOM_COMPARED, SixColumnGrid
from smartclient.ui.theme import look
from smartclient.ui.widgets.card import Card, column
from smartclient.ui.widgets.text import FlowingText, Role

if TYPE_CHECKING:
    from smartclient.ui.forms.repeats import ListedRows, TabbedRows


def within(prefix: str, path: str) -> str:
    """The full path of a path that is relative to a row."""
    return f"{prefix}.{path}" if prefix and path else prefix or path


class Heading(QWidget):
    """A heading inside a card, with an optional line below it."""

    def __init__(self, title: str, text: str, role: Role = Role.STRONG, below: int = 10) -> None:
        """`below` is the room below it, in drawn pixels."""
        super().__init__()
        box = column(self, spacing=1)
        if title:
            box.addWidget(FlowingText(title, role))
        if text:
            box.addWidget(FlowingText(text, Role.MUTED))
        box.setContentsMargins(0, 0, 0, look().px(below))


@dataclass(slots=True)
class Block:
    """A card or a part of one, with what decides whether it is in sight."""

    widget: QWidget
    group: str = ""
    """Full path of its group; empty for a run of fields."""
    parts: "list[Part]" = field(default_factory=list)
    unmade: Sequence[Element] = ()
    """What it will consist of, while its group is not asked and so nothing was made of it."""
    prefix: str = ""


Rows: TypeAlias = "TabbedRows | ListedRows"
"""The two views of a repeat."""
Part: TypeAlias = "FieldCell | Heading | Block | Rows"
RowsMaker = Callable[["Builder", RepeatLayout, str], Rows]


class Builder:
    """Makes and keeps the widgets of one section."""

    def __init__(
        self,
        session: FormSession,
        made: Callable[[FieldCell], None],
        rows: RowsMaker,
        row_shown: Callable[[], None],
    ) -> None:
        self.session = session
        self.row_shown = row_shown
        """To be called after a row was made: it has to show its values."""
        self.cells: dict[str, FieldCell] = {}
        self.repeats: dict[str, Rows] = {}
        self.groups: set[str] = set()
        """The groups that are shown and hidden as one, by full path."""
        self._unmade: list[Block] = []
        self._made = made
        self._rows = rows

    def fill(self, box: QVBoxLayout, elements: Sequence[Element], prefix: str) -> list[Part]:
        """Put the elements into the box as cards below each other."""
        parts: list[Part] = []
        for run in _runs(elements):
            match run:
                case RepeatLayout():
                    rows = self._repeat(run, prefix)
                    box.addWidget(rows)
                    parts.append(rows)
                case GroupLayout():
                    block = self._group_card(run, prefix)
                    box.addWidget(block.widget)
                    parts.append(block)
                case HeadingLayout():
                    heading = Heading(run.title, run.text, Role.HEADING, below=0)
                    box.addWidget(heading)
                    parts.append(heading)
                case _:
                    block = self._card(run, prefix)
                    box.addWidget(block.widget)
                    parts.append(block)
        return parts

    def forget(self, prefix: str) -> None:
        """A row was removed: its widgets are gone."""
        inside = f"{prefix}."
        for kept in (self.cells, self.repeats):
            for path in [path for path in kept if path.startswith(inside)]:
                del kept[path]
        self._unmade = [each for each in self._unmade if not each.group.startswith(inside)]

    def make_asked(self) -> bool:
        """Make the groups that came to be asked; returns whether there were any."""
        asked = [each for each in self._unmade if self.session.field(each.group).relevant]
        for block in asked:
            self._unmade.remove(block)
            self._make(block)
        return bool(asked)

    def grid(self, card: QWidget, elements: Sequence[Element], prefix: str) -> list[Part]:
        """Fill a grid of six columns; groups inside become headings with their fields."""
        compares = self.session.package.manifest.compares
        grid = SixColumnGrid(room=ROOM_COMPARED if compares else MESSAGE_ROOM)
        parts: list[Part] = []
        for element in elements:
            match element:
                case HeadingLayout():
                    heading = Heading(element.title, element.text, below=0)
                    grid.add_cell(heading, COLUMNS, own_row=True)
                    parts.append(heading)
                case FieldLayout():
                    parts.append(self._cell(card, grid, element, prefix))
                case GroupLayout():
                    parts.append(self._inner_group(grid, element, prefix))
                case RepeatLayout():
                    rows = self._repeat(element, prefix)
                    grid.add_cell(rows, COLUMNS, own_row=True)
                    parts.append(rows)
        box = card.layout()
        if isinstance(box, QVBoxLayout):
            box.addLayout(grid)
        return parts

    def _card(self, elements: Sequence[Element], prefix: str) -> Block:
        card = _form_card()
        return Block(card, parts=self.grid(card, elements, prefix))

    def _group_card(self, group: GroupLayout, prefix: str) -> Block:
        card = _form_card()
        if group.title or group.intro:
            card.content.addWidget(Heading(group.title, group.intro, Role.HEADING))
        path = within(prefix, group.path) if group.path else ""
        return self._group(Block(card, path, unmade=group.elements, prefix=prefix))

    def _inner_group(self, outer: SixColumnGrid, group: GroupLayout, prefix: str) -> Block:
        inner = QWidget()
        box = column(inner)
        if group.title or group.intro:
            box.addWidget(Heading(group.title, group.intro))
        path = within(prefix, group.path) if group.path else ""
        block = self._group(Block(inner, path, unmade=group.elements, prefix=prefix))
        outer.add_cell(inner, COLUMNS, own_row=True)
        return block

    def _group(self, block: Block) -> Block:
        """Make what a group consists of, or wait until it is asked: most details never are."""
        self.groups.add(block.group)
        if block.group and not self.session.field(block.group).relevant:
            self._unmade.append(block)
        else:
            self._make(block)
        return block

    def _make(self, block: Block) -> None:
        block.parts, block.unmade = self.grid(block.widget, block.unmade, block.prefix), ()

    def _cell(
        self, card: QWidget, grid: SixColumnGrid, layout: FieldLayout, prefix: str
    ) -> FieldCell:
        cell = FieldCell(within(prefix, layout.path), layout, card)
        grid.add_cell(
            cell, layout.columns, cell.message, starts_row=layout.starts_row, lead=cell.lead
        )
        cell.message_changed.connect(grid.place_messages)
        self.cells[cell.path] = cell
        self._made(cell)
        return cell

    def _repeat(self, layout: RepeatLayout, prefix: str) -> Rows:
        rows = self._rows(self, layout, prefix)
        self.repeats[rows.path] = rows
        return rows


def _form_card() -> Card:
    card = Card(padding=5, spacing=0)
    # The room for messages below the last row is the padding at the bottom.
    edge = look().px(20)
    card.content.setContentsMargins(edge, look().px(18), edge, 0)
    return card


def _runs(
    elements: Sequence[Element],
) -> Iterator[GroupLayout | RepeatLayout | HeadingLayout | list[Element]]:
    """Fields and headings that follow each other share a card; over rows a heading stands alone."""
    run: list[Element] = []
    for element in elements:
        if isinstance(element, GroupLayout | RepeatLayout):
            above: list[HeadingLayout] = []
            while run and isinstance(last := run[-1], HeadingLayout):
                above.insert(0, last)
                run.pop()
            if run:
                yield run
                run = []
            yield from above
            yield element
        else:
            run.append(element)
    if run:
        yield run
