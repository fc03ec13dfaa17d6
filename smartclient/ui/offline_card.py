"""Off-line, said calmly: what works all the same, and what waits for a connection."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.ui.icons import IconView
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.card import Card, row
from smartclient.ui.widgets.text import FlowingText, Role, Text


class OfflineCard(Card):
    """Two columns of plain sentences; hidden while there is a connection."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=5, spacing=3, parent=parent)
        head = row(spacing=3)
        head.addWidget(IconView("offline", 22, "muted"))
        head.addWidget(Text(_("You are off-line"), Role.HEADING_SMALL), 1)
        self.content.addLayout(head)
        self._sides = QHBoxLayout()
        self._sides.setSpacing(look().px(6 * SPACE))
        self._sides.addLayout(_side(_("What works without a connection"), _works(), "check"), 1)
        self._sides.addLayout(_side(_("What waits for a connection"), _waits(), "clock"), 1)
        self.content.addLayout(self._sides)
        self.hide()

    def be_compact(self, compact: bool) -> None:
        """The columns stand below each other."""
        beside, below = QHBoxLayout.Direction.LeftToRight, QHBoxLayout.Direction.TopToBottom
        self._sides.setDirection(below if compact else beside)


def _works() -> tuple[str, ...]:
    return (
        _("Clients: add, change, inform"),
        _("Documents: new, edit, complete, copy, show and print"),
        _("Signing on the pad and on the screen"),
    )


def _waits() -> tuple[str, ...]:
    return (
        _("Sending to PČS; it goes by itself once there is a connection"),
        _("New states of documents, new forms and rates"),
        _("A change request on the settings of a contract"),
    )


def _side(title: str, lines: tuple[str, ...], icon_name: str) -> QVBoxLayout:
    side = QVBoxLayout()
    side.setSpacing(look().px(6))
    side.addWidget(Text(title, Role.STRONG, wrap=True))
    for words in lines:
        line = row(spacing=2)
        ink = "good" if icon_name == "check" else "muted"
        line.addWidget(IconView(icon_name, 16, ink))
        line.addWidget(FlowingText(words), 1)
        side.addLayout(line)
    side.addStretch()
    return side
