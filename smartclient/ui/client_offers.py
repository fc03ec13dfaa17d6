"""At a field that somebody else changed as well: what they wrote; keep or take."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.services.clients import FieldOffer
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.text import FlowingText, Role

ALWAYS_ASKED = frozenset({"national_id", "title", "given_name", "surname", "birth_date"})
"""Who a person is, is never put together from halves: these stand open until someone chooses."""

_BESIDE = 36
"""Letters of both buttons that fit beside each other."""


class OfferPanel(Card):
    """A small panel below a field; emits the choice."""

    chosen = Signal(str, bool)
    """The path of the field, and whether the other value is taken."""

    def __init__(self, offer: FieldOffer, held: str = "", parent: QWidget | None = None) -> None:
        """`held` is why nothing may be chosen now."""
        super().__init__(Surface.ACCENT, padding=3, spacing=2, parent=parent)
        told = _("The other device wrote: {other}").format(other=offer.other)
        self.setAccessibleName(f"{offer.label}. {told}")
        self.content.addWidget(FlowingText(told, Role.STRONG))
        keep = _("Keep {shown}").format(shown=_short(offer.shown))
        take = _("Take {other}").format(other=_short(offer.other))
        beside = len(keep) + len(take) <= _BESIDE
        steps: QBoxLayout = row(spacing=2) if beside else column(spacing=1)
        for words, taken in ((keep, False), (take, True)):
            step = Button(
                words,
                ButtonKind.SMALL,
                name=f"{offer.label}: {words}",
                pressed=partial(self.chosen.emit, offer.path, taken),
            )
            step.hold(held)
            steps.addWidget(step, 0, Qt.AlignmentFlag.AlignLeft)
        steps.addStretch()
        self.content.addLayout(steps)


def _short(value: str) -> str:
    longest = 20
    return value if len(value) <= longest else f"{value[: longest - 1]}…"
