"""Zobrazit konflikty: edits that came after the export, each beside the version that holds.

An edit cannot go back into its document; its values can go into a new one. What does not go along
is named before, and stays here with the settled conflicts. Capability rows SC-51 to SC-54.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.domain.sentences import sentence_for
from smartclient.services.documents import ConflictItem, Documents, Version
from smartclient.store.changes import Subject
from smartclient.ui.comparison_table import NOTHING, ComparisonTable, Line
from smartclient.ui.icons import IconView
from smartclient.ui.page import Page, scrolling
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, clear, column, row
from smartclient.ui.widgets.empty_state import EmptyState
from smartclient.ui.widgets.text import ElidedText, FlowingText, Role, Text
from smartclient.ui.widgets.wrapped_list import WrappedList

if TYPE_CHECKING:
    from smartclient.services.forms import ComparedAnswer

_LIST_WIDTH = 300


class ConflictsPage(Page):
    """Emits the document whose valid version is to be shown, and the edit that is to be copied."""

    preview_requested = Signal(str)
    copy_requested = Signal(str)
    """The adviser's values are wanted in a new document. Carries the conflict's id."""
    change_requested = Signal(str, str)
    """A change request is wanted: the client's id, and the contract's number where it is known."""
    comparison_wanted = Signal(str)
    """Whoever hears it calls `show_compared` and `show_left`, or `show_not_compared`.

    Carries the conflict's id.
    """
    left = Signal()

    watches: ClassVar[frozenset[Subject]] = frozenset({Subject.CONFLICT, Subject.DOCUMENT})

    def __init__(self, documents: Documents, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(_("Conflicts"), tasks, parent)
        self._documents = documents
        self._conflicts: tuple[ConflictItem, ...] = ()
        self._shown: tuple[tuple[ConflictItem, ...], str] = ((), "")
        """What stands here, and why no document may be begun with it."""
        self._here = ""
        self.comparison: ComparisonTable | None = None
        self._left: FlowingText | None = None
        self._fetching: FlowingText | None = None
        self._not_compared: FlowingText | None = None
        self._focus_wanted = False
        self._back = Button(_("Documents"), ButtonKind.SECONDARY, icon_name="chevron-left")
        self._back.clicked.connect(self.left)
        self.tools.addWidget(self._back)
        self.list = WrappedList(_("Conflicts"))
        self.list.setFixedWidth(look().px(_LIST_WIDTH))
        self.list.currentRowChanged.connect(self._choose)
        content = QWidget()
        self._place = column(content, spacing=4)
        self._area: QScrollArea = scrolling(content)
        self._parts = QHBoxLayout()
        self._parts.setSpacing(look().px(4 * SPACE))
        self._parts.addWidget(self.list)
        self._parts.addWidget(self._area, 1)
        self.body.addLayout(self._parts, 1)

    def refresh(self) -> None:
        """Ask for the conflicts again."""
        self.ask(self._documents.conflicts, self._show)

    def take_focus(self) -> None:
        """The keyboard begins in the list, or in the comparison of the only conflict."""
        self._focus_wanted = True
        self._focus()

    def _focus(self) -> None:
        if not self.list.isHidden():
            self.list.setFocus()
        elif self.comparison is not None:
            bar = self._area.verticalScrollBar()
            before = bar.value()
            self.comparison.table.setFocus()
            bar.setValue(before)  # what stands above the table is to be read first
        else:
            self._back.setFocus()

    def be_compact(self, compact: bool) -> None:
        """The list stands above and is low."""
        super().be_compact(compact)
        beside, below = QHBoxLayout.Direction.LeftToRight, QHBoxLayout.Direction.TopToBottom
        self._parts.setDirection(below if compact else beside)
        if compact:
            self.list.setMinimumWidth(0)
            self.list.setMaximumSize(16_777_215, look().px(112))
        else:
            self.list.setFixedWidth(look().px(_LIST_WIDTH))
            self.list.setMaximumHeight(16_777_215)

    def show_compared(self, conflict_id: str, found: "tuple[ComparedAnswer, ...]") -> None:
        """Show what both versions of a conflict say."""
        conflict = self._conflict(conflict_id)
        if conflict is None or conflict_id != self._here or self.comparison is None:
            return
        lines = _main_lines(conflict)
        for each in found:
            label = " · ".join(part for part in (each.label, each.about) if part)
            lines.append(Line(each.section, label, each.yours, each.valid))
        self.comparison.show_lines(lines)
        if self._not_compared is not None and not self._not_compared.isHidden():
            self._not_compared.hide()
            self.banner.hide()  # what could not be copied either can be now

    def show_fetching(self, conflict_id: str, *, under_way: bool) -> None:
        """Say that the answers are compared once their form has come; nothing any more then."""
        if conflict_id == self._here and self._fetching is not None:
            self._fetching.setVisible(under_way)

    def show_not_compared(self, conflict_id: str, error: SmartClientError) -> None:
        """Say why the answers of both versions cannot be shown now."""
        if conflict_id == self._here and self._not_compared is not None:
            spoken = sentence_for(error)
            first = _("The answers of both versions cannot be compared now.")
            words = (first, spoken.happened, spoken.do)
            self._not_compared.setText(" ".join(each for each in words if each))
            self._not_compared.show()

    def show_left(self, conflict_id: str, chapters: Sequence[str]) -> None:
        """Name the chapters with answers that a copy leaves here; nothing where there are none."""
        if conflict_id == self._here and self._left is not None and chapters:
            words = _(
                "Answers in these chapters do not go into a new document, they stay here; ask the "
                "client for them anew: {chapters}."
            )
            self._left.setText(words.format(chapters=", ".join(chapters)))
            self._left.show()

    # --- the list ----------------------------------------------------------------------------

    def _conflict(self, conflict_id: str) -> ConflictItem | None:
        return next((each for each in self._conflicts if each.id == conflict_id), None)

    def _show(self, conflicts: tuple[ConflictItem, ...]) -> None:
        self.head(_("Conflicts"), _counted(conflicts))
        here = QApplication.focusWidget()  # what is shown anew takes the keyboard with it
        held = here is not None and self.isAncestorOf(here)
        if (conflicts, self.no_documents) == self._shown and self._here:
            self.comparison_wanted.emit(self._here)  # whoever reads is not thrown back to the top
            held = False
        else:
            self._shown = conflicts, self.no_documents
            self._list_anew(conflicts)
        if held or self._focus_wanted:
            self._focus_wanted = False
            self._focus()

    def _list_anew(self, conflicts: tuple[ConflictItem, ...]) -> None:
        self._conflicts = conflicts
        self.list.blockSignals(True)
        self.list.clear()
        for conflict in conflicts:
            stands = _("settled") if conflict.settled else ""
            about = [part for part in (conflict.yours.client, conflict.found) if part]
            lines = [line for line in (conflict.headline, " · ".join(about), stands) if line]
            self.list.put("\n".join(lines), ", ".join(lines))
        place = next((n for n, each in enumerate(conflicts) if each.id == self._here), 0)
        self.list.setCurrentRow(place if conflicts else -1)
        self.list.blockSignals(False)
        self.list.setHidden(len(conflicts) < 2)
        self._choose(place if conflicts else -1)

    def _choose(self, place: int) -> None:
        clear(self._place)
        self.comparison = self._left = self._fetching = self._not_compared = None
        if not 0 <= place < len(self._conflicts):
            self._here = ""
            card = Card()
            card.content.addWidget(
                EmptyState(
                    "check",
                    _("There is no conflict"),
                    _("What you change after the export of a document would be kept here."),
                )
            )
            self._place.addWidget(card, 1)
            return
        conflict = self._conflicts[place]
        self._here = conflict.id
        self._place.addWidget(self._card(conflict))
        self._place.addStretch()
        self.comparison_wanted.emit(conflict.id)

    # --- one conflict ------------------------------------------------------------------------

    def _card(self, conflict: ConflictItem) -> Card:
        settled = bool(conflict.settled)
        card = Card(padding=5, spacing=3)
        head = row(spacing=3)
        head.addWidget(IconView(*(("check", 22, "muted") if settled else ("warning", 22, "bad"))))
        head.addWidget(ElidedText(_whose(conflict), Role.HEADING_SMALL), 1)
        head.addWidget(Text(conflict.found, Role.MUTED))
        card.content.addLayout(head)
        for number, words in enumerate(_told(conflict)):
            card.content.addWidget(FlowingText(words, Role.BODY if number else Role.STRONG))
        card.content.addWidget(self._settled_ways(conflict) if settled else self._ways(conflict))
        self._fetching = FlowingText(
            _("The version of the form is being fetched; the answers will be compared then.")
        )
        self._fetching.hide()
        card.content.addWidget(self._fetching)
        self._not_compared = FlowingText("", Role.STRONG)
        self._not_compared.hide()
        card.content.addWidget(self._not_compared)
        heads = (_("Your version"), _("The version that holds"))
        self.comparison = ComparisonTable(heads)
        self.comparison.line_reached.connect(self._bring_to_sight)
        self.comparison.show_lines(_main_lines(conflict))
        card.content.addWidget(self.comparison)
        return card

    def _ways(self, conflict: ConflictItem) -> Card:
        """What can be done with the own values, each step with what it makes."""
        ways = Card(Surface.ACCENT, padding=4, spacing=2)
        copy = self._step(_("Copy my version"), conflict, ButtonKind.PRIMARY, "copy")
        copy.hold(self.no_documents)
        copy.clicked.connect(self.banner.hide)
        copy.clicked.connect(partial(self.copy_requested.emit, conflict.id))
        ways.content.addLayout(_way(copy, conflict.copy_note))
        ways.content.addWidget(self._left_line())
        if conflict.change_note and conflict.client_id is not None:
            change = self._step(_("Ask for a change"), conflict, ButtonKind.SECONDARY)
            change.hold(self.no_documents)
            wanted = partial(self.change_requested.emit, conflict.client_id, conflict.contract)
            change.clicked.connect(wanted)
            ways.content.addLayout(_way(change, conflict.change_note))
        aside = self._step(_("I do not need my values"), conflict, ButtonKind.QUIET)
        aside.clicked.connect(partial(self._set_aside, conflict))
        ways.content.addLayout(self._last_ways(conflict, aside))
        return ways

    def _settled_ways(self, conflict: ConflictItem) -> Card:
        """What can still be done with values that were copied or set aside."""
        ways = Card(Surface.ACCENT, padding=4, spacing=2)
        if conflict.is_copied:
            ways.content.addWidget(self._left_line())
        back = self._step(_("Take back"), conflict, ButtonKind.SECONDARY, "undo")
        back.clicked.connect(partial(self._take_back, conflict))
        ways.content.addLayout(self._last_ways(conflict, back))
        return ways

    def _left_line(self) -> FlowingText:
        self._left = FlowingText("", Role.STRONG)
        self._left.hide()
        return self._left

    def _last_ways(self, conflict: ConflictItem, last: Button) -> QHBoxLayout:
        line = row(spacing=2)
        if conflict.valid is not None:
            show = self._step(_("Show the valid version"), conflict, ButtonKind.SECONDARY)
            show.clicked.connect(partial(self.preview_requested.emit, conflict.document_id))
            line.addWidget(show)
        line.addWidget(last)
        line.addStretch()
        return line

    def _step(
        self, words: str, conflict: ConflictItem, kind: ButtonKind, icon_name: str = ""
    ) -> Button:
        return Button(words, kind, icon_name=icon_name, name=f"{words} {conflict.headline}")

    def _set_aside(self, conflict: ConflictItem) -> None:
        def told(_none: None) -> None:
            self.banner.tell(
                _("The conflict is settled; your values are kept here."),
                _whose(conflict),
                Surface.CARD,
                step=_("Take back"),
                pressed=partial(self._take_back, conflict),
            )
            self.refresh_soon()

        self.do(lambda: self._documents.set_aside(conflict.id), told)

    def _take_back(self, conflict: ConflictItem) -> None:
        def told(_none: None) -> None:
            self.banner.hide()
            self.refresh_soon()

        self.do(lambda: self._documents.take_back(conflict.id), told)

    def _bring_to_sight(self, top: int, height: int) -> None:
        content = self._area.widget()
        if self.comparison is not None and content is not None:
            within = self.comparison.mapTo(content, self.comparison.rect().topLeft()).y() + top
            self._area.ensureVisible(0, within + height // 2, 0, height)


def copied_words(chapters: Sequence[str]) -> str:
    """What a copy says of the chapters with answers that it left here; empty for none."""
    if not chapters:
        return ""
    return _(
        "Answers in these chapters did not go along, ask the client for them anew: {chapters}. "
        "What you had typed is kept under Settled conflicts."
    ).format(chapters=", ".join(chapters))


def _way(step: Button, note: str) -> QHBoxLayout:
    line = row(spacing=3)
    line.addWidget(step)
    line.addWidget(FlowingText(note), 1)
    return line


def _whose(conflict: ConflictItem) -> str:
    return " · ".join(part for part in (conflict.headline, conflict.yours.client) if part)


def _told(conflict: ConflictItem) -> tuple[str, ...]:
    """The sentences at the top of a conflict, the most important one first."""
    if conflict.settled:
        kept = _("It is kept here until its document is in the archive and you have synchronised.")
        return conflict.settled, conflict.why, kept
    if conflict.valid is None:
        to_come = _("The version that holds comes with the next synchronisation.")
        return conflict.why, conflict.goes_on, to_come
    return conflict.why, conflict.goes_on


def _counted(conflicts: tuple[ConflictItem, ...]) -> str:
    count = sum(not each.settled for each in conflicts)
    if conflicts and not count:
        return _("There is nothing to decide; settled conflicts are kept here")
    told = ngettext(
        "{count} document; your values are kept here",
        "{count} documents; your values are kept here",
        count,
    )
    return told.format(count=count) if count else ""


def _main_lines(conflict: ConflictItem) -> list[Line]:
    yours, valid = conflict.yours, conflict.valid or Version("", NOTHING, "", "")
    section = _("The document")
    return [
        Line(section, _("Client"), yours.client, valid.client),
        Line(section, _("Premium"), yours.premium, valid.premium),
        Line(section, _("State"), yours.state, valid.state),
        Line(section, _("Changed"), yours.changed, valid.changed),
    ]
