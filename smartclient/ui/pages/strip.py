"""Pages below each other, scrolled and zoomed; knows which of them a person has seen.

A page counts as seen when its upper and its lower part were both in sight, drawn, or when its words
were read to their end. Who cannot see hears the words of the page in the middle as the description
of the strip, and goes through them line by line where `show_words` puts them in place of it.
"""

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _
from smartclient.ui.announce import announce
from smartclient.ui.pages.drawing import DrawnPages
from smartclient.ui.pages.words import PageWords
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look

POINTS_PER_INCH = 72.0
SCREEN_DPI = 96.0
ZOOMS = (0.5, 0.67, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_GAP = 16
_PARTS = (0.2, 0.8)
"""The heights of a page that must have been in sight."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A place on a page to be framed, in points from the upper left."""

    page: int
    """From 0."""
    x: float
    y: float
    width: float
    height: float


class PageStrip(QAbstractScrollArea):
    """The pages of one frozen file."""

    opened = Signal()
    """The file is open and the number of its pages known."""
    page_changed = Signal(int)
    """Another page is in the middle of the window, from 0."""
    pages_seen = Signal()
    """One page more was seen."""
    zoom_changed = Signal()
    refused = Signal(object)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = DrawnPages(tasks, self)
        self._pages.opened.connect(self._measure_all)
        self._pages.opened.connect(self.opened)
        self._pages.drawn.connect(self._page_drawn)
        self._pages.opened.connect(self._tell_page)
        self._pages.spoken.connect(self._page_spoken)
        self._pages.refused.connect(self._refuse)
        self._zoom: float | None = None
        self._seen_parts: set[tuple[int, float]] = set()
        self._frame: Frame | None = None
        self._wanted: Frame | None = None
        self._page = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Pages of the document"))
        self.words = PageWords(self)
        self.words.hide()
        self.words.turned.connect(self._turn)
        self.words.read.connect(self._words_read)
        self.verticalScrollBar().valueChanged.connect(self._moved)
        look().changed.connect(self._measure_all)

    @property
    def count(self) -> int:
        """How many pages there are; 0 until the file is open."""
        return len(self._pages.sizes)

    @property
    def page(self) -> int:
        """The page in the middle of the window, from 0."""
        return self._page

    @property
    def zoom(self) -> float:
        """1.0 shows the paper at its size on an ordinary screen."""
        return self._scale() * POINTS_PER_INCH / SCREEN_DPI

    @property
    def seen(self) -> frozenset[int]:
        """The pages a person has seen, from 0."""
        parts = self._seen_parts
        return frozenset(
            page for page in range(self.count) if all((page, part) in parts for part in _PARTS)
        )

    @property
    def unseen(self) -> tuple[int, ...]:
        """The pages nobody has seen yet."""
        return tuple(page for page in range(self.count) if page not in self.seen)

    @property
    def is_drawn(self) -> bool:
        """Every page in sight is drawn as it should be."""
        return self.count > 0 and all(
            self._pages.is_drawn(page, self._dpi()) for page in self._pages_in_sight()
        )

    def open(self, pdf: bytes, seen: frozenset[int] = frozenset()) -> None:
        """Show a file from its beginning; `seen` are its pages somebody has seen."""
        self._seen_parts = {(page, part) for page in seen for part in _PARTS}
        self._page = 0
        self.verticalScrollBar().setValue(0)
        self._pages.close()
        self._pages.open(pdf)

    def open_revision(self, pdf: bytes) -> None:
        """Show a later revision of the same file in the same place, without a blink."""
        self._pages.open(pdf)

    def close_file(self) -> None:
        """Give the memory back."""
        self._pages.close()

    def frame(self, frame: Frame | None) -> None:
        """Frame a place and scroll to it; None takes the frame away."""
        self._frame = self._wanted = frame
        self._go_to_wanted()
        self.viewport().update()

    def show_page(self, page: int) -> None:
        """Scroll to the top of a page."""
        if 0 <= page < self.count:
            self.verticalScrollBar().setValue(round(self._top_of(page)) - look().px(_GAP) // 2)

    def show_words(self, shown: bool) -> None:
        """Show the page in words in place of its picture, or the picture again."""
        self.words.setGeometry(self.rect())
        self.words.setVisible(shown)
        to_words, had_focus = Qt.FocusPolicy.NoFocus, self.hasFocus()
        self.setFocusPolicy(to_words if shown else Qt.FocusPolicy.StrongFocus)
        bars, off = Qt.ScrollBarPolicy.ScrollBarAsNeeded, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(off if shown else bars)
        if shown:
            self.words.raise_()
        if shown and had_focus:
            self.words.setFocus()
        self._tell_page()

    def zoom_by(self, step: int) -> None:
        """The next larger or smaller size."""
        now = self.zoom
        if step > 0:
            self._set_zoom(next((zoom for zoom in ZOOMS if zoom > now + 0.01), ZOOMS[-1]))
        else:
            self._set_zoom(next((z for z in reversed(ZOOMS) if z < now - 0.01), ZOOMS[0]))

    def fit_width(self) -> None:
        """As wide as the window allows."""
        self._set_zoom(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pages in sight and the frame."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for page in range(self.count):
            box = self._box_of(page)
            if not box.intersects(QRectF(event.rect())):
                continue
            painter.setPen(QPen(look().colour("line")))
            painter.setBrush(Qt.GlobalColor.white)
            painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
            picture = self._pages.picture(page, self._dpi())
            if picture is not None:
                painter.drawImage(box, picture)
        if self._frame is not None and self._frame.page < self.count:
            self._paint_frame(painter, self._frame)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the page in the middle where it is."""
        super().resizeEvent(event)
        self.words.setGeometry(self.rect())
        page = self._page
        self._measure_all()
        if self._frame is not None:
            self._wanted = self._frame
            self._go_to_wanted()
        elif page:
            self.show_page(page)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and the wheel zoom, the wheel alone scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End, Page up and down by pages, Ctrl with + − 0 for the size."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        key = Qt.Key
        match event.key():
            case key.Key_Home:
                self.show_page(0)
            case key.Key_End:
                self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
            case key.Key_Plus | key.Key_Equal if control:
                self.zoom_by(1)
            case key.Key_Minus if control:
                self.zoom_by(-1)
            case key.Key_0 if control:
                self.fit_width()
            case key.Key_Space:
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + bar.pageStep())
            case _:
                super().keyPressEvent(event)

    def _set_zoom(self, zoom: float | None) -> None:
        page = self._page
        self._zoom = zoom
        self._measure_all()
        self.show_page(page)
        self._tell_page()
        self.zoom_changed.emit()

    def _scale(self) -> float:
        """Pixels a point."""
        if self._zoom is not None:
            return self._zoom * SCREEN_DPI / POINTS_PER_INCH
        widest = max((size.width() for size in self._pages.sizes), default=595.0)
        room = self.viewport().width() - 2 * look().px(_GAP)
        return float(min(max(room / widest, 0.4), 1.6))

    def _dpi(self) -> float:
        return round(self._scale() * POINTS_PER_INCH * self.devicePixelRatioF(), 1)

    def _top_of(self, page: int) -> float:
        scale, gap = self._scale(), look().px(_GAP)
        return gap + sum(size.height() * scale + gap for size in self._pages.sizes[:page])

    def _box_of(self, page: int) -> QRectF:
        size, scale = self._pages.sizes[page], self._scale()
        width, height = size.width() * scale, size.height() * scale
        room = max(self.viewport().width(), width + 2 * look().px(_GAP))
        left = (room - width) / 2 - self.horizontalScrollBar().value()
        return QRectF(left, self._top_of(page) - self.verticalScrollBar().value(), width, height)

    def _measure_all(self) -> None:
        scale, gap = self._scale(), look().px(_GAP)
        widest = max((size.width() for size in self._pages.sizes), default=0.0) * scale
        whole = self._top_of(self.count)
        view = self.viewport().size()
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(0, ceil(widest + 2 * gap) - view.width()))
        across.setPageStep(view.width())
        down.setRange(0, max(0, ceil(whole) - view.height()))
        down.setPageStep(max(1, view.height() - look().px(40)))
        down.setSingleStep(look().px(40))
        self._go_to_wanted()
        self._moved()
        self.viewport().update()

    def _go_to_wanted(self) -> None:
        wanted = self._wanted
        if wanted is None or wanted.page >= self.count:
            return
        self._wanted = None
        scale = self._scale()
        middle = self._top_of(wanted.page) + (wanted.y + wanted.height / 2) * scale
        self.verticalScrollBar().setValue(round(middle - self.viewport().height() * 0.62))

    def _moved(self) -> None:
        middle = self.viewport().height() / 2
        for page in range(self.count):
            box = self._box_of(page)
            if box.bottom() >= middle:
                if page != self._page:
                    self._page = page
                    self._name_page()
                    self.page_changed.emit(page)
                break
        self._note_seen()
        self.viewport().update()

    def _page_drawn(self, _page: int) -> None:
        self._note_seen()
        self.viewport().update()

    def _note_seen(self) -> None:
        if not self.isVisible():
            return
        before = len(self._seen_parts)
        for page in self._pages_in_sight():
            if self._pages.picture(page, self._dpi()) is None:
                continue
            box = self._box_of(page)
            for part in _PARTS:
                height = box.top() + box.height() * part
                if 0 <= height <= self.viewport().height():
                    self._seen_parts.add((page, part))
        if len(self._seen_parts) != before:
            self.pages_seen.emit()

    def _pages_in_sight(self) -> list[int]:
        height = self.viewport().height()
        boxes = ((page, self._box_of(page)) for page in range(self.count))
        return [page for page, box in boxes if box.bottom() >= 0 and box.top() <= height]

    def _paint_frame(self, painter: QPainter, frame: Frame) -> None:
        page, scale = self._box_of(frame.page), self._scale()
        box = QRectF(
            page.left() + frame.x * scale,
            page.top() + frame.y * scale,
            frame.width * scale,
            frame.height * scale,
        ).adjusted(-3, -3, 3, 3)
        pen = QPen(look().colour("accent"), look().px(2), Qt.PenStyle.DashLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = look().px(6)
        painter.drawRoundedRect(box, radius, radius)

    def _name_page(self) -> None:
        """Another page: say so."""
        announce(self, _("page {page} of {count}").format(page=self._page + 1, count=self.count))
        self._tell_page()

    def _tell_page(self) -> None:
        """Describe the page by its number and, as soon as they are known, by its words."""
        if not self.count:
            return
        where = _("page {page} of {count}").format(page=self._page + 1, count=self.count)
        said = self._pages.words(self._page)
        words = f"{where}\n{said}" if said else where
        self.setAccessibleDescription(words)
        if not self.words.isHidden():
            self.words.show_words(words if said is not None else "", self.zoom)

    def _page_spoken(self, page: int) -> None:
        if page == self._page:
            self._tell_page()

    def _turn(self, step: int) -> None:
        """The page before or behind, in words."""
        self.show_page(self._page + step)

    def _words_read(self) -> None:
        """Who read all words of a page has seen it."""
        parts = {(self._page, part) for part in _PARTS}
        if not parts <= self._seen_parts and self._pages.words(self._page) is not None:
            self._seen_parts |= parts
            self.pages_seen.emit()

    def _refuse(self, error: SmartClientError) -> None:
        self.refused.emit(error)
