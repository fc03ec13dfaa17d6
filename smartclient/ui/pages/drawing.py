"""Pages of one frozen file as pictures, drawn on the one thread that pdfium may use."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSizeF, Signal
from PySide6.QtGui import QImage

from smartclient.documents.pages import Image, PageRenderer
from smartclient.domain.errors import SmartClientError
from smartclient.ui.tasks import Task, Tasks

KEPT = 12
"""Pictures kept at most: a page of A4 at 144 dpi takes 6 MB."""


@dataclass(frozen=True, slots=True)
class _Opened:
    renderer: PageRenderer
    sizes: tuple[QSizeF, ...]


class DrawnPages(QObject):
    """Opens a file, draws pages when they are asked for, and keeps a few of them."""

    opened = Signal()
    """The number and sizes of the pages are known."""
    drawn = Signal(int)
    """A page asked for is there, by its index from 0."""
    spoken = Signal(int)
    """The words of a page asked for are there, by its index from 0."""
    refused = Signal(object)
    """The file cannot be read; carries the refusal."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._renderer: PageRenderer | None = None
        self._sizes: tuple[QSizeF, ...] = ()
        self._pictures: dict[int, tuple[float, QImage]] = {}
        self._fresh: set[int] = set()
        self._asked: dict[int, tuple[float, Task]] = {}
        self._words: dict[int, str] = {}

    @property
    def sizes(self) -> tuple[QSizeF, ...]:
        """Of all pages, in points; empty until `opened`."""
        return self._sizes

    def open(self, pdf: bytes) -> None:
        """Read a file; pictures of an earlier revision stay until the new ones are there."""
        self._forget_asked()
        self._fresh.clear()
        self._words.clear()
        self._give_back(self._renderer)
        self._renderer = None
        self._tasks.run(lambda: _open(pdf), self._take_opened, self._refuse, queue="pages")

    def close(self) -> None:
        """Forget the file and give its memory back."""
        self._forget_asked()
        self._pictures.clear()
        self._words.clear()
        self._sizes = ()
        self._give_back(self._renderer)
        self._renderer = None

    def picture(self, index: int, dpi: float) -> QImage | None:
        """The page, meanwhile coarser or of an older revision; asks for what is missing."""
        if not self.is_drawn(index, dpi):
            self._ask(index, dpi)
        kept = self._pictures.get(index)
        return kept[1] if kept is not None else None

    def words(self, index: int) -> str | None:
        """What the page says; None until `spoken`, which the first question asks for."""
        renderer = self._renderer
        if index not in self._words and renderer is not None:
            self._tasks.run(
                lambda: (renderer, index, renderer.text(index)),
                self._take_words,
                self._refuse,
                queue="pages",
            )
        return self._words.get(index)

    def _take_words(self, answer: tuple[PageRenderer, int, str]) -> None:
        renderer, index, words = answer
        if renderer is self._renderer and index not in self._words:
            self._words[index] = words
            self.spoken.emit(index)

    def is_drawn(self, index: int, dpi: float) -> bool:
        """The page of this revision is there at this density."""
        kept = self._pictures.get(index)
        return kept is not None and kept[0] == dpi and index in self._fresh

    def _ask(self, index: int, dpi: float) -> None:
        renderer = self._renderer
        if renderer is None:
            return
        asked = self._asked.get(index)
        if asked is not None:
            if asked[0] == dpi:
                return
            asked[1].cancel()
        work = _drawing(renderer, index, dpi)
        task = self._tasks.run(work, self._take_picture, self._refuse, queue="pages")
        self._asked[index] = (dpi, task)

    def _take_opened(self, opened: _Opened) -> None:
        self._renderer, self._sizes = opened.renderer, opened.sizes
        self._forget_asked()
        self.opened.emit()

    def _take_picture(self, answer: tuple[int, float, Image]) -> None:
        index, dpi, drawn = answer
        self._asked.pop(index, None)
        picture = QImage(
            drawn.rgb, drawn.width, drawn.height, drawn.width * 3, QImage.Format.Format_RGB888
        ).copy()
        self._pictures.pop(index, None)
        self._pictures[index] = (dpi, picture)
        self._fresh.add(index)
        while len(self._pictures) > KEPT:
            self._pictures.pop(next(iter(self._pictures)))
        self.drawn.emit(index)

    def _refuse(self, error: SmartClientError) -> None:
        self._asked.clear()
        self.refused.emit(error)

    def _forget_asked(self) -> None:
        for _dpi, task in self._asked.values():
            task.cancel()
        self._asked.clear()

    def _give_back(self, renderer: PageRenderer | None) -> None:
        if renderer is not None:
            self._tasks.run(renderer.close, _nothing, _ignore, queue="pages")


def _open(pdf: bytes) -> _Opened:
    renderer = PageRenderer(pdf)
    sizes = tuple(QSizeF(*renderer.size(index)) for index in range(renderer.count))
    return _Opened(renderer, sizes)


def _drawing(
    renderer: PageRenderer, index: int, dpi: float
) -> Callable[[], tuple[int, float, Image]]:
    return lambda: (index, dpi, renderer.image(index, dpi))


def _nothing(_value: None) -> None:
    """Closing a file has no answer."""


def _ignore(_error: SmartClientError) -> None:
    """A file that does not close takes nothing from the person."""
