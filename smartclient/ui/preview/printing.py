"""Printing of a frozen file: page after page, while the window goes on.

Pages are drawn on the one thread that pdfium may use and given to the printer in the window's
thread; what is printed is what is shown, at its size on paper.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from smartclient.documents.pages import Image, PageRenderer
from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.domain.language import _
from smartclient.ui.tasks import Tasks

DPI = 300
"""Fine enough for small type and for the codes on the pages."""

ChoosePrinter = Callable[[QWidget, str, int], QPrinter | None]
"""Where to print, given the document's name and its pages; None when nobody wants to any more."""


def choose_printer(parent: QWidget, title: str, pages: int) -> QPrinter | None:
    """Ask by the system's own dialog."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(_("Print"))
    dialog.setMinMax(1, pages)
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
    return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None


class Printing(QObject):
    """Prints one file at a time."""

    progressed = Signal(int, int)
    """So many pages of so many are with the printer."""
    finished = Signal(int)
    """All pages are with the printer."""
    refused = Signal(object)
    """Nothing more is printed; carries the refusal."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._printer: QPrinter | None = None
        self._painter: QPainter | None = None
        self._renderer: PageRenderer | None = None
        self._waiting: list[int] = []
        self._count = 0

    @property
    def is_running(self) -> bool:
        """Whether pages are still on their way."""
        return self._printer is not None

    def start(self, pdf: bytes, printer: QPrinter) -> None:
        """Print the pages that the printer was set to; all where it was set to none."""
        if self.is_running:
            return
        printer.setFullPage(True)
        self._printer = printer
        self._tasks.run(lambda: PageRenderer(pdf), self._take_file, self._refuse, queue="pages")

    def cancel(self) -> None:
        """Print no further page; those that are with the printer may still come."""
        if self._printer is not None:
            self._printer.abort()
        self._end()

    def _take_file(self, renderer: PageRenderer) -> None:
        self._renderer, printer = renderer, self._printer
        if printer is None:
            self._end()
            return
        first, last = printer.fromPage() or 1, printer.toPage() or renderer.count
        chosen = range(first - 1, min(last, renderer.count))
        self._waiting = list(chosen) * (1 if printer.supportsMultipleCopies() else _copies(printer))
        self._count = len(self._waiting)
        width, height = renderer.size(chosen[0] if chosen else 0)
        printer.setPageSize(QPageSize(QRectF(0, 0, width, height).size(), QPageSize.Unit.Point))
        printer.setPageOrientation(QPageLayout.Orientation.Portrait)
        painter = QPainter()
        if not painter.begin(printer):
            self._refuse(Unreachable("SC-DOC-090"))
            return
        self._painter = painter
        self._draw_next()

    def _draw_next(self) -> None:
        renderer = self._renderer
        if renderer is None:
            return
        if not self._waiting:
            count = self._count
            self._end()
            self.finished.emit(count)
            return
        page = self._waiting.pop(0)
        self._tasks.run(
            lambda: renderer.image(page, DPI), self._take_page, self._refuse, queue="pages"
        )

    def _take_page(self, drawn: Image) -> None:
        printer, painter = self._printer, self._painter
        if printer is None or painter is None:
            return
        done = self._count - len(self._waiting)
        if done > 1 and not printer.newPage():
            self._refuse(Unreachable("SC-DOC-090"))
            return
        picture = QImage(
            drawn.rgb, drawn.width, drawn.height, drawn.width * 3, QImage.Format.Format_RGB888
        )
        painter.drawImage(printer.paperRect(QPrinter.Unit.DevicePixel), picture)
        self.progressed.emit(done, self._count)
        self._draw_next()

    def _refuse(self, error: SmartClientError) -> None:
        self._end()
        self.refused.emit(error)

    def _end(self) -> None:
        # The printer has to outlive what paints on it.
        painter, printer, renderer = self._painter, self._printer, self._renderer
        self._painter = self._printer = self._renderer = None
        self._waiting = []
        if painter is not None:
            painter.end()
        del printer
        if renderer is not None:
            self._tasks.run(renderer.close, _nothing, _ignore, queue="pages")


def _copies(printer: QPrinter) -> int:
    return max(1, printer.copyCount())


def _nothing(_value: None) -> None:
    """Closing a file has no answer."""


def _ignore(_error: SmartClientError) -> None:
    """A file that does not close takes nothing from the person."""
