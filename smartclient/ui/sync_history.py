"""What the last synchronisations did: the newest on the page, all of them in a dialog."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.services.synchronisation.history import RunItem
from smartclient.ui.icons import IconView
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, clear, row
from smartclient.ui.widgets.plain_table import PlainTable
from smartclient.ui.widgets.text import Role, Text


class SyncHistoryCard(Card):
    """The newest lines; emits the wish to see all."""

    all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=5, spacing=2, parent=parent)
        head = row()
        head.addWidget(Text(_("Last synchronisations"), Role.HEADING_SMALL))
        head.addStretch()
        self.all = Button(_("Show all"), ButtonKind.LINK)
        self.all.clicked.connect(self.all_wanted)
        head.addWidget(self.all)
        self.content.addLayout(head)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(look().px(8))
        self.content.addLayout(self._lines)
        self.content.addStretch()

    def show_runs(self, runs: tuple[RunItem, ...]) -> None:
        """Show other lines."""
        clear(self._lines)
        self.all.setVisible(bool(runs))
        if not runs:
            self._lines.addWidget(Text(_("None so far."), Role.MUTED))
        for run in runs:
            self._lines.addWidget(_line(run))


def _line(run: RunItem) -> QWidget:
    line = QWidget()
    layout = row(line, spacing=3)
    icon = ("check", "good") if run.is_good else ("attention", "attention")
    layout.addWidget(IconView(icon[0], 18, icon[1]), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(Text(run.when))
    words.addWidget(Text(run.told, Role.SMALL, wrap=True))
    layout.addLayout(words, 1)
    return line


class SyncHistoryDialog(QDialog):
    """A table of the last synchronisations."""

    def __init__(self, runs: tuple[RunItem, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Last synchronisations"))
        self.setModal(True)
        room = self.screen().availableGeometry().size()
        self.resize(QSize(look().px(980), look().px(560)).boundedTo(room))
        layout = QVBoxLayout(self)
        edge = look().px(20)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(look().px(12))
        layout.addWidget(Text(_("Last synchronisations"), Role.HEADING))
        self.table = PlainTable(
            _("Last synchronisations"),
            (_("When"), _("How it ended"), _("Sent"), _("Received"), _("It took")),
            (19, 53, 10, 9, 9),
            wraps=True,
        )
        self.table.show_lines(
            [(run.when, run.outcome, run.sent, run.received, run.took) for run in runs]
        )
        layout.addWidget(self.table, 1)
        foot = row()
        foot.addStretch()
        foot.addWidget(Button(_("Close"), ButtonKind.PRIMARY, pressed=self.accept))
        layout.addLayout(foot)
