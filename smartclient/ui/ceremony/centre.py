"""The middle of the ceremony: which field it is, the pages, the pad's display and its caption."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.services.signing import SigningState
from smartclient.ui.ceremony.pad_display import PadDisplay
from smartclient.ui.ceremony.words import frame_of, headline_of
from smartclient.ui.pages.strip import PageStrip
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.card import row
from smartclient.ui.widgets.text import Role, Text

_PAD_SHARE = 0.37
_PAD_LOWEST, _PAD_HIGHEST = 170, 290


class CeremonyCentre(QWidget):
    """What everybody at the table looks at."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = Banner()
        self.pages = PageStrip(tasks)
        self.display = PadDisplay()
        self._headline = Text("", Role.HEADING)
        self._whereabouts = Text("", Role.MUTED)
        self._caption = Text("", Role.SMALL)
        self._caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box = QVBoxLayout(self)
        edge = look().px(28)
        box.setContentsMargins(edge, look().px(20), edge, look().px(16))
        box.setSpacing(look().px(10))
        head = row(spacing=3)
        head.addWidget(self._headline, 1)
        head.addWidget(self._whereabouts)
        box.addLayout(head)
        box.addWidget(self.banner)
        box.addWidget(self.pages, 1)
        box.addWidget(self.display)
        box.addWidget(self._caption)
        self.pages.page_changed.connect(self.show_page)
        self.pages.pages_seen.connect(self.show_page)

    @property
    def headline(self) -> str:
        """Which field of how many is being signed."""
        return self._headline.text()

    def show_state(self, state: SigningState) -> None:
        """Which field it is and where; without one there is nothing to sign on."""
        field = state.next_field
        self._headline.setText(headline_of(state))
        self.pages.frame(frame_of(field))
        self._caption.setVisible(field is not None)
        self.display.setVisible(field is not None)
        self.show_page()

    def show_page(self) -> None:
        """Which page of how many is in sight, and whether all were."""
        count = self.pages.count
        if not count:
            return
        where = _("page {page} of {count}").format(page=self.pages.page + 1, count=count)
        if not self.pages.unseen:
            where = _("{where} · all pages shown ✓").format(where=where)
        self._whereabouts.setText(where)

    def show_caption(self, *, is_on_screen: bool, is_read: bool) -> None:
        """What the display is to whom looks at it."""
        if not is_on_screen:
            words = _("Mirror of the SignPad's display")
        elif is_read:
            words = _("This is what you will sign. You see the whole document above.")
        else:
            words = _("Sign here with a pen, a finger or the mouse")
        self._caption.setText(words)

    def be_high(self, height: int) -> None:
        """Give the pad its share of so many pixels; small screens give the page more room."""
        share = round(height * _PAD_SHARE)
        self.display.setFixedHeight(
            max(look().px(_PAD_LOWEST), min(look().px(_PAD_HIGHEST), share))
        )
