"""The choice of what to begin: the forms that are in force, as the catalogue has them."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from smartclient.domain.document_life import DocumentKind
from smartclient.domain.language import _
from smartclient.services.forms import FormKind
from smartclient.ui.icons import IconView
from smartclient.ui.page import scrolling
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import column, row
from smartclient.ui.widgets.text import Role, Text

_ICONS = {
    DocumentKind.OFFER: "documents",
    DocumentKind.MODELLING: "chart",
    DocumentKind.CHANGE_REQUEST: "repeat",
    DocumentKind.OTHER: "in-progress",
}


def _about(kind: DocumentKind) -> str:
    match kind:
        case DocumentKind.OFFER:
            return _("New insurance with everything that is needed to sign it.")
        case DocumentKind.MODELLING:
            return _("The premium and the value year by year; an offer can be filled from it.")
        case DocumentKind.CHANGE_REQUEST:
            return _("A change of a contract in force. You need its number and the internet.")
        case DocumentKind.OTHER:
            return ""


class KindItem(QPushButton):
    """One form that can be begun."""

    def __init__(self, kind: FormKind) -> None:
        super().__init__()
        self.kind = kind
        self._about = _about(kind.document_kind)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(kind.title)
        self.setAccessibleDescription(self._about)
        line = row(self, spacing=3)
        line.setContentsMargins(look().px(16), look().px(8), look().px(16), look().px(8))
        icon = IconView(_ICONS[kind.document_kind], 22, "accent")
        words = column()
        title = Text(kind.title, Role.STRONG if self._about else Role.BODY, wrap=True)
        words.addWidget(title)
        parts: list[QWidget] = [icon, title]
        if self._about:
            about = Text(self._about, Role.SMALL, wrap=True)
            words.addWidget(about)
            parts.append(about)
        for part in parts:
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        line.addWidget(icon)
        line.addLayout(words, 1)

    def sizeHint(self) -> QSize:
        """Two lines of words where there is something to explain."""
        return QSize(look().px(480), look().px(72 if self._about else 44))


class KindChoice(QDialog):
    """Emits the form that was chosen. Arrows move between the forms, Enter takes one."""

    chosen = Signal(object)
    """A `FormKind`."""

    def __init__(
        self, kinds: tuple[FormKind, ...], client: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("New document"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.items = [KindItem(kind) for kind in kinds]
        self.resize(look().px(560), self._height())
        outer = QVBoxLayout(self)
        edge = look().px(24)
        outer.setContentsMargins(edge, edge, edge, look().px(20))
        outer.setSpacing(look().px(12))
        outer.addWidget(Text(_("New document"), Role.TITLE))
        if client:
            outer.addWidget(Text(_("For: {client}").format(client=client), Role.MUTED, wrap=True))
        outer.addWidget(scrolling(self._list()), 1)
        foot = row()
        foot.addStretch(1)
        foot.addWidget(Button(_("Back"), ButtonKind.SECONDARY, pressed=self.reject))
        outer.addLayout(foot)
        if self.items:
            self.items[0].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter takes the form that has the focus."""
        here = next((at for at, item in enumerate(self.items) if item.hasFocus()), None)
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up if self.items and here is not None:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.items[(here + step) % len(self.items)].setFocus()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                focused = self.focusWidget()
                if isinstance(focused, QPushButton):
                    focused.click()
            case _:
                super().keyPressEvent(event)

    def _height(self) -> int:
        """All forms without scrolling where the screen is high enough."""
        px = look().px
        forms = sum(item.sizeHint().height() + px(8) for item in self.items)
        room = self.screen().availableGeometry().height() - px(60)
        return min(room, px(240) + forms)

    def _list(self) -> QWidget:
        content = QWidget()
        box = column(content, spacing=2)
        box.setContentsMargins(0, 0, look().px(12), 0)
        in_others = False
        for item in self.items:
            if item.kind.document_kind is DocumentKind.OTHER and not in_others:
                in_others = True
                box.addSpacing(look().px(8))
                box.addWidget(Text(_("Other"), Role.HEADING_SMALL))
            item.clicked.connect(lambda _on, kind=item.kind: self._take(kind))
            box.addWidget(item)
        box.addStretch(1)
        return content

    def _take(self, kind: FormKind) -> None:
        self.chosen.emit(kind)
        self.accept()
