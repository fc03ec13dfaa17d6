"""The search box and the list that opens below it while something is typed."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.services.search import Found, Search
from smartclient.ui.announce import announce
from smartclient.ui.icons import paint_icon
from smartclient.ui.tasks import Task, Tasks
from smartclient.ui.theme import LABEL, look

Index = QModelIndex | QPersistentModelIndex
_PAUSE_MS = 60
_LINE = 52


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the results."""

    kind: Literal["client", "document", "add", "nothing"]
    target: str
    icon: str
    name: str
    detail: str


def lines_of(found: Found) -> tuple[Line, ...]:
    """The lines for what was found; adding a client is offered when no client was."""
    clients = [Line("client", hit.id, "clients", hit.name, hit.detail) for hit in found.clients]
    documents = [
        Line("document", hit.id, hit.icon, hit.name, hit.detail) for hit in found.documents
    ]
    lines = clients + documents
    if not clients and any(letter.isalpha() for letter in found.text):
        name = _("Add client “{name}”").format(name=found.text)
        hint = _("No client has this name yet.")
        lines.append(Line("add", found.text, "person-add", name, hint))
    if not lines:
        nothing = _("Nothing was found for “{text}”").format(text=found.text)
        hint = _("Try the beginning of a name, or the last digits of a number.")
        lines.append(Line("nothing", "", "search", nothing, hint))
    return tuple(lines)


class ResultLines(QAbstractListModel):
    """The lines of the results as Qt's lists and screen readers want them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Show other results."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many lines there are."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a line; screen readers get both parts."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{line.name}, {line.detail}" if line.detail else line.name
        return None


class _LinePainter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(100, look().px(_LINE))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, ResultLines):
            return
        line = model.lines[index.row()]
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look().colour("accent_ground"))
            painter.drawRoundedRect(box.adjusted(6, 1, -6, -1), 8, 8)
        side = look().px(20)
        left = box.left() + look().px(18)
        top = box.top() + (box.height() - side) / 2
        ink = "accent" if line.kind == "add" else "muted"
        paint_icon(painter, line.icon, QRectF(left, top, side, side), ink)
        words = box.adjusted(look().px(52), look().px(6), -look().px(16), -look().px(6))
        upper = words.adjusted(0, 0, 0, -words.height() // 2) if line.detail else words
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(look().font(weight=QFont.Weight.Medium))
        painter.setPen(look().colour("accent" if line.kind == "add" else "text"))
        name = painter.fontMetrics().elidedText(
            line.name, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(upper, flags, name)
        painter.setFont(look().font(LABEL))
        painter.setPen(look().colour("muted"))
        detail = painter.fontMetrics().elidedText(
            line.detail, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words.adjusted(0, words.height() // 2, 0, 0), flags, detail)
        painter.restore()


class Results(QFrame):
    """The list below the box; it lies over the page and never takes the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "popup")
        self.model = ResultLines(self)
        self.view = QListView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(_LinePainter(self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMouseTracking(True)
        self.view.setAccessibleName(_("Search results"))
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.entered.connect(self.view.setCurrentIndex)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, look().px(6), 1, look().px(6))
        layout.addWidget(self.view)
        self.hide()

    def current(self) -> Line | None:
        """The line that Enter would take."""
        index = self.view.currentIndex()
        return self.model.lines[index.row()] if index.isValid() else None

    def step(self, by: int) -> None:
        """Move to the next or previous line."""
        count = len(self.model.lines)
        if count:
            row = (max(self.view.currentIndex().row(), -1 if by > 0 else 0) + by) % count
            self.view.setCurrentIndex(self.model.index(row))

    def show_lines(self, lines: tuple[Line, ...], below: QWidget) -> None:
        """Show the lines below a widget, as high as they need and the window allows."""
        self.model.show_lines(lines)
        window = self.window()
        place = below.mapTo(window, QPoint(0, below.height() + look().px(6)))
        wanted = len(lines) * look().px(_LINE) + look().px(14)
        room = window.height() - place.y() - look().px(12)
        self.setGeometry(place.x(), place.y(), below.width(), min(wanted, room))
        if lines:
            self.view.setCurrentIndex(self.model.index(0))
        self.setVisible(bool(lines))
        self.raise_()


class SearchBox(QLineEdit):
    """Finds while typing. Down and Up choose, Enter opens, Escape closes."""

    client_chosen = Signal(str)
    document_chosen = Signal(str)
    client_wanted = Signal(str)
    """A client with this name is to be added."""

    def __init__(self, search: Search, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search, self._tasks = search, tasks
        self._task: Task | None = None
        self._results: Results | None = None
        self.setProperty("kind", "search")
        self.setAccessibleName(_("Search"))
        self.setPlaceholderText(_("Find a client, document, contract, phone…"))
        self.setTextMargins(look().px(26), 0, look().px(56), 0)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._find)
        self.textEdited.connect(self._typed)

    @property
    def results(self) -> Results:
        """The list of results; it belongs to the window in which the box stands."""
        if self._results is None:
            self._results = Results(self.window())
            self._results.view.clicked.connect(self._take)
            self.window().installEventFilter(self)
        return self._results

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
        self._task = self._tasks.run(lambda: self._search.find(text), self._show, self._failed)

    def _show(self, found: Found) -> None:
        if not self.hasFocus():
            return
        lines = lines_of(found)
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
