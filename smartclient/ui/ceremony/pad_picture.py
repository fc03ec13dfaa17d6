"""What a pad shows while one person signs: who, what it means, the sum, and the three buttons.

The same painting serves the screen of a real pad (as pixels) and its mirror on this screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from smartclient.domain.language import _
from smartclient.ink.port import PadButton, PadPicture
from smartclient.ui.theme import FAMILY

CONFIRM, AGAIN, REFUSE = "confirm", "again", "refuse"
_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
_SMALLEST, _SMALLEST_ON_PAD, _LARGEST, _LARGEST_LARGE = 9, 11, 24, 36
_WORDS_SHARE = 0.4
"""Of the height of a real pad's screen: what is signed is read there, and room to sign stays."""
THREE_LINES_FROM = 13
_FOUR_LINES_FROM = 15
"""A screen lower than this many times its text needs the room of a line for the pen."""


@dataclass(frozen=True, slots=True)
class PadWords:
    """What is said on the pad."""

    headline: str
    """In which role who signs."""
    meaning: str
    """What the signature says."""
    detail: str
    """For which sums, for how much."""
    problem: str = ""
    """Why the last attempt does not count."""


@dataclass(frozen=True, slots=True)
class PadInk:
    """The colours of the painting."""

    text: QColor
    muted: QColor
    bad: QColor
    line: QColor


def pad_font(pixels: int, weight: QFont.Weight, *, one_bit: bool) -> QFont:
    """The font of the words; on a screen without shades thin letters would break."""
    font = QFont(FAMILY)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    if one_bit:
        font.setStyleStrategy(QFont.StyleStrategy.NoAntialias)
        font.setHintingPreference(QFont.HintingPreference.PreferFullHinting)
        font.setWeight(max(weight, QFont.Weight.Medium))
    return font


class PadLayout:
    """Where things stand on a screen of this size, in its pixels."""

    def __init__(
        self,
        size: QSize,
        *,
        smallest_text: int = _SMALLEST,
        lowest_button: int = 0,
        one_bit: bool = False,
    ) -> None:
        """`one_bit` is for a screen without shades, where thin letters would break."""
        width, height = size.width(), size.height()
        self.size = size
        self._one_bit = one_bit
        self.text = int(max(smallest_text, min(_LARGEST, width / 40, height / 16)))
        self.margin = max(4, round(self.text * 0.9))
        self.line = round(self.text * 1.35)
        self.buttons_height = max(self.line + 6, min(44, round(height * 0.17)), lowest_button)
        inner = width - 2 * self.margin
        if height >= _FOUR_LINES_FROM * self.text:
            self.lines = round(height * _WORDS_SHARE / self.line) if one_bit else 4
        else:
            self.lines = 3 if height >= THREE_LINES_FROM * self.text else 2
        self.words = QRect(self.margin, self.margin, inner, self.lines * self.line)
        top = self.words.bottom() + 1
        bottom = height - self.margin - self.buttons_height
        self.sign_area = QRect(self.margin, top, inner, max(20, bottom - top - 4))
        self.buttons_top = bottom

    def font(self, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The font of the words."""
        return pad_font(self.text, weight, one_bit=self._one_bit)

    def buttons(self) -> tuple[PadButton, ...]:
        """Confirm and again at the left, refuse far from them at the right."""
        confirm, again, refuse = _("Confirm"), _("Again"), _("Refuse")
        metrics = QFontMetrics(self.font(QFont.Weight.DemiBold))
        words = sum(metrics.horizontalAdvance(text) for text in (confirm, again, refuse))
        room = self.size.width() - 2 * self.margin - 2 * self.text - words
        pad = max(self.text // 2, min(3 * self.text, room // 3))

        def width(text: str) -> int:
            return metrics.horizontalAdvance(text) + pad

        first = self.margin
        second = first + width(confirm) + self.text
        third = self.size.width() - self.margin - width(refuse)
        return (
            self._button(CONFIRM, confirm, first, width(confirm)),
            self._button(AGAIN, again, second, width(again)),
            self._button(REFUSE, refuse, third, width(refuse)),
        )

    def _button(self, button: str, text: str, left: int, width: int) -> PadButton:
        top = self.buttons_top
        return PadButton(button, text, left, top, left + width - 1, top + self.buttons_height - 1)


def paint_words(painter: QPainter, layout: PadLayout, words: PadWords, ink: PadInk) -> None:
    """Paint the words and the line to sign on."""
    painter.setFont(layout.font(QFont.Weight.Bold))
    painter.setPen(ink.text)
    line = QRect(layout.words.topLeft(), QSize(layout.words.width(), layout.line))
    _draw(painter, line, words.headline)
    painter.setFont(layout.font())
    last = (words.problem, ink.bad) if words.problem else (words.detail, ink.muted)
    below = QRect(line.bottomLeft(), layout.words.bottomRight())
    if layout.lines > 2:
        # The meaning has the room that the last words leave, and those at least one line.
        rest = max(layout.line, min(_height(painter, below, last[0]), below.height() // 2))
        meaning = QRect(below)
        meaning.setHeight(below.height() - rest)
        painter.setPen(ink.text)
        below.setTop(_draw_wrapped(painter, meaning, layout.line, words.meaning))
    painter.setPen(last[1])
    _draw_wrapped(painter, below, layout.line, last[0])
    area = layout.sign_area
    base = area.top() + round(area.height() * 0.82)
    painter.setPen(QPen(ink.line, 1))
    painter.drawLine(area.left(), base, area.right(), base)


def pad_layout(width: int, height: int, *, large: bool = False) -> PadLayout:
    """Where things stand on the screen of a real pad: as large as it can be read on that screen.

    `large` is for people who see badly; then fewer words stand above the signature.
    """
    if large:
        text = min(_LARGEST_LARGE, width // 21, height // THREE_LINES_FROM)
    else:
        text = min(_LARGEST, width // 26, height // 9)
    text = max(_SMALLEST_ON_PAD, text)
    return PadLayout(QSize(width, height), smallest_text=text, one_bit=True)


def picture_of(
    words: PadWords, width: int, height: int, *, large: bool = False
) -> tuple[PadPicture, tuple[PadButton, ...]]:
    """The picture for the screen of a pad, with its buttons drawn; black on white."""
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.white)
    layout = pad_layout(width, height, large=large)
    black = QColor(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint_words(painter, layout, words, PadInk(black, black, black, black))
    paint_buttons(painter, layout.font(QFont.Weight.DemiBold), layout.buttons(), CONFIRM)
    painter.end()
    area = layout.sign_area
    inside = (area.left(), area.top(), area.right(), area.bottom())
    return PadPicture(width, height, packed(image), inside), layout.buttons()


def _height(painter: QPainter, box: QRect, text: str) -> int:
    wide = QRect(0, 0, box.width(), 10 * box.height())
    return painter.fontMetrics().boundingRect(wide, int(_WRAPPED), text).height()


def _draw_wrapped(painter: QPainter, box: QRect, line: int, text: str) -> int:
    """Draw on as many lines as there are; what does not fit ends in dots. Where the next begin."""
    if box.height() < 2 * line or _height(painter, box, text) <= line:
        first = QRect(box.topLeft(), QSize(box.width(), line))
        _draw(painter, first, text)
        return first.bottom() + 1
    words, room = text.split(" "), box.height() // line * line
    while len(words) > 1 and _height(painter, box, _shortened(words, text)) > room:
        words.pop()
    shown = _shortened(words, text)
    painter.drawText(box, int(_WRAPPED), shown)
    return box.top() + _height(painter, box, shown) + 1


def _shortened(words: list[str], whole: str) -> str:
    told = " ".join(words)
    return told if told == whole else f"{told}…"


def _draw(painter: QPainter, box: QRect, text: str) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, int(flags), elided)


def paint_buttons(
    painter: QPainter, font: QFont, buttons: Sequence[PadButton], filled: str
) -> None:
    """Draw the buttons of a real pad in black on white, the one that goes on filled."""
    black = QColor(Qt.GlobalColor.black)
    painter.setFont(font)
    for button in buttons:
        box = QRectF(
            button.left, button.top, button.right - button.left, button.bottom - button.top
        )
        is_filled = button.button == filled
        painter.setPen(QPen(black, 1))
        painter.setBrush(black if is_filled else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(Qt.GlobalColor.white) if is_filled else black)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, button.text)


def packed(image: QImage) -> bytes:
    """The pixels without the padding that Qt puts after each row."""
    row, stride = image.width() * 3, image.bytesPerLine()
    raw = bytes(image.constBits())
    if row == stride:
        return raw[: row * image.height()]
    return b"".join(raw[top * stride : top * stride + row] for top in range(image.height()))
