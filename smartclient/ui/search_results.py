"""The list that opens below the search box while something is typed."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from smartclient.domain.language import _
from smartclient.services.search import Found
from smartclient.ui.icons import paint_icon
from smartclient.ui.theme import LABEL, look

Index = QModelIndex | QPersistentModelIndex
_LINE = 52


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the results."""

    kind: Literal["client", "document", "add", "nothing"]
    target: str
    icon: str
    name: str
    detail: str


def lines_of(found: Found, *, may_add: bool) -> tuple[Line, ...]:
    """The lines for what was found; adding a client is offered when no client was."""
    clients = [Line("client", hit.id, "clients", hit.name, hit.detail) for hit in found.clients]
    documents = [
        Line("document", hit.id, hit.icon, hit.name, hit.detail) for hit in found.documents
    ]
    lines = clients + documents
    if may_add and not clients and any(letter.isalpha() for letter in found.text):
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
