"""Who signs what, one card a signature, in the order of signing."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.domain.presentation import clock_time
from smartclient.services.signing import FieldStanding, SignatureField
from smartclient.ui.icons import IconView
from smartclient.ui.theme import RADIUS_CARD, look
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.text import FlowingText, Role

_ICONS = {
    FieldStanding.OPEN: ("circle", "muted"),
    FieldStanding.SIGNED: ("check", "good"),
    FieldStanding.REFUSED: ("crossed", "bad"),
}


class SignerCard(Card):
    """One signature: role, person, page, how it stands. Enter, Space or a click activates it."""

    activated = Signal(str)

    def __init__(self, position: int, field: SignatureField) -> None:
        super().__init__(padding=4, spacing=1)
        self._position = position
        self._field = field
        self._active = False
        self._note = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._icon = IconView("circle", 16)
        self._role = FlowingText("", Role.STRONG)
        self._who = FlowingText("", Role.MUTED)
        self._state = FlowingText("")
        head = row(spacing=2)
        head.addWidget(self._icon)
        head.addWidget(self._role, 1)
        self.content.addLayout(head)
        below = QVBoxLayout()
        below.setContentsMargins(look().px(24), 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self._who)
        below.addWidget(self._state)
        self.content.addLayout(below)
        self.show_field(field, active=False)

    @property
    def words(self) -> str:
        """All that the card says."""
        return f"{self._role.text()}, {self._who.text()}, {self._state.text()}"

    def show_field(self, field: SignatureField, *, active: bool, note: str = "") -> None:
        """Show how it stands; `note` says what is happening just now."""
        self._field, self._active, self._note = field, active, note
        name, ink = _ICONS[field.standing]
        if active and field.standing is not FieldStanding.SIGNED:
            name, ink = "circle-full", "accent_text"
        self._icon.show_icon(name, ink)
        self._role.setText(
            _("{position} · {role}").format(position=self._position, role=field.role)
        )
        self._who.setText(self._whereabouts(field))
        self._state.setText(note or _standing_words(field))
        self._state.setVisible(bool(self._state.text()))
        self._state.set_role(Role.BAD if field.standing is FieldStanding.REFUSED else Role.BODY)
        ground = Surface.CARD
        if field.standing is FieldStanding.SIGNED:
            ground = Surface.GOOD
        elif active:
            ground = Surface.ACCENT
        self.set_surface(ground)
        self.setAccessibleName(self.words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card; the active one and the one with the focus have a frame."""
        super().paintEvent(event)
        if not (self._active or self.hasFocus()):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look().colour("accent"), look().px(2)))
        radius = look().px(RADIUS_CARD)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click activates it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.activated.emit(self._field.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space activate it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activated.emit(self._field.name)
            return
        super().keyPressEvent(event)

    def _whereabouts(self, field: SignatureField) -> str:
        if field.standing is FieldStanding.SIGNED and field.at is not None:
            return _("{person} · page {page} · {time}").format(
                person=field.signer, page=field.page, time=clock_time(field.at)
            )
        return _("{person} · page {page}").format(person=field.signer, page=field.page)


class Signers(QWidget):
    """The cards of all signatures."""

    activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[str, SignerCard] = {}
        self._box = column(self, spacing=3)

    @property
    def cards(self) -> dict[str, SignerCard]:
        """The cards by the name of their field."""
        return self._cards

    def show_fields(self, fields: tuple[SignatureField, ...], active: str, note: str = "") -> None:
        """Show how all of them stand; the active one carries the note."""
        for position, field in enumerate(fields, start=1):
            card = self._cards.get(field.name)
            if card is None:
                card = SignerCard(position, field)
                card.activated.connect(self.activated.emit)
                self._cards[field.name] = card
                self._box.addWidget(card)
            is_active = field.name == active
            card.show_field(field, active=is_active, note=note if is_active else "")


def _standing_words(field: SignatureField) -> str:
    match field.standing:
        case FieldStanding.REFUSED:
            return _("refused; can be signed later")
        case _:
            return ""
