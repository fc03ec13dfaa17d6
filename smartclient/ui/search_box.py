"""The search box at the top of every screen; what it finds opens below it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from smartclient.domain.admission import Admission
from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.ui.icons import paint_icon
from smartclient.ui.tasks import Task, Tasks
from smartclient.ui.theme import LABEL, look

if TYPE_CHECKING:
    from smartclient.services.search import Found
    from smartclient.ui.search_results import Results

_PAUSE_MS = 60


class SearchBox(QLineEdit):
    """Finds while typing. Down and Up choose, Enter opens, Escape closes."""

    client_chosen = Signal(str)
    document_chosen = Signal(str)
    client_wanted = Signal(str)
    """A client with this name is to be added."""

    def __init__(
        self, find: "Callable[[str], Found]", tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ask, self._tasks = find, tasks
        self._task: Task | None = None
        self._results: Results | None = None
        self._may_add = True
        self.setProperty("kind", "search")
        self.setAccessibleName(_("Search"))
        self.setPlaceholderText(_("Find a client, document, contract, phone…"))
        self.setTextMargins(look().px(26), 0, look().px(56), 0)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._find)
        self.textEdited.connect(self._typed)

    @property
    def results(self) -> "Results":
        """The list of results; it belongs to the window in which the box stands."""
        from smartclient.ui.search_results import Results

        if self._results is None:
            self._results = Results(self.window())
            self._results.view.clicked.connect(self._take)
            self.window().installEventFilter(self)
        return self._results

    def admit(self, admission: Admission) -> None:
        """Offer to add a client only where the server lets this computer do it."""
        self._may_add = admission.changes.allowed

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the results, take one, or leave."""
        match event.key():
            case Qt.Key.Key_Down:
                self.results.step(+1)
            case Qt.Key.Key_Up:
                self.results.step(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._take()
            case Qt.Key.Key_Escape:
                self.clear()
                self.close_results()
            case _:
                super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window that changes its size closes the results."""
        if event.type() is QEvent.Type.Resize:
            self.close_results()
        return super().eventFilter(watched, event)

    def focusOutEvent(self, event: object) -> None:
        """Who goes elsewhere does not want the results any more."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.close_results()

    def close_results(self) -> None:
        """Hide the results."""
        if self._results is not None:
            self._results.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the hint for the keys at the right."""
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, the lens and the keys that lead here."""
        super().paintEvent(event)
        painter = QPainter(self)
        side = look().px(18)
        top = (self.height() - side) / 2
        paint_icon(painter, "search", QRectF(look().px(12), top, side, side), "muted")
        if not self.text():
            painter.setFont(look().font(LABEL))
            painter.setPen(look().colour("muted"))
            box = self.rect().adjusted(0, 0, -look().px(14), 0)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box, flags, "Ctrl+K")
        painter.end()

    def _typed(self, text: str) -> None:
        if text.strip():
            self._pause.start()
        else:
            self._pause.stop()
            self.close_results()

    def _find(self) -> None:
        if self._task is not None:
            self._task.cancel()
        text = self.text()
        self._task = self._tasks.run(lambda: self._ask(text), self._show, self._failed)

    def _show(self, found: "Found") -> None:
        from smartclient.ui.announce import announce
        from smartclient.ui.search_results import lines_of

        if not self.hasFocus():
            return
        lines = lines_of(found, may_add=self._may_add)
        self.results.show_lines(lines, self)
        count = len(found.clients) + len(found.documents)
        told = ngettext("{count} result", "{count} results", count).format(count=count)
        announce(self, told)

    def _failed(self, error: SmartClientError) -> None:
        del error  # the page that shows the same database says it
        self.close_results()

    def _take(self) -> None:
        line = self.results.current() if self.results.isVisible() else None
        if line is None or line.kind == "nothing":
            return
        self.clear()
        self.close_results()
        signal = {
            "client": self.client_chosen,
            "document": self.document_chosen,
            "add": self.client_wanted,
        }[line.kind]
        signal.emit(line.target)
