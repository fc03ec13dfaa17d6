"""The pad's display on this screen: the mirror of a real pad, or the on-screen pad itself.

The ink on it is only pixels: no list of points is kept here. The buttons are real ones, so that
they can be reached by keyboard and are named to screen readers.
"""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
)
from PySide6.QtWidgets import QWidget

from smartclient.domain.language import _
from smartclient.ink.port import PadDescription
from smartclient.ui.ceremony.pad_picture import (
    AGAIN,
    CONFIRM,
    REFUSE,
    THREE_LINES_FROM,
    PadInk,
    PadLayout,
    PadWords,
    paint_words,
)
from smartclient.ui.ceremony.pad_reading import (
    CONTINUE,
    PadReading,
    ReadingLayout,
    paint_reading,
    reading_pages,
)
from smartclient.ui.onscreen_pad import OnScreenPad
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind

_BEZEL = 16
_INK_WIDTH = 2.4
_TEXT, _TEXT_LARGE = 13, 19


class PadDisplay(QWidget):
    """A dark frame with the pad's display in it."""

    pressed = Signal(str)
    """Confirm, again, refuse or go on was pressed here."""
    signed_on = Signal()
    """Ink came onto the display."""
    wiped = Signal()
    """The pad on this screen changed its size under half-made ink: it has to be made again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = PadWords("", "", "")
        self._reading: PadReading | None = None
        self._turned: PadReading | None = None
        self._large, self._page = False, 0
        self._pad: OnScreenPad | None = None
        self._mirrored: PadDescription | None = None
        self._ink = QImage()
        self._last: QPointF | None = None
        self._has_ink = False
        self.setMinimumHeight(look().px(170))
        self.setAccessibleName(_("Display of the signature pad"))
        # By Tab only: who draws with the mouse must not confirm with the next key.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(False)
        self._buttons = {
            CONFIRM: Button(_("Confirm"), ButtonKind.PRIMARY, parent=self),
            AGAIN: Button(_("Again"), parent=self),
            REFUSE: Button(_("Refuse"), parent=self),
            CONTINUE: Button(_("Go on to sign"), ButtonKind.PRIMARY, parent=self),
        }
        self._buttons[CONTINUE].hide()
        for name, button in self._buttons.items():
            if name != CONTINUE:
                button.clicked.connect(lambda _on=False, which=name: self.pressed.emit(which))
        self._buttons[CONTINUE].clicked.connect(self._go_on)

    @property
    def has_ink(self) -> bool:
        """Whether anything was drawn since it was cleared."""
        return self._has_ink

    @property
    def words(self) -> PadWords:
        """What it says now."""
        return self._words

    def attach(self, pad: OnScreenPad | None) -> None:
        """Let the display be the pad; None for the mirror of another one, see `mirror`."""
        self._pad = pad
        self._mirrored = None
        self.setCursor(
            Qt.CursorShape.CrossCursor if pad is not None else Qt.CursorShape.ArrowCursor
        )
        self._measure()

    def mirror(self, description: PadDescription) -> None:
        """Be the mirror of this pad, as wide to its height as it is."""
        self._mirrored = description
        self._measure()

    def show_words(self, words: PadWords) -> None:
        """Say who signs what."""
        self._words = words
        self._turn_to(None)
        told = (words.headline, words.meaning, words.detail, words.problem)
        self.setAccessibleDescription(". ".join(part for part in told if part))
        self.update()

    def show_reading(self, words: PadReading, *, large: bool) -> None:
        """Show what is read before a signature."""
        self._large, self._page = large, 0
        self._turn_to(words)
        self.setAccessibleDescription(words.spoken)
        self.update()

    def turn_to_page(self, page: PadReading) -> None:
        """Let the mirror show this page of the reading, the one that stands on its pad."""
        self._turned = page
        self._place_buttons(self._screen_box())
        self.update()

    def enlarge(self, large: bool) -> None:
        """Large words from the next step on."""
        self._large = large

    def allow(self, *, confirm: bool, again: bool, refuse: bool) -> None:
        """Which of the buttons can be pressed now."""
        for name, allowed in ((CONFIRM, confirm), (AGAIN, again), (REFUSE, refuse)):
            self._buttons[name].setEnabled(allowed)

    def button(self, name: str) -> Button:
        """One of the three buttons."""
        return self._buttons[name]

    def draw(self, x: float, y: float, contact: bool) -> None:
        """Ink of a real pad, as fractions of its width and height."""
        if not contact:
            self._ink_to(None)
            return
        screen = self._screen_box()
        self._ink_to(QPointF(x * screen.width(), y * screen.height()))

    def clear_ink(self) -> None:
        """Wipe the display."""
        self._ink.fill(Qt.GlobalColor.transparent)
        self._last, self._has_ink = None, False
        self.update()

    def sizeHint(self) -> QSize:
        """As in the drawing of the window."""
        return QSize(look().px(760), look().px(272))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything on the display moves; half-made ink of this screen does not fit any more.

        The mirror of a pad only shows its ink in another size: the signature itself is whole.
        """
        super().resizeEvent(event)
        had_ink = self._has_ink and self._pad is not None
        self._measure()
        if had_ink:
            self.wiped.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame, words and ink."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("tip_ground" if look().scheme == "light" else "line"))
        screen = self._screen_box()
        edge = look().px(_BEZEL)
        frame = QRectF(screen.adjusted(-edge, -edge, edge, edge))
        painter.drawRoundedRect(frame, look().px(14), look().px(14))
        if self.hasFocus():
            ring = frame.adjusted(3, 3, -3, -3)
            painter.setPen(QPen(look().colour("accent"), look().px(3)))
            painter.drawRoundedRect(ring, look().px(12), look().px(12))
            painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("surface"))
        painter.drawRoundedRect(QRectF(screen), look().px(6), look().px(6))
        painter.translate(screen.topLeft())
        ink = PadInk(*(look().colour(name) for name in ("text", "muted", "bad", "line")))
        if self._reading is not None:
            page = self._shown_page(self._reading)
            paint_reading(painter, self._reading_layout(page), page, ink)
        else:
            paint_words(painter, self._layout(), self._words, ink)
        painter.drawImage(QPointF(0, 0), self._ink)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter press the main button of the step, when it can be pressed."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._buttons[CONFIRM if self._reading is None else CONTINUE].click()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The mouse or a finger touches."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pen(event.position(), None, event.timestamp(), contact=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The mouse or a finger draws."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pen(event.position(), None, event.timestamp(), contact=True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The mouse or a finger is lifted."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pen(event.position(), None, event.timestamp(), contact=False)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen draws and tells its pressure."""
        if event.pointerType() is not QPointingDevice.PointerType.Pen or self._pad is None:
            event.ignore()
            return
        if event.type() is QEvent.Type.TabletMove and event.pressure() <= 0:
            event.accept()
            return
        down = event.type() is not QEvent.Type.TabletRelease and event.pressure() > 0
        self._pen(event.position(), event.pressure(), event.timestamp(), contact=down)
        event.accept()

    def _pen(
        self, position: QPointF, pressure: float | None, milliseconds: int, *, contact: bool
    ) -> None:
        if self._pad is None:
            return
        at = position - QPointF(self._screen_box().topLeft())
        inked = self._pad.report(milliseconds * 1000, at.x(), at.y(), pressure, contact)
        self._ink_to(at if inked else None)

    def _ink_to(self, point: QPointF | None) -> None:
        if point is not None:
            painter = QPainter(self._ink)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(look().colour("accent_strong"), look().px(_INK_WIDTH))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(self._last or point, point)
            painter.end()
            if not self._has_ink:
                self._has_ink = True
                self.signed_on.emit()
            self.update()
        self._last = point

    def _screen_box(self) -> QRect:
        edge = look().px(_BEZEL)
        room = self.rect().adjusted(edge, edge, -edge, -edge)
        pad = self._mirrored
        if pad is None:
            return room
        if pad.screen_width and pad.screen_height:
            shape = QSizeF(pad.screen_width, pad.screen_height)
        else:
            shape = QSizeF(pad.max_x / pad.units_per_mm_x, pad.max_y / pad.units_per_mm_y)
        size = shape.scaled(QSizeF(room.size()), Qt.AspectRatioMode.KeepAspectRatio).toSize()
        return QRect(room.center() - QRect(QPoint(0, 0), size).center(), size)

    def _layout(self) -> PadLayout:
        size, smallest = self._screen_box().size(), look().px(_TEXT)
        if self._large:
            smallest = max(smallest, min(look().px(_TEXT_LARGE), size.height() // THREE_LINES_FROM))
        return PadLayout(size, smallest_text=smallest, lowest_button=look().px(40))

    def _reading_layout(self, words: PadReading) -> ReadingLayout:
        return ReadingLayout(
            self._screen_box().size(),
            words,
            large=self._large,
            unit=look().px(100) / 100,
            lowest_button=look().px(40),
        )

    def _shown_page(self, words: PadReading) -> PadReading:
        """The page that is read; a mirror shows that of its pad."""
        if self._turned is not None and self._mirrored is not None:
            return self._turned
        pages = self._pages(words)
        return pages[min(self._page, len(pages) - 1)]

    def _pages(self, words: PadReading) -> tuple[PadReading, ...]:
        return reading_pages(words, self._reading_layout(words))

    def _go_on(self) -> None:
        """The next page, or on to the signature."""
        words = self._reading
        if words is None:
            return
        if self._mirrored is None and self._page + 1 < len(self._pages(words)):
            self._page += 1
            self._place_buttons(self._screen_box())
            self.update()
        else:
            self.pressed.emit(CONTINUE)

    def _turn_to(self, reading: PadReading | None) -> None:
        """Show the buttons of this step."""
        self._reading, self._turned = reading, None
        for name in (CONFIRM, AGAIN):
            self._buttons[name].setVisible(reading is None)
        self._buttons[CONTINUE].setVisible(reading is not None)
        self._place_buttons(self._screen_box())

    def _measure(self) -> None:
        screen = self._screen_box()
        ratio = self.devicePixelRatioF()
        size = QSize(max(1, round(screen.width() * ratio)), max(1, round(screen.height() * ratio)))
        if self._has_ink and self._pad is None:
            stretched = Qt.AspectRatioMode.IgnoreAspectRatio
            smooth = Qt.TransformationMode.SmoothTransformation
            self._ink = self._ink.scaled(size, stretched, smooth)
            self._last = None
        else:
            self._ink = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            self.clear_ink()
        self._ink.setDevicePixelRatio(ratio)
        if self._pad is not None:
            dots = self.screen().physicalDotsPerInchX() if self.screen() is not None else 0.0
            self._pad.resize(screen.width(), screen.height(), dots)
        self._place_buttons(screen)

    def _place_buttons(self, screen: QRect) -> None:
        """Confirm and again at the left, refuse far from them at the right."""
        if self._reading is None:
            layout = self._layout()
            margin, top, height = layout.margin, layout.buttons_top, layout.buttons_height
        else:
            reading = self._reading_layout(self._shown_page(self._reading))
            margin, height = reading.margin, reading.buttons_height
            top = screen.height() - margin - height
        top += screen.top()
        left = screen.left() + margin
        onwards = self._buttons[CONTINUE]
        onwards.setGeometry(left, top, onwards.sizeHint().width(), height)
        refuse = self._buttons[REFUSE]
        width = refuse.sizeHint().width()
        refuse.setGeometry(screen.right() + 1 - margin - width, top, width, height)
        for name in (CONFIRM, AGAIN):
            button = self._buttons[name]
            width = button.sizeHint().width()
            button.setGeometry(left, top, width, height)
            left += width + look().px(12)
