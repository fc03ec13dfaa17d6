"""Zobrazit konflikty: edits that came after the export, each beside the version that holds.

An edit cannot go back into its document; its values can go into a new one.
"""

from typing import ClassVar

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
from smartclient.ui.widgets.text import ElidedText, Role, Text


class ConflictsPage(Page):
    """Emits the document whose valid version is to be shown, and the edit that is to be copied."""

    preview_requested = Signal(str)
    copy_requested = Signal(str)
    """The adviser's values are wanted in a new document. Carries the conflict's id."""
    left = Signal()

    watches: ClassVar[frozenset[Subject]] = frozenset({Subject.CONFLICT, Subject.DOCUMENT})

    def __init__(self, documents: Documents, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(_("Conflicts"), tasks, parent)
        self._documents = documents
        back = Button(_("Documents"), ButtonKind.SECONDARY, icon_name="chevron-left")
        back.clicked.connect(self.left)
        self.tools.addWidget(back)
        content = QWidget()
        self._cards = column(content, spacing=4)
        self.body.addWidget(scrolling(content), 1)

    def refresh(self) -> None:
        """Ask for the conflicts again."""
        self.ask(self._documents.conflicts, self._show)

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
        for conflict in conflicts:
            self._cards.addWidget(self._card(conflict, alone=len(conflicts) == 1))
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
