"""What a pad says before a person signs: the document, the sums, what the signature will mean.

Nothing is signed on it; the person reads and goes on, or refuses. The letters are as large as the
words leave room for, and larger where somebody asked for large text. What has no room on one screen
goes on the next: nothing is cut off that a signature will mean.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from smartclient.domain.language import _
from smartclient.ink.port import PadButton, PadPicture
from smartclient.ui.ceremony.pad_picture import (
    REFUSE,
    PadInk,
    packed,
    pad_font,
    paint_buttons,
)

CONTINUE = "continue"
_SMALLEST, _LARGEST = 11, 26
_SMALLEST_LARGE, _LARGEST_LARGE = 17, 40
_LINE = 1.35


@dataclass(frozen=True, slots=True)
class PadReading:
    """The words: a headline, and one line after another, each as long as it needs to be."""

    headline: str
    lines: tuple[str, ...]

    @property
    def spoken(self) -> str:
        """All of it, for a screen reader."""
        return ". ".join((self.headline, *self.lines))


class ReadingLayout:
    """Where the words and the two buttons stand on a screen of this size, in its pixels."""

    def __init__(
        self,
        size: QSize,
        words: PadReading,
        *,
        large: bool = False,
        one_bit: bool = False,
        unit: float = 1.0,
        lowest_button: int = 0,
    ) -> None:
        """`large` is for people who see badly; `one_bit` for a screen without shades.

        `unit` is how many pixels of the screen are one of an ordinary screen.
        """
        self.size = size
        self._one_bit = one_bit
        self._lowest_button = lowest_button
        low, high = (_SMALLEST_LARGE, _LARGEST_LARGE) if large else (_SMALLEST, _LARGEST)
        low, high = round(low * unit), round(high * unit)
        low = max(_SMALLEST, min(low, size.height() // 7))
        self.text = low
        for text in range(min(high, size.height() // 4), low, -1):
            self.text = text
            if self.fits(words):
                break
            self.text = low

    @property
    def margin(self) -> int:
        """Around everything."""
        return max(4, round(self.text * 0.7))

    @property
    def line(self) -> int:
        """From one line to the next."""
        return round(self.text * _LINE)

    @property
    def buttons_height(self) -> int:
        """As tall as a pen hits."""
        return max(self.line + 4, min(44, round(self.size.height() * 0.17)), self._lowest_button)

    @property
    def words(self) -> QRect:
        """Where is read."""
        edge = self.margin
        low = self.size.height() - 2 * edge - self.buttons_height - self.gap
        return QRect(edge, edge, self.size.width() - 2 * edge, low)

    def font(self, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The font of the words."""
        return pad_font(self.text, weight, one_bit=self._one_bit)

    def buttons(self) -> tuple[PadButton, ...]:
        """Go on at the left, refuse far from it at the right."""
        metrics = QFontMetrics(self.font(QFont.Weight.DemiBold))
        top = self.size.height() - self.margin - self.buttons_height
        bottom = top + self.buttons_height - 1
        onwards, refuse = _("Go on to sign"), _("Refuse")
        wide, narrow = (
            metrics.horizontalAdvance(text) + 2 * self.text for text in (onwards, refuse)
        )
        right = self.size.width() - self.margin
        return (
            PadButton(CONTINUE, onwards, self.margin, top, self.margin + wide - 1, bottom),
            PadButton(REFUSE, refuse, right - narrow, top, right - 1, bottom),
        )

    def fits(self, words: PadReading) -> bool:
        """Whether all of it can be read at this size."""
        onwards, refuse = self.buttons()
        return self._height(words) <= self.words.height() and onwards.right < refuse.left

    def _height(self, words: PadReading) -> int:
        room = QRect(0, 0, self.words.width(), 10_000)
        bold = QFontMetrics(self.font(QFont.Weight.Bold))
        plain = QFontMetrics(self.font())
        heights = [bold.boundingRect(room, _FLAGS, words.headline).height()]
        heights += [plain.boundingRect(room, _FLAGS, line).height() for line in words.lines]
        return sum(heights) + len(words.lines) * self.gap

    @property
    def gap(self) -> int:
        """Between two thoughts."""
        return round(self.text * 0.3)


_FLAGS = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)


def reading_pages(words: PadReading, layout: ReadingLayout) -> tuple[PadReading, ...]:
    """The words as so many screens as they need, each with the headline; one where they fit.

    `layout` is the one made for the words, whose letters are the smallest when they do not fit.
    """
    if layout.fits(words):
        return (words,)
    pages: list[PadReading] = []
    page = PadReading(words.headline, ())
    for line in words.lines:
        rest = line.split(" ")
        while rest:
            taken = _taken(layout, page, rest)
            if taken:
                page = PadReading(page.headline, (*page.lines, " ".join(rest[:taken])))
                rest = rest[taken:]
            if rest:
                pages.append(page)
                page = PadReading(words.headline, ())
    pages.append(page)
    return tuple(
        PadReading(f"{page.headline} ({number}/{len(pages)})", page.lines)
        for number, page in enumerate(pages, start=1)
    )


def _taken(layout: ReadingLayout, page: PadReading, words: list[str]) -> int:
    """How many words still find room on the page; at least one on an empty one."""
    for count in range(len(words), 0, -1):
        more = PadReading(f"{page.headline} (9/9)", (*page.lines, " ".join(words[:count])))
        if layout.fits(more):
            return count
    return 0 if page.lines else 1


def paint_reading(painter: QPainter, layout: ReadingLayout, words: PadReading, ink: PadInk) -> None:
    """Paint one screen of words; the buttons are painted by who shows them."""
    room = QRect(layout.words)
    painter.setPen(ink.text)
    for text, weight in (
        (words.headline, QFont.Weight.Bold),
        *((line, QFont.Weight.Normal) for line in words.lines),
    ):
        painter.setFont(layout.font(weight))
        painter.drawText(room, _FLAGS, text)
        used = painter.fontMetrics().boundingRect(room, _FLAGS, text).height()
        room.setTop(room.top() + used + layout.gap)


def pages_of_pad(
    words: PadReading, width: int, height: int, *, large: bool = False
) -> tuple[PadReading, ...]:
    """The screens of a real pad that the words need."""
    layout = ReadingLayout(QSize(width, height), words, large=large, one_bit=True)
    return reading_pages(words, layout)


def reading_picture(
    words: PadReading, width: int, height: int, *, page: int = 0, large: bool = False
) -> tuple[PadPicture, tuple[PadButton, ...]]:
    """One page, from 0, for the screen of a pad, with its buttons drawn; black on white."""
    size = QSize(width, height)
    words = pages_of_pad(words, width, height, large=large)[page]
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.white)
    layout = ReadingLayout(size, words, large=large, one_bit=True)
    black = QColor(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint_reading(painter, layout, words, PadInk(black, black, black, black))
    paint_buttons(painter, layout.font(QFont.Weight.DemiBold), layout.buttons(), CONTINUE)
    painter.end()
    return PadPicture(width, height, packed(image), to_read=True), layout.buttons()
