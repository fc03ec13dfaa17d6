"""The one set of line icons, drawn from SVG files in the colours of the theme.

The files are written in the colours of the light scheme; each of these is replaced by the same
token of the scheme that is worn. `ink` may name another token for the main line of the icon.
"""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from smartclient.ui.theme import LIGHT, Colours, look

_FOLDER = Path(__file__).with_name("icons")
_INKS = ("text", "good", "attention", "bad")


@cache
def _source(name: str) -> str:
    return (_FOLDER / f"{name}.svg").read_text("utf-8")


@cache
def _renderer(name: str, colours: Colours, ink: str) -> QSvgRenderer:
    drawn = _source(name)
    for part in _INKS:
        worn = getattr(colours, ink if part == "text" else part)
        drawn = drawn.replace(getattr(LIGHT, part), f"@{worn[1:]}")
    return QSvgRenderer(QByteArray(drawn.replace("@", "#").encode()))


def paint_icon(painter: QPainter, name: str, box: QRectF, ink: str = "text") -> None:
    """Paint the icon into `box`; `ink` is a token of the theme."""
    _renderer(name, look().colours, ink).render(painter, box)


def pixmap(name: str, size: int, ink: str = "text", ratio: float = 1.0, *, gap: int = 0) -> QPixmap:
    """The icon as a picture of `size` drawn pixels; `gap` is empty space at its right."""
    side = round(look().px(size) * ratio)
    picture = QPixmap(side + round(look().px(gap) * ratio), side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_icon(painter, name, QRectF(0, 0, side, side), ink)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(
    name: str, ink: str = "text", size: int = 20, ratio: float = 2.0, *, gap: int = 0
) -> QIcon:
    """The icon for a button, with its faint twin for the disabled state."""
    made = QIcon(pixmap(name, size, ink, ratio, gap=gap))
    made.addPixmap(pixmap(name, size, "faint", ratio, gap=gap), QIcon.Mode.Disabled)
    return made


class IconView(QWidget):
    """Shows one icon and follows the theme. Beside a text it needs no name of its own."""

    def __init__(
        self, name: str, size: int = 20, ink: str = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._size, self._ink = name, size, ink
        self._measure()
        look().changed.connect(self._measure)

    def show_icon(self, name: str, ink: str = "text") -> None:
        """Show another icon in the same place."""
        if (name, ink) != (self._name, self._ink):
            self._name, self._ink = name, ink
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon."""
        del event
        painter = QPainter(self)
        paint_icon(painter, self._name, QRectF(self.rect()), self._ink)
        painter.end()

    def _measure(self) -> None:
        side = look().px(self._size)
        self.setFixedSize(QSize(side, side))
        self.update()
