"""The files of a client: what for, how large, sent or waiting; open one, add one."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QDialog, QFileDialog, QPushButton, QVBoxLayout, QWidget

from smartclient.domain import presentation
from smartclient.domain.language import N_, _
from smartclient.services.clients import Attachment
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, row
from smartclient.ui.widgets.empty_state import EmptyState
from smartclient.ui.widgets.plain_table import PlainTable
from smartclient.ui.widgets.text import FlowingText, Role, Text
from smartclient.wire.register_bodies import Purpose

PURPOSE_NAMES = {
    Purpose.IDENTITY: N_("Identity card"),
    Purpose.MEDICAL: N_("Medical file"),
    Purpose.OTHER: N_("Other"),
}
_NOTES = {
    Purpose.IDENTITY: N_("Only people with the right to copies of identity cards see it."),
    Purpose.MEDICAL: N_("Only people with the right to medical files see it."),
    Purpose.OTHER: N_("Everybody in your office sees it."),
}
_KIB, _MIB = 1_024, 1_048_576

ChooseFile = Callable[[QWidget], Path | None]
ShowFile = Callable[[Path], object]


def choose_file(parent: QWidget) -> Path | None:
    """Let the person choose a file; None when the dialog was closed."""
    chosen, _filter = QFileDialog.getOpenFileName(parent.window(), _("Add a file"))
    return Path(chosen) if chosen else None


def show_file(path: Path) -> object:
    """Open a file in the program that the computer has for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class AttachmentsCard(Card):
    """Emits the file that is to be opened, and the wish to add one."""

    opened = Signal(str)
    """The op of the file."""
    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=4, spacing=3, parent=parent)
        self._files: tuple[Attachment, ...] = ()
        head = row(spacing=2)
        self._told = Text("", Role.MUTED)
        head.addWidget(self._told, 1)
        self.open = Button(_("Open"), ButtonKind.SECONDARY, pressed=self._open)
        self.add = Button(_("Add a file"), ButtonKind.SECONDARY, icon_name="plus")
        self.add.clicked.connect(self.wanted)
        head.addWidget(self.open)
        head.addWidget(self.add)
        self.table = PlainTable(
            _("Files of the client"),
            (_("File"), _("What it is"), _("Added"), _("State")),
            (37, 32, 17, 14),
        )
        self.table.itemActivated.connect(lambda _item: self._open())
        self.table.currentCellChanged.connect(lambda *_cells: self._allow())
        self.empty = EmptyState(
            "documents",
            _("No files yet"),
            _("Copies of identity cards, medical files and other papers of the client stand here."),
        )
        self.content.addLayout(head)
        self.content.addWidget(self.table, 1)
        self.content.addWidget(self.empty, 1)

    def show_files(self, files: tuple[Attachment, ...]) -> None:
        """Show other files."""
        here = self.table.currentRow()
        self._files = files
        self.table.show_lines(
            [
                (
                    f"{each.name} ({size_text(each.size)})",
                    _(PURPOSE_NAMES[each.purpose]),
                    each.added,
                    state_text(each),
                )
                for each in files
            ]
        )
        self.table.setVisible(bool(files))
        self.empty.setVisible(not files)
        waiting = sum(not each.is_backed_up for each in files)
        self._told.setText(_("{count} to be sent").format(count=waiting) if waiting else "")
        if files:
            self.table.setCurrentCell(min(max(here, 0), len(files) - 1), 0)
        self._allow()

    def allow_adding(self, allowed: bool, reason: str = "") -> None:
        """A client that is part of another one takes no files."""
        self.add.allow(allowed, reason)

    def _allow(self) -> None:
        marked = 0 <= self.table.currentRow() < len(self._files)
        self.open.allow(marked, _("Mark a file first."))

    def _open(self) -> None:
        place = self.table.currentRow()
        if 0 <= place < len(self._files):
            self.opened.emit(self._files[place].op)


def size_text(size: int) -> str:
    """120 kB, 2 MB; never nothing."""
    if size >= _MIB:
        return _("{size} MB").format(size=presentation.number(round(size / _MIB)))
    return _("{size} kB").format(size=presentation.number(max(1, round(size / _KIB))))


def state_text(file: Attachment) -> str:
    """Whether the insurer has it."""
    if file.refused:
        return _("refused ({code})").format(code=file.refused)
    return _("sent") if file.is_backed_up else _("waits")


class PurposeDialog(QDialog):
    """Asks what a file is; that decides who may see it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Add a file"))
        self.setModal(True)
        self.setFixedWidth(look().px(540))
        layout = QVBoxLayout(self)
        edge = look().px(28)
        layout.setContentsMargins(edge, edge, edge, look().px(24))
        layout.setSpacing(look().px(10))
        layout.addWidget(Text(_("What is this file?"), Role.HEADING, wrap=True))
        layout.addWidget(FlowingText(name, Role.MUTED))
        self._group = QButtonGroup(self)
        for place, purpose in enumerate(PURPOSE_NAMES):
            choice = QPushButton(_(PURPOSE_NAMES[purpose]))
            choice.setProperty("kind", "option")
            choice.setCheckable(True)
            choice.setAutoDefault(False)
            choice.setAccessibleDescription(_(_NOTES[purpose]))
            self._group.addButton(choice, place)
            layout.addWidget(choice)
            layout.addWidget(FlowingText(_(_NOTES[purpose]), Role.SMALL))
        self.yes = Button(_("Add the file"), ButtonKind.PRIMARY, pressed=self.accept)
        self.yes.allow(False, _("Choose what it is."))
        self._group.idClicked.connect(lambda _place: self.yes.allow(True))
        foot = row(spacing=2)
        foot.addStretch()
        foot.addWidget(Button(_("Back"), ButtonKind.SECONDARY, pressed=self.reject))
        foot.addWidget(self.yes)
        layout.addSpacing(look().px(6))
        layout.addLayout(foot)

    @property
    def purpose(self) -> Purpose:
        """What was chosen."""
        return list(PURPOSE_NAMES)[self._group.checkedId()]

    def choose(self, purpose: Purpose) -> None:
        """Mark a purpose, as a press on it does."""
        button = self._group.button(list(PURPOSE_NAMES).index(purpose))
        button.setFocus(Qt.FocusReason.OtherFocusReason)
        button.click()
