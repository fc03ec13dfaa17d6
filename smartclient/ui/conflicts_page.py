"""Zobrazit konflikty: edits that came after the export, each beside the version that holds.

An edit cannot go back into its document; its values can go into a new one.
"""

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from smartclient.domain.language import _, ngettext
from smartclient.services.documents import ConflictItem, Documents, Version
from smartclient.store.changes import Subject
from smartclient.ui.icons import IconView
from smartclient.ui.page import Page, scrolling
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.empty_state import EmptyState
from smartclient.ui.widgets.text import ElidedText, FlowingText, Role, Text

if TYPE_CHECKING:
    from smartclient.services.forms import Deviation

_SHOWN = 12
"""More answers than these are told by their number; the valid version shows them all."""


class Comparison(QWidget):
    """The answers that differ, each line with both versions below their heads."""

    def __init__(self) -> None:
        super().__init__()
        box = column(self, spacing=2)
        self._head = Text("", Role.STRONG)
        self._lines = QGridLayout()
        self._lines.setHorizontalSpacing(look().px(4 * SPACE))
        self._lines.setVerticalSpacing(look().px(2 * SPACE))
        for place, share in enumerate((4, 3, 3)):
            self._lines.setColumnStretch(place, share)
        self._more = Text("", Role.SMALL)
        box.addWidget(self._head)
        box.addLayout(self._lines)
        box.addWidget(self._more)
        self.hide()

    def show_deviations(self, found: "tuple[Deviation, ...]") -> None:
        """Show them in the order of the form; nothing where the answers are the same."""
        told = ngettext("{count} answer differs", "{count} answers differ", len(found))
        self._head.setText(told.format(count=len(found)))
        for place, head in ((1, _("Your version")), (2, _("The version that holds"))):
            self._lines.addWidget(Text(head, Role.SMALL), 0, place)
        for line, each in enumerate(found[:_SHOWN], start=1):
            parts = (each.label, each.about)
            named = FlowingText(" · ".join(part for part in parts if part), Role.MUTED)
            self._lines.addWidget(named, line, 0)
            for place, words in ((1, each.yours), (2, each.valid)):
                self._lines.addWidget(FlowingText(words or _("not filled in")), line, place)
        rest = len(found) - _SHOWN
        self._more.setText(
            ngettext("and {count} more", "and {count} more", rest).format(count=rest)
        )
        self._more.setVisible(rest > 0)
        self.setVisible(bool(found))


class ConflictsPage(Page):
    """Emits the document whose valid version is to be shown, and the edit that is to be copied."""

    preview_requested = Signal(str)
    copy_requested = Signal(str)
    """The adviser's values are wanted in a new document. Carries the conflict's id."""
    comparison_wanted = Signal(str)
    """Whoever hears it calls `show_deviations`. Carries the conflict's id."""
    left = Signal()

    watches: ClassVar[frozenset[Subject]] = frozenset({Subject.CONFLICT, Subject.DOCUMENT})

    def __init__(self, documents: Documents, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(_("Conflicts"), tasks, parent)
        self._documents = documents
        back = Button(_("Documents"), ButtonKind.SECONDARY, icon_name="chevron-left")
        back.clicked.connect(self.left)
        self.tools.addWidget(back)
        self._compared: dict[str, Comparison] = {}
        content = QWidget()
        self._cards = column(content, spacing=4)
        self.body.addWidget(scrolling(content), 1)

    def refresh(self) -> None:
        """Ask for the conflicts again."""
        self.ask(self._documents.conflicts, self._show)

    def show_deviations(self, conflict_id: str, found: "tuple[Deviation, ...]") -> None:
        """Show what the adviser's version of a conflict says otherwise than the valid one."""
        comparison = self._compared.get(conflict_id)
        if comparison is not None:
            comparison.show_deviations(found)

    def _show(self, conflicts: tuple[ConflictItem, ...]) -> None:
        told = ngettext(
            "{count} document; your values are kept here",
            "{count} documents; your values are kept here",
            len(conflicts),
        )
        self.head(_("Conflicts"), told.format(count=len(conflicts)) if conflicts else "")
        while (taken := self._cards.takeAt(0)) is not None:
            widget = taken.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._compared.clear()
        for conflict in conflicts:
            self._cards.addWidget(self._card(conflict, alone=len(conflicts) == 1))
        for conflict_id in self._compared:
            self.comparison_wanted.emit(conflict_id)
        if not conflicts:
            card = Card()
            card.content.addWidget(
                EmptyState(
                    "check",
                    _("There is no conflict"),
                    _("What you change after the export of a document would be kept here."),
                )
            )
            self._cards.addWidget(card, 1)
        else:
            self._cards.addStretch()

    def _card(self, conflict: ConflictItem, *, alone: bool) -> Card:
        card = Card(padding=5, spacing=3)
        head = row(spacing=3)
        head.addWidget(IconView("warning", 22, "bad"))
        head.addWidget(ElidedText(conflict.headline, Role.HEADING_SMALL), 1)
        head.addWidget(Text(conflict.found, Role.MUTED))
        card.content.addLayout(head)
        card.content.addWidget(Text(conflict.why, wrap=True))
        sides = QGridLayout()
        sides.setHorizontalSpacing(look().px(4 * SPACE))
        sides.addWidget(self._side(_("Your version"), conflict.yours, Surface.ACCENT), 0, 0)
        if conflict.valid is not None:
            side = self._side(_("The version that holds"), conflict.valid, Surface.GOOD)
            sides.addWidget(side, 0, 1)
        for place in (0, 1):
            sides.setColumnStretch(place, 1)
        card.content.addLayout(sides)
        if conflict.valid is not None:
            self._compared[conflict.id] = comparison = Comparison()
            card.content.addWidget(comparison)
        card.content.addLayout(self._steps(conflict, alone=alone))
        return card

    def _steps(self, conflict: ConflictItem, *, alone: bool) -> QHBoxLayout:
        """Each step below the version that it concerns."""
        copy = Button(
            _("Copy my version"),
            ButtonKind.PRIMARY if alone else ButtonKind.SECONDARY,
            icon_name="copy",
            name=f"{_('Copy my version')} {conflict.headline}",
            pressed=lambda: self.copy_requested.emit(conflict.id),
        )
        copy.setToolTip(_("Your values go into a new document with a number of its own."))
        steps = row(spacing=4)
        for step in (copy, self._showing(conflict)):
            beside = row()
            if step is not None:
                beside.addWidget(step)
            beside.addStretch(1)
            steps.addLayout(beside, 1)
        return steps

    def _showing(self, conflict: ConflictItem) -> Button | None:
        if conflict.valid is None:
            return None
        show = Button(
            _("Show the valid version"),
            name=f"{_('Show the valid version')} {conflict.headline}",
            pressed=lambda: self.preview_requested.emit(conflict.document_id),
        )
        show.setToolTip("")
        return show

    def _side(self, title: str, version: Version, surface: Surface) -> Card:
        side = Card(surface, padding=4, spacing=2)
        side.content.addWidget(Text(title, Role.STRONG))
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().px(4 * SPACE))
        grid.setColumnStretch(1, 1)
        lines = (
            (_("Client"), version.client),
            (_("Premium"), version.premium),
            (_("State"), version.state),
            (_("Changed"), version.changed),
        )
        for place, (label, value) in enumerate(lines):
            grid.addWidget(Text(label, Role.MUTED), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Text(value, wrap=True), place, 1)
        side.content.addLayout(grid)
        return side
