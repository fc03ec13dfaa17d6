"""What happened with a client, as the insurer wrote it down; the newest first."""

from PySide6.QtWidgets import QWidget

from smartclient.domain.language import _
from smartclient.services.clients import ContactLine
from smartclient.ui.widgets.card import Card
from smartclient.ui.widgets.empty_state import EmptyState
from smartclient.ui.widgets.plain_table import PlainTable


class HistoryCard(Card):
    """A table that is only read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=4, spacing=3, parent=parent)
        self.table = PlainTable(_("History of contact"), (_("When"), _("What happened")), (24, 76))
        self.empty = EmptyState(
            "clock",
            _("Nothing was written down yet"),
            _("What the insurer records of this client comes with the synchronisation."),
        )
        self.content.addWidget(self.table, 1)
        self.content.addWidget(self.empty, 1)

    def show_lines(self, lines: tuple[ContactLine, ...]) -> None:
        """Show other lines."""
        self.table.show_lines([(line.when, line.text) for line in lines])
        self.table.setVisible(bool(lines))
        self.empty.setVisible(not lines)
