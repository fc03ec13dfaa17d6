"""What is known of a client, line by line, with a quiet mark where another value is offered."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from smartclient.domain.language import _
from smartclient.services.clients import ClientPanel, Detail, FieldOffer
from smartclient.ui.client_offers import ALWAYS_ASKED, OfferPanel
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, clear
from smartclient.ui.widgets.text import Role, Text


class ClientDetailsCard(Card):
    """Emits what was chosen at a field that two people changed."""

    chosen = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(spacing=2, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.content.addWidget(Text(_("Client's data"), Role.HEADING_SMALL))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look().px(4 * SPACE))
        self._grid.setVerticalSpacing(look().px(2 * SPACE))
        self._grid.setColumnStretch(1, 1)
        self.content.addLayout(self._grid)
        self.content.addStretch()
        self._held = ""
        self.panels: dict[str, OfferPanel] = {}
        self.marks: dict[str, Button] = {}
        self._shown: tuple[ClientPanel, tuple[FieldOffer, ...]] | None = None

    def show_client(
        self, panel: ClientPanel, offers: tuple[FieldOffer, ...], held: str = ""
    ) -> None:
        """Show another client, or the same one anew; what was opened at its fields stays open.

        `held` is why nothing may be chosen now.
        """
        if (panel, offers, held) == (self._shown and (*self._shown, self._held)):
            return
        self._held = held
        same = self._shown is not None and self._shown[0].id == panel.id
        opened = {path for path, each in self.panels.items() if same and not each.isHidden()}
        self._shown = (panel, offers)
        self._clear()
        place = 0
        for detail, offered in _with_offers(panel.details, offers):
            self._put(place, detail, offered)
            place += 1
            for offer in offered:
                self._grid.addWidget(self._panel(offer), place, 0, 1, 3)
                place += 1
        if panel.reach:
            told = _("For the digital signature is missing: {what}").format(
                what=", ".join(panel.reach)
            )
            self._grid.addWidget(Text(told, Role.SMALL, wrap=True), place, 0, 1, 3)
        for path in opened & self.panels.keys():
            self.panels[path].show()

    def _put(self, place: int, detail: Detail, offered: list[FieldOffer]) -> None:
        label = Text(detail.label, Role.MUTED)
        value = Text(detail.value, wrap=True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(label, place, 0)
        self._grid.addWidget(value, place, 1)
        self._grid.setRowMinimumHeight(place, label.sizeHint().height())
        if offered:
            mark = Button(_("another value"), ButtonKind.INLINE, icon_name="repeat")
            mark.setAccessibleName(f"{detail.label}: {_('another value')}")
            mark.clicked.connect(partial(self._turn, tuple(each.path for each in offered)))
            for each in offered:
                self.marks[each.path] = mark
            self._grid.addWidget(mark, place, 2, Qt.AlignmentFlag.AlignTop)

    def _panel(self, offer: FieldOffer) -> OfferPanel:
        panel = OfferPanel(offer, self._held)
        panel.chosen.connect(self.chosen)
        panel.setVisible(offer.path in ALWAYS_ASKED)
        self.panels[offer.path] = panel
        return panel

    def _turn(self, paths: tuple[str, ...]) -> None:
        for path in paths:
            self.panels[path].setVisible(self.panels[path].isHidden())

    def _clear(self) -> None:
        self.panels.clear()
        self.marks.clear()
        clear(self._grid)


def _with_offers(
    details: tuple[Detail, ...], offers: tuple[FieldOffer, ...]
) -> list[tuple[Detail, list[FieldOffer]]]:
    """Each line with its offers; what no line shows, such as a name, gets a line of its own."""
    shown = {field for detail in details for field in detail.fields}
    lines = [
        (Detail(offer.label, offer.shown, (offer.path,)), [offer])
        for offer in offers
        if offer.path not in shown
    ]
    for_line = ([offer for offer in offers if offer.path in detail.fields] for detail in details)
    return [*lines, *zip(details, for_line, strict=True)]
