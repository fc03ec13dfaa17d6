"""Whether the client was given the information on processing personal data."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from smartclient.domain.language import _
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Surface


class DutyCard(Banner):
    """Emits the wish to inform the client."""

    inform_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step.set_kind(ButtonKind.PRIMARY)

    @property
    def inform(self) -> Button:
        """Leads to the information; shown while it was not given."""
        return self._step

    def show_duty(self, informed_on: str) -> None:
        """When the client was informed; empty while that was not done."""
        if informed_on:
            self.tell(_("The client was given the information."), informed_on, Surface.GOOD)
            return
        self.tell(
            _("The client was not given the information yet."),
            _("Without it no offer can be started."),
            Surface.ATTENTION,
            step=_("Inform the client"),
            pressed=self.inform_wanted.emit,
        )
