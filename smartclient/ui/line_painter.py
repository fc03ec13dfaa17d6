"""How the lines of a long list are painted: the name stands out, times step back, a state is a
shape.

A frame of a list that scrolls has 16 ms. So a line is painted as a whole, in one go with the others
in sight, and words and pictures are laid out once for all the frames that show them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPixmap, QStaticText, QTransform

from smartclient.ui.icons import pixmap
from smartclient.ui.paged_table import ColumnSpec, PagedTable, T
from smartclient.ui.theme import Scheme, look

_ICON = 22
_KEPT_WORDS = 2_000
_STRONG = QFont.Weight.DemiBold


@dataclass(frozen=True, slots=True)
class Cell(Generic[T]):
    """A column in sight: where it begins on the screen, how wide it is, and whether it is first."""

    spec: ColumnSpec[T]
    left: int
    width: int
    is_first: bool


@lru_cache(maxsize=_KEPT_WORDS)
def _laid_out(words: str, room: int, strong: bool, scale: float) -> QStaticText:
    """Words shortened to so many pixels."""
    del scale  # a part of the key: the font follows it
    font = look().font(weight=_STRONG if strong else QFont.Weight.Normal)
    shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room)
    laid_out = QStaticText(shown)
    laid_out.setTextFormat(Qt.TextFormat.PlainText)
    laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    laid_out.prepare(QTransform(), font)
    return laid_out


@lru_cache(maxsize=256)
def _picture(name: str, ink: str, scheme: Scheme, scale: float, ratio: float) -> QPixmap:
    del scheme, scale  # parts of the key: the picture is drawn in them
    return pixmap(name, _ICON, ink, ratio)


class LinePainter(Generic[T]):
    """Paints lines of a table; one that is still on the way is a calm bar in each column."""

    def __init__(self, table: PagedTable[T]) -> None:
        self._table = table
        look().changed.connect(self._choose)
        self._choose()

    def paint(
        self,
        painter: QPainter,
        lines: Iterable[tuple[int, int, int]],
        cells: Sequence[Cell[T]],
        marked: int,
        hovered: int,
    ) -> None:
        """Paint lines, each given by its row, top and height."""
        width = max((cell.left + cell.width for cell in cells), default=0)
        ratio = painter.device().devicePixelRatioF()
        for row, top, height in lines:
            if row == marked:
                painter.fillRect(0, top, width, height, self._marked)
            elif row == hovered:
                painter.fillRect(0, top, width, height, self._raised)
            painter.fillRect(0, top + height - 1, width, 1, self._line)
            item = self._table.item(row)
            middle = top + (height - 1) // 2
            for cell in cells:
                if item is None:
                    self._paint_waiting(painter, cell, middle)
                elif cell.spec.icon is not None:
                    self._paint_icon(painter, cell, middle, *cell.spec.icon(item), ratio)
                else:
                    self._paint_words(painter, cell, top, height, cell.spec.words(item))

    def _choose(self) -> None:
        worn = look()
        self._scheme, self._scale = worn.scheme, worn.scale
        self._plain, self._strong = worn.font(), worn.font(weight=_STRONG)
        self._text, self._muted = worn.colour("text"), worn.colour("muted")
        self._marked, self._raised = worn.colour("accent_ground"), worn.colour("raised")
        self._line = worn.colour("line")
        self._indent, self._edge, self._side = worn.px(17), worn.px(8), worn.px(_ICON)
        self._bar = worn.px(90), worn.px(10)

    def _paint_waiting(self, painter: QPainter, cell: Cell[T], middle: int) -> None:
        length, thickness = self._bar
        length = max(0, min(cell.width - 3 * self._edge, length))
        left = cell.left + self._edge
        painter.fillRect(left, middle - thickness // 2, length, thickness, self._raised)

    def _paint_icon(
        self, painter: QPainter, cell: Cell[T], middle: int, name: str, ink: str, ratio: float
    ) -> None:
        picture = _picture(name, ink, self._scheme, self._scale, ratio)
        painter.drawPixmap(cell.left + self._indent, middle - self._side // 2, picture)

    def _paint_words(
        self, painter: QPainter, cell: Cell[T], top: int, height: int, words: str
    ) -> None:
        left = self._indent if cell.is_first else self._edge
        strong = cell.spec.strong
        laid_out = _laid_out(words, cell.width - left - self._edge, strong, self._scale)
        painter.setPen(self._muted if cell.spec.muted else self._text)
        painter.setFont(self._strong if strong else self._plain)
        above = round((height - laid_out.size().height()) / 2)
        painter.drawStaticText(QPointF(cell.left + left, top + above), laid_out)
