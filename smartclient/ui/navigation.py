"""The left side: the places with counts that mean work, and at its foot who I am."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from smartclient.domain.language import _, ngettext
from smartclient.ui.icons import IconView
from smartclient.ui.places import SIGNS, Place
from smartclient.ui.theme import look
from smartclient.ui.widgets.badge import Badge, Tone
from smartclient.ui.widgets.text import ElidedText, Role, Text

WIDTH = 240
WIDTH_NARROW = 68
_EDGE, _GAP = 12, 8


class PlaceButton(QPushButton):
    """One place: icon, name, count."""

    def __init__(self, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        self._name = _(SIGNS[place].name)
        self.setProperty("kind", "place")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._icon = IconView(SIGNS[place].icon, 20, "muted")
        self._words = Text(self._name)
        self._badge = Badge()
        self._count = 0
        layout = QHBoxLayout(self)
        layout.setContentsMargins(look().px(_EDGE), 0, look().px(_GAP), 0)
        layout.setSpacing(0)
        layout.addWidget(self._icon)
        layout.addSpacing(look().px(_GAP))
        layout.addWidget(self._words, 1)
        layout.addSpacing(look().px(4))
        layout.addWidget(self._badge)
        for part in (self._icon, self._words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.toggled.connect(self._mark)
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Show how much work lies there; nothing for none.

        The name stays the same whatever the count, for those who look for the place by its name.
        """
        self._count = count
        self._badge.show_text(self._shown(count) if count else "")
        self._badge.setVisible(bool(count) and not self._words.isHidden())
        told = ngettext("{count} item", "{count} items", count).format(count=count)
        self.setAccessibleName(self._name)
        self.setAccessibleDescription(told if count else "")
        whole = not self._words.isHidden() and self._badge.text in ("", str(count))
        named = f"{self._name} ({count})" if count else self._name
        self.setToolTip("" if whole else named)

    def _shown(self, count: int) -> str:
        """The count, or that it is more than what the room beside the name can show."""
        edges = 2 * _EDGE + _EDGE + 20 + _GAP + 4 + _GAP + 1
        widest = QFontMetrics(look().font(weight=QFont.Weight.DemiBold))  # as the marked place
        room = look().px(WIDTH - edges) - widest.horizontalAdvance(self._name)
        shown = (str(count), "999+", "99+") if count > 999 else (str(count), "99+")
        for each in shown:
            self._badge.show_text(each)
            if self._badge.sizeHint().width() <= room:
                break
        return self._badge.text

    def be_narrow(self, narrow: bool) -> None:
        """Show the icon alone; name and count go to the tooltip."""
        if self._words.isHidden() is not narrow:
            self._words.setHidden(narrow)
        self.show_count(self._count)

    def sizeHint(self) -> QSize:
        """The height of a place."""
        return QSize(look().px(44), look().px(42))

    def _mark(self, here: bool) -> None:
        self._icon.show_icon(SIGNS[self.place].icon, "accent_text" if here else "muted")
        self._words.set_role(Role.HERE if here else Role.BODY)
        self._badge.show_text(self._badge.text, Tone.HERE if here else Tone.CALM)
        self.show_count(self._count)


class Foot(QWidget):
    """Who I am, whether I am on-line, when it was last synchronised."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._who = ElidedText("", Role.SMALL_STRONG)
        self._number = ElidedText("", Role.SMALL)
        self._icon = IconView("online", 12, "good")
        self._state = Text("", Role.SMALL)
        self._synchronised = ElidedText("", Role.SMALL)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(look().px(12), 0, look().px(8), look().px(4))
        layout.setSpacing(look().px(3))
        line = QHBoxLayout()
        line.setSpacing(look().px(6))
        line.addWidget(self._icon)
        line.addWidget(self._state, 1)
        layout.addWidget(self._who)
        layout.addWidget(self._number)
        layout.addSpacing(look().px(6))
        layout.addLayout(line)
        layout.addWidget(self._synchronised)
        self._words = (self._who, self._number, self._state, self._synchronised)

    def show_person(self, name: str, hr: str) -> None:
        """Show who works here."""
        self._who.setText(name)
        self._number.setText(_("HR {number}").format(number=hr) if hr else "")

    def show_connection(self, online: bool | None, synchronised: str) -> None:
        """Show the last synchronisation and the connection; None before the first contact."""
        if online is None:
            self._icon.show_icon("circle", "muted")
            self._state.setText(_("Not connected yet"))
        else:
            self._icon.show_icon("online" if online else "offline", "good" if online else "muted")
            self._state.setText(_("On-line") if online else _("Off-line"))
        self._synchronised.setText(synchronised)
        self.setToolTip("\n".join(part.text() for part in self._words if part.text()))

    def be_narrow(self, narrow: bool) -> None:
        """Show the connection alone."""
        for part in self._words:
            if part.isHidden() is not narrow:
                part.setHidden(narrow)


class Navigation(QFrame):
    """Emits `chosen` with the place that was pressed."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "side")
        self._buttons = {place: PlaceButton(place) for place in SIGNS}
        self._brand = Text("SmartClient", Role.BRAND)
        self.foot = Foot()
        group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        edge = look().px(12)
        layout.setContentsMargins(edge, look().px(20), edge, look().px(14))
        layout.setSpacing(look().px(4))
        self._brand.setContentsMargins(edge, 0, 0, look().px(14))
        layout.addWidget(self._brand)
        for place, button in self._buttons.items():
            group.addButton(button)
            layout.addWidget(button)
            button.clicked.connect(lambda _on, place=place: self.chosen.emit(place.value))
        layout.addStretch()
        layout.addWidget(self.foot)
        self.be_narrow(False)

    def show_place(self, place: Place) -> None:
        """Mark where the person is."""
        shown = Place.DOCUMENTS if place is Place.CONFLICTS else place
        self._buttons[shown].setChecked(True)

    def show_count(self, place: Place, count: int) -> None:
        """Show how much work lies at a place."""
        self._buttons[place].show_count(count)

    def be_narrow(self, narrow: bool) -> None:
        """Leave only the icons, for small screens and large text."""
        self.setFixedWidth(look().px(WIDTH_NARROW if narrow else WIDTH))
        self._brand.setText("S" if narrow else "SmartClient")
        for button in self._buttons.values():
            button.be_narrow(narrow)
        self.foot.be_narrow(narrow)
